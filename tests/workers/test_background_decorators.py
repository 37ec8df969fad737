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
@pytest.mark.parametrize("decorator", [AROUND, AROUND_IN_OBJECT], ids=["function", "object"])
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
