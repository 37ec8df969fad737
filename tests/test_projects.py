"""Whole projects under tests/projects, each linted in a copy as a user would lint it.

Comments in the projects say what must be reported, exactly:

    # expect: CL201            a finding of that rule is reported on this line
    # expect: CL201 error      ... with that severity
    # also: CL101              a finding of that rule names this line as one of its places

``conn-lint.args`` holds the command-line arguments, if any.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from conn_lint.cli import main

PROJECTS = Path(__file__).parent / "projects"
NAMES = sorted(path.name for path in PROJECTS.iterdir() if path.is_dir())
COMMENT = re.compile(r"#\s*(expect|also):\s*([^#\n]*)")

Lint = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def lint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Lint:
    """Runs conn-lint on a copy of a project; returns the exit status and the JSON it prints."""

    def run(name: str, *extra: str) -> tuple[int, dict[str, Any]]:
        copy = tmp_path / name
        shutil.copytree(PROJECTS / name, copy)
        monkeypatch.chdir(copy)
        arguments = copy / "conn-lint.args"
        given = shlex.split(arguments.read_text()) if arguments.exists() else []
        status = main([*given, "--format", "json", *extra])
        return status, json.loads(capsys.readouterr().out)

    return run


def marks(project: Path, kind: str) -> list[tuple[str, int, str]]:
    """(path, line, "CODE" or "CODE severity") of the ``kind`` comments of a project."""
    found = []
    for path in sorted(project.rglob("*")):
        if path.suffix in (".py", ".cnf", ".toml") and path.is_file():
            for number, line in enumerate(path.read_text().splitlines(), 1):
                for which, codes in COMMENT.findall(line):
                    if which == kind:
                        name = path.relative_to(project).as_posix()
                        found += [(name, number, code.strip()) for code in codes.split(",")]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_project(name: str, lint: Lint) -> None:
    status, report = lint(name)
    expected = marks(PROJECTS / name, "expect")
    severities = {(path, line, mark.split()[0]) for path, line, mark in expected if " " in mark}
    active = [finding for finding in report["findings"] if not finding["suppressed"]]
    reported = []
    for finding in active:
        place = (finding["path"], finding["line"], finding["code"])
        with_severity = f"{finding['code']} {finding['severity']}"
        reported.append((*place[:2], with_severity) if place in severities else place)
    assert sorted(reported) == sorted(expected)
    assert status == int(any(finding["severity"] != "info" for finding in active))


@pytest.mark.parametrize("name", [name for name in NAMES if marks(PROJECTS / name, "also")])
def test_places_named_beside_the_finding(name: str, lint: Lint) -> None:
    _, report = lint(name)
    named = {
        (place["path"], place["line"], finding["code"]) for finding in report["findings"] for place in finding["places"]
    }
    assert set(marks(PROJECTS / name, "also")) <= named


def test_shells_left_open_are_shown_with_an_unbounded_gap(lint: Lint) -> None:
    _, report = lint("shell_left_open", "--show")
    shells = {(unit["path"], unit["gap"]["seconds"]) for unit in report["units"] if unit["kind"] == "shell"}
    assert shells == {("shop/management/commands/console.py", None), ("shop/debug.py", None)}


def test_the_demo_shows_each_kind_of_finding() -> None:
    codes = {mark.split()[0] for _, _, mark in marks(PROJECTS / "shop", "expect")}
    assert {"CL101", "CL201", "CL202", "CL203", "CL204", "CL301"} <= codes
