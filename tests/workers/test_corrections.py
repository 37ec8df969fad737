"""What the configuration says about functions, against what is read from their source."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.workers import UnknownFunction
from tests.workers.trees import units_of

ORDERS = """
    from shop.models import Order

    def nightly():
        Order.objects.count()

    def hourly():
        Order.objects.count()

    class Report:
        def send(self):
            Order.objects.count()
    """
POLL = """
    import time
    from lib.store import fetch
    from shop.near import load

    def poll():
        while True:
            load()
            time.sleep(60)

    def watch():
        while True:
            fetch()
            time.sleep(60)
    """
NEAR = "def load():\n    return plugin['load']()\n"


def functions(root: Path, **corrections: list[str]) -> list[tuple[str, str, str]]:
    files = {"shop/orders.py": ORDERS, "shop/worker.py": POLL, "shop/near.py": NEAR}
    reading = units_of(root, files, corrections=corrections)
    return [(unit.function, unit.kind, unit.framework) for unit in reading.touching]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("shop.orders.nightly", ["nightly"]),
        ("shop.orders.Report.send", ["Report.send"]),
        ("shop.orders.*ly", ["nightly", "hourly"]),
        ("shop.*.send", ["Report.send"]),
        ("*.hourly", ["hourly"]),
    ],
)
def test_entrypoints_are_jobs(tmp_path: Path, word: str, found: list[str]) -> None:
    assert functions(tmp_path) == []
    assert functions(tmp_path, entrypoints=[word]) == [(name, "job", "configured") for name in found]


def test_an_entrypoint_that_is_known_stays_what_it_is(tmp_path: Path) -> None:
    files = {
        "shop/tasks.py": "from shop.models import Order\nfrom rq.decorators import job\n@job\ndef ship(): Order.objects.count()\n"
    }
    said = {"entrypoints": ["shop.tasks.ship"]}
    assert units_of(tmp_path, files, corrections=said) == units_of(tmp_path, files)


def test_orm_names_use_the_orm(tmp_path: Path) -> None:
    assert functions(tmp_path, orm=["lib.store.fetch"]) == [("watch", "loop", "endless loop")]
    assert functions(tmp_path, orm=["shop.near.load"]) == [("poll", "loop", "endless loop")]
    assert functions(tmp_path, orm=["lib.*", "shop.near.*"]) == [
        ("poll", "loop", "endless loop"),
        ("watch", "loop", "endless loop"),
    ]


def test_the_place_of_the_use_says_that_the_configuration_names_it(tmp_path: Path) -> None:
    files = {"shop/worker.py": POLL, "shop/near.py": NEAR}
    unit = units_of(tmp_path, files, corrections={"orm": ["shop.near.load"]}).unit
    assert [str(place.span) for place in unit.orm_path] == ["shop/worker.py:7"]
    assert "by the configuration" in unit.orm_path[0].label


def test_not_entrypoints_are_no_units(tmp_path: Path) -> None:
    said = {"orm": ["*.load", "lib.store.fetch"]}
    assert [name for name, *_ in functions(tmp_path, **said, not_entrypoints=["shop.worker.poll"])] == ["watch"]
    assert functions(tmp_path, **said, not_entrypoints=["shop.worker.*"]) == []
    both = {"entrypoints": ["shop.orders.*"], "not_entrypoints": ["shop.orders.nightly"]}
    assert [name for name, *_ in functions(tmp_path, **both)] == ["hourly", "Report.send"]


def test_a_method_is_named_by_the_class_that_runs_it_or_by_that_which_defines_it(tmp_path: Path) -> None:
    text = (
        "from threading import Thread\nfrom shop.models import Order\nclass Counts:\n    def run(self):\n"
        "        Order.objects.count()\nclass Worker(Counts, Thread):\n    pass\nWorker().start()\n"
    )
    assert units_of(tmp_path, {"shop/a.py": text}).functions == [("Counts.run", "thread")]
    for name in ("shop.a.Counts.run", "shop.a.Worker.run"):
        assert units_of(tmp_path, {"shop/a.py": text}, corrections={"not_entrypoints": [name]}).functions == []


@pytest.mark.parametrize(
    ("key", "word", "said"),
    [
        ("entrypoints", "shop.orders.nightli", "'shop.orders.nightli' names no function of the project; did you mean 'shop.orders.nightly'?"),
        ("entrypoints", "shop.orders.Report", "'shop.orders.Report' names no function of the project"),
        ("not_entrypoints", "elsewhere.*", "not-entrypoints: 'elsewhere.*' names no function of the project"),
        ("closers", "shop.near.lode", "did you mean 'shop.near.load'?"),
        ("orm", "shop.models", "orm: 'shop.models' names no function of the project"),
    ],
)  # fmt: skip
def test_a_name_that_means_nothing_is_an_error(tmp_path: Path, key: str, word: str, said: str) -> None:
    with pytest.raises(UnknownFunction) as caught:
        functions(tmp_path, **{key: [word]})
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_closers_by_a_pattern(tmp_path: Path) -> None:
    files = {
        "shop/worker.py": POLL.replace("load()", "load(); refresh()").replace("import load", "import load, refresh")
    }
    files["shop/near.py"] = NEAR + "def refresh():\n    return plugin['fresh']()\n"
    said = {"orm": ["shop.near.load"]}
    assert units_of(tmp_path, files, corrections=said).unit.cleanup_end == "none"
    assert units_of(tmp_path, files, corrections=said | {"closers": ["shop.*.refresh"]}).unit.cleanup_end == "close_old"
