"""Which module-level uses of a manager are worth following: those that do something with the queryset."""

from __future__ import annotations

import pytest

from conn_lint.workers.atimport import only_makes, uses_at_import

LAZY = [
    "class A:\n    queryset = B.objects.all()\n",
    "class A:\n    queryset = B.objects.annotate(\n        n=Count('x')\n    ).order_by('a')\n",
    "class F:\n    a = Field(\n        queryset=B.objects.all(),\n    )\n",
    "class F:\n    a = Field(queryset=B.objects.filter(a=1))\n",
    "def f():\n    B.objects.get()\n",
    "async def f():\n    B.objects.get()\n",
    "objects = B.objects\n",
    "objects = Orders.as_manager()  # B.objects\n",
    "x = B.objects.published()\n",
    "x = B.objects.add_counts(\n    B.objects.add_counts(B.objects.all(), C),\n    D,\n)\n",
    "x = Badge(of=lambda b: C.objects.filter(b=b).count())\n",
    "class A:\n    queryset = B.objects.with_feature('jobs').order_by('a')  # for b in a list(of them)\n",
    "class F:\n    a = Field(label=_('for all'), queryset=B.objects.all(), validators=[V(queryset=B.objects)])\n",
    'class F:\n    a = Field(queryset=B.objects.filter(**{KEY: KEYS[0]}), help="it\'s or not")\n',
    "class A:\n    queryset = B.objects.annotate(\n        n=count_of(C, 'x'),\n    )\n",
]
QUERIES = [
    "x = list(B.objects.all())\n",
    "x = B.objects.get(pk=1)\n",
    "x = B.objects.all()[0]\n",
    "x = [b for b in B.objects.all()]\n",
    "CHOICES = [\n    (b.pk, b.name)\n    for b in B.objects.all()\n]\n",
    "for b in B.objects.all():\n    pass\n",
    "x = B.objects.published().get()\n",
    "x = list(B.objects.published())\n",
    "x = B.build(B.objects.all())\n",
    "x = Badge(lambda b: b.pk, C.objects.count())\n",
    "x = (lambda b: b.pk)(C.objects.get())\n",
    "x = [*B.objects.all()]\n",
    "x = Choices(a, *B.objects.all())\n",
    "x = f'{list(B.objects.all())}'\n",
    "x = f\"'{list(B.objects.all())}'\"\n",
    "x = _('x').join(B.objects.all())\n",
    "x = _(B.objects.all())\n",
    "x = count_of(B.objects.all())\n",
    "x = known_to_nobody(B, B.objects)\n",
    "x = B.objects.first() or 1\n",
    "c = connection.cursor()\n",
    "class A:\n    size = B.objects.count()\n",
]


@pytest.mark.parametrize("text", LAZY)
def test_a_queryset_that_nothing_looks_at(text: str) -> None:
    assert list(uses_at_import(text.encode(), [b"count_of"].__contains__)) == []


@pytest.mark.parametrize("text", QUERIES)
def test_a_query(text: str) -> None:
    assert list(uses_at_import(text.encode(), [b"count_of"].__contains__))


@pytest.mark.parametrize(
    ("function", "answer"),
    [
        (
            'def f(model):\n    """Of all: list(it)."""\n    return Sub(model.objects.filter(**{A: B}).values("c"))\n',
            True,
        ),
        ("def f(model):\n    return model.objects.count()\n", False),
        ("def f(model):\n    return model.objects.published()\n", False),
        ("def f(model):\n    return list(model.objects.all())\n", False),
        ("def f(model, ids=[*B.objects.all()]):\n    return model.objects\n", False),
        ("def f(queryset):\n    return [each.pk for each in queryset]\n", False),
        ("def f(queryset):\n    return queryset.filter(a=1)[0]\n", False),
    ],
)
def test_a_function_that_only_makes_querysets(function: str, answer: bool) -> None:
    assert only_makes(function.encode()) is answer
