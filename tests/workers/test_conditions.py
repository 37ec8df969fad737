"""What the tests of branches and loops say: which parts of them run, what is not empty, whose time has come."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import UnitOfWork, worker

HEAD = """
        import time
        from django.db import close_old_connections
        from shop.models import Order
        def work(self, consumer, busy):
            {}
"""


def unit_of(root: Path, *lines: str) -> UnitOfWork:
    return worker(root, HEAD.format("\n            ".join(lines))).unit


@pytest.mark.parametrize(
    ("test", "gap"),
    [
        ("busy() or Order.objects.exists()", 5.0),  # whoever goes on has asked the database
        ("not (not busy() and not Order.objects.exists())", 5.0),
        ("Order.objects.exists() and busy()", 5.0),
        ("busy() and Order.objects.exists()", None),
    ],
)
def test_the_second_part_of_a_test(tmp_path: Path, test: str, gap: float | None) -> None:
    unit = unit_of(tmp_path, "while True:", f"    if {test}:", "        break", "    time.sleep(5)")
    assert unit.gap == gap


@pytest.mark.parametrize("empty", ["not records", "len(records) == 0", "not len(records)", "busy() or not records"])
@pytest.mark.parametrize("rows", ["records.items()", "list(records.items())", "enumerate(records)"])
def test_what_is_not_empty_has_a_turn(tmp_path: Path, empty: str, rows: str) -> None:
    """The connection is closed whenever nothing came: the loops over what came have at least one turn."""
    unit = unit_of(
        tmp_path,
        "while True:",
        "    records = consumer.poll(timeout_ms=1000)",
        f"    if {empty}:",
        "        close_old_connections()",
        "        continue",
        f"    for topic, messages in {rows}:",
        "        for message in messages:",
        "            Order.objects.count()",
    )
    assert (unit.gap, unit.cleanup_start, unit.cleanup_end) == (1.0, "none", "none")


@pytest.mark.parametrize(
    "lines",
    [
        ("records = consumer.poll(timeout=1)", "if busy():", "    close_old_connections()", "    continue"),
        (
            "records = consumer.poll(timeout=1)",
            "if not records:",
            "    close_old_connections()",
            "    continue",
            "records = [each for each in records if busy(each)]",
        ),
    ],
)
def test_what_may_be_empty_may_have_no_turn(tmp_path: Path, lines: tuple[str, ...]) -> None:
    body = (*lines, "for message in records:", "    Order.objects.count()")
    unit = unit_of(tmp_path, "while True:", *(f"    {line}" for line in body))
    assert (unit.gap, unit.cleanup_start, unit.cleanup_end) == (None, "none", "none")


@pytest.mark.parametrize(
    ("test", "unsure"),
    [
        ("time.time() - self.last > self.period", True),
        ("self.due <= time.monotonic()", True),
        ("self.turns >= 60", False),  # and nothing sets it back
        ("busy()", False),
    ],
)
def test_a_query_every_so_often(tmp_path: Path, test: str, unsure: bool) -> None:
    """How often is not known, so that neither is the longest time between two of them."""
    unit = unit_of(tmp_path, "while True:", f"    if {test}:", "        Order.objects.count()", "    time.sleep(5)")
    assert (unit.gap, unit.unsure_gap) == (None, unsure)


def test_a_query_every_so_many_turns(tmp_path: Path) -> None:
    turn = (
        "    if self.turns >= 60:",
        "        self.turns = 0",
        "        Order.objects.count()",
        "    self.turns += 1",
    )
    unit = unit_of(tmp_path, "while True:", *turn, "    time.sleep(5)")
    assert (unit.gap, unit.unsure_gap) == (None, True)


@pytest.mark.parametrize(
    ("test", "close"),
    [("time.monotonic() > self.due", "close_old"), ("self.turns > 60", "close_old"), ("self.late", "none")],
)
def test_a_close_every_so_often(tmp_path: Path, test: str, close: str) -> None:
    """No turn without one is so long that the connection would be lost meanwhile."""
    turn = (f"    if {test}:", "        self.turns = 0", "        close_old_connections()")
    unit = unit_of(tmp_path, "while True:", "    if busy(): Order.objects.count()", "    time.sleep(5)", *turn)
    assert max(unit.cleanup_start, unit.cleanup_end, key=len) == close


@pytest.mark.parametrize(
    ("leaves", "gap"),
    [
        ("if self.exiting: return", 5.0),
        ("if self.stop_event.is_set(): return", 5.0),
        ("if self.idle: return", None),
        ("if self.idle_event.is_set(): return", None),
        ("if self.stopped: busy()", None),
    ],
)
def test_a_turn_that_ends_the_program(tmp_path: Path, leaves: str, gap: float | None) -> None:
    text = f"""
        import time
        from shop.models import Order
        class Poller:
            def once(self):
                {leaves}
                else: list(Order.objects.all())
            def run(self):
                while True:
                    self.once()
                    time.sleep(5)
        """
    assert worker(tmp_path, text).unit.gap == gap


def test_a_wait_without_bound_is_one_at_any_time(tmp_path: Path) -> None:
    unit = unit_of(
        tmp_path,
        "while True:",
        "    message = consumer.recv()",
        "    if time.time() - self.last > 60:",
        "        Order.objects.count()",
    )
    assert (unit.gap, unit.unsure_gap) == (None, False)


@pytest.mark.parametrize(
    ("leave", "found"),
    [
        ("raise TimeoutError", False),
        ("break", False),
        ("return", False),
        ("continue", True),
        ("print('late')", True),
    ],
)
def test_a_loop_that_is_left_by_the_clock(tmp_path: Path, leave: str, found: bool) -> None:
    text = f"""
        import time
        from shop.models import Order
        def wait(order, limit):
            start = time.monotonic()
            while True:
                if Order.objects.filter(sent=True):
                    break
                elapsed = time.monotonic() - start
                if elapsed >= limit:
                    {leave}
                time.sleep(order.pause)
        """
    assert bool(worker(tmp_path, text).functions) is found


FLAG = """
        import signal, time
        from shop.models import Order
        def work(queue):
            running = True
            def stop(*args):
                nonlocal running
                running = False
            def take(item):
                nonlocal running
                running = item is not None
            signal.signal(signal.SIGTERM, stop)
            while running:
                {}
                time.sleep(5)
"""


@pytest.mark.parametrize(
    ("turn", "found"),
    [
        ("Order.objects.count()", True),  # until a signal comes
        ("running = Order.objects.exists()", False),
        ("take(Order.objects.first())", False),
        (
            "try:\n                    Order.objects.count()\n                except KeyboardInterrupt:\n"
            "                    running = False",
            True,
        ),
    ],
)
def test_a_flag_that_the_turns_set_themselves(tmp_path: Path, turn: str, found: bool) -> None:
    """Such a loop ends when its work is done."""
    assert bool(worker(tmp_path, FLAG.format(turn)).touching) is found


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        (("rows = list(Order.objects.all()[:50])", "if not rows:", "    break"), False),
        (("order = Order.objects.first()", "if order is None:", "    return"), False),
        (("order = Order.objects.first()", "if order is None:", "    continue"), True),
        (("order = busy()", "if order is None:", "    break", "order.save()"), True),  # whoever it waits for
        (("Order.objects.count()", "if time.time() > self.deadline:", "    return"), False),
        (("Order.objects.count()", "left = self.deadline - time.time()", "if left < 0:", "    break"), False),
        (("Order.objects.count()", "left = self.left()", "if left < 0:", "    break"), True),
    ],
)
@pytest.mark.parametrize("head", ["while True:", "for page in itertools.count(1):"])
def test_what_comes_to_an_end_is_no_worker(tmp_path: Path, head: str, lines: tuple[str, ...], found: bool) -> None:
    """A loop that goes through rows until there are none, or that gives up after some time."""
    body = (*(f"    {line}" for line in lines), "    Order.objects.count()", "    time.sleep(5)")
    text = HEAD.format("\n            ".join(("import itertools", head, *body)))
    assert bool(worker(tmp_path, text).touching) is found


@pytest.mark.parametrize(
    ("waiting", "handler", "then"),
    [
        ("item = queue.get(timeout=5)", "Empty", "continue"),
        ("item = queue.get(True, 5)", "Exception", "pass"),
        ("item = queue.get(timeout=5)", "", "pass"),
        ("item = queue.get_nowait()", "Empty", "time.sleep(5)"),
        ("item = queue.get(block=False)", "Empty", "time.sleep(5)"),
        ("connection.drain_events(timeout=5)", "socket.timeout", "pass"),
    ],
)
def test_nothing_may_come_in_time_for_hours(tmp_path: Path, waiting: str, handler: str, then: str) -> None:
    """What waits no longer than it is told raises when nothing came, in a turn that does not query."""
    unit = unit_of(
        tmp_path, "while True:", "    try:", f"        {waiting}", "        Order.objects.count()",
        f"    except {handler}:", f"        {then}",
    )  # fmt: skip
    assert (unit.gap, unit.unsure_gap) == (None, False)


@pytest.mark.parametrize(
    ("handler", "gap"), [("Exception", 5.0), ("", 5.0), ("OperationalError", 5.0), ("Missing", None)]
)
def test_what_fails_does_not_fail_for_hours(tmp_path: Path, handler: str, gap: float | None) -> None:
    """A turn in which something goes wrong before the query; one with nothing to do comes again and again."""
    unit = unit_of(
        tmp_path, "while True:", "    try:", "        if busy():", "            raise ValueError",
        "        Order.objects.count()", f"    except {handler}:", "        pass", "    time.sleep(5)",
    )  # fmt: skip
    assert unit.gap == gap


@pytest.mark.parametrize(
    ("lines", "gap"),
    [
        (("while not queue.empty():", "    item = queue.get()", "    item.save()"), 5.0),
        (("if not queue.empty():", "    item = queue.get()"), 5.0),
        (("while not queue.empty():", "    other_queue.get()"), None),
        (("while queue.empty():", "    queue.get()"), None),
    ],
)
def test_a_queue_that_is_not_empty_is_not_waited_for(tmp_path: Path, lines: tuple[str, ...], gap: float | None) -> None:
    body = (*lines, "Order.objects.count()", "time.sleep(5)")
    assert unit_of(tmp_path, "while True:", *(f"    {line}" for line in body)).gap == gap


@pytest.mark.parametrize(
    ("handler", "closes"), [("pass", False), ("connection.close()", True), ("close_old_connections()", True)]
)
def test_a_close_after_an_error(tmp_path: Path, handler: str, closes: bool) -> None:
    unit = unit_of(
        tmp_path, "from django.db import connection", "while True:", "    consumer.poll()", "    try:",
        "        Order.objects.count()", "    except Exception:", f"        {handler}",
    )  # fmt: skip
    assert (unit.cleanup_start, unit.cleanup_end, unit.closes_at_times) == ("none", "none", closes)


def test_the_wait_for_work_is_shown_and_no_pause_after_an_error(tmp_path: Path) -> None:
    unit = unit_of(
        tmp_path, "while True:", "    try:", "        consumer.check()", "    except ValueError:",
        "        time.sleep(busy())", "        continue", "    if consumer.poll(1.0) is None:", "        continue",
        "    Order.objects.count()",
    )  # fmt: skip
    assert unit.gap_place is not None
    assert (unit.gap, unit.gap_place.line) == (None, 11)


@pytest.mark.parametrize(
    ("turn", "loops"),
    [
        ("data = fetch(link)\nshow(data)\nlink = data.get('next')", 0),  # from page to page
        ("data = fetch(params={'after': link})\nshow(data)\nlink = data.get('next')", 0),
        ("data = fetch()\nshow(data)\nlink = data.get('link')", 1),  # of whatever comes
        ("link = consumer.poll(60)\nfetch(link)", 1),
        ("done, link = wait(link, 60)\nshow(done)", 1),  # what is left to wait for
    ],
)
def test_going_on_to_the_next_as_long_as_there_is_one(tmp_path: Path, turn: str, loops: int) -> None:
    lines = [f"    {line}" for line in turn.split("\n")]
    rest = ("    if busy(): Order.objects.count()", "    if not link:", "        break", "    time.sleep(5)")
    reading = worker(tmp_path, HEAD.format("\n            ".join(["link = None", "while True:", *lines, *rest])))
    assert len(reading.touching) == loops


@pytest.mark.parametrize(("given", "seconds"), [("link", 5.0), ("", None)])
def test_pages_of_which_some_are_empty_make_no_long_gap(tmp_path: Path, given: str, seconds: float | None) -> None:
    text = f"""
        import time
        from celery import shared_task
        from shop.models import Order

        @shared_task
        def work(client, link):
            Order.objects.count()
            while link:
                page = client.get({given})
                link = page.next
                time.sleep(5)
            Order.objects.count()
    """
    (seen,) = [each for each in worker(tmp_path, text).observations if each.kind == "long-gap"]
    assert (seen.gap and seen.gap.seconds) == seconds
