"""Closes while a loop reads the rows of ``iterator()``."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

HEAD = """
        from django.db import close_old_connections, connection
        from shop.models import Order
"""


def closes(root: Path, text: str, **files: str) -> list[tuple[int, str]]:
    """Line after the imports and cleanup of each close that is noted."""
    found = worker(root, HEAD + text, **files).observations
    return [(seen.span.line - 2, seen.detail) for seen in found if seen.kind == "close-while-iterating"]


@pytest.mark.parametrize(
    "rows", ["Order.objects.iterator()", "Order.objects.filter(sent=True).order_by('id').iterator(chunk_size=50)"]
)
def test_a_close_on_every_turn(rows: str, tmp_path: Path) -> None:
    text = f"""
        def work():
            for order in {rows}:
                order.ship()
                close_old_connections()
        """
    assert closes(tmp_path, text) == [(5, "close_old")]


def test_rows_kept_under_a_name_and_a_close_on_some_turns(tmp_path: Path) -> None:
    text = """
        def work():
            rows = Order.objects.iterator()
            for order in rows:
                if order.pk % 1000 == 0:
                    connection.close()
                order.ship()

        while True:
            work()
        """
    assert closes(tmp_path, text) == [(6, "close")]


def test_a_close_in_what_the_turn_calls_between_two_queries(tmp_path: Path) -> None:
    text = """
        def ship(order):
            order.ship()
            close_old_connections()
            order.ship()

        def work():
            ship(Order.objects.first())
            for order in Order.objects.iterator():
                ship(order)

        while True:
            work()
        """
    assert closes(tmp_path, text) == [(4, "close_old")]


@pytest.mark.parametrize(
    "loop",
    [
        "for order in Order.objects.all(): close_old_connections()",
        "for order in list(Order.objects.iterator()): close_old_connections()",
        "for order in Order.objects.using('replica').iterator(): connection.close()",
        "for order in Order.objects.iterator(): pool.submit(lambda: close_old_connections())",
    ],
)
def test_loops_that_take_no_harm(loop: str, tmp_path: Path) -> None:
    assert closes(tmp_path, f"\n        def work(pool):\n            {loop}\n") == []


@pytest.mark.parametrize(
    "turn",
    [
        "if order.sent:\n                    connection.close()\n                    return",
        "try:\n                    order.ship()\n                except OSError:\n                    connection.close()",
        "if not connection.is_usable():\n                    connection.close()",
    ],
)
def test_closes_that_take_no_harm(turn: str, tmp_path: Path) -> None:
    text = f"""
        def work():
            for order in Order.objects.iterator():
                {turn}
        """
    assert closes(tmp_path, text) == []


@pytest.mark.parametrize("use", ["for order in orders: order.total()", "if orders: pass", "[each for each in orders]"])
def test_the_place_of_a_query_that_no_call_makes(use: str, tmp_path: Path) -> None:
    text = f"""
        import time

        def work():
            while True:
                time.sleep(1800)
                orders = Order.objects.filter(sent=True)
                {use}
        """
    unit = worker(tmp_path, HEAD + text).unit
    assert [place.span.line for place in unit.orm_path] == [10]
