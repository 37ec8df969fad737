"""Threads that run what they are given: judged by the functions that the tree gives them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of

HELPER = """
    import threading

    def background(fn):
        def run():
            fn()
        threading.Thread(target=run).start()

    class Background(threading.Thread):
        def __init__(self, fn):
            super().__init__()
            self.fn = fn
        def run(self):
            self.fn()
"""

VIEWS = """
    from shop.helper import Background, background
    from shop.models import Order

    def greet():
        print("hello")

    def count():
        Order.objects.count()

    def view(request):
        {}
"""


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("background(greet)", {"background.run": "no"}),
        ("background(count)", {"background.run": "yes"}),
        ("background(greet); background(count)", {"background.run": "yes"}),
        ("background(request.do)", {"background.run": "maybe"}),
        ("Background(greet).start()", {"Background.run": "no"}),
        ("Background(count).start()", {"Background.run": "yes"}),
        ("Background(greet).start(); Background(count).start()", {"Background.run": "yes"}),
    ],
)
def test_a_thread_does_what_it_is_given(tmp_path: Path, lines: str, found: dict[str, str]) -> None:
    reading = units_of(tmp_path, {"shop/helper.py": HELPER, "shop/views.py": VIEWS.format(lines)})
    threads = {unit.function: unit.touches_orm for unit in reading.units}
    assert {name: threads[name] for name in found} == found


def test_a_close_in_what_a_thread_is_given(tmp_path: Path) -> None:
    views = VIEWS.format("background(tidy)") + (
        "\n    def tidy():\n        from django.db import connections\n"
        "        try:\n            count()\n        finally:\n            connections.close_all()\n"
    )
    reading = units_of(tmp_path, {"shop/helper.py": HELPER, "shop/views.py": views})
    (run,) = [unit for unit in reading.units if unit.function == "background.run"]
    assert (run.touches_orm, run.cleanup_end) == ("yes", "close")


@pytest.mark.parametrize(("calls", "found"), [("", "no"), ("def view(request):\n    later(request.do)\n", "maybe")])
def test_a_thread_that_only_others_give_something(tmp_path: Path, calls: str, found: str) -> None:
    """What is given from outside of the tree alone is nothing that can be guessed."""
    text = (
        "import threading\n\ndef run(fn):\n    fn()\n\n"
        "def later(fn):\n    threading.Thread(target=run, args=(fn,)).start()\n\n"
    )
    assert [unit.touches_orm for unit in units_of(tmp_path, {"shop/helper.py": text + calls}).units] == [found]
