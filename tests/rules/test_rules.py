"""Every rule's own examples, run as a user runs them; and what every rule must have."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent

import pytest

from conn_lint.cli import main
from conn_lint.rules import codes_of, rules
from conn_lint.rules.base import Example, Rule

RULES = rules()
HEADINGS = [
    "## What it does",
    "## Why it goes wrong",
    "## Example",
    "## Use instead",
    "## When it stays silent",
    "## References",
]


def cases(valid: bool) -> list[object]:
    return [
        pytest.param(rule, example, id=f"{rule.code}-{example.title.replace(' ', '-')}")
        for rule in RULES
        for example in (rule.VALID if valid else rule.INVALID)
    ]


def lint(example: Example, root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> object:
    for path, text in example.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    monkeypatch.chdir(root)
    status = main([*example.args, "--format", "json"])
    captured = capsys.readouterr()
    assert captured.err == ""
    assert status in (0, 1)
    return json.loads(captured.out)["findings"]


@pytest.mark.parametrize(("rule", "example"), cases(valid=False))
def test_an_invalid_example_is_reported_at_its_places(
    rule: Rule,
    example: Example,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = lint(example, tmp_path, monkeypatch, capsys)
    assert [f"{each['path']}:{each['line']}" for each in findings if each["code"] == rule.code] == list(example.at)


@pytest.mark.parametrize(("rule", "example"), cases(valid=True))
def test_a_valid_example_is_not_reported(
    rule: Rule,
    example: Example,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    findings = lint(example, tmp_path, monkeypatch, capsys)
    assert [each for each in findings if each["code"] == rule.code and not each["suppressed"]] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_has_every_heading_in_order(rule: Rule) -> None:
    lines = dedent(rule.__doc__ or "").splitlines()
    assert [line for line in lines if line.startswith("## ")] == HEADINGS


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_snippets_of_the_documentation_stand_in_the_first_examples(rule: Rule) -> None:
    sections = dedent(rule.__doc__ or "").split("## ")
    for section, example in ((sections[3], rule.INVALID[0]), (sections[4], rule.VALID[0])):
        snippet = [line.strip() for line in section.splitlines()[1:] if line.strip()]
        code = {line.strip() for text in example.files.values() for line in text.splitlines()}
        assert snippet
        assert [line for line in snippet if line not in code and not _imported(line, code)] == []


def _imported(line: str, code: set[str]) -> bool:
    """Whether ``from module import name`` is a part of what ``code`` imports."""
    head, _, name = line.partition(" import ")
    return any(
        each.startswith(f"{head} import ") and name in each.partition(" import ")[2].split(", ") for each in code
    )


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_name_and_code_of_a_rule_are_those_of_its_file(rule: Rule) -> None:
    module = type(rule).__module__.rpartition(".")[2]
    assert module == f"{rule.code.lower()}_{rule.name.replace('-', '_')}"


def test_silent_examples_outnumber_speaking_ones() -> None:
    assert sum(len(rule.VALID) for rule in RULES) > sum(len(rule.INVALID) for rule in RULES)


def test_a_rule_without_examples_is_refused() -> None:
    with pytest.raises(TypeError, match="no VALID"):

        class Bare(Rule):
            code = "CL999"
            name = "bare"
            severity = "info"


def test_a_code_is_taken_once() -> None:
    with pytest.raises(TypeError, match="CL101 is taken"):

        class Again(Rule):
            code = "CL101"
            name = "again"
            severity = "info"
            VALID = (Example("nothing", {}),)
            INVALID = (Example("something", {}, at=("a.py:1",)),)


@pytest.mark.parametrize(
    ("selector", "codes"),
    [
        ("CL101", ("CL101",)),
        ("cl101", ("CL101",)),
        ("age-reaches-timeout", ("CL101",)),
        ("CL1", tuple(rule.code for rule in RULES if rule.code.startswith("CL1"))),
        ("CL9", ()),
        ("C", ()),
        ("", ()),
        ("age", ()),
    ],
)
def test_selectors(selector: str, codes: tuple[str, ...]) -> None:
    assert codes_of(selector) == codes
