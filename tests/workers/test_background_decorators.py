"""Decorators of the project that hand the function below them to a thread or pool when its name is called."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import Reading, units_of

FUNCTION = """
    def background(function):
        def decorated(*args):
            pool.submit(function, *args)
        return decorated
    """
WITH_ARGUMENTS = """
    def background(name):
        def decorate(function):
            def decorated(*args):
                pool.submit(function, *args)
            return decorated
        return decorate
    """
OBJECT = """
    class Background:
        def __init__(self, name="mail"):
            self.name = name
        def __call__(self, function):
            def decorated(*args):
                pool.submit(function, *args)
            return decorated
    """
AROUND = """
    def background(function):
        def decorated(*args):
            def run():
                try:
                    function(*args)
                finally:
                    {end}
            pool.submit(run)
        return decorated
    """
AROUND_IN_OBJECT = """
    class Background:
        def __call__(self, function):
            def decorated(*args):
                def run():
                    try:
                        function(*args)
                    finally:
                        {end}
                pool.submit(run)
            return decorated
    """
AROUND_WITH_ARGUMENTS = """
    def background(name):
        def decorate(function):
            def decorated(*args):
                def run():
                    try:
                        function(*args)
                    finally:
                        {end}
                pool.submit(run)
            return decorated
        return decorate
    """
HEAD = """
    from concurrent.futures import ThreadPoolExecutor
    from django.db import connection
    pool = ThreadPoolExecutor(2)
    """
USE = """
    from shop.models import Order
    from shop.soon import {name}
    def closing(function):
        def inner(*args):
            try:
                return function(*args)
            finally:
                connection.close()
        return inner
    from django.db import connection
    {decorators}
    def ship(order):
        Order.objects.count()
    @{used}
    def show(order):
        print(order)
    """


def read(root: Path, decorator: str, *decorators: str) -> Reading:
    used = "Background()" if "class" in decorator else "background('mail')" if "name" in decorator else "background"
    written = "\n    ".join(f"@{each.format(used)}" for each in decorators)
    use = USE.format(decorators=written, used=used, name=used.partition("(")[0])
    return units_of(root, {"shop/soon.py": HEAD + decorator, "shop/mail.py": use})


@pytest.mark.parametrize("decorator", [FUNCTION, WITH_ARGUMENTS, OBJECT], ids=["function", "arguments", "object"])
def test_what_the_decorator_is_given_runs_in_the_pool(tmp_path: Path, decorator: str) -> None:
    unit = read(tmp_path, decorator, "{}").unit
    assert (unit.function, unit.kind, unit.cleanup_end) == ("ship", "executor", "none")


@pytest.mark.parametrize("decorator", [FUNCTION, WITH_ARGUMENTS, OBJECT], ids=["function", "arguments", "object"])
def test_decorators_below_run_in_the_pool_and_those_above_do_not(tmp_path: Path, decorator: str) -> None:
    below = read(tmp_path / "below", decorator, "{}", "closing").unit
    assert (below.function, below.cleanup_end) == ("ship", "close")
    above = read(tmp_path / "above", decorator, "closing", "{}").unit
    assert (above.function, above.cleanup_end) == ("ship", "none")


@pytest.mark.parametrize(("end", "cleanup"), [("connection.close()", "close"), ("print()", "none")])
@pytest.mark.parametrize(
    "decorator", [AROUND, AROUND_WITH_ARGUMENTS, AROUND_IN_OBJECT], ids=["function", "arguments", "object"]
)
def test_a_function_that_the_decorator_puts_around_it(tmp_path: Path, decorator: str, end: str, cleanup: str) -> None:
    (unit,) = read(tmp_path, decorator.format(end=end), "{}").touching
    assert unit.function.endswith("decorated.run")
    assert (unit.touches_orm, unit.kind, unit.cleanup_end) == ("yes", "executor", cleanup)


@pytest.mark.parametrize(("end", "cleanup"), [("connection.close()", "close"), ("print()", "none")])
def test_what_runs_after_it_by_its_future(tmp_path: Path, end: str, cleanup: str) -> None:
    decorator = f"""
    def done(future):
        {end}
    def background(function):
        def decorated(*args):
            future = pool.submit(function, *args)
            future.add_done_callback(done)
        return decorated
    """
    unit = read(tmp_path, decorator, "{}").unit
    assert (unit.function, unit.kind, unit.cleanup_end) == ("ship", "executor", cleanup)


JOBS = """
    from django.db import close_old_connections
    {imports}
    def background(retries=3):
        def decorate(function):
            def decorated(*args, **kwargs):
                {first}
                return function(*args, **kwargs)
            return {job}(decorated)
        return decorate
    """
HUEY = "from huey.contrib.djhuey import HUEY as huey"
OWN_HUEY = "from huey import RedisHuey\n    huey = RedisHuey()"


@pytest.mark.parametrize(("first", "cleanup"), [("close_old_connections()", "close_old"), ("print()", "none")])
@pytest.mark.parametrize(
    ("imports", "job", "framework"),
    [
        (HUEY, "huey.task(retries=retries)", "huey"),
        (OWN_HUEY, "huey.task(retries=retries)", "huey"),
        ("from huey.contrib.djhuey import task", "task()", "huey"),
        ("from django_rq import job", "job('mail')", "rq"),
        ("import dramatiq", "dramatiq.actor", "dramatiq"),
    ],
    ids=["djhuey", "huey", "task", "rq", "dramatiq"],
)
def test_a_job_made_of_a_function_around_it(
    tmp_path: Path, imports: str, job: str, framework: str, first: str, cleanup: str
) -> None:
    """The job is what is decorated, each by itself, and what stands around it is done in it."""
    made = JOBS.format(imports=imports, first=first, job=job)
    use = USE.format(decorators="@background()", used="background()", name="background")
    use += "@background(retries=5)\n    def weigh(order):\n        Order.objects.count()\n    "
    reading = units_of(tmp_path, {"shop/soon.py": made, "shop/mail.py": use})
    units = [(unit.function, unit.kind, unit.framework, unit.cleanup_start) for unit in reading.touching]
    assert sorted(units) == [(name, "job", framework, cleanup) for name in ("ship", "weigh")]
