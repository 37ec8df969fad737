"""Processes forked while a connection is open."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of

HEAD = """import multiprocessing
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import Process, get_context

from django.db import close_old_connections, connection, connections

from shop.models import Order


def ship(*pks):
    Order.objects.filter(sent=False).first().ship()


def ship_apart(*pks):
    connections.close_all()
    ship()


def add(a, b):
    return a + b


def call(function):
    function()


class Shipper(Process):
    def run(self):
        ship()


def start():
    Process(target=ship).start()


def main():
"""


def forks(root: Path, body: str, files: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """(source line, detail) of every fork with a connection in a function ``main`` of ``body``."""
    text = HEAD + "".join(f"    {line}\n" for line in body.splitlines())
    reading = units_of(root, {"shop/work.py": text} | (files or {}))
    lines = text.splitlines()
    return [
        (lines[seen.span.line - 1].strip(), seen.detail)
        for seen in reading.observations
        if seen.kind == "fork-with-connection"
    ]


@pytest.mark.parametrize(
    ("body", "line", "detail"),
    [
        ("ship()\nProcess(target=ship).start()", "Process(target=ship).start()", ""),
        ("ship()\np = Process(target=ship)\np.start()\np.join()", "p.start()", ""),
        ("ship()\np = multiprocessing.Process(None, ship)\np.start()", "p.start()", ""),
        ("ship()\np = Process(target=lambda: ship())\np.start()", "p.start()", ""),
        ("ship()\np = Process(target=ship_apart)\np.start()", "p.start()", "closes"),
        ("ship()\nclose_old_connections()\nstart()", "Process(target=ship).start()", "close_old"),
        ("ship()\nstart()", "Process(target=ship).start()", ""),
        ("ship()\nShipper().start()", "Shipper().start()", ""),
        (
            "ship()\nProcessPoolExecutor().submit(call, ship)",
            "ProcessPoolExecutor().submit(call, ship)",
            "several",
        ),
        ("for pk in Order.objects.all():\n    Process(target=ship).start()", "Process(target=ship).start()", "several"),
        (
            "ship()\nps = [Process(target=ship) for n in range(4)]\nfor p in ps:\n    p.start()",
            "p.start()",
            "several",
        ),
        (
            "ship()\nget_context('fork').Process(target=ship).start()",
            "get_context('fork').Process(target=ship).start()",
            "",
        ),
        ("ship()\npool = multiprocessing.Pool(4)\npool.map(ship, [1])", "pool = multiprocessing.Pool(4)", "several"),
        ("ship()\nwith ProcessPoolExecutor() as pool:\n    pool.submit(ship)", "pool.submit(ship)", "several"),
        ("ship()\npid = os.fork()\nif pid == 0:\n    ship()\n    os._exit(0)", "pid = os.fork()", ""),
        ("ship()\nif not os.fork():\n    ship()", "if not os.fork():", ""),
        ("ship()\nif os.fork() > 0:\n    sys.exit()\nship()", "if os.fork() > 0:", ""),
        (
            "ship()\ntry:\n    if os.fork():\n        os._exit(0)\nexcept OSError:\n    sys.exit(1)\nship()",
            "if os.fork():",
            "",
        ),
        ("ship()\npid = os.fork()\nif pid:\n    return\nelse:\n    ship()", "pid = os.fork()", ""),
    ],
)
def test_forks_after_a_query(tmp_path: Path, body: str, line: str, detail: str) -> None:
    assert forks(tmp_path, body) == [(line, detail)]


@pytest.mark.parametrize(
    "body",
    [
        "Process(target=ship).start()",
        "Process(target=ship).start()\nship()",
        "ship()\nProcess(target=add).start()\nship()",
        "ship()\nconnection.close()\nProcess(target=ship).start()",
        "ship()\np = Process(target=ship)\nconnections.close_all()\np.start()",
        "ship()\nfor c in connections.all():\n    c.close()\nstart()",
        "ship()\nget_context('spawn').Process(target=ship).start()",
        "ship()\nget_context(method='forkserver').Pool().map(ship, [1])",
        "ship()\nProcessPoolExecutor(mp_context=get_context('spawn')).submit(ship)",
        "ship()\npid = os.fork()\nif pid == 0:\n    os.execv('/bin/true', [])\nship()",
        "if os.fork():\n    sys.exit()\nship()",
        "ship()\nconnections.close_all()\nif os.fork() != 0:\n    sys.exit()\nship()",
        "ship()\nconnections.close_all()\nwith multiprocessing.Pool(4) as pool:\n    pool.map(ship, [1])\nship()",
        "p = Process(target=ship)\np.start()\nship()\np.join()\nship()",
    ],
)
def test_forks_that_share_nothing(tmp_path: Path, body: str) -> None:
    assert forks(tmp_path, body) == []


def test_the_caller_holds_the_connection(tmp_path: Path) -> None:
    caller = "from shop.models import Order\nfrom shop.work import main\n\ndef go():\n    Order.objects.count()\n    main()\n"
    assert forks(tmp_path, "start()", {"shop/caller.py": caller}) == [("Process(target=ship).start()", "")]


def test_a_start_method_chosen_for_the_project(tmp_path: Path) -> None:
    files = {"manage.py": "import multiprocessing\nmultiprocessing.set_start_method('spawn', force=True)\n"}
    assert forks(tmp_path, "ship()\nProcess(target=ship).start()", files) == []
    assert forks(tmp_path, "ship()\nif os.fork() == 0:\n    ship()", files) == [("if os.fork() == 0:", "")]


def test_a_fork_is_no_idle_time(tmp_path: Path) -> None:
    """The turns of a loop follow each other in the parent, whatever its children do."""
    text = HEAD + "    while True:\n        Process(target=ship).start()\n        time.sleep(60)\n"
    reading = units_of(tmp_path, {"shop/work.py": "import time\n" + text})
    assert [unit.touches_orm for unit in reading.units if unit.kind == "loop"] == ["no"]
