"""The baseline: what it holds does not fail a run, what is new does, and what is stale is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conn_lint.cli import main

SETTINGS = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql",\n    "CONN_MAX_AGE": %s,\n}}\n'
THREAD = """\
from concurrent.futures import ThreadPoolExecutor

from shop.models import Order

pool = ThreadPoolExecutor()


def send():
    return Order.objects.count()


def start():
    pool.submit(send)
"""


class Project:
    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys
        self.settings(600)
        (root / "my.cnf").write_text("[mysqld]\nwait_timeout = 100\ninteractive_timeout = 100\n")
        (root / "sending.py").write_text(THREAD)

    def settings(self, age: object, before: str = "") -> None:
        (self.root / "settings.py").write_text(before + SETTINGS % age)

    def lint(self, *arguments: str) -> tuple[int, str, str]:
        status = main(["--mycnf", "my.cnf", *arguments])
        return (status, *self._capsys.readouterr())

    def codes(self, *arguments: str) -> list[tuple[str, bool]]:
        """The code of each finding, and whether the baseline holds it."""
        report = json.loads(self.lint("--baseline", "known.json", "--format", "json", *arguments)[1])
        return sorted((each["code"], each["baseline"]) for each in report["findings"])

    @property
    def kept(self) -> list[str]:
        return [each["code"] for each in json.loads((self.root / "known.json").read_text())["findings"]]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Project:
    monkeypatch.chdir(tmp_path)
    return Project(tmp_path, capsys)


@pytest.fixture
def known(project: Project) -> Project:
    """A project whose findings are in its baseline."""
    assert project.lint("--baseline", "known.json", "--write-baseline") == (0, "2 findings in known.json\n", "")
    return project


def test_what_it_holds_does_not_fail(known: Project) -> None:
    assert known.lint()[0] == 1
    assert known.lint("--baseline", "known.json") == (0, "no findings; 2 in the baseline\n", "")
    assert known.codes() == [("CL101", True), ("CL203", True)]


def test_it_holds_when_lines_move(known: Project) -> None:
    known.settings(600, before="import os\n\n\n")
    assert known.lint("--baseline", "known.json")[0] == 0


def test_what_is_new_fails(known: Project) -> None:
    (known.root / "more.py").write_text(THREAD)
    status, out, _ = known.lint("--baseline", "known.json")
    assert (status, out.splitlines()[-1]) == (1, "1 error in 1 file; 2 in the baseline; 1 fixable with --fix")
    assert "more.py:8" in out


def test_a_line_that_changed_is_new(known: Project) -> None:
    known.settings(700)
    assert ("CL101", False) in known.codes()


def test_what_is_stale_is_said_at_its_line(known: Project) -> None:
    known.settings(0)
    status, out, _ = known.lint("--baseline", "known.json", "--format", "concise")
    assert status == 0
    assert out == "known.json:5:1: CL002 info 1 entry of the baseline belongs to no finding any more\n"
    assert known.lint("--baseline", "known.json", "--fail-on", "info")[0] == 1
    assert known.lint("--baseline", "known.json", "--write-baseline")[1] == "1 finding in known.json\n"
    assert known.kept == ["CL203"]


def test_rules_that_are_not_asked_have_no_stale_entries(known: Project) -> None:
    known.settings(0)
    assert known.codes("--ignore", "CL101") == [("CL203", True)]
    assert known.codes("--select", "CL2") == [("CL203", True)]


def test_writing_some_rules_keeps_the_entries_of_the_others(known: Project) -> None:
    (known.root / "sending.py").unlink()
    known.lint("--baseline", "known.json", "--write-baseline", "--select", "CL2")
    assert known.kept == ["CL101"]


def test_what_a_comment_suppresses_is_not_written(project: Project) -> None:
    project.settings("600,  # conn-lint: ignore[CL101] behind a proxy")
    project.lint("--baseline", "known.json", "--write-baseline")
    assert project.kept == ["CL203"]


def test_an_entry_that_a_comment_suppresses_meanwhile_is_stale(known: Project) -> None:
    known.settings("600,  # conn-lint: ignore[CL101] behind a proxy")
    assert ("CL002", False) in known.codes()


def test_it_is_named_by_the_configuration(known: Project) -> None:
    (known.root / "pyproject.toml").write_text('[tool.conn-lint]\nbaseline = "known.json"\n')
    assert known.lint()[:2] == (0, "no findings; 2 in the baseline\n")
    known.settings(700)
    assert known.lint("--write-baseline")[:2] == (0, "2 findings in known.json\n")
    assert known.lint()[0] == 0


def test_a_baseline_that_changed_makes_a_new_report(known: Project) -> None:
    assert known.lint("--baseline", "known.json")[0] == 0
    (known.root / "known.json").write_text('{"schema": 1, "findings": []}')
    assert known.lint("--baseline", "known.json")[0] == 1


def test_it_is_written_in_one_order_with_one_finding_a_line(known: Project) -> None:
    text = (known.root / "known.json").read_text()
    paths = [json.loads(line.strip().rstrip(","))["path"] for line in text.splitlines() if "fingerprint" in line]
    assert paths == ["sending.py", "settings.py"]
    known.lint("--baseline", "known.json", "--write-baseline")
    assert (known.root / "known.json").read_text() == text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "No such file or directory; --write-baseline makes one"),
        (b"\xff", "it is not UTF-8; --write-baseline makes one"),
        (b"{}", "it is no baseline of conn-lint; --write-baseline makes one"),
        (b"[]", "it is no baseline of conn-lint; --write-baseline makes one"),
        (b"[" * 200_000, "it is no baseline of conn-lint; --write-baseline makes one"),
        (
            b'{"schema": 1, "findings": [{"fingerprint": "f", "code": [], "path": "", "function": "", "message": ""}]}',
            "it is no baseline of conn-lint; --write-baseline makes one",
        ),
        (b'{"schema": 1, "findings": [{"code": 1}]}', "it is no baseline of conn-lint; --write-baseline makes one"),
        (b'{"schema": 2, "findings": []}', "schema 2 is not 1: write it anew"),
    ],
)
def test_a_file_that_is_no_baseline(project: Project, content: bytes | None, reason: str) -> None:
    if content is not None:
        (project.root / "known.json").write_bytes(content)
    assert project.lint("--baseline", "known.json") == (2, "", f"conn-lint: error: baseline known.json: {reason}\n")


def test_writing_without_a_file_to_write_to(project: Project) -> None:
    status, out, err = project.lint("--write-baseline")
    assert (status, out) == (2, "")
    assert "--baseline or [tool.conn-lint] has to name the file" in err


def test_an_incomplete_run_is_not_written(known: Project) -> None:
    before = (known.root / "known.json").read_text()
    status, _, err = known.lint("--baseline", "known.json", "--write-baseline", "--variables", "nowhere.txt")
    assert status == 2
    assert err.startswith("conn-lint: error: --write-baseline: ")
    assert (known.root / "known.json").read_text() == before
