"""How each framework is told what to run: the function of every case is found, by kind and framework.

The cases stand under ``registering/``, a file for each module of ``workers/frameworks`` and one for endless loops.
A case is the one file of an app; ``shop/worker.py`` where its page names no other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workers.trees import units_of

CASE = re.compile(
    r"^## `(?P<function>[^`]*)` is an? (?P<what>endless loop|[a-z]+ of [^:\n]+): (?P<title>[^\n]+)\n\n"
    r"(?:`(?P<path>[^`\n]+)`\n\n)?```python\n(?P<code>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


def cases() -> Iterator[object]:
    for page in sorted(Path(__file__).with_name("registering").glob("*.md")):
        text = page.read_text()
        found = list(CASE.finditer(text))
        assert len(found) == text.count("\n## ") == text.count("```python"), (
            f"{page.name} holds a case that is not read"
        )
        for case in found:
            yield pytest.param(case, id=f"{page.stem}: {case['title']}")


@pytest.mark.parametrize("case", list(cases()))
def test_what_is_registered_is_found(tmp_path: Path, case: re.Match[str]) -> None:
    reading = units_of(tmp_path, {case["path"] or "shop/worker.py": case["code"]})
    kind, _, framework = case["what"].partition(" of ")
    expected = ("loop", "endless loop") if kind == "endless loop" else (kind, framework)
    found = {unit.function: (unit.kind, unit.framework) for unit in reading.units if unit.touches_orm == "yes"}
    assert found == {case["function"]: expected}
