"""What runs elsewhere with arguments that stand where it is handed over: the functions and objects among them are
known to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of, worker

SHOP = """
    from shop.models import Order

    def greet():
        print("hello")

    def count():
        Order.objects.count()

    def tidy():
        from django.db import connection
        try:
            count()
        finally:
            connection.close()

    class Disk:
        def poll(self):
            return 1

    class Shelf:
        def poll(self):
            return Order.objects.count()
"""

JOBS = """
    import asyncio, functools, sched, threading, _thread
    import gevent, gevent.monkey, gevent.pool
    from apscheduler.schedulers.background import BackgroundScheduler
    from concurrent.futures import ThreadPoolExecutor
    from multiprocessing.pool import ThreadPool
    from twisted.internet import reactor
    from shop.shop import count, greet, tidy, Disk, Shelf

    gevent.monkey.patch_all()
    executor, pool = ThreadPoolExecutor(2), ThreadPool(2)
    scheduler = BackgroundScheduler()
    events = sched.scheduler()

    def run(fn, *args):
        try:
            fn(*args)
        except Exception:
            pass

    def poll(name, shelf):
        shelf.poll()

    def start():
        {}
"""

HANDED = [
    "threading.Thread(target=run, args=({},))",
    "threading.Thread(None, run, 'name', [{}])",
    "threading.Thread(target=run, kwargs={{'fn': {}}})",
    "threading.Timer(5, run, [{}])",
    "_thread.start_new_thread(run, ({},))",
    "executor.submit(run, {})",
    "executor.map(run, [{}])",
    "pool.apply_async(run, ({},))",
    "pool.apply_async(run, kwds=dict(a=1), args=({},))",
    "asyncio.to_thread(run, {})",
    "asyncio.get_event_loop().run_in_executor(None, run, {})",
    "gevent.spawn(run, {})",
    "gevent.spawn_later(5, run, {})",
    "reactor.callInThread(run, {})",
    "scheduler.add_job(run, 'interval', [{}], hours=1)",
    "scheduler.add_job(run, args=[{}])",
    "events.enter(5, 1, run, ({},))",
    "threading.Thread(target=functools.partial(run, {}))",
    "threading.Thread(target=functools.partial(run, fn={}))",
]


@pytest.mark.parametrize("handed", HANDED)
@pytest.mark.parametrize(("what", "found"), [("count", "yes"), ("greet", "no")])
def test_it_calls_what_it_is_given(tmp_path: Path, handed: str, what: str, found: str) -> None:
    reading = worker(tmp_path, JOBS.format(handed.format(what)), shop=SHOP)
    assert [unit.touches_orm for unit in reading.units if unit.function == "run"] == [found]


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ("threading.Thread(target=poll, args=('a', Shelf()))", "yes"),
        ("threading.Thread(target=poll, args=('a', Disk()))", "no"),
        ("shelf = Shelf(); threading.Thread(target=poll, kwargs={'shelf': shelf, 'name': 'a'})", "yes"),
        ("for _ in range(2): executor.submit(poll, 'a', shelf=Shelf())", "yes"),
        ("executor.submit(functools.partial(poll, 'a'), Shelf())", "yes"),
        ("executor.submit(functools.partial(poll, 'a'), Disk())", "no"),
    ],
)
def test_it_asks_the_object_that_it_is_given(tmp_path: Path, lines: str, found: str) -> None:
    reading = worker(tmp_path, JOBS.format(lines), shop=SHOP)
    assert [unit.touches_orm for unit in reading.units if unit.function == "poll"] == [found]


def test_it_is_followed_with_each_thing_it_is_given(tmp_path: Path) -> None:
    lines = "executor.submit(run, greet); executor.submit(run, count)"
    reading = worker(tmp_path, JOBS.format(lines), shop=SHOP)
    assert reading.functions == [("run", "executor")]


def test_a_close_in_what_it_is_given(tmp_path: Path) -> None:
    unit = worker(tmp_path, JOBS.format("executor.submit(run, tidy)"), shop=SHOP).unit
    assert unit.cleanup_end == "close"


@pytest.mark.parametrize(("what", "found"), [("count", "yes"), ("greet", "no")])
def test_arguments_come_through_a_function_of_the_project(tmp_path: Path, what: str, found: str) -> None:
    helper = """
        import threading

        def guarded(fn, name):
            fn()

        def background(fn, name):
            threading.Thread(target=guarded, args=(fn, name)).start()
    """
    views = f"""
        from shop.helper import background
        from shop.shop import count, greet

        def view(request):
            background({what}, "a")
    """
    reading = worker(tmp_path, views, shop=SHOP, helper=helper)
    assert [unit.touches_orm for unit in reading.units] == [found]


def test_a_loop_in_a_process_that_calls_what_it_is_given(tmp_path: Path) -> None:
    text = """
        import time
        from multiprocessing import Process
        from shop.shop import count, greet

        def repeat(fn):
            while True:
                fn()
                time.sleep(60)

        def start():
            Process(target=repeat, args=({},)).start()
    """
    for what, found in (("count", ["yes"]), ("greet", ["no"])):
        files = {"shop/worker.py": text.format(what), "shop/shop.py": SHOP}
        reading = units_of(tmp_path / what, files)
        assert [unit.touches_orm for unit in reading.units if unit.kind == "loop"] == found


OWN_THREADS = """
    import threading, time
    from shop.shop import count, greet

    class Repeating(threading.Timer):
        def run(self):
            while not self.finished.wait(self.interval):
                self.function(*self.args, **self.kwargs)

    class Every(threading.Thread):
        def __init__(self, seconds, fn):
            super().__init__(daemon=True)
            self.seconds = seconds
            self.fn = fn
        def run(self):
            while True:
                time.sleep(self.seconds)
                self.fn()

    def start():
        {}
"""


@pytest.mark.parametrize(
    ("line", "loops", "ends"),
    [
        ("Repeating(86400, count).start()", ["Repeating.run"], False),
        ("Repeating(86400, greet).start()", [], False),
        ("threading.Timer(86400, count).start()", [], True),
        ("Every(86400, count).start()", ["Every.run"], False),
        ("Every(86400, greet).start()", [], False),
    ],
)
def test_a_thread_that_calls_what_it_is_given_again_and_again(
    tmp_path: Path, line: str, loops: list[str], ends: bool
) -> None:
    """It does not end with what it calls; a constructor of its own orders its arguments as it likes."""
    units = worker(tmp_path, OWN_THREADS.format(line), shop=SHOP).touching
    assert [unit.function for unit in units if unit.kind == "loop"] == loops
    assert any(unit.ends for unit in units) == ends
