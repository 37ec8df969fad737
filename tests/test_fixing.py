"""``--fix``, ``--diff`` and ``--unsafe-fixes`` on whole projects."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import jsonschema
import pytest

from conn_lint.cli import main

SETTINGS = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": 600}}\n'
LOOP = """\
import time

from django.contrib.auth.models import User

while True:
    User.objects.count()
    time.sleep(36000)
"""
FIXED = LOOP.replace("User\n", "User\nfrom django.db import close_old_connections\n", 1).replace(
    "True:\n", "True:\n    close_old_connections()\n"
)
ROOT = Path(__file__).parent.parent


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "settings.py").write_text(SETTINGS)
    (tmp_path / "worker.py").write_text(LOOP)
    (tmp_path / "my.cnf").write_text("[mysqld]\nwait_timeout = 300\ninteractive_timeout = 300\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_fix_changes_the_files_and_reports_the_rest(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fix", "--mycnf", "my.cnf"]) == 1
    printed = capsys.readouterr()
    assert (project / "worker.py").read_text() == FIXED
    assert "CL202" not in printed.out
    assert "error[CL101]" in printed.out
    assert printed.out.endswith("\n1 error in 1 file; 1 fixed; 1 fixable with --fix --unsafe-fixes\n")
    assert printed.err == ""


def test_a_second_fix_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--fix", "--unsafe-fixes", "--mycnf", "my.cnf"])
    assert capsys.readouterr().out == "no findings; 2 fixed\n"
    files = {path: path.read_bytes() for path in project.iterdir()}
    assert main(["--fix", "--unsafe-fixes", "--mycnf", "my.cnf"]) == 0
    assert files == {path: path.read_bytes() for path in project.iterdir()}
    assert capsys.readouterr().out == "no findings\n"


def test_unsafe_fixes_may_be_asked_for_in_the_project(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.conn-lint]\nmycnf = ["my.cnf"]\nunsafe-fixes = true\n')
    assert main(["--fix"]) == 0
    assert '"CONN_MAX_AGE": 60}' in (project / "settings.py").read_text()


def test_what_is_not_selected_is_not_fixed(project: Path) -> None:
    main(["--fix", "--unsafe-fixes", "--mycnf", "my.cnf", "--select", "CL101"])
    assert (project / "worker.py").read_text() == LOOP
    assert (project / "settings.py").read_text() != SETTINGS


@pytest.mark.parametrize("how", ["comment", "baseline"])
def test_what_is_known_is_not_fixed(project: Path, how: str) -> None:
    arguments = []
    if how == "comment":
        text = LOOP.replace("True:", "True:  # conn-lint: ignore[CL202] restarted every hour")
        (project / "worker.py").write_text(text)
    else:
        arguments = ["--baseline", "known.json"]
        main([*arguments, "--write-baseline"])
    before = (project / "worker.py").read_text()
    main(["--fix", *arguments])
    assert (project / "worker.py").read_text() == before


# --- the diff ----------------------------------------------------------------------------------


def test_diff_prints_the_changes_and_makes_none(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--diff"]) == 1
    printed = capsys.readouterr()
    assert (project / "worker.py").read_text() == LOOP
    assert printed.err == "conn-lint: 1 finding would be fixed in 1 file\n"
    subprocess.run(["git", "apply", "-"], input=printed.out, text=True, check=True, cwd=project)
    assert (project / "worker.py").read_text() == FIXED


def test_paths_of_a_diff_are_those_from_the_working_directory(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(project.parent)
    main([project.name, "--diff"])
    assert f"+++ b/{project.name}/worker.py\n" in capsys.readouterr().out


def test_a_diff_of_a_file_without_a_last_newline(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "worker.py").write_text(LOOP.removesuffix("\n"))
    main(["--diff"])
    out = capsys.readouterr().out
    subprocess.run(["git", "apply", "-"], input=out, text=True, check=True, cwd=project)
    assert (project / "worker.py").read_text() == FIXED.removesuffix("\n")


def test_nothing_to_change_is_no_diff(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "worker.py").unlink()
    assert main(["--diff"]) == 0
    assert capsys.readouterr() == ("", "")


def test_a_diff_can_be_written_to_a_file(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--diff", "--output", "changes.diff"])
    assert capsys.readouterr().out == ""
    assert (project / "changes.diff").read_text().startswith("--- a/worker.py\n+++ b/worker.py\n")


# --- other reports -----------------------------------------------------------------------------


def test_json_tells_the_edits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--format", "json"])
    report = json.loads(capsys.readouterr().out)
    jsonschema.validate(report, json.loads((ROOT / "conn_lint/output/schema.json").read_text()))
    (fix,) = [finding["fix"] for finding in report["findings"] if finding["code"] == "CL202"]
    assert fix == {
        "safety": "safe",
        "title": "call close_old_connections() in every turn of the loop",
        "edits": [
            {
                "path": "worker.py", "line": 3, "column": 44, "end_line": 3, "end_column": 44,
                "content": "\nfrom django.db import close_old_connections",
            },
            {
                "path": "worker.py", "line": 6, "column": 1, "end_line": 6, "end_column": 1,
                "content": "    close_old_connections()\n",
            },
        ],
    }  # fmt: skip


def test_a_report_for_programs_says_what_was_fixed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--fix", "--format", "json"])
    printed = capsys.readouterr()
    assert json.loads(printed.out)["summary"]["fixed"] == 1
    assert printed.err == "conn-lint: 1 finding fixed in 1 file\n"


def test_sarif_tells_the_edits(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--format", "sarif", "--select", "CL202"])
    (result,) = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    (fix,) = result["fixes"]
    assert fix["description"] == {"text": "call close_old_connections() in every turn of the loop"}
    (change,) = fix["artifactChanges"]
    assert change["artifactLocation"]["uri"] == "worker.py"
    assert change["replacements"][1] == {
        "deletedRegion": {"startLine": 6, "startColumn": 1, "endLine": 6, "endColumn": 1},
        "insertedContent": {"text": "    close_old_connections()\n"},
    }


# --- what is refused ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fix", "--show"], "--show changes no code: leave out --fix"),
        (["--diff", "--write-baseline", "--baseline", "b.json"], "--write-baseline changes no code: leave out --diff"),
        (["--diff", "--format", "json"], "--diff prints a diff, not json"),
        (["--fix", "--diff"], "argument --diff: not allowed with argument --fix"),
    ],
)
def test_options_that_exclude_each_other(
    project: Path, arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr() == ("", f"conn-lint: error: {said}\n")


def test_nothing_is_changed_where_a_server_cannot_be_asked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--fix", "--live", "mysql://nobody@127.0.0.1:1/"]) == 2
    printed = capsys.readouterr()
    assert (project / "worker.py").read_text() == LOOP
    assert "CL003" in printed.out
    assert printed.err.count("conn-lint: error: ") == 1


def test_a_file_that_cannot_be_written(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied", "worker.py")

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["--fix"]) == 2
    assert capsys.readouterr() == ("", "conn-lint: error: --fix: worker.py: Permission denied\n")
    assert (project / "worker.py").read_text() == LOOP


def test_a_fix_that_does_not_help_is_not_made(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A close before the wait only, where the age is not 0, would leave the gap open."""
    text = LOOP.replace(
        "    User.objects.count()\n    time.sleep(36000)\n", "    time.sleep(36000); User.objects.count()\n"
    )
    (project / "worker.py").write_text(text)
    main(["--fix"])
    assert (project / "worker.py").read_text() == text


def test_fixes_of_one_place_are_made_one_after_another(project: Path) -> None:
    """The first one takes the import that the second one needs as well."""
    (project / "worker.py").write_text(LOOP)
    (project / "jobs.py").write_text(
        "from django.contrib.auth.models import User\nfrom django_rq import job\n\n\n"
        "@job\ndef one():\n    User.objects.count()\n\n\n@job\ndef two():\n    User.objects.count()\n"
    )
    (project / "views.py").write_text("from jobs import one\n\n\ndef view(request):\n    one()\n")
    (project / "Procfile").write_text("worker: rq worker --worker-class rq.SimpleWorker\n")
    assert main(["--fix"]) == 0
    assert (project / "jobs.py").read_text() == (
        "from django.contrib.auth.models import User\n"
        "from django.db import close_old_connections, connection\nfrom django_rq import job\n\n\n"
        "@job\ndef one():\n    if not connection.in_atomic_block:\n        close_old_connections()\n"
        "    User.objects.count()\n\n\n@job\ndef two():\n    close_old_connections()\n    User.objects.count()\n"
    )


def test_an_encoding_without_room_is_left_alone(project: Path) -> None:
    """What is put in is ASCII, and the names that others chose are taken as they are."""
    text = "# coding: ascii\n" + LOOP
    (project / "worker.py").write_text(text)
    main(["--fix"])
    assert (project / "worker.py").read_text() == "# coding: ascii\n" + FIXED


def test_a_link_out_of_the_project_is_not_followed(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "worker.py"
    elsewhere.write_text(LOOP)
    (project / "worker.py").unlink()
    (project / "worker.py").symlink_to(elsewhere)
    main(["--fix"])
    assert elsewhere.read_text() == LOOP
    assert (project / "worker.py").is_symlink()


@pytest.mark.parametrize("text", ["print 'Python 2'\n" + LOOP, "\0" + LOOP, LOOP + "\f\n"])
def test_a_file_that_is_not_read_whole_is_not_changed(project: Path, text: str) -> None:
    (project / "worker.py").write_text(text)
    main(["--fix"])
    assert (project / "worker.py").read_text() == text


HELPED = """\
import queue
import threading
import time

from django.contrib.auth.models import User

keys = queue.Queue()


def asked():
    return User.objects.get(pk=keys.get())


def poll():
    while True:
        asked()


def watch():
    while True:
        User.objects.count()
        time.sleep(36000)


threading.Thread(target=poll).start()
threading.Thread(target=watch).start()
"""


def test_a_fix_that_does_harm_takes_no_other_one_with_it(project: Path) -> None:
    """A close in ``poll`` would lie before the wait, after which ``asked`` queries; that of ``watch`` does not."""
    (project / "worker.py").write_text(HELPED)
    main(["--fix"])
    text = (project / "worker.py").read_text()
    assert "        asked()\n\n\ndef watch():\n    while True:\n        close_old_connections()\n" in text
    assert text.count("close_old_connections()") == 1
