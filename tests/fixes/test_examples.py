"""The fixes of every rule's own examples: what they leave is Python, they are made once, and what they mend is gone."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest

from conn_lint.cli import main
from conn_lint.rules import rules
from conn_lint.rules.base import Example, Rule

MENDED = {
    "CL002": 1, "CL101": 2, "CL102": 3, "CL103": 2, "CL104": 1, "CL105": 3, "CL108": 2, "CL201": 4, "CL202": 5, "CL203": 2, "CL205": 2,
    "CL206": 4, "CL207": 3, "CL208": 3, "CL209": 1, "CL211": 3, "CL212": 2, "CL213": 1, "CL214": 3, "CL215": 2, "CL217": 2, "CL218": 2,
    "CL219": 1,
}  # fmt: skip
"""How many of a rule's examples are mended by its fixes."""


def mended(example: Example, rule: Rule, root: Path, capsys: pytest.CaptureFixture[str]) -> bool:
    """Whether ``--fix --unsafe-fixes`` leaves nothing for ``rule`` to report; it is run twice."""
    for path, text in example.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    arguments = [*example.args, "--no-cache", "--format", "json"]
    main(arguments)
    before = json.loads(capsys.readouterr().out)["findings"]
    main([*arguments, "--fix", "--unsafe-fixes"])
    after = json.loads(capsys.readouterr().out)
    texts = {path: (root / path).read_text() for path in example.files}
    main([*arguments, "--fix", "--unsafe-fixes"])
    again = json.loads(capsys.readouterr().out)
    assert (again["summary"]["fixed"], again["findings"]) == (0, after["findings"])
    assert texts == {path: (root / path).read_text() for path in example.files}
    for path, text in texts.items():
        if path.endswith(".py") and text != example.files[path]:
            ast.parse(text)
    left, had = (
        {each["code"] for each in each_run if each["code"] >= "CL2"} for each_run in (after["findings"], before)
    )
    assert left <= had
    fixable = any(each["fix"] for each in before if each["code"] == rule.code)
    return fixable and not any(each["code"] == rule.code for each in after["findings"])


@pytest.mark.parametrize("rule", rules(), ids=[rule.code for rule in rules()])
def test_the_examples_of(
    rule: Rule, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = 0
    for index, example in enumerate(rule.INVALID):
        root = tmp_path / str(index)
        root.mkdir()
        monkeypatch.chdir(root)
        number += mended(example, rule, root, capsys)
    assert number == MENDED.get(rule.code, 0)
