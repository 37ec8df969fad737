"""What else closes than a plain call of Django's own functions, and which tests only keep a close from doing harm."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.workers.trees import units_of

HEAD = """\
import time
from django.db import close_old_connections, connection, connections
from django_q.worker import close_old_django_connections
from lib.files import close_old_files
from shop.models import Order


def raw(alias):
    return connections[alias].connection


"""


def start(root: Path, body: str) -> str:
    """What closes before the query of a turn that begins with ``body``."""
    turn = indent(f"{body}\nOrder.objects.count()\ntime.sleep(60)", "        ")
    return units_of(root, {"shop/worker.py": f"{HEAD}def work(task):\n    while True:\n{turn}\n"}).unit.cleanup_start


@pytest.mark.parametrize(
    ("body", "cleanup"),
    [
        ("close_old_django_connections()", "close_old"),
        ("close_old_files()", "none"),
    ],
)
def test_a_library_function_closes_what_its_name_says(tmp_path: Path, body: str, cleanup: str) -> None:
    assert start(tmp_path, body) == cleanup


@pytest.mark.parametrize(
    ("test", "cleanup"),
    [
        ("not task.get('sync', False)", "close_old"),
        ("not task['sync']", "close_old"),
        ("not task.request.is_eager", "close_old"),
        ("task.get('urgent')", "none"),
        ("'sync' in task", "none"),
    ],
)
def test_a_job_that_runs_in_its_caller_must_not_close(tmp_path: Path, test: str, cleanup: str) -> None:
    assert start(tmp_path, f"if {test}:\n    close_old_connections()") == cleanup


@pytest.mark.parametrize(
    ("body", "cleanup"),
    [
        ("if connection.connection is not None:\n    connection.close()", "close"),
        ("if connection.connection:\n    connection.close()", "close"),
        ("if connection.connection is None:\n    print()\nelse:\n    connection.close()", "close"),
        ("mine = raw('default')\nif not mine:\n    print()\nelse:\n    connection.close()", "close"),
        ("db_connections = raw('default')\nif db_connections:\n    connections.close_all()", "close"),
        ("orders = task.get('orders')\nif orders:\n    connections.close_all()", "none"),
        (
            "try:\n    from django.db import connections as known\nexcept ImportError:\n    known = None\n"
            "if known is not None:\n    print()\nknown.close_all()",
            "close",
        ),
        (
            "try:\n    from lib.db import connections as known\nexcept ImportError:\n    known = None\n"
            "if known is not None:\n    print()\nknown.close_all()",
            "none",
        ),
        (
            "for alias in connections.databases.keys():\n    mine = raw(alias)\n    if not mine:\n        continue\n"
            "    mine.ping(reconnect=True)",
            "close",
        ),
    ],
)
def test_where_no_connection_is_open_there_is_nothing_to_close(tmp_path: Path, body: str, cleanup: str) -> None:
    assert start(tmp_path, body) == cleanup


@pytest.mark.parametrize(
    ("caught", "end"),
    [("", "close"), (" Exception", "close"), (" (KeyError, BaseException) as error", "close"), (" KeyError", "none")],
)
def test_what_is_raised_and_caught_leaves_no_close_out(tmp_path: Path, caught: str, end: str) -> None:
    text = f"""
        import threading
        from django.db import connections
        from shop.models import Order
        def work(items):
            for item in items:
                Order.objects.count()
                try:
                    if item.late:
                        raise ValueError(item)
                except{caught}:
                    continue
            connections.close_all()
        def main():
            threading.Thread(target=work).start()
        """
    assert units_of(tmp_path, {"shop/worker.py": text}).unit.cleanup_end == end
