"""Servers that are given an object or a class of the project, and classes of the project's own that run a callable."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of, worker

HEAD = """
    import asyncio
    from shop.models import Order

    class Desk:
        def ship(self, order):
            Order.objects.first().ship()
        def handle_DATA(self, server, session, envelope):
            Order.objects.count()
        def has_user(self, name):
            return Order.objects.exists()
        def _count(self):
            return Order.objects.count()

"""


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("import zerorpc\nzerorpc.Server(Desk()).run()", ["handle_DATA", "has_user", "ship"]),
        ("from Pyro5.api import Daemon\ndaemon = Daemon()\ndaemon.register(Desk)", ["handle_DATA", "has_user", "ship"]),
        (
            "from xmlrpc.server import SimpleXMLRPCServer\nserver = SimpleXMLRPCServer(('', 8000))\n"
            "server.register_instance(Desk())",
            ["handle_DATA", "has_user", "ship"],
        ),
        ("from aiosmtpd.controller import Controller\nController(Desk(), port=25).start()", ["handle_DATA"]),
        (
            "from pyftpdlib.handlers import FTPHandler\nhandler = FTPHandler\nhandler.authorizer = Desk()",
            ["has_user"],
        ),
        ("registry = {}\nregistry.register(Desk())", []),
    ],
)
def test_methods_of_an_object_that_a_server_is_given(tmp_path: Path, text: str, called: list[str]) -> None:
    body = "".join(f"        {line}\n" for line in text.split("\n"))
    found = worker(tmp_path, HEAD + "    def main():\n" + body)
    assert [function for function, _ in sorted(found.functions)] == [f"Desk.{name}" for name in called]


@pytest.mark.parametrize(
    ("base", "method"),
    [
        ("smtpd.SMTPServer", "process_message"),
        ("asyncore.dispatcher", "handle_read"),
        ("asynchat.async_chat", "found_terminator"),
        ("rpyc.Service", "exposed_orders"),
        ("pyftpdlib.authorizers.DummyAuthorizer", "validate_authentication"),
        ("pyftpdlib.handlers.FTPHandler", "on_file_received"),
        ("aiosmtpd.handlers.Message", "handle_message"),
        ("celery.beat.Scheduler", "sync"),
    ],
)
def test_methods_of_classes_that_a_library_calls(tmp_path: Path, base: str, method: str) -> None:
    module = base.partition(".")[0] if base.count(".") == 1 else base.rpartition(".")[0]
    text = f"""
        import {module}
        from shop.models import Order
        class Mine({base}):
            def {method}(self, *args):
                Order.objects.count()
            def helper(self):
                Order.objects.count()
        """
    assert [function for function, _ in worker(tmp_path, text).functions] == [f"Mine.{method}"]


THREADS = """
    from threading import Thread
    from django.db import connections
    from shop.models import Order

    class Closing(Thread):
        def run(self):
            try:
                super().run()
            finally:
                connections.close_all()

    class Loud(Thread):
        def run(self):
            print("starts")
            super().run()

    def count():
        Order.objects.count()

    def main():
        {}(target=count).start()
"""


@pytest.mark.parametrize(("class_", "end"), [("Closing", "close"), ("Loud", "none")])
def test_a_thread_class_of_the_project_that_is_given_a_function(tmp_path: Path, class_: str, end: str) -> None:
    unit = worker(tmp_path, THREADS.format(class_)).unit
    assert (unit.function, unit.kind, unit.cleanup_end) == ("count", "thread", end)


def test_a_consumer_of_kombu_that_is_handed_its_class(tmp_path: Path) -> None:
    text = """
        from kombu.mixins import ConsumerMixin
        from shop.models import Order
        class Worker(ConsumerMixin):
            def get_consumers(self, Consumer, channel):
                return [Consumer(queues=self.queues, callbacks=[self.on_order])]
            def on_order(self, body, message):
                Order.objects.create()
        """
    assert worker(tmp_path, text).functions == [("Worker.on_order", "consumer")]


def test_tasks_of_nornir_run_in_threads_that_end(tmp_path: Path) -> None:
    text = """
        from nornir import InitNornir
        from shop.models import Order
        def backup(task):
            Order.objects.create()
        def main():
            with InitNornir() as nornir:
                nornir.with_processors([]).run(task=backup)
        """
    unit = worker(tmp_path, text).unit
    assert (unit.function, unit.kind, unit.ends) == ("backup", "executor", True)


def test_a_handler_decorated_inside_a_function(tmp_path: Path) -> None:
    text = """
        import discord
        from asgiref.sync import sync_to_async
        from shop.models import Order
        def count():
            Order.objects.count()
        def main():
            client = discord.Client()
            @client.event
            async def on_message(message):
                await sync_to_async(count)()
            client.run("token")
        """
    assert worker(tmp_path, text).functions == [("main.on_message", "consumer")]


def test_a_class_that_defines_only_part_of_a_shape_is_none(tmp_path: Path) -> None:
    reading = units_of(
        tmp_path,
        {
            "shop/worker.py": """
                import zeroconf
                from shop.models import Order

                class Names:
                    def add_service(self, zc, kind, name):
                        Order.objects.create(name=name)

                class View:
                    def __call__(self, request):
                        return Order.objects.count()
                """
        },
    )
    assert reading.functions == []


def test_a_middleware_that_leaves_its_queries_to_channels_is_clean(tmp_path: Path) -> None:
    reading = units_of(
        tmp_path,
        {
            "shop/middleware.py": """
                from channels.db import database_sync_to_async
                from shop.models import Order

                @database_sync_to_async
                def latest():
                    return Order.objects.last()

                class Latest:
                    def __init__(self, app):
                        self.app = app

                    async def __call__(self, scope, receive, send):
                        scope["order"] = await latest()
                        return await self.app(scope, receive, send)
                """
        },
    )
    assert (reading.unit.cleanup_start, reading.unit.cleanup_end) == ("close_old", "close_old")


@pytest.mark.parametrize(("given", "found"), [("receive", "no"), ("handler", "maybe")])
def test_what_the_server_gives_an_application_is_none_of_the_project(tmp_path: Path, given: str, found: str) -> None:
    text = f"""
        class Lifespan:
            async def __call__(self, scope, {given}, send):
                message = await {given}()
                await send(message)
        """
    assert [unit.touches_orm for unit in units_of(tmp_path, {"shop/asgi.py": text}).units] == [found]
