"""Which module-level uses of a manager are worth following: those that do something with the queryset."""

from __future__ import annotations

import pytest

from conn_lint.workers.prefilter import uses_at_import

LAZY = [
    "class A:\n    queryset = B.objects.all()\n",
    "class A:\n    queryset = B.objects.annotate(\n        n=Count('x')\n    ).order_by('a')\n",
    "class F:\n    a = Field(\n        queryset=B.objects.all(),\n    )\n",
    "class F:\n    a = Field(queryset=B.objects.filter(a=1))\n",
    "def f():\n    B.objects.get()\n",
    "async def f():\n    B.objects.get()\n",
    "objects = B.objects\n",
    "objects = Orders.as_manager()  # B.objects\n",
]
QUERIES = [
    "x = list(B.objects.all())\n",
    "x = B.objects.get(pk=1)\n",
    "x = B.objects.all()[0]\n",
    "x = [b for b in B.objects.all()]\n",
    "CHOICES = [\n    (b.pk, b.name)\n    for b in B.objects.all()\n]\n",
    "for b in B.objects.all():\n    pass\n",
    "x = B.objects.published()\n",
    "x = B.objects.first() or 1\n",
    "c = connection.cursor()\n",
    "class A:\n    size = B.objects.count()\n",
]


@pytest.mark.parametrize("text", LAZY)
def test_a_queryset_that_nothing_looks_at(text: str) -> None:
    assert list(uses_at_import(text.encode())) == []


@pytest.mark.parametrize("text", QUERIES)
def test_a_query(text: str) -> None:
    assert list(uses_at_import(text.encode()))
