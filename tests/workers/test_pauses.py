"""Pauses whose length stands elsewhere, and the numbers by which blocking calls are bounded."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest

from tests.workers.trees import units_of, worker

COMMAND = "shop/management/commands/poll.py"
HEAD = "import random, time\nfrom django.conf import settings\nfrom shop.models import Order\n"


def gap_of(root: Path, text: str, **files: str) -> tuple[float | None, bool]:
    """The gap of the one unit of a command, and whether its pause is of unknown length."""
    unit = units_of(
        root, {COMMAND: HEAD + text} | {name.replace("__", "/") + ".py": t for name, t in files.items()}
    ).unit
    return unit.gap, unit.unsure_gap


def command(*body: str, arguments: str = "", before: str = "") -> str:
    """A command that polls, with ``body`` after its query in each turn."""
    return (
        "class Command(BaseCommand):\n"
        + (f"    def add_arguments(self, parser):\n        {arguments}\n" if arguments else "")
        + "    def handle(self, *args, **options):\n"
        + (f"        {before}\n" if before else "")
        + "        while True:\n            Order.objects.count()\n"
        + indent("\n".join(body), " " * 12)
    )


@pytest.mark.parametrize(
    ("arguments", "before", "length", "gap"),
    [
        ("parser.add_argument('--every', type=float, default=5.0)", "", "options['every']", 5.0),
        ("parser.add_argument('--every', type=float, default=5.0)", "pause = options['every']", "pause", 5.0),
        ("parser.add_argument('--every', default=5)", "", "int(options.get('every'))", 5.0),
        ("parser.add_argument('-e', '--poll-every', default=5)", "", "options['poll_every']", 5.0),
        ("parser.add_argument('--poll', dest='every', default=5)", "", "options['every']", 5.0),
        ("parser.add_argument('--every', default=settings.POLL_EVERY)", "", "options['every']", 30.0),
        ("", "self.every = 7", "self.every", 7.0),
        ("", "", "settings.POLL_EVERY", 30.0),
        ("", "", "settings.POLL_BY_ENVIRONMENT", 15.0),
        ("", "", "settings.POLL_EVERY - elapsed()", 30.0),
        ("", "", "10 - elapsed() - lateness()", 10.0),
        ("", "", "max(0, settings.POLL_EVERY - elapsed())", 30.0),
        ("", "", "min(pick(), settings.POLL_EVERY)", 30.0),
        ("", "", "pick() or settings.POLL_EVERY", 30.0),
        ("", "pause = None or 20", "pause", 20.0),
        ("", "", "random.uniform(0.5, settings.POLL_EVERY)", 30.0),
    ],
)
def test_a_number_that_stands_elsewhere(tmp_path: Path, arguments: str, before: str, length: str, gap: float) -> None:
    text = command(f"time.sleep({length})", arguments=arguments, before=before)
    settings = "POLL_EVERY = 30  # seconds\nPOLL_BY_ENVIRONMENT = int(os.environ.get('POLL', 15))\n"
    assert gap_of(tmp_path, text, config__settings=settings) == (gap, False)


@pytest.mark.parametrize(
    ("arguments", "length"),
    [
        ("parser.add_argument('--every', type=float, required=True)", "options['every']"),
        ("parser.add_argument('--other', default=5)", "options['every']"),
        ("", "settings.NOWHERE"),
        ("", "pick()"),
        ("", "2 ** self.failures"),
        ("", "deadline() - 5"),
        ("", "5 + elapsed()"),
        ("", "10 - elapsed() + pick()"),
        ("", "max(5, pick())"),
    ],
)
def test_a_number_that_stands_nowhere(tmp_path: Path, arguments: str, length: str) -> None:
    assert gap_of(tmp_path, command(f"time.sleep({length})", arguments=arguments)) == (None, True)


@pytest.mark.parametrize(
    ("line", "settings"),
    [("import django.conf", "django.conf.settings"), ("from django import conf", "conf.settings")],
)
def test_the_settings_under_every_name(tmp_path: Path, line: str, settings: str) -> None:
    text = f"{line}\n" + command(f"time.sleep({settings}.POLL)")
    assert gap_of(tmp_path, text, config__settings="POLL = 30\n") == (30.0, False)


def test_of_several_settings_modules_the_largest_number_counts(tmp_path: Path) -> None:
    files = {"config__settings__base": "POLL = 10\n", "config__settings__local": "POLL = 60\n"}
    assert gap_of(tmp_path, command("time.sleep(settings.POLL)"), **files) == (60.0, False)


def test_turns_without_a_query_may_follow_each_other_for_ever(tmp_path: Path) -> None:
    text = "while True:\n    if ready():\n        Order.objects.count()\n    time.sleep(pick())\n"
    text = f"class Command(BaseCommand):\n    def handle(self, **options):\n{indent(text, ' ' * 8)}"
    assert gap_of(tmp_path, text) == (None, False)


@pytest.mark.parametrize(
    ("waiting", "gap"),
    [
        ("client.blpop('orders', timeout=5)", 5.0),
        ("client.blpop('orders', 5)", 5.0),
        ("client.blpop('orders', timeout=0)", None),
        ("client.blpop('orders')", None),
        ("client.brpoplpush('a', 'b', 5)", 5.0),
        ("client.xread({'orders': '$'}, block=5000)", 5.0),
        ("client.xread({'orders': '$'}, block=0)", None),
        ("consumer.poll(timeout_ms=5000)", 5.0),
        ("consumer.poll(5.0)", 5.0),
        ("kafka.KafkaConsumer('a').poll(5000)", 5.0),
        ("sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20)", 20.0),
    ],
)
def test_what_bounds_a_blocking_call(tmp_path: Path, waiting: str, gap: float | None) -> None:
    unit = worker(
        tmp_path,
        "import kafka\nfrom shop.models import Order\ndef work(client, consumer, sqs, url):\n    while True:\n"
        f"        {waiting}\n        Order.objects.count()\n",
    ).unit
    assert (unit.gap, unit.unsure_gap) == (gap, False)


@pytest.mark.parametrize("waiting", ["pubsub.get_message()", "client.xread({'orders': '$'})"])
def test_a_call_that_does_not_wait_by_default(tmp_path: Path, waiting: str) -> None:
    text = (
        f"import time\nfrom shop.models import Order\ndef work(client, pubsub):\n    while True:\n        {waiting}\n"
    )
    reading = worker(tmp_path, f"{text}        Order.objects.count()\n        time.sleep(1)\n")
    assert [unit.gap for unit in reading.units] == [1]


@pytest.mark.parametrize(
    ("signature", "waiting", "gap"),
    [
        ("", "client.blpop('orders', timeout=settings.WAIT)", (30.0, False)),
        (", wait=5", "client.blpop('orders', timeout=wait)", (5.0, False)),
        (", wait=None", "queue.get(timeout=wait)", (None, False)),
        (", wait=pick()", "client.blpop('orders', wait)", (None, True)),
        ("", "select.select([client], [], [], 5)", (5.0, False)),
        ("", "select.select([client], [], [])", (None, False)),
    ],
)
def test_a_timeout_that_stands_elsewhere(
    tmp_path: Path, signature: str, waiting: str, gap: tuple[float | None, bool]
) -> None:
    text = f"{HEAD}import select\ndef work(client, queue{signature}):\n    while True:\n        {waiting}\n"
    files = {"shop/worker.py": f"{text}        Order.objects.count()\n", "config/settings.py": "WAIT = 30\n"}
    unit = units_of(tmp_path, files).unit
    assert (unit.gap, unit.unsure_gap) == gap
