"""Where code outside a request begins: what is handed to a framework, a thread or a pool, and what is not.

Every case is a module ``shop/worker.py`` with these imports, beside ``shop/jobs.py``.
"""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from conn_lint.workers import values as v
from conn_lint.workers.entrypoints import Finder
from tests.workers.trees import Reading, units_of, worker

HEAD = """\
import threading, time
from django.core.management.base import BaseCommand
from shop import jobs
from shop.jobs import ship, Shipper
from shop.models import Order
"""

JOBS = """
    from shop.models import Order
    def ship(pk=None):
        Order.objects.get(pk=pk).ship()
    def greet():
        print("hello")
    class Shipper:
        def run(self):
            Order.objects.count()
        def __call__(self):
            Order.objects.count()
        @classmethod
        def all(cls):
            Order.objects.count()
        @staticmethod
        def one():
            Order.objects.count()
    """


def read(root: Path, text: str) -> Reading:
    return worker(root, HEAD + dedent(text), jobs=JOBS)


JOB_CASES = {
    "django_rq.enqueue": "import django_rq\ndef f(): django_rq.enqueue(ship, 1)",
    "django_rq.enqueue by keyword": "import django_rq\ndef f(): django_rq.enqueue(func=ship)",
    "from django_rq import enqueue": "from django_rq import enqueue\ndef f(): enqueue(ship, pk=1)",
    "a queue of django_rq": "import django_rq\ndef f(): django_rq.get_queue('low').enqueue(ship, 1)",
    "a queue in a variable": "import django_rq\ndef f():\n    q = django_rq.get_queue('low')\n    q.enqueue(ship, 1)",
    "rq.Queue": "from rq import Queue\ndef f(r):\n    q = Queue(connection=r)\n    q.enqueue(ship)",
    "rq.Queue of the module": "from rq import Queue\nq = Queue()\ndef f(): q.enqueue(ship)",
    "rq.Queue of an object": "from rq import Queue\nclass A:\n    def __init__(self): self.q = Queue()\n"
    "    def f(self): self.q.enqueue(ship)",
    "an argument named queue": "def f(queue): queue.enqueue(ship)",
    "enqueue_call": "from rq import Queue\ndef f(): Queue().enqueue_call(func=ship, args=(1,))",
    "enqueue_at": "import django_rq\ndef f(at): django_rq.get_queue().enqueue_at(at, ship, 1)",
    "enqueue_in": "import django_rq\ndef f(t): django_rq.get_queue().enqueue_in(t, ship, 1)",
    "by a dotted string": "import django_rq\ndef f(): django_rq.enqueue('shop.jobs.ship', 1)",
    "by an attribute of a module": "import django_rq\ndef f(): django_rq.enqueue(jobs.ship)",
    "at module level": "import django_rq\ndjango_rq.enqueue(ship)",
    "in a method": "import django_rq\nclass A:\n    def save(self): django_rq.enqueue(ship, self.pk)",
    "with an import inside": "def f():\n    from django_rq import enqueue\n    from shop.jobs import ship as job\n    enqueue(job)",
    "in a branch": "import django_rq\ndef f(x):\n    if x:\n        django_rq.enqueue(ship)",
    "in an argument": "import django_rq\ndef f(): print(django_rq.enqueue(ship))",
    "by a wrapper of the project": "import django_rq\ndef later(function, *args): django_rq.enqueue(function, *args)\n"
    "def f(): later(ship, 1)",
    "a queue of another module": "from shop.queues import low\ndef f(): low.enqueue(ship)",
    "a function that gives a queue": "from shop.queues import low_queue\ndef f(): low_queue().enqueue(ship)",
    "a partial": "import django_rq\nfrom functools import partial\ndef f(): django_rq.enqueue(partial(ship, 1))",
    "a lambda": "import django_rq\ndef f(): django_rq.enqueue(lambda: 1); g(lambda: django_rq.enqueue(ship))",
    "on commit": "import django_rq\nfrom django.db import transaction\n"
    "def f(): transaction.on_commit(lambda: django_rq.enqueue(ship, 1))",
}


@pytest.mark.parametrize("text", JOB_CASES.values(), ids=JOB_CASES)
def test_jobs_of_rq(tmp_path: Path, text: str) -> None:
    queues = "from rq import Queue\nlow = Queue('low')\ndef low_queue(): return low\n"
    unit = worker(tmp_path, HEAD + text, jobs=JOBS, queues=queues).unit
    assert (unit.span.path, unit.function, unit.kind, unit.framework) == ("shop/jobs.py", "ship", "job", "rq")
    assert unit.span.line == 2
    assert [place.span.path for place in unit.registrations] == ["shop/worker.py"]


METHOD_CASES = {
    "a static method": ("Shipper.one", "Shipper.one"),
    "a class method": ("Shipper.all", "Shipper.all"),
    "a method of an object": ("Shipper().run", "Shipper.run"),
    "an object that can be called": ("Shipper()", "Shipper.__call__"),
}


@pytest.mark.parametrize(("written", "function"), METHOD_CASES.values(), ids=METHOD_CASES)
def test_methods_as_jobs(tmp_path: Path, written: str, function: str) -> None:
    assert read(tmp_path, f"import django_rq\ndef f(): django_rq.enqueue({written})").functions == [(function, "job")]


OWN_CASES = {
    "@job": "from django_rq import job\n@job\ndef f(): Order.objects.count()",
    "@job with a queue": "from django_rq import job\n@job('low', timeout=60)\ndef f(): Order.objects.count()",
    "@job of rq": "from rq.decorators import job\n@job('low')\ndef f(): Order.objects.count()",
    "@job by its module": "import django_rq\n@django_rq.job\ndef f(): Order.objects.count()",
    "@job over another decorator": "from django_rq import job\ndef log(g):\n    def inner(*a): return g(*a)\n"
    "    return inner\n@job\n@log\ndef f(): Order.objects.count()",
    "what asks for its own job": "from rq import get_current_job\ndef f():\n    get_current_job()\n    Order.objects.count()",
    "a decorator of the project": "import django_rq\ndef task(g):\n    def delay(*a): return django_rq.enqueue(g, *a)\n"
    "    g.delay = delay\n    return g\n@task\ndef f(): Order.objects.count()",
    "a decorator of the project with arguments": "import django_rq\ndef task(queue):\n    def decorate(g):\n"
    "        def delay(*a): return django_rq.get_queue(queue).enqueue(g, *a)\n        g.delay = delay\n"
    "        return g\n    return decorate\n@task('low')\ndef f(): Order.objects.count()",
}


@pytest.mark.parametrize("text", OWN_CASES.values(), ids=OWN_CASES)
def test_functions_that_say_themselves_that_they_are_jobs(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).functions == [("f", "job")]


def test_a_wrapper_in_another_file(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        "from shop.later import run_later\nfrom shop.jobs import ship\ndef f():\n    run_later(ship, 1)\n",
        jobs=JOBS,
        later="import django_rq\ndef run_later(function, *args):\n    django_rq.enqueue(function, *args)\n",
    )
    assert reading.functions == [("ship", "job")]


def test_a_wrapper_of_a_wrapper(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        "from shop.soon import soon\nfrom shop.jobs import ship\ndef f():\n    soon(ship)\n",
        jobs=JOBS,
        soon="from shop.later import run_later\ndef soon(action):\n    run_later(action)\n",
        later="import django_rq\ndef run_later(function, *args):\n    django_rq.enqueue(function, *args)\n",
    )
    assert reading.functions == [("ship", "job")]


def test_a_job_that_is_handed_over_twice_is_one(tmp_path: Path) -> None:
    unit = read(tmp_path, "import django_rq\ndef f(): django_rq.enqueue(ship)\ndef g(): django_rq.enqueue(ship)").unit
    assert [place.span.line for place in unit.registrations] == [7, 8]


def test_a_job_inside_its_own_decorator(tmp_path: Path) -> None:
    unit = read(
        tmp_path,
        """
        import django_rq
        from django.db import close_old_connections
        def fresh(function):
            def inner(*args):
                close_old_connections()
                return function(*args)
            return inner
        @django_rq.job
        @fresh
        def f():
            Order.objects.count()
        """,
    ).unit
    assert (unit.function, unit.cleanup_start, unit.cleanup_end) == ("f", "close_old", "none")


def test_a_decorator_with_arguments_that_the_project_makes_of_a_framework(tmp_path: Path) -> None:
    reading = units_of(
        tmp_path,
        {
            "lib/tasks.py": "from celery import shared_task\ndef retried(*args, **kwargs):\n"
            "    return shared_task(*args, base=Retried, **kwargs)\ndef unrelated(name):\n    return print\n",
            "lib/__init__.py": "",
            "shop/orders.py": "from lib.tasks import retried, unrelated\nfrom shop.models import Order\n"
            "@retried(max_retries=3)\ndef ship():\n    Order.objects.count()\n"
            "@unrelated('x')\ndef show():\n    Order.objects.count()\n",
        },
    )
    assert [(unit.function, unit.framework) for unit in reading.touching] == [("ship", "Celery")]
    assert [place.label for place in reading.unit.registrations] == ["made a job by retried"]


def test_a_job_whose_queries_cannot_be_seen_may_query(tmp_path: Path) -> None:
    unit = read(tmp_path, "import django_rq\ndef job(order): order.ship()\ndef f(o): django_rq.enqueue(job, o)").unit
    assert (unit.function, unit.touches_orm) == ("job", "maybe")


THREAD_CASES = {
    "Thread": ("threading.Thread(target=ship).start()", "ship"),
    "Thread by position": ("threading.Thread(None, ship).start()", "ship"),
    "a method of an object": ("threading.Thread(target=Shipper().run).start()", "Shipper.run"),
    "Timer": ("threading.Timer(60, ship).start()", "ship"),
    "Timer by keyword": ("threading.Timer(interval=60, function=ship).start()", "ship"),
    "start_new_thread": ("import _thread; _thread.start_new_thread(ship, (1,))", "ship"),
    "a partial": ("from functools import partial; threading.Thread(target=partial(ship, 1)).start()", "ship"),
}


@pytest.mark.parametrize(("text", "function"), THREAD_CASES.values(), ids=THREAD_CASES)
def test_threads_that_end(tmp_path: Path, text: str, function: str) -> None:
    unit = read(tmp_path, f"def f():\n    {text}").unit
    assert (unit.function, unit.kind, unit.ends) == (function, "thread", True)


@pytest.mark.parametrize("head", ["while True", "for n in itertools.count()"])
def test_a_thread_around_an_endless_loop_does_not_end(tmp_path: Path, head: str) -> None:
    text = (
        f"import itertools\ndef work():\n    try:\n        {head}:\n            Order.objects.count()\n"
        "            time.sleep(60)\n    except KeyboardInterrupt:\n        exit(0)\n"
        "def f():\n    threading.Thread(target=work).start()"
    )
    assert {unit.ends for unit in read(tmp_path, text).touching} == {False}


def test_a_thread_of_a_nested_function(tmp_path: Path) -> None:
    text = "def f():\n    def g():\n        Order.objects.count()\n    threading.Thread(target=g).start()"
    assert read(tmp_path, text).functions == [("f.g", "thread")]


def test_a_subclass_of_thread(tmp_path: Path) -> None:
    unit = read(tmp_path, "class T(threading.Thread):\n    def run(self): Order.objects.count()").unit
    assert (unit.function, unit.kind, unit.ends) == ("T.run", "thread", True)


def test_a_subclass_of_a_subclass_of_thread(tmp_path: Path) -> None:
    text = (
        "class Base(threading.Thread):\n    def run(self): self.work()\nclass T(Base):\n"
        "    def work(self): Order.objects.count()"
    )
    assert ("Base.run", "thread") in read(tmp_path, text).functions


def test_a_thread_whose_subclasses_do_the_work_in_another_file(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        "from shop.base import Base\nfrom shop.models import Order\nclass T(Base):\n"
        "    def work(self): Order.objects.count()\nclass U(Base):\n    def work(self): pass\n",
        base="from threading import Thread\nclass Base(Thread):\n    def run(self): self.work()\n",
    )
    assert reading.functions == [("Base.run", "thread")]


LOOP_OF_A_BASE = """
    import time
    class Base:
        def run(self):
            while True:
                self.prepare()
                self.work()
                time.sleep(60)
        def prepare(self): pass
    """


def test_a_loop_whose_subclasses_do_the_work(tmp_path: Path) -> None:
    text = "from shop.base import Base\nclass W(Base):\n    def work(self): Order.objects.count()"
    unit = worker(tmp_path, HEAD + text, base=LOOP_OF_A_BASE, jobs=JOBS).unit
    assert (unit.function, unit.kind, unit.cleanup_start) == ("Base.run", "loop", "none")


def test_a_loop_whose_subclasses_all_close(tmp_path: Path) -> None:
    text = (
        "from django.db import close_old_connections\nfrom shop.base import Base\nclass Fresh(Base):\n"
        "    def prepare(self): close_old_connections()\nclass V(Fresh):\n    def work(self): Order.objects.count()\n"
        "class W(Fresh):\n    def work(self): ship()\n"
    )
    unit = worker(tmp_path, HEAD + text, base=LOOP_OF_A_BASE, jobs=JOBS).unit
    assert (unit.function, unit.cleanup_start, unit.cleanup_end) == ("Base.run", "close_old", "none")


def test_a_loop_of_which_one_subclass_does_not_close(tmp_path: Path) -> None:
    text = (
        "from django.db import close_old_connections\nfrom shop.base import Base\nclass Fresh(Base):\n"
        "    def prepare(self): close_old_connections()\n    def work(self): ship()\n"
        "class W(Base):\n    def work(self): ship()\n"
    )
    assert worker(tmp_path, HEAD + text, base=LOOP_OF_A_BASE, jobs=JOBS).unit.cleanup_start == "none"


GOING_OVER_ITS_OWN = """
    import time
    class Base:
        def run(self):
            for _ in self.turns():
                self.work()
        def turns(self):
            yield from (1, 2, 3)
        def work(self): pass
    """


def test_a_base_goes_over_what_a_subclass_yields_for_ever(tmp_path: Path) -> None:
    text = (
        "from shop.base import Base\nclass W(Base):\n    def turns(self):\n        while True:\n"
        "            yield time.sleep(60)\n    def work(self): Order.objects.count()"
    )
    unit = worker(tmp_path, HEAD + text, base=GOING_OVER_ITS_OWN, jobs=JOBS).unit
    assert (unit.kind, unit.cleanup_start) == ("loop", "none")


def test_a_base_goes_over_the_same_in_its_subclasses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    followed: list[object] = []
    follow = Finder.run

    def noting(finder: Finder, func: v.Func, *args: object, **keywords: object) -> object:
        followed.append((func.symbol.qualname, func.owner and func.owner.qualname))
        return follow(finder, func, *args, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(Finder, "run", noting)
    text = (
        "from shop.base import Base\nclass W(Base):\n    def work(self): Order.objects.count()\n"
        "class Other:\n    def turns(self):\n        while True:\n            yield time.sleep(60)\n"
    )
    assert worker(tmp_path, HEAD + text, base=GOING_OVER_ITS_OWN, jobs=JOBS).functions == []
    assert ("Base.run", "Base") in followed
    assert ("Base.run", "W") not in followed


def test_a_subclass_in_the_tests(tmp_path: Path) -> None:
    text = HEAD + "from shop.base import Base\nclass W(Base):\n    def work(self): Order.objects.count()"
    files = {"shop/base.py": LOOP_OF_A_BASE, "shop/jobs.py": JOBS, "shop/tests/worker.py": text}
    assert units_of(tmp_path, files).functions == []


def test_a_subclass_that_overrides_the_loop(tmp_path: Path) -> None:
    text = (
        "from shop.base import Base\nclass W(Base):\n    def run(self): self.work()\n"
        "    def work(self): Order.objects.count()"
    )
    assert worker(tmp_path, HEAD + text, base=LOOP_OF_A_BASE, jobs=JOBS).functions == []


def test_a_thread_that_loops_for_ever_is_a_loop(tmp_path: Path) -> None:
    reading = read(
        tmp_path,
        """
        def work():
            while True:
                Order.objects.count()
                time.sleep(60)
        threading.Thread(target=work, daemon=True).start()
        """,
    )
    assert reading.functions == [("work", "loop")]
    assert not any(unit.ends for unit in reading.units)


POOLS = "from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor\nimport multiprocessing\n"

POOL_CASES = {
    "a pool of the module": ("pool = ThreadPoolExecutor(4)\ndef f(): pool.submit(ship, 1)", False),
    "map on a pool of the module": ("pool = ThreadPoolExecutor(4)\ndef f(): list(pool.map(ship, [1]))", False),
    "a pool of an object": (
        "class A:\n    def __init__(self): self.pool = ThreadPoolExecutor(4)\n    def f(self): self.pool.submit(ship)",
        False,
    ),
    "an argument named executor": ("def f(executor): executor.submit(ship)", False),
    "run_in_executor": ("async def f(loop): await loop.run_in_executor(None, ship)", False),
    "to_thread": ("import asyncio\nasync def f(): await asyncio.to_thread(ship)", False),
    "a pool that ends with its function": (
        "def f():\n    with ThreadPoolExecutor() as pool:\n        pool.submit(ship)",
        True,
    ),
    "a pool that ends with its function, given to an event loop": (
        "def f(loop):\n    with ThreadPoolExecutor() as pool:\n        return [loop.run_in_executor(pool, ship)]",
        True,
    ),
    "a pool shut down in its function": (
        "def f():\n    pool = ThreadPoolExecutor()\n    pool.submit(ship)\n    pool.shutdown()",
        True,
    ),
    "a pool in an endless loop": (
        "def f():\n    with ThreadPoolExecutor() as pool:\n        while True:\n            pool.submit(ship)\n            time.sleep(1)",
        False,
    ),
    "a pool in each turn of an endless loop": (
        "def f():\n    while True:\n        with ThreadPoolExecutor() as pool:\n            pool.submit(ship)\n"
        "        time.sleep(1)",
        True,
    ),
    "a process that goes on": (
        "def f():\n    with multiprocessing.Pool(1) as pool:\n        while True:\n            pool.apply(ship)\n"
        "            time.sleep(60)",
        False,
    ),
    "multiprocessing.Pool of the module": ("pool = multiprocessing.Pool()\ndef f(): pool.apply_async(ship)", False),
    "a process pool of the module": ("pool = ProcessPoolExecutor()\ndef f(): pool.submit(ship)", False),
}


def test_a_pool_with_a_process_for_each_job(tmp_path: Path) -> None:
    """The process ends with the job, and its connection with the process."""
    text = (
        f"{POOLS}def f():\n    pool = multiprocessing.Pool(4, maxtasksperchild={{}})\n"
        "    while True:\n        pool.apply_async(ship)\n        time.sleep(60)"
    )
    assert not read(tmp_path, text.format(1)).touching
    assert read(tmp_path, text.format(100)).touching


@pytest.mark.parametrize(("text", "ends"), POOL_CASES.values(), ids=POOL_CASES)
def test_pools(tmp_path: Path, text: str, ends: bool) -> None:
    units = [unit for unit in read(tmp_path, POOLS + text).touching if unit.kind == "executor"]
    assert [(unit.function, unit.ends) for unit in units] == [("ship", ends)]


LOOP_CASES = {
    "a management command": "class Command(BaseCommand):\n    def handle(self, **o):\n        while True:\n"
    "            Order.objects.count()\n            time.sleep(60)",
    "a script": "if __name__ == '__main__':\n    while True:\n        Order.objects.count()\n        time.sleep(60)",
    "a flag of an object": "class A:\n    def run(self):\n        while not self.stopped:\n            Order.objects.count()\n"
    "            time.sleep(60)",
    "an event": "def f(stop):\n    while not stop.wait(60):\n        Order.objects.count()",
    "an iterator with a sentinel": "import queue\nq = queue.Queue()\ndef f():\n    for each in iter(q.get, None):\n"
    "        Order.objects.get(pk=each)",
    "a Kafka consumer": "from kafka import KafkaConsumer\ndef f():\n    for each in KafkaConsumer('orders'):\n"
    "        Order.objects.get(pk=each)",
    "redis pubsub": "def f(redis):\n    for each in redis.pubsub().listen():\n        Order.objects.get(pk=each)",
    "itertools.count": "import itertools\ndef f():\n    for n in itertools.count():\n        Order.objects.count()\n"
    "        time.sleep(60)",
    "itertools under another name": "import itertools as it\ndef f():\n    for n in it.count():\n"
    "        Order.objects.count()\n        time.sleep(60)",
    "one of several imported from itertools": "from itertools import (\n    chain,\n    count,\n)\ndef f():\n"
    "    for n in count(1):\n        Order.objects.count()\n        time.sleep(60)",
    "a count imported by its name": "from itertools import count\ndef f():\n    for n in count():\n"
    "        Order.objects.count()\n        time.sleep(60)",
    "a loop around a helper": "def f():\n    while True:\n        ship(1)\n        time.sleep(60)",
    "a loop with a break": "def f():\n    while True:\n        if Order.objects.exists():\n            break\n        time.sleep(60)",
    "a loop in a loop": "def f():\n    while True:\n        while Order.objects.exists():\n            ship()\n        time.sleep(60)",
    "while 1": "def f():\n    while 1:\n        Order.objects.count()\n        time.sleep(60)",
    "while(True)": "def f():\n    while(True):\n        Order.objects.count()\n        time.sleep(60)",
    "inotify": "from inotify_simple import INotify\ndef f():\n    calls = INotify()\n    while True:\n"
    "        calls.read()\n        Order.objects.count()",
    "signals": "import signal\ndef f():\n    while True:\n        Order.objects.count()\n        signal.pause()",
}


@pytest.mark.parametrize("text", LOOP_CASES.values(), ids=LOOP_CASES)
def test_loops(tmp_path: Path, text: str) -> None:
    unit = read(tmp_path, text).unit
    assert (unit.kind, unit.framework, unit.touches_orm) == ("loop", "endless loop", "yes")


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("import code\ndef f():\n    Order.objects.count()\n    code.interact()", "f"),
        ("class Command(BaseCommand):\n    def handle(self, **o):\n        from IPython import embed\n"
         "        orders = list(Order.objects.all())\n        embed()", "Command.handle"),
    ],
)  # fmt: skip
def test_shells(tmp_path: Path, text: str, function: str) -> None:
    assert read(tmp_path, text).functions == [(function, "shell")]


SILENT = {
    "nothing": "",
    "a view": "def view(request):\n    Order.objects.count()",
    "a command that runs once": "class Command(BaseCommand):\n    def handle(self, **o):\n        for order in Order.objects.all():\n"
    "            order.ship()",
    "a command that waits and ends": "class Command(BaseCommand):\n    def handle(self, **o):\n        Order.objects.count()\n"
    "        time.sleep(600)\n        Order.objects.count()",
    "a bounded loop": "def f():\n    for n in range(10):\n        Order.objects.count()\n        time.sleep(60)",
    "a counted while": "def f():\n    n = 0\n    while n < 10:\n        n += 1\n        Order.objects.count()\n        time.sleep(60)",
    "a loop over rows": "def f():\n    while Order.objects.filter(sent=False).exists():\n        ship()\n        time.sleep(60)",
    "a loop over a file": "def f(file):\n    while line := file.readline():\n        Order.objects.get(pk=line)",
    "a loop over a list": "def f(names):\n    while names:\n        Order.objects.get(pk=names.pop())",
    "a retry": "def f():\n    while True:\n        try:\n            return Order.objects.count()\n"
    "        except OSError:\n            time.sleep(60)",
    "a retry with break": "def f():\n    while True:\n        try:\n            ship()\n            break\n"
    "        except OSError:\n            time.sleep(60)",
    "a retry that counts": "def f():\n    tries = 0\n    while True:\n        try:\n            return Order.objects.count()\n"
    "        except OSError:\n            tries += 1\n            if tries > 3:\n                raise\n            time.sleep(60)",
    "pages": "def f(api):\n    page = 1\n    while True:\n        rows = api.get(page)\n        if not rows:\n            break\n"
    "        Order.objects.create(rows=rows)\n        page += 1",
    "a loop without the database": "def f():\n    while True:\n        print('x')\n        time.sleep(60)",
    "a loop in a generator that nobody calls": "def f(q):\n    while True:\n        yield q.get()",
    "a worklist": "def f(pending):\n    while pending:\n        Order.objects.get(pk=pending.pop())\n        time.sleep(1)",
    "a job without the database": "import django_rq\ndef f(): django_rq.enqueue(jobs.greet)",
    "a thread without the database": "def f(): threading.Thread(target=jobs.greet).start()",
    "a job that is called": "import django_rq\ndef f(): ship(1)",
    "a job that the tree does not hold": "import django_rq\ndef f(): django_rq.enqueue('other.jobs.ship')",
    "enqueue of something else": "class Line:\n    def enqueue(self, f): pass\ndef f(): Line().enqueue(ship)",
    "enqueue of another library": "import celery\ndef f(): celery.enqueue(ship)",
    "a decorator of that name": "def job(f): return f\n@job\ndef f(): Order.objects.count()",
    "a decorator from elsewhere": "from shop.other import job\n@job\ndef f(): Order.objects.count()",
    "a class of that name": "class Thread:\n    def __init__(self, target): pass\ndef f(): Thread(target=ship)",
    "a subclass of something called Thread": "from lxml import Thread\nclass T(Thread):\n    def run(self): Order.objects.count()",
    "a thread lock": "lock = threading.Lock()\ndef f():\n    with lock:\n        Order.objects.count()",
    "map of no pool": "def f(): list(map(ship, [1]))",
    "submit of a form": "def f(form): form.submit(ship)",
    "a process pool that ends with its function": POOLS
    + "def f():\n    with ProcessPoolExecutor() as pool:\n        list(pool.map(ship, [1]))",
    "a multiprocessing pool that ends with its function": POOLS
    + "def f():\n    with multiprocessing.Pool() as pool:\n        pool.map(ship, [1])",
    "a signal receiver": "from django.dispatch import receiver\n@receiver('x')\ndef f(**k): Order.objects.count()",
    "a call of a shell inside a test of its name": "import code\ndef f(): code.encode(Order.objects.count())",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_what_is_no_unit(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).functions == []


@pytest.mark.parametrize(
    "path",
    [
        "shop/tests/test_worker.py",
        "shop/tests/helpers.py",
        "shop/tests.py",
        "shop/test_worker.py",
        "shop/worker_test.py",
        "shop/migrations/0001_initial.py",
        "docs/example.py",
        "conftest.py",
        "setup.py",
        "node_modules/x/worker.py",
        "shop/worker.txt",
    ],
)
def test_files_that_do_not_run_in_production(tmp_path: Path, path: str) -> None:
    text = HEAD + "def f():\n    while True:\n        Order.objects.count()\n        time.sleep(60)\n"
    assert units_of(tmp_path, {path: text, "shop/jobs.py": JOBS}).units == ()


@pytest.mark.parametrize("path", ["shop/contest.py", "shop/latest/worker.py", "shop/testimonials.py", "worker.py"])
def test_files_whose_names_only_look_like_tests(tmp_path: Path, path: str) -> None:
    text = HEAD + "def f():\n    while True:\n        Order.objects.count()\n        time.sleep(60)\n"
    assert units_of(tmp_path, {path: text, "shop/jobs.py": JOBS}).functions == [("f", "loop")]


def test_a_file_that_cannot_be_parsed_does_not_hide_the_others(tmp_path: Path) -> None:
    reading = worker(
        tmp_path,
        HEAD + "def f():\n    while True:\n        Order.objects.count()\n        time.sleep(60)\n",
        jobs=JOBS,
        broken="import time\nwhile True:\n    time.sleep(\n",
    )
    assert reading.functions == [("f", "loop")]
    assert [problem.partition(":")[0] for problem in reading.problems] == ["shop/broken.py"]


def test_closers_that_the_project_names(tmp_path: Path) -> None:
    text = (
        "import time\nfrom shop.models import Order\nfrom lib.db import refresh\ndef f():\n"
        "    while True:\n        refresh()\n        Order.objects.count()\n        time.sleep(60)\n"
    )
    assert units_of(tmp_path, {"a.py": text}).unit.cleanup_start == "none"
    assert (
        units_of(tmp_path, {"a.py": text}, corrections={"closers": ["lib.db.refresh"]}).unit.cleanup_start
        == "close_old"
    )


def test_a_loop_that_never_waits_between_queries_does_not_idle(tmp_path: Path) -> None:
    """It spins until a flag that it sets itself: no worker that waits for work."""
    text = """
def find(name):
    keep_looking = True
    while keep_looking:
        try:
            found = Order.objects.get(name=name)
            keep_looking = False
        except Order.DoesNotExist:
            name = name.partition(".")[2]
            keep_looking = bool(name)
"""
    assert worker(tmp_path, HEAD + text, jobs=JOBS).touching == ()


def test_a_loop_idles_by_what_stands_in_it(tmp_path: Path) -> None:
    """Not by what is called before it, nor by what only computes."""

    def idles(before: str, inside: str) -> bool:
        text = f"import json\nfrom lib import sdk\ndef f(name):\n    {before}\n    while True:\n"
        text += f"        name = {inside}\n        Order.objects.get(name=name)\n"
        (loop,) = worker(tmp_path, HEAD + text, jobs=JOBS).touching
        return loop.gap is None

    assert idles("pass", "sdk.pull(name)")
    assert idles("count = sdk.count()", "sdk.pull(name)")
    assert not idles("name = sdk.pull(name)", "name + str(len(name))")
    assert not idles("pass", "json.dumps(name)")


def test_a_decorator_that_hands_on_to_a_pool_of_its_own(tmp_path: Path) -> None:
    """The threads end with each call."""
    text = f"""{POOLS}
def task(g):
    def spread(rows):
        with ThreadPoolExecutor() as pool:
            return list(pool.map(g, rows))
    g.spread = spread
    return g
@task
def send(row):
    Order.objects.count()
"""
    units = [unit for unit in read(tmp_path, text).touching if unit.kind == "executor"]
    assert [(unit.function, unit.ends) for unit in units] == [("send", True)]
