"""What a SET statement leaves in its session's wait_timeout; tests/server runs the same on a real server."""

from __future__ import annotations

import pytest

from conn_lint.setstatement import Expression, wait_timeout_of

NUMBERS = [
    ("SET wait_timeout=60", 60),
    ("set session WAIT_TIMEOUT = 60", 60),
    ("SET LOCAL wait_timeout := 60", 60),
    ("SET wait_timeout:=60", 60),
    ("SET @@wait_timeout = 60", 60),
    ("SET @@session.wait_timeout = 60", 60),
    ("SET @@local.wait_timeout = 60", 60),
    ("SET @@session . wait_timeout = 60", 60),
    ("SET `wait_timeout` = 60", 60),
    ("SET @@session.`wait_timeout` = 60", 60),
    ("SET sql_mode='STRICT_TRANS_TABLES', wait_timeout=60", 60),
    ("SET SESSION sql_mode='', wait_timeout=60, time_zone='+00:00'", 60),
    ("SET @note='SET wait_timeout=3', wait_timeout=60", 60),
    ("SET @note='it''s, \\'x\\', wait_timeout=3', wait_timeout=60", 60),
    ("SET NAMES utf8mb4, wait_timeout=60", 60),
    ("SET wait_timeout=60, NAMES utf8mb4", 60),
    ("SET wait_timeout=60;", 60),
    ("SET wait_timeout=60, wait_timeout=70", 70),
    ("SET GLOBAL max_connections=151, SESSION wait_timeout=60", 60),
    ("SET GLOBAL max_connections=151, @@wait_timeout=60", 60),
    ("SET @@global.max_connections=151, wait_timeout=60", 60),
    ("SET wait_timeout=0", 1),
    ("SET wait_timeout=-1", 1),
    ("SET wait_timeout=TRUE", 1),
    ("SET wait_timeout=060", 60),
    ("SET wait_timeout=+60", 60),
    ("SET wait_timeout=60*60", 3600),
    ("SET wait_timeout=(60+1)*2-1", 121),
    ("SET wait_timeout=99999999", 31_536_000),
    ("SET wait_timeout=999999999999999", 31_536_000),
    ("/* a comment */ SET /* another; SET wait_timeout=3 */ wait_timeout=60 -- SET wait_timeout=4", 60),
    ("SET wait_timeout=60 # , wait_timeout=5", 60),
    ("SET -- x\n wait_timeout=60", 60),
    ("/*!50000 SET wait_timeout=60 */", 60),
]
"""Each gives the session this many seconds."""

OTHERS = [
    "SET GLOBAL wait_timeout=60",
    "SET GLOBAL max_connections=151, wait_timeout=60",
    "SET SESSION sql_mode='', GLOBAL max_connections=151, wait_timeout=60",
    "SET GLOBAL max_connections=151, @@session.sql_mode='', wait_timeout=60",
    "SET GLOBAL max_connections=151, NAMES utf8mb4, wait_timeout=60",
    "SET @@global.wait_timeout=60",
    "SET interactive_timeout=60",
    "SET innodb_lock_wait_timeout=60",
    "SET sql_mode='STRICT_TRANS_TABLES'",
    "SET @wait_timeout=60",
    "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED",
    "SELECT @@wait_timeout",
]
"""Each leaves the session's value alone."""


@pytest.mark.parametrize(("sql", "seconds"), NUMBERS)
def test_a_number(sql: str, seconds: int) -> None:
    assert wait_timeout_of(sql) == seconds


@pytest.mark.parametrize(
    "sql", [*OTHERS, "SET PERSIST wait_timeout=60", "SET @@persist.wait_timeout=60", "", "SET", "'"]
)
def test_something_else(sql: str) -> None:
    assert wait_timeout_of(sql) is None


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SET wait_timeout=DEFAULT", "DEFAULT"),
        ("SET wait_timeout = @@global.interactive_timeout", "@@global.interactive_timeout"),
        ("SET wait_timeout=@seconds", "@seconds"),
        ("SET wait_timeout='60'", "'60'"),
        ("SET wait_timeout=60.5", "60.5"),
        ("SET wait_timeout=99999999999999999999999", "99999999999999999999999"),
        ("SET wait_timeout=0x3C", "0x3C"),
        ("SET wait_timeout=GREATEST(60,5), sql_mode=''", "GREATEST ( 60 , 5 )"),
        ("SET wait_timeout=60 SET sql_mode=''", "60 SET sql_mode = ''"),
        ("SET wait_timeout=", ""),
        ("SET wait_timeout=(", "("),
        ("SET wait_timeout=" + "(" * 5000, "( " * 4999 + "("),
        ("SET /*!80000 GLOBAL */ wait_timeout=60", "SET /*!80000 GLOBAL */ wait_timeout=60"),
    ],
)
def test_what_cannot_be_known_is_no_number(sql: str, text: str) -> None:
    assert wait_timeout_of(sql) == Expression(text)


def test_several_statements() -> None:
    assert wait_timeout_of("SET NAMES utf8mb4; SET wait_timeout=60;") == 60
    assert wait_timeout_of("SET GLOBAL max_connections=9; SET wait_timeout=60; SET wait_timeout=90") == 90
