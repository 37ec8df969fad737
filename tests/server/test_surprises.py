from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.server.optionfiles import read_option_files


def remarks(folder: Path, text: str, server: str | None = "mariadb-10.11.19") -> list[str]:
    (folder / "my.cnf").write_text(f"[mysqld]\n{text}\n")
    found = read_option_files([str(folder / "my.cnf")], root=str(folder), server=server)
    return [f"{each.place.line} {each.reason}" for each in found.remarks if each.kind == "surprising"]


@pytest.mark.parametrize(
    "text",
    [
        "wait_timeout = 60",
        "wait_timeout = 31536000",
        "loose-wait_timeout = 60",
        "wait_timeout = +60",
        "wait_timeout = 0060",
        "wait_timeout = ' 60'",
        "wait_timeout = 1K",
        "interactive_timeout = 2m",
        "lock_wait_timeout = 0",
        "innodb_lock_wait_timeout = 99999999",
        "wait_timeout = 60\nwait-timeout = 60",
        "wait_timeout = 60\ninteractive_timeout = 70",
        "wait_timeout = 60\n[server]\nwait_timeout = 70",
        "wait_timeout = 0\nwait_timeout = 0\n[client]\nwait_timeout = 0\n[mariadb]\nwait_timeout = 60",
        "[mysqldump]\nwait_timeout = 0",
    ],
)
def test_nothing_surprising(tmp_path: Path, text: str) -> None:
    assert remarks(tmp_path, text) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "wait_timeout = 0",
            "2 wait_timeout = 0 makes wait_timeout 1 s, the least there is: 0 does not switch the timeout off",
        ),
        ("wait-timeout=1G", "2 wait-timeout = 1G makes wait_timeout 31536000 s, the most there is"),
        ("wait_timeout = 1e3", "2 wait_timeout = 1e3 makes wait_timeout 31536000 s"),
        ("wait_timeout =", "2 wait_timeout = nothing makes wait_timeout 1 s"),
        ("loose-wait_timeout = 8h", "2 loose-wait_timeout = 8h makes wait_timeout 0 s"),
        ("enable-wait_timeout = 60", "2 enable-wait_timeout switches nothing: it makes wait_timeout 1 s"),
        ("skip-interactive_timeout", "2 skip-interactive_timeout switches nothing: it makes interactive_timeout 1 s"),
        (
            "maximum-wait_timeout = 60",
            "2 maximum-wait_timeout bounds what a session may set later, and leaves wait_timeout as it is",
        ),
        (
            "wait_timeout = 60\nport = 1\nwait-timeout = 70",
            "2 wait_timeout = 60 does not hold: line 4 sets it to 70 s in the same group",
        ),
    ],
)
def test_surprising(tmp_path: Path, text: str, said: str) -> None:
    assert remarks(tmp_path, text) == [said]


def test_what_only_some_servers_do_is_not_said_of_all(tmp_path: Path) -> None:
    text = "maximum-wait_timeout = 60"
    assert remarks(tmp_path, text, None) == []
    assert remarks(tmp_path, text, "mysql-8.4") == []


def test_no_surprises_from_a_file_that_is_refused(tmp_path: Path) -> None:
    (tmp_path / "my.cnf").write_text("[mysqld]\nwait_timeout = 0\nno_such_variable = 1\n")
    found = read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path))
    assert [(each.kind, each.place.line) for each in found.remarks] == [("refused", 3)]


def test_the_lost_byte_of_an_include_at_the_end(tmp_path: Path) -> None:
    (tmp_path / "a.cnf").write_text("[mysqld]\nwait_timeout = 60\n")
    (tmp_path / "my.cnf").write_text(f"[mysqld]\n!include {tmp_path}/a.cnf")
    found = read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path), server="mariadb-10.11.19")
    assert found.wait_timeout == 28800
    assert [each.reason for each in found.remarks] == [
        f"!include {tmp_path}/a.cn, which does not exist (the last byte of a file without a final newline is lost)"
    ]
    found = read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path), server="mysql-9.7")
    assert (found.wait_timeout, found.remarks) == (60, ())
