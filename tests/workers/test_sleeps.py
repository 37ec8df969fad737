"""Pauses by a function called ``sleep`` that the tree does not hold: a clock that was handed over, another library."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of


@pytest.mark.parametrize(
    ("head", "call", "gap", "unsure"),
    [
        ("def work(clock):", "clock.sleep(30)", 30.0, False),
        ("def work(clock):", "clock.sleep()", None, True),
        ("def work(sleep):", "sleep(30)", 30.0, False),
        ("from tornado.gen import sleep\n\ndef work():", "sleep(30)", 30.0, False),
    ],
)
def test_sleep_of_something_unknown(tmp_path: Path, head: str, call: str, gap: float | None, unsure: bool) -> None:
    text = f"from shop.models import Order\n\n{head}\n    while True:\n        Order.objects.count()\n        {call}\n"
    unit = units_of(tmp_path, {"shop/worker.py": text}).unit
    assert (unit.gap, unit.unsure_gap) == (gap, unsure)


def test_waiting_until_something_is_done_elsewhere(tmp_path: Path) -> None:
    text = """
        from celery import shared_task
        from shop.models import Order

        class Printer:
            def __init__(self, api, sleep):
                self.api = api
                self.sleep = sleep

            def print(self, order):
                status = "pending"
                while status != "done":
                    self.sleep()
                    status = self.api.status(order)

        @shared_task
        def labels(pk, api, sleep):
            order = Order.objects.get(pk=pk)
            Printer(api, sleep).print(order)
            order.ship()
        """
    gaps = [each for each in units_of(tmp_path, {"shop/tasks.py": text}).observations if each.kind == "long-gap"]
    assert [each.function for each in gaps] == ["labels"]


@pytest.mark.parametrize(
    ("body", "gap"),
    [
        ("process.wait()", None),
        ("process.terminate()\n        process.wait()", 60.0),
        ("process.kill()\n        process.wait()", 60.0),
        ("process.terminate()\n        process = start()\n        process.wait()", None),
        ("process.terminate()\n        other.wait()", None),
        ("process.poll()", 60.0),
        ("consumer.poll()", None),
    ],
)
def test_waiting_for_a_process_that_is_about_to_end(tmp_path: Path, body: str, gap: float | None) -> None:
    text = "import time\nfrom shop.models import Order\nfrom elsewhere import start\n\ndef work(process, consumer, other):\n"
    text += f"    while True:\n        Order.objects.count()\n        {body}\n        time.sleep(60)\n"
    assert units_of(tmp_path, {"shop/worker.py": text}).unit.gap == gap


@pytest.mark.parametrize(
    ("watching", "gap"),
    [
        ("self.poller.register(self.pull, zmq.POLLIN)", 5.0),
        ("self.poller.register(\n            self.pull\n        )", 5.0),
        ("self.ready = select.select([self.push, self.pull], [], [], 5)", 5.0),
        ("self.poller.register(self.push, zmq.POLLIN)", None),
        ("self.register(self.pull.name)", None),
    ],
)
def test_what_a_poller_watches_is_read_when_something_is_there(
    tmp_path: Path, watching: str, gap: float | None
) -> None:
    text = f"""import select

import zmq

from shop.models import Order


class Master:
    def __init__(self, pull, push):
        self.pull, self.push = pull, push
        self.poller = zmq.Poller()
        {watching}

    def message(self):
        Order.objects.create(text=self.pull.recv_multipart())

    def work(self):
        while True:
            sockets = dict(self.poller.poll(5000))
            if sockets.get(self.pull) == zmq.POLLIN:
                self.message()
            Order.objects.count()
"""
    assert units_of(tmp_path, {"shop/worker.py": text}).unit.gap == gap


@pytest.mark.parametrize(
    ("first", "start", "delay"),
    [
        ("time.sleep(5)", "close_old", 5.0),
        ("time.sleep(5)\n            time.sleep(90)", "close_old", 90.0),
        ("close_old_connections()", "close_old", 0.0),
        ("time.sleep(5)\n            close_old_connections()", "close_old", 0.0),
        ("queue.get()", "none", 0.0),
    ],
)
def test_a_job_that_waits_before_its_first_query(tmp_path: Path, first: str, start: str, delay: float) -> None:
    text = f"""
        import time
        from celery import shared_task
        from django.db import close_old_connections
        from shop.models import Order

        @shared_task
        def count(queue):
            {first}
            Order.objects.count()
        """
    made = "import os\nfrom celery import Celery\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 's')\napp = Celery('shop')\n"
    files = {"shop/tasks.py": text, "shop/celery.py": made}
    unit = units_of(tmp_path, files, requirements=["celery==5.3.6"]).unit
    assert (unit.cleanup_start, unit.start_delay) == (start, delay)


@pytest.mark.parametrize(
    ("call", "gap"),
    [
        ("jobs.get(block=True, timeout=1)", None),
        ("jobs.get(block=False)", 5.0),
        ("jobs.get(timeout=1)", 5.0),  # that may be a request, or a cache
    ],
)
def test_only_a_queue_can_block(tmp_path: Path, call: str, gap: float | None) -> None:
    text = f"""
        import time
        from queue import Empty
        from shop.models import Order

        def work(jobs):
            while True:
                try:
                    {call}
                except Empty:
                    continue
                Order.objects.count()
                time.sleep(5)
        """
    assert units_of(tmp_path, {"shop/worker.py": text}).unit.gap == gap


@pytest.mark.parametrize(
    ("wait", "unsure"),
    [('input("order? ")', True), ("getpass.getpass()", True), ("queue.get()", False)],
)
def test_somebody_at_a_prompt_answers_or_leaves(tmp_path: Path, wait: str, unsure: bool) -> None:
    """Whatever the answers lead to: several of them without a query are no longer a wait than one."""
    text = f"""
        import getpass, sys
        from shop.models import Order

        def work(queue):
            while True:
                answer = {wait}
                if answer == "help":
                    print("help")
                    continue
                print(Order.objects.filter(pk=answer).count())
        """
    unit = units_of(tmp_path, {"shop/worker.py": text}).unit
    assert (unit.gap, unit.unsure_gap) == (None, unsure)
