from __future__ import annotations

import pytest

from conn_lint.server.flavours import MARIADB_10_11, Flavour, candidates
from conn_lint.server.grammar import Option, entries
from conn_lint.server.options import Assignment, Refusal, effect, timeout_named

MEASURED = ("mariadb-10.5.23", "mariadb-10.11.19", "mariadb-11.8.9", "mysql-5.6.24", "mysql-9.7.4")


def flavour(name: str) -> Flavour:
    (only,) = candidates(name)
    return only


def option(line: str) -> Option:
    text = f"[mysqld]\n{line}\n".encode("latin-1")
    *_, last = entries(text, MARIADB_10_11)
    assert isinstance(last, Option)
    return last


def result(line: str, server: str) -> int | str | None:
    """The seconds that ``line`` sets, "refused", or None when it sets nothing."""
    found = effect(option(line), flavour(server))
    return "refused" if isinstance(found, Refusal) else found.seconds if found else None


def results(line: str) -> list[int | str | None]:
    return [result(line, server) for server in MEASURED]


@pytest.mark.parametrize(
    ("line", "seconds"),
    [
        ("wait_timeout=60", 60),
        ("wait-timeout=60", 60),
        ("loose-wait_timeout=60", 60),
        ("loose_wait-timeout=60", 60),
        ("skip-loose-wait_timeout=60", 60),
        ("wait_timeout=00060", 60),
        ("wait_timeout=" + "0" * 4000 + "60", 60),
        ("wait_timeout=+61", 61),
        ("wait_timeout=' 60'", 60),
        ("wait_timeout=1K", 1024),
        ("wait_timeout=2k", 2048),
        ("wait_timeout=30M", 31457280),
        ("wait_timeout=1G", 31536000),
        ("wait_timeout=31536001", 31536000),
        ("wait_timeout=99999999", 31536000),
        ("wait_timeout=0", 1),
        ("wait_timeout=K", 1),
        ("skip-wait_timeout", 1),
        ("skip-wait_timeout=0", 1),
        ("disable-wait_timeout=60", 1),
        ("enable-wait_timeout=60", 1),
        ("loose-skip-wait_timeout=60", 1),
    ],
)
def test_every_server_sets(line: str, seconds: int) -> None:
    assert results(line) == [seconds] * 5


@pytest.mark.parametrize(
    "line",
    [
        "wait_timeout",
        "loose-wait_timeout",
        "wait_timeout=60s",
        "wait_timeout=8h",
        "wait_timeout=1.5",
        "wait_timeout=0x3C",
        "wait_timeout=28,800",
        "wait_timeout=60;x",
        "wait_timeout=60 ; x",
        "wait_timeout=abc",
        "wait_timeout=60 70",
        "wait_timeout='60 '",
        "wait_timeout='60",
        "wait_timeout='  '",
        "wait_timeout=\xc2\xa060",
        "wait_timeout=99999999999999999999",
        "wait_timeout=" + "9" * 4000,
        "wait_timeout == 60",
        "wait_timeout: 60",
        "wait_timeout 60",
        "maximum-wait_timeout",
        "maximum-wait_timeout=x",
        "autoset-wait_timeout",
        "autoset-wait_timeout=4",
        "--wait_timeout=60",
        "=60",
        "set-variable = wait_timeout=60",
        "SET GLOBAL wait_timeout = 60",
        "wait_timeouts=60",
        "i=60",
        "default-character-set=utf8mb4",
        "no_such_variable=1",
        "port",
        "port=none",
        "innodb_buffer_pool_size=70%",
    ],
)
def test_every_server_refuses(line: str) -> None:
    assert results(line) == ["refused"] * 5


@pytest.mark.parametrize(
    "line",
    [
        "innodb_lock_wait_timeout=5",
        "lock_wait_timeout=5",
        "loose-no_such_variable=1",
        "loose-wait_timeouts=60",
        "skip-name-resolve",
        "skip_networking=0",
        "port=3306",
        "innodb_buffer_pool_size=1G",
        "long_query_time=0.5",
        "server_audit_logging=ON",
        "plugin-load-add=server_audit",
        "thread_pool_size=4",
        "performance-schema-instrument='stage/%=ON'",
        "user=mysql",
        "log_bin",
        "binlog_format=ROW",
    ],
)
def test_no_server_minds(line: str) -> None:
    assert results(line) == [None] * 5


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        #                       10.5       10.11      11.8       5.6        9.7
        ("wait_timeout=-1", [31536000, "refused", "refused", 31536000, 1]),
        ("wait_timeout=' -1'", [31536000, 31536000, 31536000, 31536000, 1]),
        ("wait_timeout=", [1, 1, 1, 1, "refused"]),
        ('wait_timeout=""', [1, 1, 1, 1, "refused"]),
        ("wait_timeout=1T", [31536000, 31536000, 31536000, "refused", 31536000]),
        ("wait_timeout=1e3", [31536000, 31536000, 31536000, "refused", 31536000]),
        ("WAIT_TIMEOUT=60", ["refused", 60, 60, "refused", "refused"]),
        ("LOOSE-wait_timeout=60", ["refused", 60, 60, "refused", "refused"]),
        ("loose-WAIT_TIMEOUT=60", [None, 60, 60, None, None]),
        ("wait_time=60", [60, 60, 60, 60, "refused"]),
        ("wa=60", [60, 60, 60, 60, "refused"]),
        ("w=60", ["refused", "refused", "refused", 60, "refused"]),
        ("int=60", [60, 60, 60, 60, "refused"]),
        ("in=60", ["refused"] * 5),
        ("x.wait_timeout=60", [60, 60, 60, 60, "refused"]),
        ("x.y.wait_timeout=60", ["refused"] * 5),
        (".wait_timeout=60", ["refused"] * 5),
        ("loose-x.wait_timeout=60", [60, 60, 60, 60, None]),
        ("loose-wait_timeout=60s", [1, 0, 0, "refused", "refused"]),
        ("wait_timeout=16777216T", [1, 1, 1, "refused", "refused"]),
        ("maximum-wait_timeout=60", [None, None, None, None, 60]),
        ("host=127.0.0.1", ["refused"] * 5),
        ("query_cache_size=0", [None, None, None, None, "refused"]),
        ("mysqlx_port=33060", ["refused", "refused", "refused", None, None]),
        ("aria_pagecache_buffer_size=1M", [None, None, None, "refused", "refused"]),
        ("default_authentication_plugin=mysql_native_password", [None, None, None, None, "refused"]),
    ],
)
def test_servers_differ(line: str, expected: list[int | str | None]) -> None:
    assert results(line) == expected


def test_maximum_only_lowers() -> None:
    assert effect(option("maximum-wait_timeout=60"), flavour("mysql-9.7")) == Assignment(
        "wait_timeout", 60, lowers=True
    )


def test_an_option_of_another_server_is_told_from_a_mistake() -> None:
    other = effect(option("query_cache_size=0"), flavour("mysql-9.7"))
    assert other == Refusal("unknown variable 'query_cache_size'", foreign=True)
    mistake = effect(option("wait_time=5"), flavour("mysql-9.7"))
    assert mistake == Refusal("unknown variable 'wait_time'")


@pytest.mark.parametrize("name", [b"wait_timeout", b"WAIT-timeout", b"loose-wait_timeout", b"skip-wait_timeout"])
def test_names_of_a_timeout(name: bytes) -> None:
    assert timeout_named(name) == "wait_timeout"


@pytest.mark.parametrize(
    "name", [b"wait", b"lock_wait_timeout", b"wait_timeouts", b"", b"timeout", b"net_wait_timeout"]
)
def test_names_that_are_no_timeout(name: bytes) -> None:
    assert timeout_named(name) is None


@pytest.mark.parametrize(
    ("line", "server"),
    [
        ("optimizer_disk_read_cost=10", "mariadb-11.8.9"),
        ("mhnsw_max_cache_size=16M", "mariadb-11.8.9"),
        ("replica_allow_batching=ON", "mysql-8.4.13"),
        ("enable_secondary_engine_statistics=ON", "mysql-9.7.4"),
        ("extra_port=3307", "mysql-5.6.24"),
        ("innodb_kill_idle_transaction=60", "mysql-5.6.24"),
        ("some_option_of_tomorrow=1", "mariadb-12.3"),
        ("some_option_of_tomorrow=1", "mysql-10.1"),
    ],
)
def test_options_of_the_latest_releases_and_of_percona(line: str, server: str) -> None:
    assert result(line, server) is None


def test_a_misspelt_timeout_is_refused_by_any_release() -> None:
    assert result("wait_timeouts=60", "mariadb-12.3") == "refused"
