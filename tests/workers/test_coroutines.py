"""Consumers, coroutines and greenlets: where their ORM runs, and who closes there."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import UnitOfWork
from tests.workers.trees import Reading, units_of, worker

HEAD = (
    "import asyncio\nfrom asgiref.sync import sync_to_async\nfrom channels.db import database_sync_to_async\n"
    "from django.db import close_old_connections, connection, connections\nfrom shop.models import Order\n"
)


def consumer(
    root: Path, base: str, body: str, *requirements: str, module: str = "channels.generic.websocket"
) -> Reading:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    text = f"{HEAD}from {module} import {base}\nclass Orders({base}):\n{lines}"
    return units_of(root, {"shop/consumers.py": text}, requirements=requirements)


# --- channels --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("base", "body", "function"),
    [
        ("WebsocketConsumer", "def connect(self): Order.objects.count()", "connect"),
        ("JsonWebsocketConsumer", "def receive_json(self, content): Order.objects.count()", "receive_json"),
        ("AsyncWebsocketConsumer", "async def disconnect(self, code): await Order.objects.acount()", "disconnect"),
        (
            "AsyncWebsocketConsumer",
            "async def order_shipped(self, event): await Order.objects.acount()",
            "order_shipped",
        ),
        ("WebsocketConsumer", "def order_shipped(self, event): Order.objects.count()", "order_shipped"),
    ],
)
def test_handlers_of_consumers(tmp_path: Path, base: str, body: str, function: str) -> None:
    unit = consumer(tmp_path, base, body).unit
    assert (unit.function, unit.kind, unit.framework) == (f"Orders.{function}", "consumer", "channels")
    assert unit.coroutine is base.startswith("Async")


def test_consumers_of_the_channel_layer(tmp_path: Path) -> None:
    body = "def ship(self, message): Order.objects.count()"
    assert consumer(tmp_path, "SyncConsumer", body, module="channels.consumer").functions == [
        ("Orders.ship", "consumer")
    ]


@pytest.mark.parametrize(
    "body",
    [
        "async def load(self, pk): await Order.objects.acount()",
        "async def _load(self, event): await Order.objects.acount()",
        "@database_sync_to_async\ndef load(self, event): Order.objects.count()",
        "async def connect(self): await self.accept()",
    ],
)
def test_what_is_no_handler(tmp_path: Path, body: str) -> None:
    assert consumer(tmp_path, "AsyncWebsocketConsumer", body).functions == []


@pytest.mark.parametrize(
    ("base", "requirement", "cleanups"),
    [
        ("WebsocketConsumer", "channels==2.4.0", ("close_old", "close_old")),
        ("WebsocketConsumer", "channels==4.3.2", ("close_old", "close_old")),
        ("AsyncWebsocketConsumer", "channels==4.3.2", ("close_old", "none")),
        ("AsyncWebsocketConsumer", "channels==4.2.0", ("close_old", "none")),
        ("AsyncWebsocketConsumer", "channels>=3", ("close_old", "none")),
        ("AsyncWebsocketConsumer", "channels==4.1.0", ("none", "none")),
        ("AsyncWebsocketConsumer", "channels<4", ("none", "none")),
    ],
)
def test_what_channels_closes_by_release(
    tmp_path: Path, base: str, requirement: str, cleanups: tuple[str, str]
) -> None:
    query = "await Order.objects.acount()" if base.startswith("Async") else "Order.objects.count()"
    define = "async def" if base.startswith("Async") else "def"
    unit = consumer(tmp_path, base, f"{define} connect(self): {query}", requirement).unit
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups
    assert "channels" in unit.note


def test_database_sync_to_async_closes_on_both_sides(tmp_path: Path) -> None:
    body = "async def connect(self): await database_sync_to_async(Order.objects.count)()"
    unit = consumer(tmp_path, "AsyncWebsocketConsumer", body, "channels==3.0.5").unit
    assert (unit.cleanup_start, unit.cleanup_end) == ("close_old", "close_old")


# --- closes in coroutines --------------------------------------------------------------------------


def closes(root: Path, close: str, **files: str) -> list[tuple[int, str]]:
    text = f"{HEAD}async def poll(loop, pool):\n    {close}\n    await Order.objects.acount()\n"
    reading = worker(root, text, **files)
    return [(seen.span.line, seen.detail) for seen in reading.observations if seen.kind == "close-in-wrong-thread"]


@pytest.mark.parametrize(
    ("close", "detail"),
    [
        ("close_old_connections()", "close_old_connections()"),
        ("connections.close_all()", "connections.close_all()"),
        ("connection.close()", "connection.close()"),
        ("await asyncio.to_thread(close_old_connections)", ""),
        ("await loop.run_in_executor(None, close_old_connections)", ""),
        ("await asyncio.get_event_loop().run_in_executor(None, close_old_connections)", ""),
        ("await sync_to_async(close_old_connections, thread_sensitive=False)()", ""),
    ],
)
def test_a_close_in_another_thread_than_the_orm(tmp_path: Path, close: str, detail: str) -> None:
    assert closes(tmp_path, close) == [(7, detail)]


@pytest.mark.parametrize(
    "close",
    [
        "await sync_to_async(close_old_connections)()",
        "await sync_to_async(close_old_connections, thread_sensitive=True)()",
        "await database_sync_to_async(close_old_connections)()",
        "await sync_to_async(lambda: close_old_connections())()",
        "await loop.run_in_executor(pool, close_old_connections)",
        "pass",
    ],
)
def test_a_close_that_may_be_in_the_thread_of_the_orm(tmp_path: Path, close: str) -> None:
    assert closes(tmp_path, close) == []


def test_the_orm_may_be_allowed_in_coroutines(tmp_path: Path) -> None:
    allowed = 'import os\nos.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"\n'
    assert closes(tmp_path, "close_old_connections()", allowed=allowed) == []


@pytest.mark.parametrize(
    ("release", "cleanup", "kinds"), [("2.2.9", "close_old", []), ("3.0", "none", ["close-in-wrong-thread"])]
)
def test_before_django_3_the_orm_runs_in_coroutines(
    tmp_path: Path, release: str, cleanup: str, kinds: list[str]
) -> None:
    text = (
        f"{HEAD}async def poll():\n    while True:\n        close_old_connections()\n        Order.objects.count()\n"
        "        await asyncio.sleep(9)\n"
    )
    reading = units_of(tmp_path, {"shop/worker.py": text}, requirements=[f"django=={release}"])
    assert reading.unit.cleanup_start == cleanup
    assert [each.kind for each in reading.observations] == kinds


@pytest.mark.parametrize(
    ("sensitive", "functions"),
    [
        ("", []),
        (", thread_sensitive=True", []),
        (", thread_sensitive=False", [("ship", "executor")]),
    ],
)
def test_a_function_in_any_thread_of_a_pool(tmp_path: Path, sensitive: str, functions: list[tuple[str, str]]) -> None:
    text = f"{HEAD}def ship(): Order.objects.count()\nasync def main(): await sync_to_async(ship{sensitive})()\n"
    assert worker(tmp_path, text).functions == functions


@pytest.mark.parametrize("define", ["async def", "def"])
def test_a_loop_of_a_coroutine_is_told_from_another(tmp_path: Path, define: str) -> None:
    query, wait = (
        ("await Order.objects.acount()", "await asyncio") if "async" in define else ("Order.objects.count()", "time")
    )
    text = f"{HEAD}import time\n{define} poll():\n    while True:\n        {query}\n        {wait}.sleep(9)\n"
    unit = worker(tmp_path, text).unit
    assert (unit.kind, unit.coroutine) == ("loop", "async" in define)


def test_a_flag_that_asks_for_a_close_guards_it(tmp_path: Path) -> None:
    text = (
        f"{HEAD}def ship(close_connections):\n    try:\n        Order.objects.count()\n    finally:\n"
        "        if close_connections:\n            connections.close_all()\n"
        "async def main(): await sync_to_async(ship, thread_sensitive=False)(True)\n"
    )
    assert worker(tmp_path, text).unit.cleanup_end == "close"


# --- greenlets -------------------------------------------------------------------------------------

PATCH = "from gevent import monkey\nmonkey.patch_all()\n"


@pytest.mark.parametrize(
    ("text", "command", "functions"),
    [
        (f"{PATCH}import gevent\ngevent.spawn(ship)", "", [("ship", "thread")]),
        (f"{PATCH}import gevent\ngevent.spawn_later(5, ship)", "", [("ship", "thread")]),
        (f"{PATCH}from gevent.pool import Pool\nPool(4).spawn(ship, 1)", "", [("ship", "thread")]),
        ("import eventlet\neventlet.monkey_patch()\neventlet.spawn_n(ship)", "", [("ship", "thread")]),
        ("import gevent\ngevent.spawn(ship)", "gunicorn -k gevent site.wsgi", [("ship", "thread")]),
        ("import gevent\ngevent.spawn(ship)", "gunicorn site.wsgi", []),
        (f"{PATCH}import gevent\ngevent.spawn(print)", "", []),
    ],
)
def test_greenlets(tmp_path: Path, text: str, command: str, functions: list[tuple[str, str]]) -> None:
    files = {"shop/green.py": f"from shop.models import Order\ndef ship(*a): Order.objects.count()\n{text}\n"}
    reading = units_of(tmp_path, files, commands=[command] if command else [])
    assert reading.functions == functions
    assert all(unit.ends for unit in reading.touching)


@pytest.mark.parametrize("spawn", ["asyncio.ensure_future", "asyncio.create_task"])
def test_what_comes_after_an_endless_task(tmp_path: Path, spawn: str) -> None:
    text = f"""
        import asyncio
        from aiohttp import web
        from shop.models import Order
        async def beat():
            while True:
                await asyncio.sleep(9)
        async def orders(request):
            return await Order.objects.acount()
        async def server(app):
            {spawn}(beat())
            app.add_routes([web.get("/", orders)])
        """
    assert worker(tmp_path, text).functions == [("orders", "consumer")]


THREAD = """
        import asyncio, threading
        from shop.models import Order
        async def main():
            await Order.objects.acount()
        def work():
            {}
        def start():
            threading.Thread(target=work).start()
"""


@pytest.mark.parametrize("run", ["asyncio.run(main())", "asyncio.new_event_loop().run_until_complete(main())"])
def test_an_event_loop_in_a_thread_queries_in_another(tmp_path: Path, run: str) -> None:
    """The thread ends without a connection; the one in which all coroutines query goes on."""
    unit = worker(tmp_path, THREAD.format(run)).unit
    assert (unit.function, unit.kind, unit.ends, unit.coroutine) == ("work", "thread", False, True)


def test_a_thread_that_queries_itself_ends_with_its_connection(tmp_path: Path) -> None:
    unit = worker(tmp_path, THREAD.format("Order.objects.count()")).unit
    assert (unit.ends, unit.coroutine) == (True, False)


POLLER = """
    import threading, time
    from shop.models import Order
    class Poller:
        def work(self):
            {}
        def start(self):
            threading.Thread(target=self.work).start()
"""
TURN = "Order.objects.count(); time.sleep(60)"


def poller(root: Path, *loop: str) -> dict[str, UnitOfWork]:
    units = worker(root, POLLER.format("\n            ".join(loop))).touching
    return {unit.kind: unit for unit in units}


@pytest.mark.parametrize(
    "loop",
    [
        ("while not self.stopped:", f"    {TURN}"),
        ("while True:", "    if self.stopped: return", f"    {TURN}"),
        ("while True:", f"    {TURN}", "    if self.stop_event.is_set():", "        print('bye')", "        break"),
    ],
)
def test_a_thread_that_loops_until_the_program_stops_does_not_end(tmp_path: Path, loop: tuple[str, ...]) -> None:
    """What its loop does wrong is said of the loop, once."""
    units = poller(tmp_path, *loop)
    assert (units["thread"].ends, units["thread"].gap, units["loop"].gap) == (False, 0.0, 60.0)
    assert units["loop"].never_closes


def test_a_thread_lasts_as_long_as_a_loop_that_it_calls(tmp_path: Path) -> None:
    text = """
        import threading, time
        from shop.models import Order
        class Poller:
            def work(self):
                while not self.stopped:
                    Order.objects.count()
                    time.sleep(60)
        def poll(poller: Poller):
            poller.work()
            print("bye")
        def ask(poller: Poller):
            Order.objects.count()
            print(poller)
        def main():
            threading.Thread(target=poll).start()
            threading.Thread(target=ask).start()
    """
    ends = {unit.function: unit.ends for unit in worker(tmp_path, text).touching if unit.kind == "thread"}
    assert ends == {"poll": False, "ask": True}


@pytest.mark.parametrize(
    "turn",
    [
        "if self.job.finished: return",
        "if self.stopped: return\n                if Order.objects.exists(): break",
        "self.stopped = ask()\n                if self.stopped: return",
        "if self.orders.empty(): return",
    ],
)
def test_a_thread_that_loops_until_its_work_is_done_ends(tmp_path: Path, turn: str) -> None:
    assert poller(tmp_path, "while True:", f"    {turn}", f"    {TURN}")["thread"].ends


def test_a_websocket_waits_for_its_messages(tmp_path: Path) -> None:
    text = """
        from shop.models import Order
        async def chat(websocket):
            while True:
                await websocket.receive_json()
                await Order.objects.acount()
    """
    assert worker(tmp_path, text).unit.gap_place is not None
