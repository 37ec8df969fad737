"""Scripts of Python whose names do not say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.workers import worth_reading
from tests.workers.trees import project_of, units_of

SCRIPT = """
import django

django.setup()
from shop.models import Order


def main(queue):
    while True:
        queue.get()
        Order.objects.count()
"""


@pytest.mark.parametrize(
    ("path", "first", "found"),
    [
        ("bin/worker", "#!/usr/bin/env python", [("main", "loop")]),
        ("worker", "#!/usr/bin/python3.11 -u", [("main", "loop")]),
        ("bin/worker", "#!/bin/sh", []),
        ("bin/worker", "# python", []),
        ("bin/worker", "#!/bin/sh\n# python", []),
        ("bin/worker.txt", "#!/usr/bin/env python", []),
    ],
)
def test_a_script_is_known_by_its_first_line(
    tmp_path: Path, path: str, first: str, found: list[tuple[str, str]]
) -> None:
    assert units_of(tmp_path, {path: first + SCRIPT}).functions == found


def test_a_tree_may_hold_nothing_else_that_matters(tmp_path: Path) -> None:
    assert not worth_reading(project_of(tmp_path, {}))
    assert worth_reading(project_of(tmp_path, {"bin/worker": "#!/usr/bin/python" + SCRIPT}))
