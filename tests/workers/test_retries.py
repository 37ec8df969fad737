"""Code that catches what a lost connection raises and goes on with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

HEAD = """
        from django.db import InterfaceError, OperationalError, transaction
        from shop.models import Order
"""


def retries(root: Path, text: str, head: str = HEAD) -> list[tuple[int, str]]:
    """Line after the imports and detail of each retry that is noted."""
    found = worker(root, head + text).observations
    lines = head.count("\n") - 1
    return [(seen.span.line - lines, seen.detail) for seen in found if seen.kind == "retry-without-close"]


def loop(handler: str, tried: str = "order.ship()", kind: str = "OperationalError as error") -> str:
    return f"""
        def ship(order):
            for attempt in range(3):
                try:
                    {tried}
                    return
                except {kind}:
                    {handler}
        """


@pytest.mark.parametrize(
    "handler", ["continue", "logger.warning(error)", "if attempt == 2:\n                        raise"]
)
def test_a_loop_that_goes_on(handler: str, tmp_path: Path) -> None:
    assert retries(tmp_path, loop(handler)) == [(7, "loop operational")]


@pytest.mark.parametrize(
    ("kind", "detail"),
    [
        ("(OperationalError, InterfaceError)", "loop"),
        ("InterfaceError", "loop"),
        ("(OSError, OperationalError)", "loop operational"),
    ],
)
def test_what_is_caught(kind: str, detail: str, tmp_path: Path) -> None:
    assert retries(tmp_path, loop("continue", kind=kind)) == [(7, detail)]


@pytest.mark.parametrize(
    ("module", "tried", "noted"),
    [
        ("django.db.utils", "order.ship()", True),
        ("MySQLdb", "Order.objects.update(sent=True)", True),
        ("pymysql.err", "Order.objects.update(sent=True)", True),
        ("pymysql.err", "run(order)", False),
        ("kombu.exceptions", "order.ship()", False),
        ("sqlalchemy.exc", "order.ship()", False),
    ],
)
def test_whose_exception_it_is(module: str, tried: str, noted: bool, tmp_path: Path) -> None:
    head = HEAD.replace("from django.db import InterfaceError,", f"from {module} import").replace(", transaction", "")
    assert bool(retries(tmp_path, loop("continue", tried), head)) is noted


@pytest.mark.parametrize(
    "handler",
    [
        "raise",
        "return",
        "break",
        "connection.close()",
        "refresh()",
        "sync_to_async(refresh)()",
        "Pool.reset_it()",
        "if is_lost(error):\n                        continue",
        "recover(error)",
        "if attempt == 2:\n                        raise\n                    else:\n                        return",
    ],
)
def test_handlers_that_do_not_go_on_or_may_close(handler: str, tmp_path: Path) -> None:
    text = loop(handler) + "\n        def refresh():\n            close_old_connections()\n"
    assert retries(tmp_path, text) == []


@pytest.mark.parametrize(
    "tried", ["connection.ensure_connection()", "call_command('migrate')", "Order.objects.using(name).first()"]
)
def test_waiting_for_a_server(tried: str, tmp_path: Path) -> None:
    assert retries(tmp_path, loop("continue", tried)) == []


def test_a_loop_that_ends_after_the_error(tmp_path: Path) -> None:
    text = """
        def ship(order):
            while True:
                try:
                    order.ship()
                except OperationalError:
                    print("lost")
                break
        """
    assert retries(tmp_path, text) == []


@pytest.mark.parametrize("handler", ["order.ship()", "ship(order)", "Order.objects.filter(pk=1).update(sent=True)"])
def test_the_work_done_again_in_the_handler(handler: str, tmp_path: Path) -> None:
    text = f"""
        def ship(order):
            try:
                order.ship()
                Order.objects.filter(pk=1).update(sent=False)
            except OperationalError:
                {handler}
        """
    assert retries(tmp_path, text) == [(6, "again operational")]


def test_other_work_in_the_handler(tmp_path: Path) -> None:
    text = """
        def ship(order):
            try:
                order.ship()
            except OperationalError:
                Failure.objects.create(order=order)
        """
    assert retries(tmp_path, text) == []


def test_a_decorator_of_the_project(tmp_path: Path) -> None:
    text = """
        def again(work):
            def wrapper(*args):
                while True:
                    try:
                        return work(*args)
                    except OperationalError:
                        time.sleep(1)
            return wrapper
        """
    assert retries(tmp_path, text) == [(7, "loop operational")]


@pytest.mark.parametrize(
    ("decorator", "noted"),
    [
        ("@backoff.on_exception(backoff.expo, OperationalError)", True),
        ("@backoff.on_exception(backoff.expo, (OSError, OperationalError), max_tries=3)", True),
        ("@backoff.on_exception(backoff.expo, OperationalError, on_backoff=refresh)", False),
        ("@backoff.on_exception(backoff.expo, OSError)", False),
        ("@app.task(autoretry_for=(OperationalError,))", False),
    ],
)
def test_decorators_that_call_again(decorator: str, noted: bool, tmp_path: Path) -> None:
    text = f"""
        import backoff

        {decorator}
        def ship(order):
            order.ship()
        """
    assert bool(retries(tmp_path, text)) is noted
