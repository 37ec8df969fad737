"""What following the code of an endless loop finds: which cleanup stands between its waits and its queries.

Every case is a module ``shop/worker.py`` with these imports and one loop that uses the ORM.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from tests.workers.trees import Reading, units_of

HEAD = """\
import time
from django.db import close_old_connections, connection, connections, transaction
from shop.models import Order
"""


def read(root: Path, text: str, **beside: str) -> Reading:
    files = {f"shop/{name}.py": content for name, content in beside.items()}
    return units_of(root, {"shop/worker.py": HEAD + dedent(text)} | files)


CLOSED_BEFORE = {
    "first in the turn": """
        def work():
            while True:
                close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "after the wait": """
        def work():
            while True:
                Order.objects.count()
                time.sleep(60)
                close_old_connections()
        """,
    "between two waits and the query": """
        def work():
            while True:
                time.sleep(5)
                time.sleep(60)
                close_old_connections()
                Order.objects.count()
        """,
    "on every branch": """
        def work(fast):
            while True:
                if fast():
                    close_old_connections()
                else:
                    connections["default"].close_if_unusable_or_obsolete()
                Order.objects.count()
                time.sleep(60)
        """,
    "all connections in a loop": """
        def work():
            while True:
                for each in connections.all():
                    each.close_if_unusable_or_obsolete()
                Order.objects.count()
                time.sleep(60)
        """,
    "all initialized connections": """
        def work():
            while True:
                for each in connections.all(initialized_only=True):
                    if not each.in_atomic_block:
                        each.close_if_unusable_or_obsolete()
                Order.objects.count()
                time.sleep(60)
        """,
    "the request signals": """
        from django.core import signals
        def work():
            while True:
                signals.request_started.send(sender=__name__)
                Order.objects.count()
                time.sleep(60)
        """,
    "guarded against a transaction": """
        def work():
            while True:
                if not connection.in_atomic_block:
                    close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "guarded against tests": """
        from django.conf import settings
        def work():
            while True:
                if not settings.TESTING:
                    close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "guarded by the state of the connection": """
        def work():
            while True:
                if connection.connection and not connection.is_usable():
                    connection.close_if_unusable_or_obsolete()
                Order.objects.count()
                time.sleep(60)
        """,
    "by the module": """
        from django import db
        def work():
            while True:
                db.close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "under another name": """
        from django.db import close_old_connections as refresh
        def work():
            while True:
                refresh()
                Order.objects.count()
                time.sleep(60)
        """,
    "imported where it is used": """
        def work():
            from django.db import close_old_connections as refresh
            while True:
                refresh()
                Order.objects.count()
                time.sleep(60)
        """,
    "in a helper": """
        def refresh():
            log("x")
            close_old_connections()
        def work():
            while True:
                refresh()
                Order.objects.count()
                time.sleep(60)
        """,
    "in a helper of a helper": """
        def refresh():
            close_old_connections()
        def prepare():
            refresh()
        def work():
            while True:
                prepare()
                Order.objects.count()
                time.sleep(60)
        """,
    "in a helper that is called with a flag": """
        def turn(refresh=True):
            if refresh:
                close_old_connections()
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in a method of the same object": """
        class Worker:
            def refresh(self):
                close_old_connections()
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in a method of a base": """
        class Base:
            def refresh(self):
                close_old_connections()
        class Worker(Base):
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in an overridden method, through super()": """
        class Base:
            def refresh(self):
                close_old_connections()
        class Worker(Base):
            def refresh(self):
                super().refresh()
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in an overridden method, through super() of Python 2": """
        class Base(object):
            def refresh(self):
                close_old_connections()
        class Worker(Base):
            def refresh(self):
                super(Worker, self).refresh()
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in a static method": """
        class Worker:
            @staticmethod
            def refresh():
                close_old_connections()
            def work(self):
                while True:
                    Worker.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in a class method": """
        class Worker:
            @classmethod
            def refresh(cls):
                close_old_connections()
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in a method of an attribute": """
        class Database:
            def refresh(self):
                close_old_connections()
        class Worker:
            def __init__(self):
                self.database = Database()
            def work(self):
                while True:
                    self.database.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "in a nested function": """
        def work():
            def turn():
                close_old_connections()
                Order.objects.count()
            while True:
                turn()
                time.sleep(60)
        """,
    "in a lambda": """
        def work():
            refresh = lambda: close_old_connections()
            while True:
                refresh()
                Order.objects.count()
                time.sleep(60)
        """,
    "through partial": """
        from functools import partial
        def turn(limit):
            close_old_connections()
            Order.objects.count()
        def work():
            go = partial(turn, 10)
            while True:
                go()
                time.sleep(60)
        """,
    "in a decorator that closes before": """
        from functools import wraps
        def fresh(function):
            @wraps(function)
            def inner(*args, **kwargs):
                close_old_connections()
                return function(*args, **kwargs)
            return inner
        @fresh
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in a decorator with arguments": """
        def fresh(name=None):
            def decorate(function):
                def inner(*args, **kwargs):
                    close_old_connections()
                    return function(*args, **kwargs)
                return inner
            return decorate
        @fresh(name="turn")
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in a decorator of a method": """
        def fresh(method):
            def inner(self, *args):
                close_old_connections()
                return method(self, *args)
            return inner
        class Worker:
            @fresh
            def turn(self):
                Order.objects.count()
            def work(self):
                while True:
                    self.turn()
                    time.sleep(60)
        """,
    "in the upper one of two decorators": """
        def fresh(function):
            def inner(*args):
                close_old_connections()
                return function(*args)
            return inner
        def logged(function):
            def inner(*args):
                log(function)
                return function(*args)
            return inner
        @fresh
        @logged
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in a wrapper that is called": """
        def fresh(function):
            def inner():
                close_old_connections()
                return function()
            return inner
        def turn():
            Order.objects.count()
        def work():
            go = fresh(turn)
            while True:
                go()
                time.sleep(60)
        """,
    "in what is handed to a helper": """
        def run(action):
            close_old_connections()
            action()
        def turn():
            Order.objects.count()
        def work():
            while True:
                run(turn)
                time.sleep(60)
        """,
    "before a lazy queryset is used": """
        def work():
            while True:
                orders = Order.objects.filter(sent=False)
                close_old_connections()
                for order in orders:
                    order.ship()
                time.sleep(60)
        """,
    "before a slice of a queryset is used": """
        def work():
            while True:
                orders = Order.objects.filter(sent=False)[:10]
                close_old_connections()
                for order in orders:
                    order.ship()
                time.sleep(60)
        """,
    "after an early continue without a query": """
        def work(queue):
            while True:
                message = queue.get(timeout=60)
                if message is None:
                    continue
                close_old_connections()
                Order.objects.count()
        """,
    "in front of a generator that polls": """
        def messages(queue):
            while True:
                yield queue.get(timeout=60)
        def work(queue):
            for message in messages(queue):
                close_old_connections()
                Order.objects.get(pk=message)
        """,
    "in a generator that polls": """
        def messages(queue):
            while True:
                message = queue.get(timeout=60)
                close_old_connections()
                yield message
        def work(queue):
            for message in messages(queue):
                Order.objects.get(pk=message)
        """,
    "in the else of a try": """
        def work(poll):
            while True:
                time.sleep(60)
                try:
                    message = poll()
                except ValueError:
                    continue
                else:
                    close_old_connections()
                Order.objects.get(pk=message)
        """,
    "for sync_to_async": """
        import asyncio
        from asgiref.sync import sync_to_async
        async def work():
            while True:
                await sync_to_async(close_old_connections)()
                await Order.objects.acount()
                await asyncio.sleep(60)
        """,
    "under sync_to_async": """
        import asyncio
        from asgiref.sync import sync_to_async
        @sync_to_async
        def turn():
            close_old_connections()
            Order.objects.count()
        async def work():
            while True:
                await turn()
                await asyncio.sleep(60)
        """,
    "under sync_to_async with arguments": """
        import asyncio
        from asgiref.sync import sync_to_async
        @sync_to_async(thread_sensitive=True)
        def turn():
            close_old_connections()
            Order.objects.count()
        async def work():
            while True:
                await turn()
                await asyncio.sleep(60)
        """,
    "by the awaitable close": """
        import asyncio
        from channels.db import aclose_old_connections
        async def work():
            while True:
                await aclose_old_connections()
                await Order.objects.acount()
                await asyncio.sleep(60)
        """,
    "in recursion": """
        def turn(left):
            close_old_connections()
            Order.objects.count()
            if left:
                turn(left - 1)
        def work():
            while True:
                turn(3)
                time.sleep(60)
        """,
}

CLOSED_AFTER = {
    "last before the wait": """
        def work():
            while True:
                Order.objects.count()
                close_old_connections()
                time.sleep(60)
        """,
    "in finally": """
        def work():
            while True:
                try:
                    Order.objects.count()
                finally:
                    close_old_connections()
                time.sleep(60)
        """,
    "in finally, after a return in a helper": """
        def turn():
            try:
                if Order.objects.exists():
                    return
                Order.objects.count()
            finally:
                close_old_connections()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in finally, with the wait inside": """
        def work():
            while True:
                try:
                    Order.objects.count()
                finally:
                    close_old_connections()
                    time.sleep(60)
        """,
    "in the idle branch, where the only wait is": """
        def work():
            while True:
                order = Order.objects.filter(sent=False).first()
                if order is None:
                    close_old_connections()
                    time.sleep(60)
                    continue
                order.ship()
        """,
    "before a blocking wait": """
        def work(channel):
            while True:
                message = channel.recv()
                Order.objects.get(pk=message)
                close_old_connections()
        """,
    "by a signal at the end": """
        from django.core.signals import request_finished
        def work():
            while True:
                Order.objects.count()
                request_finished.send(sender=None)
                time.sleep(60)
        """,
    "in the exit of a context manager": """
        class Fresh:
            def __enter__(self):
                return self
            def __exit__(self, *error):
                close_old_connections()
        def work():
            while True:
                with Fresh():
                    Order.objects.count()
                time.sleep(60)
        """,
    "in a decorator that closes after": """
        def fresh(function):
            def inner(*args):
                try:
                    return function(*args)
                finally:
                    close_old_connections()
            return inner
        @fresh
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
}

CLOSED_AROUND = {
    "in a class that is a context manager": """
        class Fresh:
            def __enter__(self):
                close_old_connections()
            def __exit__(self, *error):
                close_old_connections()
        def work():
            while True:
                with Fresh():
                    Order.objects.count()
                time.sleep(60)
        """,
    "in a generator that is a context manager": """
        from contextlib import contextmanager
        @contextmanager
        def fresh():
            close_old_connections()
            try:
                yield
            finally:
                close_old_connections()
        def work():
            while True:
                with fresh():
                    Order.objects.count()
                time.sleep(60)
        """,
    "in a context manager used as a decorator": """
        from contextlib import ContextDecorator
        class fresh(ContextDecorator):
            def __enter__(self):
                close_old_connections()
            def __exit__(self, *error):
                close_old_connections()
        @fresh()
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in a generator used as a decorator": """
        from contextlib import contextmanager
        @contextmanager
        def fresh():
            close_old_connections()
            try:
                yield
            finally:
                close_old_connections()
        @fresh()
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "by the decorator of django-apscheduler": """
        from django_apscheduler import util
        @util.close_old_connections
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "by database_sync_to_async": """
        import asyncio
        from channels.db import database_sync_to_async
        def turn():
            Order.objects.count()
        async def work():
            while True:
                await database_sync_to_async(turn)()
                await asyncio.sleep(60)
        """,
    "by database_sync_to_async as a decorator": """
        import asyncio
        from channels.db import database_sync_to_async
        @database_sync_to_async
        def turn():
            Order.objects.count()
        async def work():
            while True:
                await turn()
                await asyncio.sleep(60)
        """,
}

NOT_CLOSED = {
    "nothing closes": """
        def work():
            while True:
                Order.objects.count()
                time.sleep(60)
        """,
    "before the loop": """
        def work():
            close_old_connections()
            while True:
                Order.objects.count()
                time.sleep(60)
        """,
    "after the loop": """
        def work():
            try:
                while True:
                    Order.objects.count()
                    time.sleep(60)
            finally:
                close_old_connections()
        """,
    "between two queries of one turn": """
        def work():
            while True:
                Order.objects.count()
                close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "on one branch": """
        def work(fast):
            while True:
                if fast():
                    close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "every tenth turn": """
        def work():
            turns = 0
            while True:
                turns += 1
                if turns % 10 == 0:
                    close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "in the first turn": """
        def work():
            fresh = False
            while True:
                if not fresh:
                    close_old_connections()
                    fresh = True
                Order.objects.count()
                time.sleep(60)
        """,
    "where a try may not get to": """
        def work(parse):
            done = False
            while True:
                try:
                    parse()
                    done = True
                except ValueError:
                    pass
                if done:
                    close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "in the branch that is not idle": """
        def work():
            while True:
                order = Order.objects.filter(sent=False).first()
                if order is None:
                    time.sleep(60)
                    continue
                close_old_connections()
                order.ship()
        """,
    "skipped by continue": """
        def work(ready):
            while True:
                time.sleep(60)
                if ready():
                    Order.objects.count()
                    continue
                close_old_connections()
        """,
    "skipped by return": """
        def turn(ready):
            if ready():
                Order.objects.count()
                return
            close_old_connections()
        def work(ready):
            while True:
                turn(ready)
                time.sleep(60)
        """,
    "in an except branch that does not try again": """
        def work():
            while True:
                try:
                    Order.objects.count()
                except Exception:
                    close_old_connections()
                time.sleep(60)
        """,
    "in the except branch of something else": """
        def work():
            while True:
                try:
                    Order.objects.count()
                except Order.DoesNotExist:
                    connection.close()
                    Order.objects.count()
                time.sleep(60)
        """,
    "in the else of a try that may fail": """
        def work(poll):
            while True:
                time.sleep(60)
                try:
                    message = poll()
                except ValueError:
                    message = None
                else:
                    close_old_connections()
                Order.objects.get(pk=message)
        """,
    "without parentheses": """
        def work():
            while True:
                close_old_connections
                Order.objects.count()
                time.sleep(60)
        """,
    "handed on and not called": """
        def work(register):
            while True:
                register(close_old_connections)
                Order.objects.count()
                time.sleep(60)
        """,
    "another alias": """
        def work():
            while True:
                connections["archive"].close()
                Order.objects.count()
                time.sleep(60)
        """,
    "something else that has a close()": """
        import socket
        def work(connection):
            while True:
                connection.close()
                Order.objects.count()
                time.sleep(60)
        """,
    "the connection of another library": """
        import pika
        def work():
            connection = pika.BlockingConnection()
            while True:
                connection.close()
                Order.objects.count()
                time.sleep(60)
        """,
    "a function of the project with that name": """
        def close_old_connections():
            print("later")
        def work():
            while True:
                close_old_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "a helper that only sounds like it": """
        def refresh_connections():
            print("later")
        def work():
            while True:
                refresh_connections()
                Order.objects.count()
                time.sleep(60)
        """,
    "a helper that closes sometimes": """
        def refresh(hard=False):
            if hard:
                close_old_connections()
        def work():
            while True:
                refresh()
                Order.objects.count()
                time.sleep(60)
        """,
    "an overridden method without super()": """
        class Base:
            def refresh(self):
                close_old_connections()
        class Worker(Base):
            def refresh(self):
                pass
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "the method of a sibling": """
        class Other:
            def refresh(self):
                close_old_connections()
        class Worker:
            def refresh(self):
                pass
            def work(self):
                while True:
                    self.refresh()
                    Order.objects.count()
                    time.sleep(60)
        """,
    "a decorator around the whole loop": """
        def fresh(function):
            def inner():
                close_old_connections()
                return function()
            return inner
        @fresh
        def work():
            while True:
                Order.objects.count()
                time.sleep(60)
        """,
    "a decorator that does not close": """
        def fresh(function):
            def inner():
                return function()
            return inner
        @fresh
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "a decorator that closes once, where it stands": """
        def fresh(function):
            close_old_connections()
            return function
        @fresh
        def turn():
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "a context manager around the whole loop": """
        class Fresh:
            def __enter__(self):
                close_old_connections()
            def __exit__(self, *error):
                close_old_connections()
        def work():
            with Fresh():
                while True:
                    Order.objects.count()
                    time.sleep(60)
        """,
    "a context manager that does not close": """
        from contextlib import contextmanager
        @contextmanager
        def timed():
            start = time.time()
            yield
            print(time.time() - start)
        def work():
            while True:
                with timed():
                    Order.objects.count()
                time.sleep(60)
        """,
    "reset_queries and ensure_connection": """
        from django.db import reset_queries
        def work():
            while True:
                reset_queries()
                connection.ensure_connection()
                Order.objects.count()
                time.sleep(60)
        """,
    "SELECT 1 as a test": """
        def work():
            while True:
                connection.cursor().execute("SELECT 1")
                Order.objects.count()
                time.sleep(60)
        """,
    "on the event loop's thread": """
        import asyncio
        async def work():
            while True:
                close_old_connections()
                await Order.objects.acount()
                await asyncio.sleep(60)
        """,
    "in a helper on the event loop's thread": """
        import asyncio
        def refresh():
            close_old_connections()
        async def work():
            while True:
                refresh()
                await Order.objects.acount()
                await asyncio.sleep(60)
        """,
    "sync_to_async without a close": """
        import asyncio
        from asgiref.sync import sync_to_async
        def turn():
            Order.objects.count()
        async def work():
            while True:
                await sync_to_async(turn)()
                await asyncio.sleep(60)
        """,
    "in another thread": """
        import threading
        def work():
            while True:
                threading.Thread(target=close_old_connections).start()
                Order.objects.count()
                time.sleep(60)
        """,
    "after the use of a queryset made before": """
        def work():
            while True:
                orders = Order.objects.filter(sent=False)
                time.sleep(60)
                for order in orders:
                    order.ship()
        """,
    "in a loop that may take no turn": """
        def work(names):
            while True:
                for name in names():
                    connections[name].close()
                Order.objects.count()
                time.sleep(60)
        """,
    "in a generator, after its yield only": """
        def messages(queue):
            while True:
                message = queue.get(timeout=60)
                yield message
                time.sleep(1)
        def work(queue):
            for message in messages(queue):
                Order.objects.get(pk=message)
        """,
    "in a transaction": """
        def work():
            while True:
                with transaction.atomic():
                    close_old_connections()
                    Order.objects.count()
                time.sleep(60)
        """,
    "in a function that is a transaction": """
        @transaction.atomic
        def turn():
            close_old_connections()
            Order.objects.count()
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
    "in recursion, one query early": """
        def turn(left):
            Order.objects.count()
            close_old_connections()
            if left:
                turn(left - 1)
            Order.objects.count()
        def work():
            while True:
                turn(3)
                time.sleep(60)
        """,
}

CLOSED_FOR_GOOD = {
    "connection.close()": """
        def work():
            while True:
                connection.close()
                Order.objects.count()
                time.sleep(60)
        """,
    "connections.close_all()": """
        def work():
            while True:
                connections.close_all()
                Order.objects.count()
                time.sleep(60)
        """,
    "one alias by name": """
        def work():
            while True:
                connections["default"].close()
                Order.objects.count()
                time.sleep(60)
        """,
    "every alias": """
        def work():
            while True:
                for alias in connections:
                    connections[alias].close()
                Order.objects.count()
                time.sleep(60)
        """,
    "every alias in a comprehension": """
        def work():
            while True:
                [each.close() for each in connections.all()]
                Order.objects.count()
                time.sleep(60)
        """,
    "connect()": """
        def work():
            while True:
                connection.connect()
                Order.objects.count()
                time.sleep(60)
        """,
    "a close and another try after an error": """
        def work():
            while True:
                try:
                    Order.objects.count()
                except Exception:
                    connection.close()
                    Order.objects.count()
                time.sleep(60)
        """,
    "a close and another try after a database error": """
        from django.db import OperationalError
        def turn():
            Order.objects.count()
        def work():
            while True:
                try:
                    turn()
                except OperationalError:
                    close_old_connections()
                    turn()
                time.sleep(60)
        """,
    "a loop that tries again until it works": """
        from django.db.utils import InterfaceError, OperationalError
        def turn():
            while True:
                try:
                    return Order.objects.count()
                except (InterfaceError, OperationalError):
                    connection.close()
                    continue
        def work():
            while True:
                turn()
                time.sleep(60)
        """,
}


def cleanups(reading: Reading) -> tuple[str, str]:
    return reading.unit.cleanup_start, reading.unit.cleanup_end


@pytest.mark.parametrize("text", CLOSED_BEFORE.values(), ids=CLOSED_BEFORE)
def test_closed_before_the_first_query(tmp_path: Path, text: str) -> None:
    assert cleanups(read(tmp_path, text)) == ("close_old", "none")


@pytest.mark.parametrize("text", CLOSED_AFTER.values(), ids=CLOSED_AFTER)
def test_closed_after_the_last_query(tmp_path: Path, text: str) -> None:
    assert cleanups(read(tmp_path, text)) == ("none", "close_old")


@pytest.mark.parametrize("text", CLOSED_AROUND.values(), ids=CLOSED_AROUND)
def test_closed_on_both_sides(tmp_path: Path, text: str) -> None:
    assert cleanups(read(tmp_path, text)) == ("close_old", "close_old")


@pytest.mark.parametrize("text", CLOSED_FOR_GOOD.values(), ids=CLOSED_FOR_GOOD)
def test_closed_whatever_the_age(tmp_path: Path, text: str) -> None:
    assert cleanups(read(tmp_path, text)) == ("close", "none")


@pytest.mark.parametrize("text", NOT_CLOSED.values(), ids=NOT_CLOSED)
def test_not_closed(tmp_path: Path, text: str) -> None:
    assert cleanups(read(tmp_path, text)) == ("none", "none")
