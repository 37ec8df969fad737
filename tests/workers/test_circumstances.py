"""What is done once for all circumstances in which code runs, and what is not."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from conn_lint.workers import values as v
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.follow import Follower
from conn_lint.workers.graph import Graph
from conn_lint.workers.symbols import FunctionSymbol
from tests.workers.trees import project_of, units_of

HEAD = """\
    from django.db import close_old_connections, transaction
    from shop.models import Order

"""
CALLS = """
    def outside():
        work()

    def inside():
        with transaction.atomic():
            work()

    async def awaiting():
        work()
"""


def followed(root: Path, work: str) -> list[str]:
    """The functions that are followed, one after the other, when ``CALLS`` are."""
    graph = Graph(project_of(root, {"shop/work.py": HEAD + CALLS + work}))
    seen: list[str] = []

    class Noting(Follower):
        def body(self, statements, scope):  # type: ignore[no-untyped-def]
            if scope.function and statements is scope.function.body:
                seen.append(scope.name)
            return super().body(statements, scope)

    follower = Noting(graph, Corrections())
    for name in ("outside", "inside", "awaiting", "outside"):
        follower.perform(v.Func(FunctionSymbol("shop/work.py", name)))
    return seen


def test_what_closes_nothing_is_followed_once(tmp_path: Path) -> None:
    seen = followed(
        tmp_path, "\n    def work():\n        helper()\n\n    def helper():\n        Order.objects.first()\n"
    )
    assert sorted(seen) == ["awaiting", "helper", "inside", "outside", "work"]


@pytest.mark.parametrize("last", ["close_old_connections()", "while True:\n            Order.objects.first()"])
def test_what_its_circumstances_matter_to_is_followed_in_each(tmp_path: Path, last: str) -> None:
    seen = followed(tmp_path, f"\n    def work():\n        helper()\n\n    def helper():\n        {last}\n")
    assert [seen.count(name) for name in ("outside", "work", "helper")] == [1, 3, 3]


LOOP = """
    import time
    from django.db import close_old_connections, transaction
    from shop.models import Order

    def cleanup():
        close_old_connections()

    def first():
        cleanup()

    def run():
        while True:
            first()
            with transaction.atomic():
                first()
                Order.objects.first()
            time.sleep(100000)
"""


def test_a_close_is_noted_where_it_was_followed_outside_of_a_transaction_before(tmp_path: Path) -> None:
    reading = units_of(tmp_path, {"shop/worker.py": dedent(LOOP)})
    assert [each.kind for each in reading.observations] == ["close-in-atomic"]
    assert reading.unit.cleanup_start == "close_old"
