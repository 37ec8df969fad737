"""What following the code of an endless loop finds: which cleanup stands between its waits and its queries.

The cases stand under ``following/``, a file for each answer. Every case is a module ``shop/worker.py`` with the
imports of ``HEAD`` and one loop that uses the ORM.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.trees import units_of

HEAD = """\
import time
from django.db import close_old_connections, connection, connections, transaction
from shop.models import Order
"""
CLEANUPS = {
    "closed-before": ("close_old", "none"),
    "closed-after": ("none", "close_old"),
    "closed-around": ("close_old", "close_old"),
    "closed-for-good": ("close", "none"),
    "not-closed": ("none", "none"),
}
"""What each file's cases have at the start and at the end of a turn."""
CASE = re.compile(r"^## (?P<title>[^\n]+)\n\n```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


def cases() -> Iterator[object]:
    for file in sorted(Path(__file__).with_name("following").glob("*.md")):
        text = file.read_text()
        found = list(CASE.finditer(text))
        assert len(found) == text.count("\n## ") == text.count("```python"), (
            f"{file.name} holds a case that is not read"
        )
        for case in found:
            yield pytest.param(case["code"], CLEANUPS[file.stem], id=f"{file.stem}: {case['title']}")


@pytest.mark.parametrize(("code", "cleanups"), list(cases()))
def test_cleanups_of_a_turn(tmp_path: Path, code: str, cleanups: tuple[str, str]) -> None:
    unit = units_of(tmp_path, {"shop/worker.py": HEAD + code}).unit
    assert (unit.cleanup_start, unit.cleanup_end) == cleanups
