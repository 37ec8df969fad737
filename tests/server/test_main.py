from __future__ import annotations

import json
from pathlib import Path

import pytest

from conn_lint.server.__main__ import main


def test_values(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "my.cnf").write_text("[mysqld]\nwait_timeout=60\n[mariadb]\nwait_timeout=70\n")
    assert main([str(tmp_path), "--server", "mysql-8.0"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["wait_timeout"], said["interactive_timeout"]) == (60, 28800)


def test_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "my.cnf").write_text("[mysqld]\nwait_timeout=60s\n")
    assert main([str(tmp_path / "my.cnf")]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["refused"] is True
    assert "unknown suffix in value '60s'" in said["reason"]


def test_missing_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none.cnf")]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
