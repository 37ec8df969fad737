"""Functions that objects and modules keep, to call them later."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.workers.trees import worker

HEAD = """\
from functools import partial
from django.db import close_old_connections
from shop.models import Order

def on_message(message):
    Order.objects.create(sent=message)

def other(message):
    print(message)

"""

BUS = """
    class Bus:
        def __init__(self, callback=None):
            self.callback = callback
            self.handlers = []
            self.by_name = {}
            self.rules = []

        def set_callback(self, callback):
            self.callback = callback

        def add(self, handler):
            self.handlers.append(handler)

        def add_rule(self, priority, handler):
            self.rules.append((priority, handler))

        def on(self, name, handler):
            self.by_name.setdefault(name, []).append(handler)

        def put(self, name, handler):
            self.by_name[name] = handler

        def run(self, socket):
            while True:
                message = socket.recv(1024)
                {call}
"""

KEPT = [
    ("self.callback(message)", "bus.set_callback(on_message)"),
    ("self.callback(message)", "Bus(on_message)"),
    ("self.callback(message)", "Bus(callback=partial(on_message, 1))"),
    ("self.callback(message)", "Bus(lambda message: on_message(message))"),
    ("for each in self.handlers: each(message)", "bus.add(on_message)"),
    ("for each in self.handlers: each(message)", "bus.add(other)\nbus.add(on_message)"),
    ("for each in self.by_name.get(message, []): each(message)", "bus.on('paid', on_message)"),
    ("self.by_name[message](message)", "bus.put('paid', on_message)"),
]
KEEPS_NOTHING_THAT_QUERIES = [
    ("self.callback(message)", "bus.set_callback(other)"),
    ("for each in self.handlers: each(message)", "bus.add(other)"),
    ("self.by_name[message](message)", "bus.put('paid', other)"),
    ("self.unheard_of(message)", "bus.set_callback(on_message)"),
    ("print(self.handlers)", "bus.add(on_message)"),
]


def bus(call: str, given: str) -> str:
    return f"{HEAD}{dedent(BUS).replace('{call}', call)}\nbus = Bus()\n\ndef main(socket):\n    " + given.replace(
        "\n", "\n    "
    )


@pytest.mark.parametrize(("call", "given"), KEPT)
def test_what_an_object_keeps(tmp_path: Path, call: str, given: str) -> None:
    assert ("Bus.run", "loop") in worker(tmp_path, bus(call, given)).functions


@pytest.mark.parametrize(("call", "given"), KEEPS_NOTHING_THAT_QUERIES)
def test_what_keeps_nothing_that_queries(tmp_path: Path, call: str, given: str) -> None:
    assert worker(tmp_path, bus(call, given)).functions == []


REGISTRIES = [
    """
    HANDLERS = {}
    def register(name):
        def decorator(function):
            HANDLERS[name] = function
            return function
        return decorator
    @register("paid")
    """,
    """
    HANDLERS = {}
    def register(function):
        HANDLERS[function.__name__] = function
        return function
    @register
    """,
    """
    class Registry:
        handlers = {}
        @classmethod
        def register(cls, name):
            def decorator(function):
                cls.handlers[name] = function
                return function
            return decorator
    HANDLERS = Registry.handlers
    @Registry.register("paid")
    """,
]


@pytest.mark.parametrize("registry", REGISTRIES)
@pytest.mark.parametrize("call", ["HANDLERS[message](message)", "HANDLERS.get(message)(message)"])
def test_what_a_decorator_keeps(tmp_path: Path, registry: str, call: str) -> None:
    text = f"{HEAD}{dedent(registry)}def paid(message):\n    on_message(message)\n"
    loop = f"\ndef main(socket):\n    while True:\n        message = socket.recv(1024)\n        {call}\n"
    assert ("main", "loop") in worker(tmp_path, text + loop).functions


def test_the_registry_of_another_file(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        "from shop.registry import HANDLERS\n\ndef main(socket):\n    while True:\n"
        "        message = socket.recv(1024)\n        HANDLERS[message](message)\n",
        registry=dedent(REGISTRIES[1]).partition("@register")[0],
        handlers=HEAD
        + "from shop.registry import register\n\n@register\ndef paid(message):\n    on_message(message)\n",
    )
    assert reading.functions == [("main", "loop")]


def test_what_is_handed_on_to_a_thread(tmp_path: Path) -> None:
    text = """
    from concurrent.futures import ThreadPoolExecutor

    class Listener:
        def __init__(self):
            self._callback = None
            self.pool = ThreadPoolExecutor(4)

        def start(self, callback):
            self._callback = callback

        def on_message(self, message):
            self.pool.submit(self._callback, message)

    def main():
        Listener().start(on_message)
    """
    assert worker(tmp_path, HEAD + dedent(text)).functions == [("on_message", "executor")]


def test_a_kept_close_closes(tmp_path: Path) -> None:
    text = bus("for each in self.handlers: each()\n            Order.objects.count()", "bus.add(close_old_connections)")
    assert worker(tmp_path, text).unit.cleanup_start == "close_old"


def test_what_a_registry_keeps_is_found_wherever_it_is_asked(tmp_path: Path) -> None:
    loop = "\ndef work(socket):\n    while True:\n        message = socket.recv(1024)\n        HANDLERS[message](message)\n"
    reading = worker(
        tmp_path,
        f"from shop.registry import HANDLERS\n{loop}",
        second=f"from shop.registry import HANDLERS\n{loop}",
        registry=f"{HEAD}{dedent(REGISTRIES[1])}def paid(message):\n    on_message(message)\n",
    )
    assert sorted(unit.span.path for unit in reading.touching) == ["shop/second.py", "shop/worker.py"]
