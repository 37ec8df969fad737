from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.server.defaultfiles import default_files, group_suffix
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import Flavour, candidates
from conn_lint.server.optionfiles import read_option_files


def flavour(name: str) -> Flavour:
    return candidates(name)[0]


@pytest.fixture
def homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """An environment whose folders all hold an option file, on a machine that has none in /etc."""
    monkeypatch.setattr("conn_lint.server.defaultfiles.SYSTEM", (str(tmp_path / "etc/my.cnf"),))
    for name in ("etc/my.cnf", "mysql/my.cnf", "mariadb/my.cnf", "user/.my.cnf"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(f"[mysqld]\nwait_timeout={len(name)}\n")
    return {
        "MYSQL_HOME": str(tmp_path / "mysql"),
        "MARIADB_HOME": str(tmp_path / "mariadb"),
        "HOME": str(tmp_path / "user"),
    }


def shown(paths: list[str], tmp_path: Path) -> list[str]:
    return [str(Path(path).relative_to(tmp_path)) for path in paths]


@pytest.mark.parametrize(
    ("server", "home"),
    [("mysql-8.4", "mysql"), ("mysql-5.6", "mysql"), ("mariadb-10.5", "mysql"), ("mariadb-10.11.19", "mariadb")],
)
def test_the_list_in_its_order(homes: dict[str, str], tmp_path: Path, server: str, home: str) -> None:
    extra = str(tmp_path / "user/.my.cnf")
    found = shown(default_files(flavour(server), homes), tmp_path)
    assert found == ["etc/my.cnf", f"{home}/my.cnf", "user/.my.cnf"]
    del homes["HOME"]
    found = shown(default_files(flavour(server), homes, (extra,)), tmp_path)
    assert found == ["etc/my.cnf", f"{home}/my.cnf", "user/.my.cnf"]


def test_mariadb_without_a_home_of_its_own(homes: dict[str, str], tmp_path: Path) -> None:
    del homes["MARIADB_HOME"]
    assert "mysql/my.cnf" in shown(default_files(flavour("mariadb-11.8"), homes), tmp_path)


def test_missing_ones_are_left_out(tmp_path: Path, homes: dict[str, str]) -> None:
    assert shown(default_files(flavour("mysql-8.4"), {"MYSQL_HOME": "/none", "HOME": "/none"}), tmp_path) == [
        "etc/my.cnf"
    ]


def test_a_folder_that_occurs_twice_counts_at_its_last_place(homes: dict[str, str], tmp_path: Path) -> None:
    homes["MYSQL_HOME"] = str(tmp_path / "etc")
    homes["HOME"] = "/none"
    assert shown(default_files(flavour("mysql-8.4"), homes, (str(tmp_path / "mysql/my.cnf"),)), tmp_path) == [
        "etc/my.cnf",
        "mysql/my.cnf",
    ]


def test_the_answer_of_this_machine(homes: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in homes.items():
        monkeypatch.setenv(name, value)
    found = read_option_files([], root=str(tmp_path), server="mysql-8.4", defaults=True)
    assert (found.wait_timeout, str(found.wait_place)) == (len("user/.my.cnf"), "user/.my.cnf:2")
    assert found.name == "the server's default files"
    (tmp_path / "extra.cnf").write_text("[mysqld]\nwait_timeout=70\ninteractive_timeout=71\n")
    found = read_option_files([str(tmp_path / "extra.cnf")], root=str(tmp_path), server="mysql-8.4", defaults=True)
    assert (found.wait_timeout, found.interactive_timeout) == (len("user/.my.cnf"), 71)


def test_a_machine_without_any(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("conn_lint.server.defaultfiles.SYSTEM", ())
    for name in ("HOME", "MYSQL_HOME", "MARIADB_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    with pytest.raises(ServerSourceError, match="--mycnf-defaults: none of the files"):
        read_option_files([], root=str(tmp_path), defaults=True)


@pytest.mark.parametrize(
    ("server", "suffix"), [("mysql-5.6", ""), ("mysql-8.0", "_m"), ("mariadb-10.5", "_m"), ("mariadb-10.11.19", "_x")]
)
def test_the_suffix_of_the_environment(server: str, suffix: str) -> None:
    environment = {"MYSQL_GROUP_SUFFIX": "_m", "MARIADB_GROUP_SUFFIX": "_x"}
    assert group_suffix(flavour(server), environment) == suffix


# --- --defaults-group-suffix


@pytest.mark.parametrize(
    ("suffix", "seconds"), [("", 10), ("_prod", 30), ("_PROD", 30), ("_other", 10), ("-replica", 20)]
)
def test_groups_with_the_suffix_are_read_as_well(tmp_path: Path, suffix: str, seconds: int) -> None:
    text = "[mysqld]\nwait_timeout=10\n[mysqld-replica]\nwait_timeout=20\n[server_Prod]\nwait_timeout=30\n"
    (tmp_path / "my.cnf").write_text(text)
    found = read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path), suffix=suffix)
    assert (found.wait_timeout, found.misplaced) == (seconds, ())


def test_the_last_one_holds_whatever_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "my.cnf").write_text("[mysqld_a]\nwait_timeout=20\n[mysqld]\nwait_timeout=10\n")
    assert read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path), suffix="_a").wait_timeout == 10
