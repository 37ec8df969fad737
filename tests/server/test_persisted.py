"""mysqld-auto.cnf: the answers are those of MySQL 8.0.46 and 9.7.4 started on such files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from conn_lint.model import ServerAnswer
from conn_lint.server.optionfiles import read_option_files

META = {"Timestamp": 1795328630003275, "User": "root", "Host": "localhost"}


def entry(value: object) -> dict[str, object]:
    return {"Value": value, "Metadata": META}


def version_2(**values: object) -> str:
    return json.dumps({"Version": 2, "mysql_dynamic_variables": {name: entry(each) for name, each in values.items()}})


def version_1(**values: object) -> str:
    static = {"back_log": entry("90")}
    entries = {name: entry(each) for name, each in values.items()}
    return json.dumps({"Version": 1, "mysql_server": {**entries, "mysql_server_static_options": static}})


@pytest.fixture
def ask(tmp_path: Path) -> object:
    def ask(persisted: str, mycnf: str | None = "[mysqld]\nwait_timeout=300\n", server: str = "mysql-9.7") -> object:
        (tmp_path / "mysqld-auto.cnf").write_text(persisted)
        if mycnf is None:
            return read_option_files([str(tmp_path / "mysqld-auto.cnf")], root=str(tmp_path), server=server)
        (tmp_path / "my.cnf").write_text(mycnf)
        return read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path), server=server)

    return ask


def values(found: ServerAnswer) -> tuple[str, int | None, int | None]:
    return found.outcome, found.wait_timeout, found.interactive_timeout


@pytest.mark.parametrize("write", [version_1, version_2])
@pytest.mark.parametrize("server", ["mysql-8.0", "mysql-8.4", "mysql-9.7"])
def test_it_goes_before_the_option_file(ask, write, server: str) -> None:  # type: ignore[no-untyped-def]
    found = ask(write(wait_timeout="120"), server=server)
    assert values(found) == ("value", 120, 28800)
    assert str(found.wait_place) == "mysqld-auto.cnf:1"
    assert [place.label for place in found.places] == [
        "wait_timeout = 300 in [mysqld], overridden",
        "wait_timeout = 120, persisted",
    ]


@pytest.mark.parametrize("server", ["mariadb-10.11", "mysql-5.7"])
def test_servers_that_have_no_such_file_do_not_look_at_it(ask, server: str) -> None:  # type: ignore[no-untyped-def]
    assert values(ask(version_2(wait_timeout="120"), server=server)) == ("value", 300, 28800)


def test_only_a_mysql_writes_it(tmp_path: Path) -> None:
    (tmp_path / "mysqld-auto.cnf").write_text(version_2(interactive_timeout="60"))
    (tmp_path / "my.cnf").write_text("[mysqld]\nwait_timeout=300\n[mariadb]\nwait_timeout=301\n")
    found = read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path))
    assert values(found) == ("value", 300, 60)


@pytest.mark.parametrize(
    "text", ["persisted_globals_load=OFF", "persisted-globals-load = 0", "loose-persisted_globals_load=false"]
)
def test_it_can_be_switched_off(ask, text: str) -> None:  # type: ignore[no-untyped-def]
    found = ask(version_2(wait_timeout="120"), f"[mysqld]\nwait_timeout=300\n{text}\n")
    assert values(found) == ("value", 300, 28800)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        (version_2(wait_timeout="0"), 1),
        (version_2(wait_timeout="99999999"), 31536000),
        (version_2(wait_timeout="2m"), 2),
        (version_2(wait_timeout="1K"), 1),
        (version_2(wait_timeout="0120"), 120),
        (version_2(wait_timeout=" 120"), 120),
        (version_2(WAIT_TIMEOUT="120"), 120),
        (json.dumps({"Version": 2, "mysql_static_variables": {"wait_timeout": entry("120")}}), 120),
        (json.dumps({"mysql_dynamic_variables": {"wait_timeout": entry("120")}, "Version": 2}), 120),
        (version_2(wait_timeout=120), 300),
        (json.dumps({"Version": 2, "mysql_dynamic_variables": {"wait_timeout": {"Value": "120"}}}), 300),
        (json.dumps({"Version": 2}), 300),
    ],
)
@pytest.mark.parametrize("server", ["mysql-8.0", "mysql-9.7"])
def test_entries_by_hand(ask, text: str, seconds: int, server: str) -> None:  # type: ignore[no-untyped-def]
    assert values(ask(text, server=server)) == ("value", seconds, 28800)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "[" * 9999,
        '{"mysql_dynamic_variables": {}}',
        '{"Version": 3}',
        version_1(wait_timeout=120),
        json.dumps({"Version": 1, "mysql_server": {"wait_timeout": {"Value": "120"}}}),
    ],
)
def test_broken_files_are_refused(ask, text: str) -> None:  # type: ignore[no-untyped-def]
    for mycnf in ("[mysqld]\nwait_timeout=300\n", "[mysqld]\npersisted_globals_load=OFF\n"):
        found = ask(text, mycnf)
        assert found.outcome == "refused"
        assert [remark.kind for remark in found.remarks] == ["refused"]
        assert str(found.remarks[0].place) == "mysqld-auto.cnf:1"


def test_given_alone(ask) -> None:  # type: ignore[no-untyped-def]
    found = ask(version_2(wait_timeout="120"), None)
    assert (found.outcome, found.wait_timeout, found.interactive_timeout) == ("value", 120, None)
    found = ask(version_2(interactive_timeout="120"), None)
    assert found.outcome == "unknown"
    assert "give them too" in found.reason


def test_in_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/mysqld-auto.cnf").write_text(version_2(wait_timeout="120"))
    (tmp_path / "my.cnf").write_text(f"[mysqld]\ndatadir = {tmp_path}/data\nwait_timeout=300\n")
    found = read_option_files([str(tmp_path / "my.cnf")], root=str(tmp_path), server="mysql-9.7")
    assert values(found) == ("value", 120, 28800)
    assert str(found.wait_place) == "data/mysqld-auto.cnf:1"


def test_the_line_of_an_indented_file(ask) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps(json.loads(version_2(interactive_timeout="130", wait_timeout="120")), indent=1)
    found = ask(text)
    lines = text.splitlines()
    assert '"wait_timeout"' in lines[found.wait_place.line - 1]
    assert '"interactive_timeout"' in lines[found.interactive_place.line - 1]
