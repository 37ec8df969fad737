"""What is one of several functions, by a branch or a conditional expression."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

JOBS = (
    "import queue\nfrom threading import Thread\nfrom shop.models import Order\n"
    "def count(log): Order.objects.count()\ndef show(log): print(log)\ndef drop(log): pass\nq = queue.Queue()\n"
)
LOOP = "def work(fast):\n    while True:\n        log = q.get()\n        {choice}\n        {call}\n"

BRANCH = "if fast:\n            job = {one}\n        else:\n            job = {other}"
CHOICE = "job = {one} if fast else {other}"


@pytest.mark.parametrize("choice", [BRANCH, CHOICE])
@pytest.mark.parametrize(("one", "other"), [("show", "count"), ("count", "print"), ("print", "count")])
def test_either_of_two_functions_is_followed(tmp_path: Path, choice: str, one: str, other: str) -> None:
    text = LOOP.format(choice=choice.format(one=one, other=other), call="job(log)")
    assert worker(tmp_path, JOBS + text).functions == [("work", "loop")]


@pytest.mark.parametrize("choice", [BRANCH, CHOICE])
@pytest.mark.parametrize(("one", "other"), [("show", "drop"), ("show", "print")])
def test_neither_of_two_functions_queries(tmp_path: Path, choice: str, one: str, other: str) -> None:
    text = LOOP.format(choice=choice.format(one=one, other=other), call="job(log)")
    assert worker(tmp_path, JOBS + text).functions == []


def test_a_third_function_is_followed_with_the_others(tmp_path: Path) -> None:
    choice = "if log:\n            job = count\n        elif fast:\n            job = print\n        else:\n            job = show"
    assert worker(tmp_path, JOBS + LOOP.format(choice=choice, call="job(log)")).functions == [("work", "loop")]


def test_either_of_two_functions_is_handed_to_a_thread(tmp_path: Path) -> None:
    text = "def start(fast):\n    job = show if fast else count\n    Thread(target=job, args=(1,)).start()\n"
    assert worker(tmp_path, JOBS + text).functions == [("count", "thread")]


def test_only_one_of_two_functions_closes(tmp_path: Path) -> None:
    closes = "from django.db import close_old_connections\n"
    choice = CHOICE.format(one="close_old_connections", other="drop_all") + "\n        job()\n"
    text = f"{closes}{JOBS}def drop_all(): pass\n" + LOOP.format(choice=choice, call="Order.objects.count()")
    unit = worker(tmp_path, text).unit
    assert (unit.cleanup_start, unit.closes_at_times) == ("none", True)


@pytest.mark.parametrize("verbose", ["False", "True"])
def test_a_choice_of_this_function_is_nobodys_callback(tmp_path: Path, verbose: str) -> None:
    """What a thread calls that came in as an argument may query; not what it chose itself."""
    text = (
        "import threading\nfrom shop.models import Order\n"
        "def check(report): report('checked')\n"
        "def work(verbose):\n"
        "    if verbose:\n        report = print\n"
        "    else:\n        def report(text): return None\n"
        "    check(report)\n"
        f"threading.Thread(target=work, args=({verbose},)).start()\n"
    )
    assert worker(tmp_path, text).functions == []
    given = text.replace("check(report)\n", "check(verbose)\n")
    assert worker(tmp_path, given).unit.touches_orm == "maybe"
