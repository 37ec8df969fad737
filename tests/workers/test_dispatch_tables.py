"""Dictionaries and lists of functions and classes, and the code that goes over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

JOBS = "from shop.models import Order\ndef count(log): Order.objects.count()\ndef show(log): print(log)\n"
HERE = "from types import MappingProxyType\nimport time\n" + JOBS
IMPORTED = "from types import MappingProxyType\nimport time\nfrom shop.jobs import count, show\n"
LOOP = "def work():\n    while True:\n        {loop}\n            {call}\n        time.sleep(9)\n"


@pytest.mark.parametrize("head", [HERE, IMPORTED], ids=["here", "imported"])
@pytest.mark.parametrize(
    ("table", "loop", "call"),
    [
        ('{"show": show, "count": count}', "for name, job in TABLE.items():", "job(1)"),
        ('{"show": show, "count": count}', "for job in TABLE.values():", "job(1)"),
        ('{"show": show, "count": count}', "for job in list(TABLE.values()):", "job(1)"),
        ('{"show": show, "count": count}', "for name, job in sorted(TABLE.items()):", "job(1)"),
        ('{"show": show, "count": count}', "for name in TABLE:", "TABLE[name](1)"),
        ('MappingProxyType({"show": show, "count": count})', "for name, job in TABLE.items():", "job(1)"),
        ('[("show", show), ("count", count)]', "for name, job in TABLE:", "job(1)"),
        ("[show, count]", "for job in TABLE:", "job(1)"),
    ],
)
def test_functions_of_a_table_that_is_gone_over(tmp_path: Path, head: str, table: str, loop: str, call: str) -> None:
    text = f"{head}TABLE = {table}\n{LOOP.format(loop=loop, call=call)}"
    unit = worker(tmp_path, text, jobs=JOBS).unit
    assert (unit.function, unit.kind, unit.touches_orm) == ("work", "loop", "yes")


@pytest.mark.parametrize("loop", ["for name, job in TABLE.items():", "for job in TABLE.values():"])
def test_functions_of_a_table_none_of_which_queries(tmp_path: Path, loop: str) -> None:
    text = f'{HERE}TABLE = {{"show": show, "log": print}}\n{LOOP.format(loop=loop, call="job(1)")}'
    assert worker(tmp_path, text).touching == ()


def test_a_table_that_is_not_called(tmp_path: Path) -> None:
    text = f'{HERE}TABLE = {{"show": show, "count": count}}\n{LOOP.format(loop="for job in TABLE.values():", call="print(job)")}'
    assert worker(tmp_path, text).touching == ()


CLASSES = (
    "import time\nfrom shop.models import Order\n"
    "class Show:\n    def __init__(self, log): self.log = log\n    def run(self): print(self.log)\n"
    "class Count(Show):\n    def run(self): Order.objects.count()\n"
    "class Drop:\n    def __init__(self, log): pass\n    def run(self): pass\n"
)


@pytest.mark.parametrize(
    ("table", "loop", "call"),
    [
        ('{"show": Show, "count": Count}', "for name in TABLE:", "TABLE[name](1).run()"),
        ('{"show": Show, "count": Count}', "for name in TABLE:", "TABLE.get(name)(1).run()"),
        ('{"show": Show, "count": Count}', "for made in TABLE.values():", "made(1).run()"),
        ('{"show": Show, "count": Count}', "for name, made in TABLE.items():", "made(1).run()"),
        ("[Drop, Count]", "for made in TABLE:", "made(1).run()"),
        ("[Drop, Count]", "for number in (0, 1):", "TABLE[number](1).run()"),
        ("[Drop(1), Count(1)]", "for job in TABLE:", "job.run()"),
        ("[Drop, Count]", "if time.time() > 9:", "made = Drop if time.time() > 10 else Count; made(1).run()"),
    ],
)
def test_classes_of_a_table(tmp_path: Path, table: str, loop: str, call: str) -> None:
    text = f"{CLASSES}TABLE = {table}\n{LOOP.format(loop=loop, call=call)}"
    assert worker(tmp_path, text).functions == [("work", "loop")]
    without = text.replace("Count(Show)", "Other(Show)").replace("Count", "Show")
    assert worker(tmp_path, without).functions == []


def test_each_class_of_a_table_closes(tmp_path: Path) -> None:
    text = (
        "import time\nfrom django.db import close_old_connections\nfrom shop.models import Order\n"
        "class One:\n    def clear(self): close_old_connections()\n"
        "class Two:\n    def clear(self): {other}\n"
        'TABLE = {{"one": One, "two": Two}}\n'
        "def work(kind):\n"
        "    while True:\n        TABLE[kind]().clear()\n        Order.objects.count()\n        time.sleep(99)\n"
    )
    assert worker(tmp_path, text.format(other="close_old_connections()")).unit.cleanup_start == "close_old"
    assert worker(tmp_path, text.format(other="pass")).unit.cleanup_start == "none"


@pytest.mark.parametrize("models", ["[Order, Refund]", "(Order, Refund)"])
def test_models_that_are_gone_over(tmp_path: Path, models: str) -> None:
    text = (
        "import time\nfrom django.db import models\nfrom shop.models import Order\n"
        "class Refund(models.Model): pass\n"
        f"def work():\n    while True:\n        for model in {models}:\n            model.objects.count()\n"
        "        time.sleep(9)\n"
    )
    assert worker(tmp_path, text).functions == [("work", "loop")]
    saved = text.replace("model.objects.count()", "model().save()")
    assert worker(tmp_path, saved).functions == [("work", "loop")]
