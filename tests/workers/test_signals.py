"""Signals of the project, properties, and methods asked for by a name that is known at run time only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

SIGNALS = """
    from django.dispatch import Signal
    started = Signal()
    finished = Signal()
"""

WORK = """
    from shop import signals
    from shop.models import Order
    def work(queue):
        while True:
            queue.get()
            signals.started.send(sender=None)
            Order.objects.count()
            signals.finished.send_robust(sender=None)
"""

RECEIVERS = {
    "connect": """
        from django.db import close_old_connections
        from shop.signals import started
        def close(**kwargs):
            close_old_connections()
        started.connect(close)
        """,
    "connect by keyword": """
        from django.db import close_old_connections
        from shop import signals
        signals.started.connect(receiver=close_old_connections_now)
        def close_old_connections_now(**kwargs):
            close_old_connections()
        """,
    "decorator": """
        from django.db import close_old_connections
        from django.dispatch import receiver
        from shop.signals import finished, started
        @receiver([finished, started])
        def close(**kwargs):
            close_old_connections()
        """,
    "ready": """
        from django.apps import AppConfig
        from django.db import close_old_connections
        def close(**kwargs):
            close_old_connections()
        class Shop(AppConfig):
            def ready(self):
                from shop.signals import started
                started.connect(close)
        """,
    "another signal": """
        from django.db import close_old_connections
        from django.dispatch import Signal
        started = Signal()
        def close(**kwargs):
            close_old_connections()
        started.connect(close)
        """,
}


@pytest.mark.parametrize("how", RECEIVERS)
def test_the_receivers_of_a_signal_run_where_it_is_sent(tmp_path: Path, how: str) -> None:
    unit = worker(tmp_path, WORK, signals=SIGNALS, receivers=RECEIVERS[how]).unit
    assert unit.cleanup_start == ("none" if how == "another signal" else "close_old")


PROPERTY = """
    import functools, threading
    from shop.models import Order
    class Desk:
        @property
        def orders(self):
            return Order.objects.count()
        @functools.cached_property
        def first(self):
            return Order.objects.all()
        @property
        def name(self):
            return "desk"
        def total(self):
            {}
    def main():
        threading.Thread(target=Desk().total).start()
"""


@pytest.mark.parametrize(
    ("line", "queries"),
    [
        ("return self.orders + 1", True),
        ("if self.orders: pass", True),
        ("return self.first.count()", True),
        ("return self.first", False),
        ("return self.name.upper()", False),
    ],
)
def test_reading_a_property_does_what_its_function_does(tmp_path: Path, line: str, queries: bool) -> None:
    assert bool(worker(tmp_path, PROPERTY.format(line)).touching) == queries


DISPATCH = """
    import threading
    from shop.models import Order
    class Desk:
        def open(self, name):
            return getattr(self, name)()
        def on_close(self):
            {}
    def main():
        threading.Thread(target=Desk().open).start()
"""


@pytest.mark.parametrize(("line", "found"), [("Order.objects.count()", ["maybe"]), ("return 1", ["no"])])
def test_a_method_asked_for_by_a_name_made_up_at_run_time(tmp_path: Path, line: str, found: list[str]) -> None:
    assert [unit.touches_orm for unit in worker(tmp_path, DISPATCH.format(line)).units] == found
