"""Idle limits out of the configuration files of proxies."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.server.errors import ServerSourceError
from conn_lint.server.proxies import haproxy, maxscale, proxysql, read_limit

LISTEN = "listen mysql\n    bind :3306\n    mode tcp\n"


@pytest.mark.parametrize(
    ("text", "seconds", "line"),
    [
        (LISTEN + "    timeout client 3s\n    timeout server 5s\n", 3.0, 4),
        (LISTEN + "    timeout client 5s\n    timeout server 3s\n", 3.0, 5),
        (LISTEN + "    timeout client 2s\n    timeout server 2s\n    timeout tunnel 7s\n", 7.0, 6),
        (LISTEN + "    timeout client 50000\n", 50.0, 4),
        (LISTEN + "    timeout client 5m # minutes\n", 300.0, 4),
        (LISTEN, None, 0),
        (LISTEN + "    timeout client 0\n", None, 0),
        ("defaults\n  mode tcp\n  timeout client 1h\nlisten db\n  bind :3306\n", 3600.0, 3),
        (
            "defaults\n  mode http\n  timeout client 10s\n  timeout server 10s\nlisten web\n  bind :80\n"
            "listen galera\n  mode tcp\n  timeout client 90m\n  timeout server 60m\n",
            3600.0,
            10,
        ),
        (
            "frontend db\n  mode tcp\n  timeout client 30m\n  default_backend pool\n"
            "backend pool\n  mode tcp\n  timeout server 10m\n  option mysql-check user haproxy\n",
            600.0,
            7,
        ),
        (
            "defaults slow\n  timeout client 1d\ndefaults\n  timeout client 1s\nlisten mysql from slow\n  mode tcp\n",
            86400.0,
            2,
        ),
    ],
)
def test_haproxy(text: str, seconds: float | None, line: int) -> None:
    limit = haproxy.read(text)
    assert (limit.seconds, limit.line) == (seconds, line)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("listen web\n  mode http\n  bind :80\n", "no proxy"),
        ("listen a\n  mode tcp\n  bind :1\nlisten b\n  mode tcp\n  bind :2\n", "no proxy"),
        (LISTEN + "    timeout client soon\n", "line 4: timeout soon is no duration"),
    ],
)
def test_haproxy_that_does_not_say(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        haproxy.read(text)


@pytest.mark.parametrize(
    ("text", "seconds", "line"),
    [
        ("mysql_variables=\n{\n  threads=4\n  wait_timeout=600000\n}\n", 600.0, 4),
        ("mysql_variables : { wait_timeout = 1800000L; };", 1800.0, 1),
        ("mysql_variables=\n{\n  threads=4\n}\n", 28800.0, 0),
        ("# wait_timeout=1\n/* wait_timeout=2\n*/\nmysql_variables=\n{\n  # wait_timeout=3\n}\n", 28800.0, 0),
        ("pgsql_variables=\n{\n  wait_timeout=5\n}\nmysql_variables=\n{\n  wait_timeout=7000\n}\n", 7.0, 7),
        (
            'mysql_servers = ( { address="a"; wait_timeout=5 } )\nmysql_variables= { monitor_password="{x"; }\n',
            28800.0,
            0,
        ),
    ],
)
def test_proxysql(text: str, seconds: float, line: int) -> None:
    limit = proxysql.read(text)
    assert (limit.seconds, limit.line) == (seconds, line)


def test_proxysql_with_a_value_it_does_not_take() -> None:
    with pytest.raises(ValueError, match="line 1: wait_timeout = 10s"):
        proxysql.read("mysql_variables = { wait_timeout = 10s }")


@pytest.mark.parametrize(
    ("text", "seconds", "line"),
    [
        ("[db]\ntype=service\nwait_timeout=1h\n", 3600.0, 3),
        ("[db]\ntype=service\nconnection_timeout=300\n", 300.0, 3),
        ("[db]\ntype=service\nwait_timeout=0s\n", None, 3),
        ("[db]\ntype=service\n", 28800.0, 0),
        ("[s1]\ntype=server\nwait_timeout=5s\n[db]\ntype=service\nwait_timeout=500ms\n", 0.5, 6),
    ],
)
def test_maxscale(text: str, seconds: float | None, line: int) -> None:
    limit = maxscale.read(text)
    assert (limit.seconds, limit.line) == (seconds, line)


def test_the_program_is_told_by_the_text(tmp_path: Path) -> None:
    file = tmp_path / "proxy.conf"
    file.write_text(LISTEN + "    timeout client 3s\n")
    limit, place = read_limit(str(file), "proxy.conf")
    assert (limit.seconds, limit.why, str(place)) == (3.0, "timeout client 3s of listen mysql", "proxy.conf:4")


def test_a_file_of_another_program_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "nginx.conf"
    file.write_text("server { listen 80; }\n")
    with pytest.raises(ServerSourceError, match=r"nginx\.conf: is not a configuration file of"):
        read_limit(str(file), "nginx.conf")


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerSourceError, match=r"gone\.cfg: No such file"):
        read_limit(str(tmp_path / "gone.cfg"), "gone.cfg")
