"""Functions that objects hold: decorator classes, attributes, what generators and lists hand on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import Reading, units_of, worker

DECORATOR = """
    from apscheduler.schedulers.blocking import BlockingScheduler
    from shop.models import Order

    scheduler = BlockingScheduler()

    class scheduled_job:
        def __init__(self, *args):
            self.args = args

        def __call__(self, function):
            self.callback = function
            scheduler.add_job(self.run, *self.args)
            return self.run

        def run(self):
            self.callback()
    """


def cleanups(reading: Reading) -> dict[str, tuple[str, str]]:
    return {unit.function: (unit.cleanup_start, unit.cleanup_end) for unit in reading.touching}


def test_a_decorator_class_that_registers_its_own_method(tmp_path: Path) -> None:
    jobs = """
        from clock import scheduled_job
        from django.db import connections
        from shop.models import Order

        def quiet(function):
            def inner():
                function()
            return inner

        @scheduled_job("cron")
        @quiet
        def bare():
            Order.objects.count()

        @scheduled_job("cron")
        def closed():
            Order.objects.count()
            connections.close_all()
        """
    found = cleanups(units_of(tmp_path, {"clock.py": DECORATOR, "jobs.py": jobs}))
    assert found == {"bare": ("none", "none"), "closed": ("none", "close")}


@pytest.mark.parametrize(
    ("close", "start"),
    [("close_old_connections()", "close_old"), ("pass", "none")],
)
def test_a_decorator_class_around_the_function(tmp_path: Path, close: str, start: str) -> None:
    text = f"""
        import django_rq
        from django.db import close_old_connections
        from shop.models import Order

        class fresh:
            def __init__(self, function):
                self.function = function

            def __call__(self, *args):
                {close}
                return self.function(*args)

        @fresh
        def count():
            Order.objects.count()

        django_rq.enqueue(count)
        """
    assert cleanups(units_of(tmp_path, {"jobs.py": text})) == {"count": (start, "none")}


@pytest.mark.parametrize(
    "register",
    [
        "for task in (first, second):\n    worker.register_task('x', task)",
        "for name, task in [('a', first), ('b', second)]:\n    worker.register_task(name, task)",
        "def tasks():\n    yield 'a', first\n\nfor name, task in tasks():\n    worker.register_task(name, task)\n"
        "worker.register_task('b', second)",
    ],
)
def test_functions_out_of_lists_and_generators(tmp_path: Path, register: str) -> None:
    text = (
        "import gearman\nfrom shop.models import Order\n\ndef first(worker, job):\n    Order.objects.count()\n\n"
        "def second(worker, job):\n    Order.objects.count()\n\nworker = gearman.GearmanWorker([])\n" + register + "\n"
    )
    assert units_of(tmp_path, {"work.py": text}).functions == [("first", "consumer"), ("second", "consumer")]


def test_a_function_given_to_a_constructor_is_called_through_the_attribute(tmp_path: Path) -> None:
    text = """
        import threading
        from shop.models import Order

        class Runner:
            def __init__(self, target):
                self.target = target

            def work(self):
                self.target()

        def count():
            Order.objects.count()

        def start():
            threading.Thread(target=Runner(count).work).start()
        """
    assert units_of(tmp_path, {"work.py": text}).functions == [("Runner.work", "thread")]


def test_a_registrar_made_awaitable(tmp_path: Path) -> None:
    text = """
        from asgiref.sync import sync_to_async
        from shop.models import Order

        def count():
            Order.objects.count()

        async def view(state):
            await sync_to_async(state.scheduler.add_job)(count)
        """
    assert units_of(tmp_path, {"views.py": text}).functions == [("count", "scheduled")]


def test_a_turn_of_a_worker_class_whose_loop_is_in_a_library(tmp_path: Path) -> None:
    text = """
        from django.db import close_old_connections
        from simplesignals.process import WorkerProcessBase
        from shop.models import Order

        class Bare(WorkerProcessBase):
            def do_work(self):
                Order.objects.count()

        class Closing(WorkerProcessBase):
            def do_work(self):
                close_old_connections()
                Order.objects.count()
        """
    found = cleanups(units_of(tmp_path, {"work.py": text}))
    assert found == {"Bare.do_work": ("none", "none"), "Closing.do_work": ("close_old", "none")}


HINTS = """
    import queue
    from typing import Annotated, Optional, Union
    from shop.models import Order
    class Service:
        def go(self):
            Order.objects.count()
    q = queue.Queue()
    class Worker:
        def __init__(self, service: {}, other=None):
            self.service = service
        def work(self):
            while True:
                q.get()
                self.service.go()
"""


@pytest.mark.parametrize(
    "hint",
    [
        "Service",
        "'Service'",
        "Optional[Service]",
        "Optional['Service']",
        "'Optional[Service]'",
        "Service | None",
        "None | Service",
        "'Service | None'",
        "Annotated[Service, 'the one']",
        "Service[int]",
    ],
)
def test_what_a_constructor_is_given_by_its_type_hint(tmp_path: Path, hint: str) -> None:
    assert worker(tmp_path, HINTS.format(hint)).functions == [("Worker.work", "loop")]


@pytest.mark.parametrize(
    "hint",
    ["object", "Service | Order", "'Service | Order'", "Optional[int]", "list[Service]", "dict[str, Service]", "''"],
)
def test_hints_that_name_no_one_class_of_the_project(tmp_path: Path, hint: str) -> None:
    found = worker(tmp_path, HINTS.format(hint)).touching
    assert [(unit.function, unit.touches_orm) for unit in found] == [("Worker.work", "maybe")]


@pytest.mark.parametrize(
    ("hint", "touches"), [("", "maybe"), (": discord.Interaction", "no"), (": discord.Interaction['Bot']", "no")]
)
def test_an_object_of_a_library_is_none_of_the_project_by_its_methods(tmp_path: Path, hint: str, touches: str) -> None:
    text = f"""
        import discord
        from discord import app_commands
        from shop.models import Order
        class Trade:
            async def edit_message(self):
                await Order.objects.acount()
        @app_commands.command()
        async def send(interaction{hint}):
            await interaction.response.edit_message()
        """
    assert [unit.touches_orm for unit in worker(tmp_path, text).units] == [touches]


def test_hints_of_parameters_with_defaults(tmp_path: Path) -> None:
    text = HINTS.format("Optional[Service] = None").replace("= service\n", "= service or Service()\n")
    assert worker(tmp_path, text).functions == [("Worker.work", "loop")]


CLASS_ATTRIBUTES = """
    import queue
    from shop.models import Order
    class Service:
        def go(self):
            Order.objects.count()
    q = queue.Queue()
    class Worker:
        service = None
        def prepare(self):
            {}
        def work(self):
            while True:
                q.get()
                self.service.go()
"""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("self.service = Service()", "yes"),
        ("Worker.service = Service()", "yes"),
        ("self.service = None", "maybe"),
        ("self.other = Service()", "maybe"),
    ],
)
def test_an_attribute_that_is_none_until_it_is_assigned(tmp_path: Path, line: str, found: str) -> None:
    assert [unit.touches_orm for unit in worker(tmp_path, CLASS_ATTRIBUTES.format(line)).units] == [found]


def test_functions_defined_side_by_side_know_each_other(tmp_path: Path) -> None:
    text = """
        import threading
        from shop.models import Order
        def main():
            def work():
                later()
            def later():
                last()
            def last():
                Order.objects.count()
            threading.Thread(target=work).start()
        """
    assert worker(tmp_path, text).functions == [("main.work", "thread")]


BRANCHES = """
    import threading
    from shop.models import Order
    class Service:
        def go(self):
            Order.objects.count()
    class Quick(Service):
        def hurry(self):
            pass
    class Slow(Service):
        pass
    class Other:
        def go(self):
            pass
    def work(kind):
        if kind:
            service = {}
        else:
            service = {}
        service.go()
    def main():
        threading.Thread(target=work).start()
"""


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        ("Quick()", "Slow()", "yes"),
        ("None", "Quick()", "yes"),
        ("Quick()", "None", "yes"),
        ("Quick()", "Other()", "no"),
        ("None", "Other()", "no"),
        ("kind.service", "Quick()", "yes"),
        ("Quick()", "kind", "yes"),
        ("Other()", "kind.service", "no"),
    ],
)
def test_an_object_of_either_branch(tmp_path: Path, one: str, other: str, found: str) -> None:
    assert [unit.touches_orm for unit in worker(tmp_path, BRANCHES.format(one, other)).units] == [found]


@pytest.mark.parametrize(("use", "found"), [("list(rows)", "yes"), ("rows.order_by()", "no")])
def test_rows_of_either_branch(tmp_path: Path, use: str, found: str) -> None:
    text = f"""
        import threading
        from shop.models import Order
        def work(kind):
            if kind:
                rows = Order.objects.all()
            else:
                rows = kind.objects.all()
            {use}
        def main():
            threading.Thread(target=work).start()
        """
    assert [unit.touches_orm for unit in worker(tmp_path, text).units] == [found]


@pytest.mark.parametrize(
    ("hint", "value", "found"),
    [
        ("Order", "job.result()", "yes"),
        ("Order", "requests.get('x')", "yes"),
        ("Order | None", "job.result()", "yes"),
        ("list[Order]", "job.result()", "no"),
        ("str", "job.result()", "no"),
        ("Order", "Parcel()", "no"),
    ],
)
def test_a_variable_with_a_type_hint(tmp_path: Path, hint: str, value: str, found: str) -> None:
    text = f"""
        import requests, threading
        from shop.models import Order
        class Parcel:
            def save(self):
                pass
        def work(job):
            order: {hint} = {value}
            order.save()
        def main():
            threading.Thread(target=work).start()
        """
    assert [unit.touches_orm for unit in worker(tmp_path, text).units] == [found]


CLOSING_POOL = """
    from concurrent.futures import ThreadPoolExecutor
    from django.db import connections
    from shop.models import Order

    class Pool(ThreadPoolExecutor):
        def submit(self, fn, *args):
            def inner(*given):
                try:
                    return fn(*given)
                finally:
                    {}
            return super().submit(inner, *args)

    def count(number):
        Order.objects.count()

    def main(numbers):
        with Pool(4) as pool:
            pool.{}
"""


@pytest.mark.parametrize("use", ["submit(count, 1)", "map(count, numbers)"])
@pytest.mark.parametrize(("last", "end"), [("connections.close_all()", "close"), ("print()", "none")])
def test_a_pool_that_wraps_what_it_is_given(tmp_path: Path, use: str, last: str, end: str) -> None:
    unit = worker(tmp_path, CLOSING_POOL.format(last, use)).unit
    assert (unit.function, unit.kind, unit.cleanup_end) == ("Pool.submit.inner", "executor", end)


def test_a_pool_that_nobody_is_seen_to_give_anything(tmp_path: Path) -> None:
    assert not worker(tmp_path, CLOSING_POOL.format("print()", "shutdown()")).touching


@pytest.mark.parametrize(
    ("base", "made", "ends"),
    [
        ("ThreadPoolExecutor", "with Pool(4) as pool:\n                pool", [True]),
        ("ThreadPoolExecutor", "POOL", [False]),
        ("ProcessPoolExecutor", "with Pool(4) as pool:\n                pool", []),
    ],
)
@pytest.mark.parametrize("use", ["submit(count, 1)", "map(count, numbers)"])
def test_a_pool_of_a_class_of_the_project(tmp_path: Path, base: str, made: str, ends: list[bool], use: str) -> None:
    text = f"""
        from concurrent import futures
        from shop.models import Order

        class Pool(futures.{base}):
            def submit(self, fn, *args):
                return super().submit(fn, *args)

        POOL = Pool(4)

        def count(number):
            Order.objects.count()

        def main(numbers):
            {made}.{use}
        """
    assert [(unit.function, unit.ends) for unit in worker(tmp_path, text).touching] == [
        ("count", each) for each in ends
    ]


@pytest.mark.parametrize(("pool", "found"), [("ProcessPoolExecutor", []), ("ThreadPoolExecutor", [True])])
def test_a_class_that_is_used_unless_another_one_is_given(tmp_path: Path, pool: str, found: list[bool]) -> None:
    text = f"""
        from concurrent.futures import {pool}
        from shop.models import Order
        def count(number):
            Order.objects.count()
        def main(numbers, executor={pool}):
            with executor() as pool:
                pool.map(count, numbers)
        """
    assert [unit.ends for unit in worker(tmp_path, text).touching] == found


def test_pools_that_end_and_are_of_threads_or_of_processes(tmp_path: Path) -> None:
    text = """
        from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
        from shop.models import Order
        def count(number):
            Order.objects.count()
        def main(numbers):
            with ProcessPoolExecutor() as pool:
                pool.map(count, numbers)
            with ThreadPoolExecutor() as pool:
                pool.map(count, numbers)
        """
    assert worker(tmp_path, text).unit.ends


WRAPPED_THREAD = """
    import threading
    from django.db import connections
    from shop.models import Order

    class Closing(threading.Thread):
        def __init__(self, *args):
            super().__init__(*args)
            run = self.run
            def wrapped():
                try:
                    run()
                finally:
                    {}
            self.run = wrapped

    class Counting(Closing):
        def __init__(self, number):
            super().__init__()
            self.number = number

        def run(self):
            Order.objects.count()
"""


@pytest.mark.parametrize(("last", "end"), [("connections.close_all()", "close"), ("print()", "none")])
def test_a_method_that_the_constructor_wraps(tmp_path: Path, last: str, end: str) -> None:
    unit = worker(tmp_path, WRAPPED_THREAD.format(last)).unit
    assert (unit.function, unit.kind, unit.cleanup_end) == ("Counting.run", "thread", end)


TABLES = """
    import threading
    from shop.models import Order
    def count(message):
        Order.objects.count()
    def skip(message):
        pass
    TABLE = {}
    class Desk:
        def __init__(self):
            self.handlers = {{"count": self.count, "skip": self.skip}}
        def count(self, message):
            Order.objects.count()
        def skip(self, message):
            pass
        def work(self, message):
            {}
    def main():
        threading.Thread(target=Desk().work).start()
"""


@pytest.mark.parametrize(
    ("line", "table", "found"),
    [
        ("TABLE[message](message)", '{"count": count, "skip": skip}', "yes"),
        ("TABLE[message](message)", '{"skip": skip}', "no"),
        ("TABLE.get(message, skip)(message)", '{"count": count, "skip": skip}', "yes"),
        ("TABLE[0](message)", "[skip, count]", "yes"),
        ("self.handlers[message](message)", "{}", "yes"),
        ("handler = self.handlers.get(message)\n            if handler: handler(message)", "{}", "yes"),
        ("self.handlers.update(message)", "{}", "no"),
        ("TABLE[message](message)", '{"count": 1}', "no"),
    ],
)
def test_functions_looked_up_in_a_table(tmp_path: Path, line: str, table: str, found: str) -> None:
    text = TABLES.replace("{}", "{table}", 1).replace("{}", "{line}", 1).format(table=table, line=line)
    assert [unit.touches_orm for unit in worker(tmp_path, text).units] == [found]


def test_a_table_handed_to_a_pool(tmp_path: Path) -> None:
    text = """
        from concurrent.futures import ThreadPoolExecutor
        from shop.models import Order
        def count():
            Order.objects.count()
        def add():
            Order.objects.create()
        def main(queue):
            pool = ThreadPoolExecutor()
            while True:
                pool.submit({"count": count, "add": add}[queue.get()])
        """
    assert worker(tmp_path, text).functions == [("count", "executor"), ("add", "executor")]


STORES = """
    from shop.models import Order

    class Store:
        def open_orders(self):
            raise NotImplementedError

    class Memory(Store):
        def open_orders(self):
            return []

    class Database(Store):
        def open_orders(self):
            return list(Order.objects.all())
    """

KEEPER = """
    import threading, time
    from shop.stores import Database, Memory

    class Keeper(threading.Thread):
        def __init__(self, store):
            self.store = store

        def run(self):
            while True:
                self.store.open_orders()
                time.sleep(600)

    if __name__ == "__main__":
        {made}
        Keeper(store).start()
    """


def test_what_a_constructor_is_given_is_no_variable_of_the_module(tmp_path: Path) -> None:
    reading = worker(tmp_path, KEEPER.format(made="store = Memory()"), stores=STORES)
    (loop,) = [unit for unit in reading.units if unit.kind == "loop"]
    assert loop.touches_orm == "maybe"


def test_a_variable_is_not_what_the_last_branch_makes_it(tmp_path: Path) -> None:
    text = """
        import sys
        from plugins import Remote
        from shop.stores import Memory

        if sys.argv[1:]:
            store = Remote()
        else:
            store = Memory()
        while True:
            input()
            store.open_orders()
        """
    reading = worker(tmp_path, text, stores=STORES)
    (loop,) = [unit for unit in reading.units if unit.kind == "loop"]
    assert loop.touches_orm == "maybe"
