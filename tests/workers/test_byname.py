"""Functions that code finds by a name of which it knows how it begins or ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

SERVER = """
    from shop import handlers
    from shop.models import Order

    PREFIX = "rpc_"

    class Server:
        def rpc_count(self):
            return Order.objects.count()
        def do_ping(self):
            return 1
        def total_command(self):
            return Order.objects.count()
        def greet_command(self):
            return "hello"
        def other(self):
            return Order.objects.count()
        def serve(self, queue):
            while True:
                message = queue.get()
                {}

    class Wider(Server):
        def sub_count(self):
            return Order.objects.count()
"""

HANDLERS = """
    from shop.models import Order

    def on_order(message):
        return Order.objects.count()

    def off_order(message):
        return 1
"""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('getattr(self, "rpc_" + message.name)(message)', "yes"),
        ("getattr(self, PREFIX + message.name)(message)", "yes"),
        ('getattr(self, f"rpc_{message.name}")(message)', "yes"),
        ('getattr(self, "rpc_%s" % message.name)(message)', "yes"),
        ('getattr(self, "rpc_{}".format(message.name))(message)', "yes"),
        ('name = "rpc_" + message.name; getattr(self, name)(message)', "yes"),
        ('handle = getattr(self, f"rpc_{message.name}", None); handle and handle(message)', "yes"),
        ('getattr(self, f"{message.name}_command")()', "yes"),
        ('getattr(self, f"sub_{message.name}")()', "yes"),  # of a class that inherits it
        ('getattr(self, f"do_{message.name}")()', "no"),
        ('getattr(self, f"greet_{message.name}")()', "no"),
        ('getattr(handlers, f"on_{message.name}")(message)', "yes"),
        ('getattr(handlers, f"off_{message.name}")(message)', "no"),
        ("getattr(self, message.name)(message)", "maybe"),
        ('getattr(message, f"rpc_{message.name}")()', "no"),  # of something else
    ],
)
def test_a_method_by_the_ends_of_its_name(tmp_path: Path, line: str, found: str) -> None:
    units = worker(tmp_path, SERVER.format(line), handlers=HANDLERS).units
    assert [unit.touches_orm for unit in units if unit.kind == "loop"] == [found]


def test_a_thread_that_is_found_by_its_name(tmp_path: Path) -> None:
    text = """
        import threading
        from shop.models import Order

        class Jobs:
            def job_count(self):
                Order.objects.count()
            def job_greet(self):
                print("hello")
            def start(self, name):
                threading.Thread(target=getattr(self, "job_" + name)).start()
    """
    found = {unit.function: unit.touches_orm for unit in worker(tmp_path, text).units}
    assert found == {"Jobs.job_count": "yes", "Jobs.job_greet": "no"}
