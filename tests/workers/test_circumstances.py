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


@pytest.mark.parametrize(
    ("last", "times"), [("Order.objects.first()", [1, 1, 1]), ("close_old_connections()", [1, 3, 3])]
)
def test_functions_that_call_each_other_in_a_circle(tmp_path: Path, last: str, times: list[int]) -> None:
    circle = f"\n    def work():\n        helper()\n        {last}\n\n    def helper():\n        if Order:\n            work()\n"
    seen = followed(tmp_path, circle)
    assert [seen.count(name) for name in ("outside", "work", "helper")] == times


@pytest.mark.parametrize(
    "last", ["work(order)", "work(order=order, note=None)", "work(order, None)", "work(order, note=None)"]
)
def test_a_call_is_the_same_however_its_arguments_are_written(tmp_path: Path, last: str) -> None:
    work = f"""
    def work(order=None, note=None):
        helper(order)

    def helper(order):
        order.save()

    def outside():
        order = Order()
        work(order, note=None)
        {last}
"""
    assert sorted(followed(tmp_path, work)) == ["awaiting", "helper", "helper", "inside", "outside", "work", "work"]


CIRCLE = """
    import threading
    from shop.models import Order

    def start():
        threading.Thread(target=first).start()
        threading.Thread(target=second).start()

    def first():
        second()

    def second():
        if third():
            Order.objects.first()

    def third():
        first()
        second()
        Order.objects.last()
"""


def test_what_runs_in_a_thread_of_its_own_is_followed_whole(tmp_path: Path) -> None:
    reading = units_of(tmp_path, {"shop/worker.py": dedent(CIRCLE)})
    assert [(unit.function, [place.span.line for place in unit.orm_path]) for unit in reading.touching] == [
        ("first", [9, 12, 18]),
        ("second", [12, 18]),
    ]
