"""What --show says of code that could not be followed."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import UnitOfWork
from conn_lint.workers import read_units
from tests.workers.trees import project_of

HEAD = "import time\nfrom shop.models import Order\n"


def explained(root: Path, text: str, **files: str) -> UnitOfWork:
    """The loop of ``poll`` in shop/worker.py of a tree with ``files`` of shop beside it."""
    beside = {f"shop/{name}.py": content for name, content in files.items()}
    units, _ = read_units(project_of(root, {"shop/worker.py": HEAD + text} | beside), (), explain=True)
    return next(unit for unit in units if unit.function == "poll")


def loop(*lines: str, before: str = "") -> str:
    body = "".join(f"        {line}\n" for line in lines)
    return f"{before}\ndef poll(queue, handler):\n    while True:\n{body}        time.sleep(60)\n"


@pytest.mark.parametrize(
    ("line", "label"),
    [
        ("handler(queue.get())", "handler() is not known here"),
        ("queue.get().dispatch()", ".dispatch() is not known here"),
        ("queue.get().save()", ".save() is not known here"),
        ("HANDLERS[queue.get()]()", "calls something found by an index"),
    ],
)
def test_what_is_called_and_not_known(tmp_path: Path, line: str, label: str) -> None:
    two = "class A:\n    def dispatch(self): pass\nclass B:\n    def dispatch(self): pass\n"
    unit = explained(tmp_path, loop(line, before="HANDLERS = {}"), others=two)
    assert unit.touches_orm == "no"
    assert [(place.label, str(place.span)) for place in unit.unfollowed] == [(label, "shop/worker.py:6")]


@pytest.mark.parametrize(
    "line", ["queue.get()", "print(queue)", "queue.get().unheard_of()", "time.time()", "job.ship()"]
)
def test_what_cannot_matter_is_not_said(tmp_path: Path, line: str) -> None:
    """A method of a function is its framework's, as ``task.delay()``."""
    assert explained(tmp_path, loop(line, before="def job():\n    pass\n")).unfollowed == ()


def test_a_callback_that_is_known_where_it_is_called(tmp_path: Path) -> None:
    """The same function is also called with what is not known, elsewhere."""
    retry = "def retry(job):\n    job()\ndef quiet():\n    pass\ndef other(job):\n    while True:\n        retry(job)\n"
    assert explained(tmp_path, loop("retry(quiet)", before=retry)).unfollowed == ()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    unit = explained(tmp_path, loop("load()", before="from shop.broken import load"), broken="def load(:\n")
    assert [place.label for place in unit.unfollowed] == ["load() lies in shop/broken.py, which cannot be read"]


def test_the_first_few_places_and_how_many_more(tmp_path: Path) -> None:
    lines = [f"handler().step{number}(handler)" for number in range(5)]
    unit = explained(tmp_path, loop(*lines))
    assert [str(place.span) for place in unit.unfollowed] == [f"shop/worker.py:{line}" for line in (6, 7, 8)]
    assert unit.unfollowed[-1].label == "handler() is not known here and 2 more"


def test_a_long_chain_is_followed_to_its_end(tmp_path: Path) -> None:
    chain = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(500)) + "def f500():\n    Order.objects.count()\n"
    unit = explained(tmp_path, loop("f0()", before=chain))
    assert (unit.touches_orm, unit.unfollowed) == ("yes", ())


def test_a_chain_that_is_too_deep_is_said_of_every_unit(tmp_path: Path) -> None:
    chain = "".join(f"def f{n}():\n    f{n + 1}()\n" for n in range(1100)) + "def f1100():\n    Order.objects.count()\n"
    unit = explained(tmp_path, loop("f0()", before=chain))
    assert unit.touches_orm == "no"
    assert unit.unfollowed[0].label.endswith("calls deep")
    unit = explained(tmp_path, loop("Order.objects.count()", "f0()", before=chain))
    assert unit.touches_orm == "yes"
    assert unit.unfollowed[0].label.endswith("calls deep")


def test_overrides_beyond_the_limit(tmp_path: Path) -> None:
    classes = "class Job:\n    def run(self):\n        raise NotImplementedError\n" + "".join(
        f"class Job{n}(Job):\n    def run(self):\n        print({n})\n" for n in range(12)
    )
    unit = explained(tmp_path, loop("Job().run()", before=classes))
    assert [place.label for place in unit.unfollowed] == ["Job.run() has 12 overrides, of which 8 are followed"]


def test_units_that_reach_the_orm_name_limits_only(tmp_path: Path) -> None:
    assert explained(tmp_path, loop("Order.objects.count()", "handler()")).unfollowed == ()


def test_nothing_is_noted_where_nobody_asks(tmp_path: Path) -> None:
    units, _ = read_units(project_of(tmp_path, {"shop/worker.py": HEAD + loop("handler()")}), ())
    assert [unit.unfollowed for unit in units] == [()]


def test_values_of_a_module_are_evaluated_once(tmp_path: Path) -> None:
    """Each of these is made of the one before it, which it names twice."""
    values = "V0 = HANDLERS[1]()\n" + "".join(f"V{n + 1} = print(V{n}, V{n})\n" for n in range(40))
    unit = explained(tmp_path, loop("V40()", before=f"HANDLERS = {{}}\n{values}"))
    assert "calls something found by an index" in [place.label for place in unit.unfollowed]


def test_a_value_is_said_of_each_unit_that_reads_it(tmp_path: Path) -> None:
    other = "def other(queue):\n    while True:\n        print(HANDLER)\n        time.sleep(60)\n"
    text = loop("print(HANDLER)", before=f"HANDLERS = {{}}\nHANDLER = HANDLERS[1]()\n{other}")
    units, _ = read_units(project_of(tmp_path, {"shop/worker.py": HEAD + text}), (), explain=True)
    said = ["calls something found by an index"]
    assert {unit.function: [place.label for place in unit.unfollowed] for unit in units} == {
        "other": said,
        "poll": said,
    }
