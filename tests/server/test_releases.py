"""What differs between releases: each row was measured by running them, as Debian and Ubuntu package them."""

from __future__ import annotations

import pytest

from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import candidates
from conn_lint.server.grammar import Include, Option, entries
from conn_lint.server.options import Refusal, effect

RELEASES = (
    "mariadb-10.3.39 mariadb-10.5.23 mariadb-10.6.7 mariadb-10.6.23 mariadb-10.11.7 mariadb-10.11.19 mariadb-11.4.5"
    " mariadb-11.8.9 mysql-5.6.24 mysql-5.7.42 mysql-8.0.19 mysql-8.0.28 mysql-8.0.36 mysql-8.0.46 mysql-8.4.13"
    " mysql-9.7.4"
).split()

R = "refused"
TABLE = {
    #                       10.3 10.5 10.6.7 10.6.23 10.11.7 10.11.19 11.4 11.8 | 5.6 5.7 8.0.19 28 36 46 8.4 9.7
    "wait_timeout=60": (60,) * 16,
    "WAIT_TIMEOUT=60": (R, R, R, 60, R, 60, R, 60, R, R, R, R, R, R, R, R),
    "LOOSE-wait_timeout=60": (R, R, R, 60, R, 60, R, 60, R, R, R, R, R, R, R, R),
    "SKIP-wait_timeout": (R, R, R, 1, R, 1, R, 1, R, R, R, R, R, R, R, R),
    "wait_time=60": (60,) * 9 + (R,) * 7,
    "w=60": (R,) * 8 + (60,) + (R,) * 7,
    "x.wait_timeout=60": (60,) * 10 + (R,) * 6,
    "x.loose-wait_timeout=60": (60,) * 10 + (R,) * 6,
    "autoset-wait_timeout=60": (R,) * 16,
    "loose-autoset-wait_timeout=60": (R,) * 8 + (None,) * 8,
    "wait_timeout=-1": (31536000, 31536000, R, R, R, R, R, R, 31536000, 1, 1, 1, 1, 1, 1, 1),
    "loose-wait_timeout=60s": (1, 1, 1, 0, 1, 0, 0, 0, R, R, R, R, R, R, R, R),
    "wait_timeout=": (1,) * 9 + (R,) * 7,
    "wait_timeout=1T": (31536000,) * 8 + (R, R) + (31536000,) * 6,
    "maximum-wait_timeout=60": (None,) * 12 + (60,) * 4,
}


def result(release: str, line: str) -> int | str | None:
    (flavour,) = candidates(release)
    *_, option = entries(f"[mysqld]\n{line}\n".encode(), flavour.rules)
    assert isinstance(option, Option)
    found = effect(option, flavour)
    return R if isinstance(found, Refusal) else found.seconds if found else None


@pytest.mark.parametrize("line", TABLE)
def test_a_line_on_every_release(line: str) -> None:
    assert [result(release, line) for release in RELEASES] == list(TABLE[line])


def reads(release: str, group: str) -> bool:
    (flavour,) = candidates(release)
    return group in flavour.groups()


@pytest.mark.parametrize(
    ("group", "releases"),
    [
        ("mysqld", RELEASES),
        ("server", RELEASES),
        ("mariadb", RELEASES[:8]),
        ("client-server", RELEASES[:8]),
        ("mariadbd", RELEASES[1:8]),
        ("mariadb-11", ["mariadb-11.8.9"]),
        ("mariadbd-11", ["mariadb-11.8.9"]),
        ("mysqld-11", []),
        ("mysqld-8.0", RELEASES[10:14]),
        ("mysqld-8", []),
        ("mysqld-8.0.46", []),
        ("mysql_cluster", ["mysql-8.4.13", "mysql-9.7.4"]),
        ("mysqld_safe", []),
    ],
)
def test_a_group_on_every_release(group: str, releases: list[str]) -> None:
    assert [release for release in RELEASES if reads(release, group)] == releases


def test_lines_beyond_4_kb() -> None:
    text = b"[mysqld]\n#" + b"x" * 4093 + b"wait_timeout=7\n"
    found = [release for release in RELEASES if len(list(entries(text, candidates(release)[0].rules))) == 1]
    assert found == RELEASES[11:]


def test_an_include_at_the_end_of_a_file() -> None:
    whole = [
        release
        for release in RELEASES
        if list(entries(b"!include /a.cnf", candidates(release)[0].rules)) == [Include(b"/a.cnf", False, 1)]
    ]
    assert whole == ["mysql-9.7.4"]


# --- which releases a name may mean


@pytest.mark.parametrize(
    ("name", "like"),
    [
        ("mysql-8.0", [(8, 0, 19), (8, 0, 28), (8, 0, 46)]),
        ("mysql-8.0.11", [(8, 0, 19)]),
        ("mysql-8.0.30", [(8, 0, 28), (8, 0, 36)]),
        ("mysql-8.0.40-0ubuntu1", [(8, 0, 46)]),
        ("mysql-8.2", [(8, 0, 46), (8, 4, 4)]),
        ("mysql-9.0.1", [(8, 4, 13), (9, 7, 4)]),
        ("mysql-10.0", [(9, 7, 4)]),
        ("mysql-5.5", [(5, 6, 22)]),
        ("mariadb-10.11", [(10, 11, 7), (10, 11, 19)]),
        ("mariadb-10.11.19", [(10, 11, 19)]),
        ("mariadb-10.11.10", [(10, 11, 7), (10, 11, 19)]),
        ("mariadb-12.0", [(11, 8, 9)]),
    ],
)
def test_names(name: str, like: list[tuple[int, int, int]]) -> None:
    assert [flavour.like for flavour in candidates(name)] == like


def test_releases_of_one_series_are_told_apart_where_they_differ() -> None:
    old, new = candidates("mariadb-10.11")
    assert (old.name, old.exact_name, new.exact_name) == (
        "mariadb-10.11",
        "mariadb-10.11 (as 10.11.7)",
        "mariadb-10.11 (as 10.11.19)",
    )


def test_no_server() -> None:
    with pytest.raises(ServerSourceError, match="name it like"):
        candidates("oracle-19")
