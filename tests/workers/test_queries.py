"""What counts as a use of the database, and how long a turn of a loop leaves the connection idle."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.workers.trees import Reading, units_of, worker

HEAD = """\
import asyncio, contextlib, itertools, logging, queue, select, socket, time
from django.contrib.auth import authenticate, get_user_model
from django.core.management import call_command
from django.db import connection, connections, models, transaction
from django.shortcuts import get_object_or_404
from django.contrib.contenttypes.models import ContentType
from shop.models import Order
logger = logging.getLogger(__name__)
"""


def turn(root: Path, body: str, before: str = "", wait: str = "time.sleep(60)") -> Reading:
    """A loop with ``body`` in its turn, in a function that begins with ``before``."""
    loop = "while True:\n" + indent(f"{body}\n{wait}", "    ")
    return worker(root, HEAD + "def work(x=None):\n" + indent(f"{before}\n{loop}", "    "))


USES = [
    "Order.objects.count()",
    "Order.objects.filter(sent=False).update(sent=True)",
    "Order.objects.using('default').get(pk=1)",
    "Order.objects.create(sent=True)",
    "Order._default_manager.first()",
    "Parcel.objects.first()",  # by a star import of whatever is not in the tree
    "Order.get_solo()",
    "ContentType.objects.get_for_id(1)",
    "len(Order.objects.all())",
    "list(Order.objects.filter(sent=False))",
    "bool(Order.objects.filter(sent=False))",
    "sorted(Order.objects.all(), key=str)",
    "[each for each in Order.objects.all()]",
    "{each.pk: each for each in Order.objects.iterator()}",
    "any(each.sent for each in Order.objects.all())",
    "Order.objects.all()[0]",
    "if Order.objects.filter(sent=False): pass",
    "if not Order.objects.filter(sent=False): pass",
    "while Order.objects.exists(): break",
    "x = Order.objects.exists() and 1",
    "x = 1 if Order.objects.exists() else 2",
    "x = Order(sent=True); x.save()",
    "Order(sent=True).ship()",
    "Order.objects.get(pk=1).ship()",
    "for each in Order.objects.all(): pass",
    "for each in reversed(Order.objects.all()): pass",
    "for n, each in enumerate(Order.objects.all()): pass",
    "print(f'{Order.objects.count()} left')",
    "logger.info('%s left', Order.objects.count())",
    "x = {'left': Order.objects.count()}",
    "x = [Order.objects.count()]",
    "assert Order.objects.exists()",
    "if (x := Order.objects.first()): pass",
    "get_object_or_404(Order, pk=1)",
    "authenticate(username='x', password='y')",
    "get_user_model().objects.count()",
    "connection.cursor()",
    "with connection.cursor() as cursor: cursor.execute('SELECT 1')",
    "connections['default'].cursor()",
    "with transaction.atomic(): pass",
    "call_command('loaddata', 'x.json')",
    "models.prefetch_related_objects([], 'x')",
    "x = Order.objects.filter(sent=False) or None",
    "x = ','.join(Order.objects.values_list('name', flat=True))",
    "x = list(map(str, Order.objects.all()))",
    "first, second = Order.objects.all()",
    "x = str(Order.objects.all())",
    "x = itertools.chain(Order.objects.all(), [])",
    "connection.introspection.table_names()",
    "x = y = Order(sent=True); y.save()",
    "x = get_user_model()(username='x'); x.save()",
    "get_user_model().objects.get(pk=1).has_perm('x')",
]

USES_NOTHING = [
    "Parcel.things.first()",
    "Order",
    "Order.objects",
    "Order.objects.filter(sent=False)",
    "Order.objects.all()[:10]",
    "x = Order.objects.filter(sent=False).order_by('pk').values('pk')",
    "x = Order(sent=True)",
    "Order(sent=True).total()",
    "isinstance(x, Order)",
    "x.objects_created += 1",
    "connection.close()",
    "connection.in_atomic_block",
    "connections.all()",
    "call_command('check')",
    "print('left')",
    "logger.info('save %s', 1)",
    "socket.create_connection(('host', 1)).close()",
    "open('x').read()",
    "{}.get('a')",
    "[].count(1)",
    "'a'.count('b')",
    "dict(a=1).update(b=2)",
    "set().update([1])",
    "x = lambda: Order.objects.count()",
    "x = None or Order.objects.filter(sent=False)",
    "def count(): Order.objects.count()\nx = classmethod(count)",
    "x = y = Order(sent=True); y.total()",
    "x = ','.join(['a'])",
    "x = map(str, Order.objects.all())",
    "x = get_user_model()(username='x')",
]


@pytest.mark.parametrize("body", USES)
def test_uses_the_database(tmp_path: Path, body: str) -> None:
    (unit,) = turn(tmp_path, body).units
    assert unit.touches_orm == "yes"
    assert unit.orm_path


@pytest.mark.parametrize("body", USES_NOTHING)
def test_does_not_use_the_database(tmp_path: Path, body: str) -> None:
    (unit,) = turn(tmp_path, body).units
    assert unit.touches_orm == "no"


WAITS = [
    ("time.sleep(60)", 60),
    ("time.sleep(0.5)", 0.5),
    ("time.sleep(60 * 60)", 3600),
    ("time.sleep(x)", None),
    ("time.sleep(60 if x else 90)", None),
    ("asyncio.sleep(5)", 5),
    ("time.sleep(5); time.sleep(60)", 60),
    ("time.sleep(60); time.sleep(5)", 60),
    ("time.sleep(60 if x else 90); x()", None),
    ("queue.Queue().get()", None),
    ("queue.Queue().get(timeout=30)", 30),
    ("queue.Queue().get(True, 30)", 30),
    ("socket.socket().recv(4)", None),
    ("socket.socket().accept()", None),
    ("select.select([], [], [])", None),
    ("input()", None),
    ("x.blpop('queue', timeout=10)", 10),
    ("x.poll(timeout=1.0)", 1),
    ("x.wait(30)", 30),
    ("x.wait()", None),
    ("x.get_message(timeout=None)", None),
]


@pytest.mark.parametrize(("wait", "seconds"), WAITS)
def test_how_long_a_turn_waits(tmp_path: Path, wait: str, seconds: float | None) -> None:
    unit = turn(tmp_path, "Order.objects.count()", wait=wait).unit
    assert unit.gap == seconds
    assert unit.gap_place is not None


def test_turns_without_a_query_may_follow_each_other_for_ever(tmp_path: Path) -> None:
    assert turn(tmp_path, "if x():\n    Order.objects.count()").unit.gap is None


def test_a_wait_that_no_path_from_query_to_query_goes_through(tmp_path: Path) -> None:
    unit = turn(tmp_path, "if x():\n    time.sleep(900)\n    break\nOrder.objects.count()", wait="time.sleep(5)").unit
    assert unit.gap == 5


def test_the_wait_is_where_it_is_written(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        """
        from shop.models import Order
        from shop.pause import pause
        def work():
            while True:
                Order.objects.count()
                pause()
        """,
        pause="import time\ndef pause():\n    time.sleep(60)\n",
    )
    assert str(reading.unit.gap_place) == "shop/pause.py:3"


def test_the_way_to_the_query_call_by_call(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        """
        import time
        from shop.jobs import ship_all
        def work():
            while True:
                ship_all()
                time.sleep(60)
        """,
        jobs="""
        from shop.models import Order
        def ship_all():
            for order in pending():
                order.ship()
        def pending():
            return Order.objects.filter(sent=False)
        """,
    )
    assert [(str(place.span), place.label) for place in reading.unit.orm_path] == [
        ("shop/worker.py:5", "calls ship_all()"),
        ("shop/jobs.py:3", "queries the database"),
    ]


def test_a_query_in_a_command_that_is_called(tmp_path: Path) -> None:
    reading = units_of(
        tmp_path,
        {
            "shop/management/commands/ship.py": """
                from django.core.management.base import BaseCommand
                from shop.models import Order
                class Command(BaseCommand):
                    def handle(self, **options):
                        Order.objects.count()
                """,
            "shop/worker.py": dedent("""
                import time
                from django.core.management import call_command
                def work():
                    while True:
                        call_command("ship")
                        time.sleep(60)
                """),
        },
    )
    assert reading.functions == [("work", "loop")]
    assert [str(place.span) for place in reading.unit.orm_path] == [
        "shop/worker.py:5",
        "shop/management/commands/ship.py:5",
    ]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("with transaction.atomic():\n    connection.close()", "close-in-atomic"),
        ("with transaction.atomic(using='default'):\n    connections.close_all()", "close-in-atomic"),
        ("from django.db import close_old_connections\nclose_old_connections", "close-not-called"),
        ("from django import db\ndb.connections.close_all", "close-not-called"),
    ],
)
def test_what_is_noticed_about_a_close(tmp_path: Path, body: str, kind: str) -> None:
    (observation,) = turn(tmp_path, body).observations
    assert (observation.kind, observation.function) == (kind, "work")


@pytest.mark.parametrize(
    "body",
    [
        "connection.close()",
        "with transaction.atomic():\n    pass\nconnection.close()",
        "x(connection.close)",
        "from django.db import close_old_connections\nx(close_old_connections)",
        "from django.db import close_old_connections\nx = close_old_connections",
        "with transaction.atomic():\n    socket.socket().close()",
        "with transaction.atomic():\n    transaction.on_commit(connection.close)",
        "with transaction.atomic():\n    if connection.connection and not connection.is_usable():\n"
        "        connection.close()",
        "with contextlib.closing(connection):\n    pass",
    ],
)
def test_closes_that_are_as_they_should_be(tmp_path: Path, body: str) -> None:
    seen = {observation.kind for observation in turn(tmp_path, body).observations}
    assert seen <= {"single-alias-close"}  # what CL219 weighs is no fault of the close


def test_a_close_in_a_transaction_that_a_caller_opened(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        """
        from django.db import connection, transaction
        def refresh():
            connection.close()
        def ship():
            with transaction.atomic():
                refresh()
            connection.close()
        """,
    )
    assert [(each.kind, str(each.span)) for each in reading.observations] == [("close-in-atomic", "shop/worker.py:3")]


def test_the_close_that_django_removed(tmp_path: Path) -> None:
    reading = worker(tmp_path, "from django.db import close_connection\ndef f():\n    close_connection()\n")
    assert [(each.kind, str(each.span)) for each in reading.observations] == [
        ("removed-close-connection", "shop/worker.py:1")
    ]


def test_a_connection_that_is_dropped(tmp_path: Path) -> None:
    """Django opens a new one at the next query."""
    assert turn(tmp_path, "connection.connection = None\nOrder.objects.count()").unit.cleanup_start == "close"
    assert turn(tmp_path, "client.connection = None\nOrder.objects.count()").unit.cleanup_start == "none"


def test_a_loop_that_is_entered_queries_in_every_turn(tmp_path: Path) -> None:
    """``while found`` runs once where ``found`` was just set, so that the pauses between queries are known."""
    body = "found = {}\nwhile found:\n    found = Order.objects.exists()"
    assert turn(tmp_path / "entered", body.format(True)).unit.gap == 60
    assert turn(tmp_path / "unknown", body.format("x")).unit.gap is None


@pytest.mark.parametrize(
    ("source", "waits"),
    [
        ("queue.Queue().get, None", True),
        ("x.get, None", True),
        ("lambda: socket.socket().recv(4), b''", True),
        ("lambda: open('x').read(4), b''", False),
        ("open('x').readline, ''", False),
        ("functools.partial(x.read, 4), b''", False),
        ("lambda: connection.cursor().fetchmany(4), []", False),
    ],
)
def test_what_is_called_for_each_item_waits_or_reads_on(tmp_path: Path, source: str, waits: bool) -> None:
    text = f"{HEAD}import functools\ndef work(x):\n    for each in iter({source}):\n        Order.objects.count()\n"
    assert bool(worker(tmp_path, text).units) is waits


@pytest.mark.parametrize(
    ("head", "labels"),
    [
        ("def ship():\n    with transaction.atomic():\n        save()", ["opens a transaction", "calls save()"]),
        ("@transaction.atomic\ndef ship():\n    save()", ["runs in a transaction", "calls save()"]),
    ],
)
def test_the_transaction_around_a_close(tmp_path: Path, head: str, labels: list[str]) -> None:
    text = (
        "from django.db import connection, transaction\nfrom shop.models import Order\n\n\n"
        f"def save():\n    try:\n        Order.objects.count()\n    except Exception:\n        connection.close()\n\n\n{head}\n"
    )
    (seen,) = worker(tmp_path, text).observations[:1]
    assert (seen.kind, [place.label for place in seen.places]) == ("close-in-atomic", labels)


@pytest.mark.parametrize(
    ("close", "found"),
    [
        ("connection.close()", 1),
        ("if not connection.in_atomic_block:\n        connection.close()", 0),
        ("if connection.in_atomic_block:\n        return\n    connection.close()", 0),
        ("if connection.in_atomic_block or busy():\n        return\n    connection.close()", 0),
        ("inside = connection.in_atomic_block\n    if not inside:\n        connection.close()", 0),
        ("if transaction.get_autocommit() and not busy():\n        connection.close()", 0),
        ("if busy() or connection.in_atomic_block:\n        connection.close()", 1),
        ("for each in connections.all():\n        if not each.in_atomic_block:\n            each.close()", 0),
    ],
)
@pytest.mark.parametrize("place", ["shop/worker.py", "shop/db.py"])
def test_a_helper_that_is_called_in_a_transaction(tmp_path: Path, place: str, close: str, found: int) -> None:
    helper = f"from django.db import connection, connections, transaction\n\n\ndef refresh(busy):\n    {close}\n"
    caller = (
        "from django.db import transaction\nfrom shop.models import Order\nfrom shop.db import refresh\n\n\n"
        "@transaction.atomic\ndef ship():\n    Order.objects.count()\n    refresh(print)\n"
    )
    files = {"shop/db.py": helper, "shop/worker.py": caller}
    if place == "shop/worker.py":
        files = {place: helper + caller.replace("from shop.db import refresh\n", "")}
    assert len(units_of(tmp_path, files).observations) == found


def test_a_process_that_is_started_in_a_transaction(tmp_path: Path) -> None:
    text = (
        "import multiprocessing\nfrom django.db import connection, transaction\nfrom shop.models import Order\n\n\n"
        "def work():\n    Order.objects.count()\n\n\ndef ship():\n    with transaction.atomic():\n"
        "        multiprocessing.Process(target=work).start()\n        connection.close()\n"
    )
    found = {each.kind: [place.label for place in each.places] for each in worker(tmp_path, text).observations}
    assert found["close-in-atomic"] == ["opens a transaction"]
