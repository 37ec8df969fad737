"""Reports that are used again, and everything that keeps them from it."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from conn_lint import engine
from conn_lint.cli import main

SETTINGS = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": %s}}\n'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path / "project"
    root.mkdir()
    (root / "settings.py").write_text(SETTINGS % 60)
    (tmp_path / "my.cnf").write_text("[mysqld]\nwait_timeout = 600\n")
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """One item for each time that a project is really linted."""
    made: list[object] = []
    real = engine.run

    def run(config: engine.Config, inputs: engine.Inputs) -> engine.Result:
        made.append(config)
        return real(config, inputs)

    monkeypatch.setattr(engine, "run", run)
    return made


def lint(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = main(["--mycnf", "../my.cnf", *arguments])
    return status, capsys.readouterr().out


@pytest.mark.parametrize("form", ["text", "concise", "json"])
def test_an_unchanged_project_gets_the_same_report_without_being_read(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str], form: str
) -> None:
    (project / "settings.py").write_text(SETTINGS % 3600)
    first = lint(capsys, "--format", form)
    assert lint(capsys, "--format", form) == first
    assert first[0] == 1
    assert len(runs) == 1


def test_a_changed_file_is_read_again(project: Path, runs: list[object], capsys: pytest.CaptureFixture[str]) -> None:
    assert lint(capsys)[0] == 0
    (project / "settings.py").write_text(SETTINGS % 3600)
    assert lint(capsys)[0] == 1
    assert len(runs) == 2


@pytest.mark.parametrize("change", ["added", "removed", "renamed"])
def test_another_set_of_files_is_another_project(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str], change: str
) -> None:
    (project / "jobs.py").write_text("")
    lint(capsys)
    if change == "added":
        (project / "more.py").write_text("")
    elif change == "removed":
        (project / "jobs.py").unlink()
    else:
        (project / "jobs.py").rename(project / "tasks.py")
    lint(capsys)
    assert len(runs) == 2


def test_an_option_file_outside_the_project_counts(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    assert lint(capsys)[0] == 0
    (project.parent / "my.cnf").write_text("[mysqld]\nwait_timeout = 10\n")
    assert lint(capsys)[0] == 1


@pytest.mark.parametrize("arguments", [("--select", "CL3"), ("--color", "always"), ("--django-version", "4.2")])
def test_other_options_are_another_call(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    lint(capsys)
    lint(capsys, *arguments)
    lint(capsys)
    assert len(runs) == 2


def test_no_cache_reads_and_keeps_nothing(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str], cache_of_its_own: Path
) -> None:
    lint(capsys, "--no-cache")
    lint(capsys, "--no-cache")
    assert len(runs) == 2
    assert not list(cache_of_its_own.rglob("*.json"))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", '{"state": 1}', '{"state": "x", "text": "", "status": 0}'])
def test_what_conn_lint_did_not_write_is_not_believed(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str], cache_of_its_own: Path, content: str
) -> None:
    (project / "settings.py").write_text(SETTINGS % 3600)
    first = lint(capsys)
    (kept,) = cache_of_its_own.rglob("*.json")
    kept.write_text(content)
    assert lint(capsys) == first
    assert len(runs) == 2


def test_only_its_user_may_read_a_kept_report(
    project: Path, capsys: pytest.CaptureFixture[str], cache_of_its_own: Path
) -> None:
    lint(capsys)
    (kept,) = cache_of_its_own.rglob("*.json")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text())["status"] == 0


def test_a_cache_that_cannot_be_written_is_done_without(
    project: Path, runs: list[object], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(project / "settings.py"))
    assert lint(capsys) == lint(capsys)
    assert len(runs) == 2


def test_a_run_that_cannot_be_done_leaves_nothing_behind(
    project: Path, capsys: pytest.CaptureFixture[str], cache_of_its_own: Path
) -> None:
    assert main(["--settings", "nowhere"]) == 2
    assert not list(cache_of_its_own.rglob("*.json"))
