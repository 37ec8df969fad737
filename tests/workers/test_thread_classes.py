"""Classes of threads: of a library, and those of the project that override how the target is run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of

THREADS = """
    from {base} import Thread
    from django.db import connection
    from shop.models import Order

    class Answering(Thread):
        def run(self):
            try:
                {runs}
            finally:
                {last}

    def count():
        Order.objects.count()

    def view(request):
        Answering(target=count).start()
"""


@pytest.mark.parametrize("base", ["threading", "restclients_core.thread", "raven.utils.threads"])
@pytest.mark.parametrize(
    ("runs", "last", "end"),
    [
        ("super().run()", "connection.close()", "close"),
        ("self.answer = self._target(*self._args)", "connection.close()", "close"),
        ("self.answer = self._target(*self._args)", "print()", "none"),
        ("print()", "connection.close()", "none"),  # what runs the target is not seen
    ],
)
def test_what_closes_around_the_target(tmp_path: Path, base: str, runs: str, last: str, end: str) -> None:
    text = THREADS.format(base=base, runs=runs, last=last)
    (unit,) = (each for each in units_of(tmp_path, {"shop/views.py": text}).touching if each.function == "count")
    assert (unit.kind, unit.ends, unit.cleanup_end) == ("thread", True, end)


def test_what_is_called_thread_and_is_none(tmp_path: Path) -> None:
    text = THREADS.format(base="forum.models", runs="print()", last="print()")
    assert units_of(tmp_path, {"shop/views.py": text}).units == ()


THREAD = """
    import threading
    from django.db import connection
    from shop.models import Order
    def count(key):
        {}
    def view(request):
        threading.Thread(target=count, args=(1,)).start()
"""
RAISES = "Order.objects.count()\n        if not key: raise ValueError(key)"


@pytest.mark.parametrize(
    ("body", "end", "unless_raised"),
    [
        (f"{RAISES}\n        connection.close()", "none", True),
        (f"{RAISES}\n        if key > 2: return\n        connection.close()", "none", False),
        (RAISES, "none", False),
        (f"try:\n            {RAISES.replace('        if', '            if')}\n"
         "        finally:\n            connection.close()", "close", True),
    ],
    ids=["raises", "returns", "closes nothing", "closes always"],
)  # fmt: skip
def test_a_close_that_an_exception_leaves_out(tmp_path: Path, body: str, end: str, *, unless_raised: bool) -> None:
    unit = units_of(tmp_path, {"shop/views.py": THREAD.format(body)}).unit
    assert (unit.cleanup_end, unit.closes_unless_raised) == (end, unless_raised)


@pytest.mark.parametrize(
    ("caught", "ends"), [("queue.Empty", True), ("QueueEmpty", True), ("StopIteration", True), ("ValueError", False)]
)
def test_a_thread_that_works_until_nothing_is_left_ends(tmp_path: Path, caught: str, *, ends: bool) -> None:
    body = (
        "finished = False\n        while not finished:\n            try:\n                key.get_nowait()\n"
        f"                Order.objects.count()\n            except {caught}:\n                finished = True"
    )
    (unit,) = (e for e in units_of(tmp_path, {"shop/views.py": THREAD.format(body)}).touching if e.kind == "thread")
    assert unit.ends == ends


HOLDING = """
    {imports}
    from django.core.management.base import BaseCommand
    from shop.models import Order

    class Shipping({base}):
        def __init__(self, order):
            super().__init__()
            self.order = order

        def run(self):
            self.order.{does}

    class Command(BaseCommand):
        def handle(self, **options):
            for order in Order.objects.all():
                Shipping({given}).start()
"""


@pytest.mark.parametrize(
    ("does", "given", "touches"),
    [("save()", "order", "yes"), ("save()", "options", "no"), ("total()", "order", "no"), ("ship()", "order", "yes")],
)
def test_a_thread_that_is_made_with_a_row(tmp_path: Path, does: str, given: str, touches: str) -> None:
    text = HOLDING.format(imports="from threading import Thread", base="Thread", does=does, given=given)
    (unit,) = units_of(tmp_path, {"shop/management/commands/ship.py": text}).units
    assert (unit.function, unit.touches_orm) == ("Shipping.run", touches)


@pytest.mark.parametrize(("does", "forks"), [("save()", True), ("total()", False)])
def test_a_process_that_is_made_with_a_row(tmp_path: Path, does: str, *, forks: bool) -> None:
    text = HOLDING.format(imports="from multiprocessing import Process", base="Process", does=does, given="order")
    found = units_of(tmp_path, {"shop/management/commands/ship.py": text}).observations
    assert [each.kind for each in found if each.kind.startswith("fork")] == ["fork-with-connection"] * forks
