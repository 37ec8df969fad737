"""Methods of objects whose class is not known, guessed by their name where the tree has one place for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of, worker

CLASSES = """
    from shop.models import Order
    class Plugin:
        def run_check(self):
            raise NotImplementedError
    class Orders(Plugin):
        def run_check(self):
            Order.objects.count()
    class Disk(Plugin):
        def run_check(self):
            return 1
    class Mail:
        def deliver(self, order):
            Order.objects.count()
    class Parcel:
        def deliver(self, order):
            Order.objects.count()
    class Client:
        def send(self):
            Order.objects.count()
        def publish(self):
            Order.objects.count()
        def shipped(self, order, *, quick=False):
            Order.objects.count()
    class OrderService(orders_pb2_grpc.OrdersServicer):
        def ListOrders(self, request, unary=None):
            Order.objects.count()
"""

THREAD = """
    import asyncio, threading
    import requests
    def work(thing):
        {}
    def main(thing):
        threading.Thread(target=work, args=(thing,)).start()
"""


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("thing.run_check()", "maybe"),  # all that have it share a base
        ("thing.deliver(1)", "no"),  # nothing says which of two
        ("thing.send()", "no"),  # so common a name says nothing
        ("thing.publish()", "no"),
        ("thing.shipped(1)", "maybe"),
        ("for each in thing: each.shipped(1)", "maybe"),
        ("for each in asyncio.all_tasks(thing): each.shipped(1)", "no"),  # none of the project's
        ("thing.shipped(1, 2, 3)", "no"),  # not with so many arguments
        ("thing.ListOrders(1)", "no"),  # of a stub: another process
        ("requests.shipped(1)", "no"),  # of something else
        ("run_check()", "no"),  # of nothing: a function
    ],
)
def test_a_method_of_an_unknown_object(tmp_path: Path, line: str, found: str) -> None:
    units = worker(tmp_path, THREAD.format(line), plugins=CLASSES).units
    assert [unit.touches_orm for unit in units] == [found]


@pytest.mark.parametrize(
    ("test", "loops"),
    [
        ("limit <= 0 or time.time() < limit", 1),
        ("limit is None or time.time() < limit", 1),
        ("not limit or time.time() < limit", 1),
        ("limit > 0 and time.time() < limit", 0),
        ("limit == 1 or time.time() < limit", 0),
        ("time.time() < limit", 0),
        ("limit or active_ids", 0),  # many, which come to an end
        ("limit or is_active", 1),
    ],
)
def test_a_loop_whose_limit_may_be_none(tmp_path: Path, test: str, loops: int) -> None:
    text = f"""
        import time
        from shop.models import Order
        def poll(limit, pause):
            while {test}:
                Order.objects.count()
                time.sleep(pause)
        """
    assert len(worker(tmp_path, text).functions) == loops


def test_messages_kept_in_a_name_before_they_are_waited_for(tmp_path: Path) -> None:
    text = """
        from shop.models import Order
        def follow(channel):
            messages = channel.subscribe().listen()
            for message in messages:
                Order.objects.count()
        """
    assert worker(tmp_path, text).functions == [("follow", "loop")]


@pytest.mark.parametrize(
    ("test", "cleanup"),
    [
        ("settings.RECONNECT", "close"),
        ("RUNNER.get('plugin') == 'threaded'", "close"),
        ("app_settings.threads", "close"),
        ("Order.pending", "none"),
        ("turns % 100 == 0", "none"),
    ],
)
def test_a_close_that_a_setting_decides_about(tmp_path: Path, test: str, cleanup: str) -> None:
    text = f"""
        from django.conf import settings
        from django.db import connection
        from shop.conf import RUNNER, app_settings
        from shop.models import Order
        def poll(queue, turns):
            while True:
                queue.get()
                if {test}:
                    connection.close()
                Order.objects.count()
        """
    assert worker(tmp_path, text).unit.cleanup_start == cleanup


def test_a_random_wait_is_as_long_as_it_may_be(tmp_path: Path) -> None:
    text = """
        import random, time
        from shop.models import Order
        def poll():
            while True:
                Order.objects.count()
                time.sleep(random.uniform(0.5, 1.5))
        """
    assert worker(tmp_path, text).unit.gap == 1.5


@pytest.mark.parametrize(
    ("inner", "gap"),
    [
        ("while not self.shutdown and self.one(): pass", 2.0),
        ("while not self.other and self.one(): pass", None),
        ("if self.shutdown or self.one(): pass", None),
        ("if not self.shutdown: self.one()", 2.0),
        ("self.shutdown = not self.shutdown and self.one()", None),
    ],
)
def test_the_flag_of_a_loop_says_the_same_within(tmp_path: Path, inner: str, gap: float | None) -> None:
    text = f"""
        import time
        from shop.models import Order
        class Sender:
            def one(self):
                return Order.objects.count()
            def run(self):
                while not self.shutdown:
                    {inner}
                    time.sleep(2)
        """
    assert worker(tmp_path, text).unit.gap == gap


@pytest.mark.parametrize(("base", "found"), [("Order", "maybe"), ("object", "no")])
def test_what_a_job_is_given_is_taken_for_a_row_where_rows_have_the_method(
    tmp_path: Path, base: str, found: str
) -> None:
    text = f"""
        from shop.models import Order
        from apscheduler.schedulers.background import BackgroundScheduler
        scheduler = BackgroundScheduler()
        class Parcel({base}):
            def deliver(self):
                self.post()
        class Letter:
            def deliver(self):
                self.post()
        def work(thing):
            thing.deliver()
        def main():
            scheduler.add_job(work, "interval")
        """
    assert [unit.touches_orm for unit in worker(tmp_path, text).units] == [found]


@pytest.mark.parametrize(("beside", "found"), [("import django.conf\n", "maybe"), ("import time\n", "no")])
def test_code_found_by_its_name_in_a_service_without_django(tmp_path: Path, beside: str, found: str) -> None:
    """A service of another framework that lies beside the Django project uses other databases."""
    api = """
        import importlib
        import fastapi
        app = fastapi.FastAPI()
        @app.post("/run")
        def run(name):
            importlib.import_module(name).run()
    """
    units = units_of(tmp_path, {"bits/api.py": api, "bits/db.py": beside}).units
    assert [unit.touches_orm for unit in units] == [found]


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "maybe"),
        ({"bits/pyproject.toml": '[project]\ndependencies = ["fastapi"]\n'}, "no"),
        ({"bits/pyproject.toml": '[project]\ndependencies = ["fastapi", "Django"]\n'}, "maybe"),
        ({"bits/pyproject.toml": "[tool.ruff]\n"}, "maybe"),
        ({"bits/requirements.txt": "fastapi\n"}, "no"),
        ({"bits/requirements.txt": "-r ../base.txt\nfastapi\n"}, "maybe"),
        ({"bits/requirements.txt": "fastapi\n", "bits/setup.py": "install_requires=['django']"}, "maybe"),
        ({"bits/requirements.txt": "fastapi\n", "bits/api/requirements.txt": "django\n"}, "maybe"),
        ({"bits/requirements.txt": "django\n", "bits/api/requirements.txt": "fastapi\n"}, "no"),
        ({"requirements.txt": "fastapi\n"}, "maybe"),
    ],
)
def test_a_service_that_says_itself_what_it_installs(tmp_path: Path, files: dict[str, str], found: str) -> None:
    text = """
        import importlib, threading
        def run(name):
            importlib.import_module(name).run()
        def serve():
            threading.Thread(target=run, args=("a",)).start()
        def poll(queue):
            while True:
                importlib.import_module(queue.get()).run()
    """
    units = units_of(tmp_path, {"bits/api/work.py": text, "bits/db.py": "import django.conf\n"} | files).units
    assert [unit.touches_orm for unit in units] == [found, found]


def test_a_decorator_of_many_functions(tmp_path: Path) -> None:
    """What each of them does is known, however many there are."""
    tasks = "".join(
        f"@logged('{number}')\n@timed\ndef task_{number}(**options):\n"
        f"    {'Order.objects.count()' if number == 17 else 'print(options)'}\n"
        f"threading.Thread(target=task_{number}).start()\n"
        for number in range(20)
    )
    text = (
        "import threading\nfrom shop.models import Order\ndef timed(function):\n    def inner(**options):\n"
        "        return function(**options)\n    return inner\ndef logged(name):\n    def decorate(function):\n"
        "        def outer(**options):\n            print(name)\n            return function(**options)\n"
        "        return outer\n    return decorate\n"
    )
    assert worker(tmp_path, text + tasks).functions == [("task_17", "thread")]


@pytest.mark.parametrize(
    ("others", "touches"),
    [((), "maybe"), (("Text",), "maybe"), (("Text", "Table"), "no"), (("Text", "Table", "Dict"), "no")],
)
def test_methods_of_which_few_query_are_no_guess(tmp_path: Path, others: tuple[str, ...], touches: str) -> None:
    classes = "".join(f"class {name}(Page):\n    def show_page(self):\n        return 1\n\n" for name in others)
    text = (
        "from celery import shared_task\nfrom shop.models import Order\n\n"
        "class Page:\n    def show_page(self):\n        raise NotImplementedError\n\n"
        "class Orders(Page):\n    def show_page(self):\n        return Order.objects.count()\n\n"
        f"{classes}@shared_task\ndef show(page):\n    page.show_page()\n"
    )
    (unit,) = units_of(tmp_path, {"shop/tasks.py": text}).units
    assert unit.touches_orm == touches


ROW = """
    import django_rq
    from django import forms
    from shop.models import Order
    def work(row):
        {}
    class OrderForm(forms.ModelForm):
        def save(self, commit=True):
            row = super().save(commit)
            django_rq.enqueue(work, row)
            return row
"""


@pytest.mark.parametrize(
    ("line", "found"), [("row.ship()", "maybe"), ("row.refund()", "no"), ("row.save()", "yes"), ("print(row)", "no")]
)
def test_a_job_that_is_given_a_row_of_some_model(tmp_path: Path, line: str, found: str) -> None:
    (unit,) = units_of(tmp_path, {"shop/forms.py": ROW.format(line)}).units
    assert (unit.function, unit.touches_orm) == ("work", found)
