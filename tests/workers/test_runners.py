"""Jobs that a loop of the project runs: what is closed around them in that loop."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.workers.trees import worker

JOB = """\
import schedule, threading, time
from django.db import close_old_connections, connection
from shop.models import Order

def job():
    Order.objects.count()

"""

LOOPS = [
    ("none", "none", "while True:\n    schedule.run_pending()\n    time.sleep(60)"),
    ("none", "none", "close_old_connections()\nwhile True:\n    schedule.run_pending()\n    time.sleep(60)"),
    ("close_old", "none", "while True:\n    close_old_connections()\n    schedule.run_pending()\n    time.sleep(60)"),
    ("close_old", "none", "while True:\n    time.sleep(60)\n    close_old_connections()\n    schedule.run_pending()"),
    ("none", "close", "while not stop.wait(60):\n    schedule.run_pending()\n    connection.close()"),
]


@pytest.mark.parametrize(("start", "end", "loop"), LOOPS)
def test_the_loop_closes_around_its_jobs(tmp_path: Path, start: str, end: str, loop: str) -> None:
    text = JOB + "def main(stop):\n    schedule.every().day.do(job)\n" + indent(loop, "    ")
    (unit,) = worker(tmp_path, text).touching
    assert (unit.function, unit.cleanup_start, unit.cleanup_end) == ("job", start, end)


def test_the_statements_of_a_module_run_them(tmp_path: Path) -> None:
    text = JOB + "schedule.every().day.do(job)\n" + LOOPS[2][2]
    (unit,) = worker(tmp_path, text).touching
    assert (unit.function, unit.cleanup_start) == ("job", "close_old")


def test_no_loop_is_seen_to_run_them(tmp_path: Path) -> None:
    text = (
        JOB + "schedule.every().day.do(job)\n\ndef step():\n    close_old_connections()\n    schedule.run_pending()\n"
    )
    (unit,) = worker(tmp_path, text).touching
    assert (unit.function, unit.cleanup_start) == ("job", "none")
