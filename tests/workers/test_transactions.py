"""Endless loops inside a transaction that was opened before them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

HEAD = """
        import time
        from django.db import transaction
        from shop.models import Order
"""


def noted(root: Path, text: str) -> list[str]:
    found = worker(root, HEAD + text).observations
    return [seen.detail for seen in found if seen.kind == "transaction-around-loop"]


ENDLESS = """
            while True:
                Order.objects.update(sent=True)
                time.sleep(5)
"""


def test_around_the_loop(tmp_path: Path) -> None:
    text = """
        def work():
            with transaction.atomic():
                while True:
                    Order.objects.update(sent=True)
                    time.sleep(5)
        """
    assert noted(tmp_path, text) == ["for ever"]


def test_around_the_function(tmp_path: Path) -> None:
    assert noted(tmp_path, "\n        @transaction.atomic\n        def work():" + ENDLESS) == ["for ever"]


def test_no_transaction(tmp_path: Path) -> None:
    assert noted(tmp_path, "\n        def work():" + ENDLESS) == []


def test_a_transaction_before_the_loop(tmp_path: Path) -> None:
    text = "\n        def work():\n            with transaction.atomic():\n                Order.objects.create()\n"
    assert noted(tmp_path, text + ENDLESS) == []


@pytest.mark.parametrize(
    ("body", "details"),
    [
        (("if Order.objects.exists(): break", "time.sleep(5)"), ["until the loop ends"]),
        (("if Order.objects.exists(): break",), []),
        (("if Order.objects.select_for_update().exists(): break", "time.sleep(5)"), []),
        (("time.sleep(5)",), []),
        (("Order.objects.create()", "transaction.commit()", "time.sleep(5)"), []),
    ],
)
def test_what_a_turn_does(body: tuple[str, ...], details: list[str], tmp_path: Path) -> None:
    lines = "".join(f"                    {line}\n" for line in body)
    text = f"\n        def work():\n            with transaction.atomic():\n                while True:\n{lines}"
    assert noted(tmp_path, text) == details
