"""Dictionaries and lists of functions, and the code that goes over them."""

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
