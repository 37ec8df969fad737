"""Long idle times inside a unit of work, and loops that run code found by its name."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent

import pytest

from conn_lint.model import Observation
from tests.workers.trees import units_of

COMMAND = "shop/management/commands/work.py"
HEAD = """
import subprocess, time
from threading import Thread
import docker, git, pymysql, requests
from django.core.management.base import BaseCommand
from django.db import close_old_connections, connection
from shop.models import Order

class Command(BaseCommand):
    def handle(self, *args, **options):
"""


def gaps(root: Path, body: str, more: str = "") -> list[Observation]:
    lines = "\n".join(line.strip("\n") for line in body.splitlines() if line.strip())
    text = HEAD + indent(_dedent(lines), " " * 8) + "\n" + more
    return [seen for seen in units_of(root, {COMMAND: text}).observations if seen.kind == "long-gap"]


def _dedent(text: str) -> str:
    from textwrap import dedent

    return dedent(text)


def test_a_generator_waits_for_each_thing_it_gives_to_what_queries(tmp_path: Path) -> None:
    more = "def batches(names):\n    while len(names) > 0:\n        time.sleep(5)\n"
    more += "        for each in fetch(names[:10]):\n            {}\n        names = names[10:]\n"
    body = "for each in batches(options['names']):\n    Order.objects.get(pk=each).ship()"
    (seen,) = gaps(tmp_path / "gives", body, more.format("yield each"))
    assert (seen.detail, seen.gap and seen.gap.seconds) == ("time.sleep()", 5.0)
    for name, loop, gives in (
        ("takes", "batches(options['names'])", "print(each)"),
        ("counts", "for each in batches(options['names']):\n    print(each)", "yield each"),
    ):
        body = f"Order.objects.count()\n{loop}\nOrder.objects.count()"
        (seen,) = gaps(tmp_path / name, body, more.format(gives))
        assert seen.detail == "this loop, as long as it goes on"


@pytest.mark.parametrize(
    ("between", "seconds", "usual"),
    [
        ("time.sleep(600)", 600.0, 0),
        ("cursor = pymysql.connect(db='a').cursor()\ncursor.execute(Order.sql)", None, 3600.0),
        ('subprocess.run(["a"])', None, 3600.0),
        ('subprocess.run(["a"], timeout=30)', 30.0, 0),
        ('subprocess.Popen(["a"]).communicate()', None, 3600.0),
        ('job = subprocess.Popen(["a"])\njob.communicate()\njob.wait()', None, 3600.0),
        ("docker.from_env().containers.run(image)", None, 3600.0),
        ("client.containers.run(**options)", None, 3600.0),
        ("self.docker.images.build(path=path)", None, 3600.0),
        ("done = [page.get(blocking=True) for page in pages]", None, 3600.0),
        ("page.get(blocking=True, timeout=30)", 30.0, 0),
        ("clip.write_videofile(path)", None, 3600.0),
        ("git.Repo.clone_from(url, path)", None, 3600.0),
        ('requests.get("a")', None, 300.0),
        ('requests.get("a", timeout=5)', 5.0, 0),
        ('time.sleep(400)\nrequests.get("a")', 400.0, 0),
        ('requests.get("a")\ntime.sleep(200)', None, 300.0),
        ("while not ready():\n    time.sleep(5)", None, 0),
        ("while True:\n    time.sleep(5)\n    if ready():\n        break", None, 0),
        ("for each in range(3):\n    time.sleep(5)", 5.0, 0),
    ],
)
def test_what_takes_long_between_two_queries(tmp_path: Path, between: str, seconds: float | None, usual: float) -> None:
    (seen,) = gaps(tmp_path, f"Order.objects.count()\n{between}\nOrder.objects.count()")
    assert seen.gap is not None
    assert (seen.gap.seconds, seen.gap.usual, seen.gap.before, seen.gap.after) == (seconds, usual, "none", "none")
    assert seen.function == "Command.handle"


def test_a_row_found_by_its_content_type_is_saved_after_the_wait(tmp_path: Path) -> None:
    load = "from django.contrib.contenttypes.models import ContentType as Kind\n"
    row = "row = Kind.objects.get_for_id(1).get_object_for_this_type(pk=1)\n"
    (seen,) = gaps(tmp_path, f"{load}{row}time.sleep(600)\nrow.save()")
    assert [place.label for place in seen.places] == ["a query before it", "a query after it"]


@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(600)\nOrder.objects.count()",
        "Order.objects.count()\ntime.sleep(600)",
        "Order.objects.count()\nOrder.objects.count()",
        "time.sleep(600)",
        "Order.objects.count()\ntime.sleep(options['pause'])\nOrder.objects.count()",
        "Order.objects.count()\nrequests.get('a', timeout=options['limit'])\nOrder.objects.count()",
        "Order.objects.count()\n', '.join(args)\nOrder.objects.count()",
        "Order.objects.count()\nclient.containers.run(image, detach=True)\nOrder.objects.count()",
        "Order.objects.count()\npage.get(blocking=False)\nOrder.objects.count()",
        "Order.objects.count()\nclient.containers.get(name)\nOrder.objects.count()",
    ],
)
def test_nothing_long_between_two_queries(tmp_path: Path, body: str) -> None:
    assert gaps(tmp_path, body) == []


@pytest.mark.parametrize(
    ("body", "before", "after"),
    [
        ("Order.objects.count()\nconnection.close()\ntime.sleep(600)\nOrder.objects.count()", "close", "none"),
        ("Order.objects.count()\ntime.sleep(600)\nclose_old_connections()\nOrder.objects.count()", "none", "close_old"),
    ],
)
def test_a_close_beside_the_wait_is_told(tmp_path: Path, body: str, before: str, after: str) -> None:
    (seen,) = gaps(tmp_path, body)
    assert seen.gap is not None
    assert (seen.gap.before, seen.gap.after) == (before, after)


@pytest.mark.parametrize(
    "loop",
    [
        "while not done():\n    if time.time() - start > limit:\n        raise TimeoutError\n    time.sleep(5)",
        "while True:\n    if done() or time.monotonic() > end:\n        break\n    time.sleep(5)",
        "while datetime.now() < end:\n    time.sleep(5)",
    ],
)
def test_a_loop_that_watches_the_clock_is_no_wait_without_bound(tmp_path: Path, loop: str) -> None:
    (seen,) = gaps(tmp_path, f"Order.objects.count()\n{loop}\nOrder.objects.count()")
    assert seen.gap is not None
    assert (seen.gap.seconds, seen.detail) == (5, "time.sleep()")
    unbounded = re.sub(r"time\.\w+\(\)|datetime\.now\(\)", "progress()", loop)
    (seen,) = gaps(tmp_path, f"Order.objects.count()\n{unbounded}\nOrder.objects.count()")
    assert seen.gap is not None
    assert seen.gap.seconds is None


def test_a_loop_that_counts_its_turns_is_no_wait_without_bound(tmp_path: Path) -> None:
    body = "Order.objects.count()\nn = 0\nwhile n < 3:\n    time.sleep(5)\n    n += 1\nOrder.objects.count()"
    (seen,) = gaps(tmp_path, body)
    assert seen.gap is not None
    assert seen.gap.seconds == 5.0


@pytest.mark.parametrize(
    ("turn", "gap"),
    [
        ("n += 5\n    if n > 600:\n        return", (5.0, "time.sleep()")),
        ("n += 5\n    if n > 600:\n        reset()", (None, "this loop, as long as it goes on")),
    ],
)
def test_a_loop_that_gives_up_after_some_turns(tmp_path: Path, turn: str, gap: tuple[float | None, str]) -> None:
    loop = f"n = 0\nwhile not self.done():\n    {turn}\n    time.sleep(5)"
    (seen,) = gaps(tmp_path, f"Order.objects.count()\n{loop}\nOrder.objects.count()")
    assert seen.gap is not None
    assert (seen.gap.seconds, seen.detail) == gap


def test_a_pause_after_an_error_is_no_long_one_by_itself(tmp_path: Path) -> None:
    loop = "while not self.done():\n    try:\n        step()\n    except ValueError:\n        time.sleep(5)"
    (seen,) = gaps(tmp_path, f"Order.objects.count()\n{loop}\nOrder.objects.count()")
    assert seen.detail == "this loop, as long as it goes on"


def test_the_place_is_where_the_ways_to_query_and_wait_part(tmp_path: Path) -> None:
    more = indent("\ndef work(self):\n    self.rest()\n\ndef rest(self):\n    time.sleep(600)\n", "    ")
    (seen,) = gaps(tmp_path, "Order.objects.count()\nself.work()\nOrder.objects.count()", more)
    assert (seen.span.line, seen.function) == (18, "Command.rest"), "methods of one class are parts of one work"
    assert [place.span.line for place in seen.places] == [10, 12]


def test_the_place_is_where_the_work_calls_somebody_else(tmp_path: Path) -> None:
    more = "\ndef work():\n    rest()\n\ndef rest():\n    time.sleep(600)\n"
    (seen,) = gaps(tmp_path, "Order.objects.count()\nwork()\nOrder.objects.count()", more)
    assert (seen.span.line, seen.function) == (11, "Command.handle")
    assert [place.span.line for place in seen.places] == [15, 18, 10, 12]


def test_the_turns_of_an_endless_loop_are_left_to_the_loop(tmp_path: Path) -> None:
    assert gaps(tmp_path, "while True:\n    Order.objects.count()\n    time.sleep(600)") == []


@pytest.mark.parametrize(
    "call",
    [
        "import_string(task['name'])()",
        "getattr(importlib.import_module(task['module']), task['name'])()",
        "self.signal.send_robust(sender=None)",
    ],
)
def test_a_loop_that_runs_code_found_by_its_name_may_query(tmp_path: Path, call: str) -> None:
    text = f"""
        import importlib
        from django.utils.module_loading import import_string

        class Worker:
            def work(self, tasks):
                for task in iter(tasks.get, None):
                    {call}
        """
    unit = units_of(tmp_path, {"worker.py": text}).unit
    assert (unit.kind, unit.touches_orm, unit.cleanup_start) == ("loop", "maybe", "none")


@pytest.mark.parametrize("call", ["task()", "self.sender.send(task)", "print(task)", "getattr(self, task)()"])
def test_other_calls_say_nothing_of_queries(tmp_path: Path, call: str) -> None:
    text = f"""
        class Worker:
            def work(self, tasks):
                for task in iter(tasks.get, None):
                    {call}
        """
    assert units_of(tmp_path, {"worker.py": text}).touching == ()


def test_an_abstract_method_stands_for_those_of_the_subclasses(tmp_path: Path) -> None:
    text = """
        from shop.models import Order

        class Base:
            def work(self):
                while True:
                    self.wait()
                    self.step()

            def step(self):
                raise NotImplementedError

            def wait(self):
                input()

        class Counting(Base):
            def step(self):
                Order.objects.count()
        """
    unit = units_of(tmp_path, {"worker.py": text}).unit
    assert (unit.function, unit.touches_orm) == ("Base.work", "yes")


@pytest.mark.parametrize(("turn", "found"), [("queue.put(each)", 0), ("feed(queue)", 1), ("self.queue = queue", 1)])
def test_a_queue_that_the_function_fills_itself(tmp_path: Path, turn: str, found: int) -> None:
    """Nobody else puts anything in, so that nobody waits."""
    body = f"""
        from queue import Queue
        queue = Queue()
        queue.put(Order.objects.first())
        while queue.unfinished_tasks:
            each = queue.get()
            if each:
                Order.objects.count()
            {turn}
        Order.objects.count()
    """
    assert len(gaps(tmp_path, body)) == found


@pytest.mark.parametrize(("step", "found"), [("page += 1", 0), ("page = answer.next", 1)])
def test_pages_that_are_counted_come_to_an_end(tmp_path: Path, step: str, found: int) -> None:
    body = f"""
        import requests
        total = Order.objects.count()
        page = 0
        while True:
            answer = requests.get("https://example.com")
            if page >= total:
                break
            {step}
        Order.objects.count()
    """
    assert len([each for each in gaps(tmp_path, body) if "loop" in str(each)]) == found


@pytest.mark.parametrize(
    ("call", "found"),
    [
        ("await self.expire()", ["Trade.expire"]),
        ("asyncio.create_task(self.expire())", []),
        ("self.loop.create_task(self.expire())", []),
    ],
)
def test_a_task_beside_the_one_that_starts_it_keeps_it_from_nothing(
    tmp_path: Path, call: str, found: list[str]
) -> None:
    text = f"""
        import asyncio
        from discord.ext import commands
        from shop.models import Order

        class Trade(commands.Cog):
            @commands.command()
            async def start(self, ctx):
                order = await Order.objects.aget()
                {call}
                await order.asave()

            async def expire(self):
                await asyncio.sleep(1800)
        """
    seen = units_of(tmp_path, {"shop/trade.py": text}).observations
    assert [each.function for each in seen if each.kind == "long-gap"] == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("from shop.backup import run", ["Command.handle"]),
        ("from ...backup import (\n    run,\n)", ["Command.handle"]),
        ("from shop import backup\nrun = backup.run", ["Command.handle"]),
        ("from shop.quick import run", []),
    ],
)
def test_what_takes_long_in_a_file_that_a_command_imports(tmp_path: Path, line: str, found: list[str]) -> None:
    command = (
        f"from django.core.management.base import BaseCommand\n{line}\nfrom shop.models import Order\n\n"
        "class Command(BaseCommand):\n    def handle(self, *args, **options):\n"
        "        Order.objects.count()\n        run()\n        Order.objects.count()\n"
    )
    files = {
        COMMAND: command,
        "shop/backup.py": 'import subprocess\n\ndef run():\n    subprocess.run(["backup"])\n',
        "shop/quick.py": "def run():\n    return 1\n",
    }
    seen = [each for each in units_of(tmp_path, files).observations if each.kind == "long-gap"]
    assert [each.function for each in seen] == found


@pytest.mark.parametrize(
    ("base", "method", "found"),
    [
        ("NoArgsCommand", "handle_noargs(self, **options)", ["Command.handle_noargs"]),
        ("LabelCommand", "handle_label(self, label, **options)", ["Command.handle_label"]),
        ("BaseCommand", "work(self)", []),
    ],
)
def test_the_method_in_which_a_command_does_its_work(tmp_path: Path, base: str, method: str, found: list[str]) -> None:
    text = (
        f"import subprocess\nfrom django.core.management.base import {base}\nfrom shop.models import Order\n\n"
        f"class Command({base}):\n    def {method}:\n"
        "        Order.objects.count()\n        subprocess.call(['backup'])\n        Order.objects.count()\n"
    )
    seen = [each for each in units_of(tmp_path, {COMMAND: text}).observations if each.kind == "long-gap"]
    assert [each.function for each in seen] == found
