"""Source lines for people: found, and without secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.excerpts import Excerpts, masked


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ('"PASSWORD": "hunter2", "CONN_MAX_AGE": 600', '"PASSWORD": "*******", "CONN_MAX_AGE": 600'),
        ("'PASSWORD': u'hunter2'", "'PASSWORD': u'*******'"),
        ('"passwd": env("DB", default="hunter2"), "A": "b"', '"passwd": env("**", default="*******"), "A": "b"'),
        ('os.environ.get("DB_PASSWORD", "hunter2"), "x"', 'os.environ.get("DB_PASSWORD", "*******"), "x"'),
        ('"PASSWORD": "hun', '"PASSWORD": "***'),
        ('"PASSWORD": "a,b", "NAME": "shop"', '"PASSWORD": "***", "NAME": "shop"'),
        ("DATABASES['default']['PASSWORD'] = 'hunter2'", "DATABASES['default']['PASSWORD'] = '*******'"),
        ("password = hunter2", "password = *******"),
        ("dict(PASSWORD='hunter2', CONN_MAX_AGE=5)", "dict(PASSWORD='*******', CONN_MAX_AGE=5)"),
        ('"mysql://root:hunter2@db/shop?conn_max_age=5"', '"mysql://root:*******@db/shop?conn_max_age=5"'),
        ('API_KEY = "abc"', 'API_KEY = "***"'),
        ('SECRET_TOKEN = "abc"', 'SECRET_TOKEN = "***"'),
    ],
)
def test_secrets_are_masked_letter_by_letter(line: str, shown: str) -> None:
    assert masked(line) == shown
    assert len(shown) == len(line)


@pytest.mark.parametrize(
    "line",
    [
        '"CONN_MAX_AGE": 600,',
        '"PASSWORD": DB_PASSWORD, "NAME": "shop"',
        "wait_timeout = 600  # seconds",
        '"HOST": "db", "URL": "https://example.org/a:b"',
        "def reset_password(request):",
    ],
)
def test_other_lines_stay(line: str) -> None:
    assert masked(line) == line


def test_a_line_of_a_megabyte(tmp_path: Path) -> None:
    """One that took a time that grows with the square of its length would not come back."""
    line = "a" * 1_000_000
    assert masked(line) == line
    assert masked(f"{line} passwd = {line}").endswith("passwd = " + "*" * len(line))


def test_lines_are_counted_as_python_counts_them(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_bytes(b"one\r\ntwo\rthree\nfo\xffur")
    excerpts = Excerpts(str(tmp_path))
    assert [excerpts.line("a.py", number) for number in (1, 2, 3, 4)] == ["one", "two", "three", "fo\ufffdur"]


def test_a_carriage_return_ends_no_line_of_an_option_file(tmp_path: Path) -> None:
    (tmp_path / "my.cnf").write_bytes(b"one\rstill one\r\ntwo")
    assert Excerpts(str(tmp_path)).line("my.cnf", 2) == "two"


@pytest.mark.parametrize(("path", "number"), [("a.py", 0), ("a.py", 3), ("b.py", 1), ("--env", 1), (".", 1)])
def test_lines_that_are_not_there(tmp_path: Path, path: str, number: int) -> None:
    (tmp_path / "a.py").write_text("one\n")
    assert Excerpts(str(tmp_path)).line(path, number) is None


def test_files_outside_the_tree(tmp_path: Path) -> None:
    (tmp_path / "my.cnf").write_text("[mysqld]\n")
    assert Excerpts(str(tmp_path / "tree")).line(str(tmp_path / "my.cnf"), 1) == "[mysqld]"
