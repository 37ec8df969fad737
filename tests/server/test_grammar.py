from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.server.flavours import MARIADB_10_11, MYSQL_9_7
from conn_lint.server.grammar import Broken, Group, Include, Option, entries


def options(text: bytes) -> list[tuple[bytes, bytes | None]]:
    return [(e.name, e.value) for e in entries(text, MARIADB_10_11) if isinstance(e, Option)]


def value(text: bytes) -> bytes | None:
    ((_, found),) = options(b"[mysqld]\nx=" + text + b"\n")
    return found


@pytest.mark.parametrize(
    "comment",
    [
        b"# x=1",
        b"; x=1",
        b"  # x=1",
        b"\t; x=1",
        b"\xa0# x=1",
        b"#\xff\xfe",
        b"# it's",
        b"",
        b"   ",
        b"\r",
        b"#[mysqld",
    ],
)
def test_lines_that_say_nothing(comment: bytes) -> None:
    assert list(entries(comment + b"\n", MARIADB_10_11)) == []


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b"[mysqld]", "mysqld"),
        (b"  [MySQLd]", "mysqld"),
        (b"[mysqld ]", "mysqld"),
        (b"[mysqld] wait_timeout=5", "mysqld"),
        (b"[mysqld] # x", "mysqld"),
        (b"[ mysqld]", " mysqld"),
        (b"[[mysqld]]", "[mysqld"),
        (b"[]", ""),
    ],
)
def test_group(line: bytes, name: str) -> None:
    assert list(entries(line + b"\r\n", MARIADB_10_11)) == [Group(name, 1)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        (b"60", b"60"),
        (b"  60\t", b"60"),
        (b"\xa060\v", b"60"),
        (b"60 # minutes", b"60"),
        (b"60#x", b"60"),
        (b"60 ; x", b"60 ; x"),
        (b"60 # it's", b"60"),
        (b"it's # not cut", b"it's # not cut"),
        (b"'a # b' # c", b"a # b"),
        (b"'60'", b"60"),
        (b'"60"', b"60"),
        (b"'60", b"'60"),
        (b"'60\"", b"'60\""),
        (b"'", b"'"),
        (b"''", b""),
        (b"", b""),
        (b"= 60", b"= 60"),
        (b"a\\nb\\tc\\rd\\be", b"a\nb\tc\rd\be"),
        (b"a\\sb\\'c\\\"d\\\\e", b"a b'c\"d\\e"),
        (b"C:\\data\\", b"C:\\data\\"),
        (b"'it\\'s # x'", b"it's # x"),
    ],
)
def test_value(text: bytes, read: bytes) -> None:
    assert value(text) == read


def test_option_without_equals_sign_has_no_value() -> None:
    assert options(b"[mysqld]\nskip-name-resolve # x\n") == [(b"skip-name-resolve", None)]


def test_place_is_where_the_text_stands() -> None:
    (found,) = (
        e for e in entries(b"[mysqld]\n# x\n \twait_timeout = 60  # x\n", MARIADB_10_11) if isinstance(e, Option)
    )
    assert (found.line, found.column, found.end_column, found.written) == (3, 3, 20, "60")


def test_backslash_at_the_end_is_no_continuation() -> None:
    assert options(b"[mysqld]\na=\\\n60=1\n") == [(b"a", b"\\"), (b"60", b"1")]


def test_carriage_returns_alone_end_no_line() -> None:
    assert list(entries(b"[mysqld]\rwait_timeout=60\r", MARIADB_10_11)) == [Group("mysqld", 1)]


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        (b"wait_timeout=60\n[mysqld]\n", "an option before the first group", 1),
        (b"\xef\xbb\xbf[mysqld]\nwait_timeout=60\n", "an option before the first group", 1),
        (b"# x\n[mysqld\nwait_timeout=60\n", "a group without its closing bracket", 2),
        (b"!includedir\n", "!includedir without a name", 1),
        (b"!includedir  \n", "!includedir without a name", 1),
        (b"!include \n", "!include without a name", 1),
        (b"!includedir d", "!includedir without a name", 1),
    ],
)
def test_broken_file_ends_there(text: bytes, reason: str, line: int) -> None:
    *before, last = entries(text, MARIADB_10_11)
    assert before == []
    assert last == Broken(reason, line)


@pytest.mark.parametrize(
    ("line", "target", "folder"),
    [
        (b"!include /a b.cnf", b"/a b.cnf", False),
        (b"  ! include\t/a.cnf ", b"/a.cnf", False),
        (b"!includedir /etc/mysql/conf.d/\r", b"/etc/mysql/conf.d/", True),
        (b"!include '/a.cnf'", b"'/a.cnf'", False),
        (b"!include /a.cnf # x", b"/a.cnf # x", False),
    ],
)
def test_include(line: bytes, target: bytes, folder: bool) -> None:
    assert list(entries(line + b"\n", MARIADB_10_11)) == [Include(target, folder, 1)]


@pytest.mark.parametrize("line", [b"!INCLUDE /a.cnf", b"!includes /a.cnf", b"!include=/a.cnf", b"!", b"!x"])
def test_no_include(line: bytes) -> None:
    assert list(entries(line + b"\n", MARIADB_10_11)) == []


def test_include_at_the_end_without_newline_loses_its_last_byte() -> None:
    assert list(entries(b"!include /a.cnf", MARIADB_10_11)) == [Include(b"/a.cn", False, 1, cut=True)]
    assert list(entries(b"!includedir /d/", MARIADB_10_11)) == [Include(b"/d", True, 1, cut=True)]


def test_include_of_mysql_9_7_is_whole_and_takes_a_comment() -> None:
    assert list(entries(b"!include /a.cnf", MYSQL_9_7)) == [Include(b"/a.cnf", False, 1)]
    assert list(entries(b"!include /a.cnf # x\n", MYSQL_9_7)) == [Include(b"/a.cnf", False, 1)]


def test_tail_of_a_long_line_is_a_line_of_its_own_but_not_for_mysql_9_7() -> None:
    text = b"[mysqld]\n#" + b"x" * 4093 + b"wait_timeout=7\n"
    assert options(text) == [(b"wait_timeout", b"7")]
    assert list(entries(text, MYSQL_9_7)) == [Group("mysqld", 1)]
    shorter = b"[mysqld]\n#" + b"x" * 4090 + b"=7\n"
    assert options(shorter) == []


def test_nul_byte_ends_the_line_and_joins_the_next_for_mysql_9_7() -> None:
    text = b"[mysqld]\nwait_timeout=60\x0070\ninteractive_timeout=61\n"
    assert options(text) == [(b"wait_timeout", b"60"), (b"interactive_timeout", b"61")]
    found = [e.value for e in entries(text, MYSQL_9_7) if isinstance(e, Option)]
    assert found == [b"60interactive_timeout=61"]


@given(st.binary(max_size=300))
def test_any_bytes_are_read_and_lines_count_upwards(data: bytes) -> None:
    for rules in (MARIADB_10_11, MYSQL_9_7):
        lines = [entry.line for entry in entries(data, rules)]
        assert lines == sorted(lines)
        assert all(1 <= line <= data.count(b"\n") + 1 for line in lines)
