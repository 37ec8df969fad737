from __future__ import annotations

import os
from pathlib import Path

import pytest

from conn_lint.model import ServerAnswer
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.optionfiles import read_option_files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    return tmp_path.resolve()


def lay(tree: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("@/", f"{tree}/"))


def answer(
    tree: Path, files: dict[str, str], entry: str = "my.cnf", server: str | None = "mariadb-10.11"
) -> ServerAnswer:
    lay(tree, files)
    return read_option_files([str(tree / entry)], root=str(tree), server=server)


def places(found: ServerAnswer) -> list[str]:
    return [f"{place.span}: {place.label}" for place in found.places]


def remarks(found: ServerAnswer) -> list[str]:
    return [f"{remark.kind} {remark.place}: {remark.reason}" for remark in found.remarks]


def test_value_its_place_and_the_overridden_ones(tree: Path) -> None:
    found = answer(
        tree, {"my.cnf": "[mysqld]\nwait_timeout = 60\nwait_timeout=70 # x\n[server]\ninteractive-timeout=0\n"}
    )
    assert (found.outcome, found.wait_timeout, found.interactive_timeout) == ("value", 70, 1)
    assert (str(found.wait_place), str(found.interactive_place)) == ("my.cnf:3", "my.cnf:5")
    assert places(found) == [
        "my.cnf:2: wait_timeout = 60 in [mysqld], overridden",
        "my.cnf:3: wait_timeout = 70 in [mysqld]",
        "my.cnf:5: interactive_timeout = 0 in [server], which is 1 s",
    ]
    assert found.problems == ()


def test_nothing_set_is_the_default_without_a_place(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\nport=3306\n"})
    assert (found.outcome, found.wait_timeout, found.interactive_timeout) == ("value", 28800, 28800)
    assert found.wait_place is None
    assert "the default" in found.reason


def test_includedir_order_and_endings(tree: Path) -> None:
    names = ["a.cnf", "10.cnf", "9.cnf", "Z.cnf", ".x.cnf", "b.CNF", "c.cnf.bak", "d.conf", "e.cnf~", "sub/f.cnf"]
    files = {f"conf.d/{name}": f"[mysqld]\nwait_timeout={index + 1}\n" for index, name in enumerate(names)}
    found = answer(tree, {"my.cnf": "!includedir @/conf.d\n", **files})
    assert [place.span.path for place in found.places] == [
        f"conf.d/{n}" for n in (".x.cnf", "10.cnf", "9.cnf", "Z.cnf", "a.cnf")
    ]
    assert found.wait_timeout == 1


def test_links_are_followed_and_dead_ones_passed_over(tree: Path) -> None:
    lay(tree, {"my.cnf": "!includedir @/conf.d\n", "real/x.txt": "[mysqld]\nwait_timeout=5\n", "conf.d/README": ""})
    (tree / "conf.d/a.cnf").symlink_to(tree / "real/x.txt")
    (tree / "conf.d/b.cnf").symlink_to(tree / "none")
    (tree / "conf.d/c.cnf").symlink_to(tree / "conf.d")
    assert answer(tree, {}).wait_timeout == 5


def test_mysql_5_6_judges_the_ending_from_the_first_dot(tree: Path) -> None:
    files = {f"d/{name}": "[mysqld]\nwait_timeout=5\n" for name in ("a.b.cnf", ".x.cnf")}
    assert answer(tree, {"my.cnf": "!includedir @/d\n", **files}, server="mysql-5.6").wait_timeout == 28800
    assert answer(tree, {".cnf": "", "my.cnf": "!includedir @/d\n", **files}).wait_timeout == 5


def test_group_goes_on_after_an_include_but_not_into_it(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\n!include @/a.cnf\nwait_timeout=9\n", "a.cnf": "# x\nwait_timeout=5\n"})
    assert found.wait_timeout == 9
    assert remarks(found) == [
        "ignored a.cnf:2: an option before the first group: the server drops the rest of this file"
    ]


def test_missing_include_is_remarked_on(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\nwait_timeout=9\n!include @/none.cnf\n"})
    assert found.wait_timeout == 9
    assert remarks(found) == [f"missing my.cnf:3: !include {tree}/none.cnf, which does not exist"]
    assert found.problems == ()


def test_missing_includedir_is_refused(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\nwait_timeout=9\n!includedir @/none\n"})
    assert (found.outcome, found.wait_timeout) == ("refused", None)
    assert found.reason == f"!includedir {tree}/none: No such file or directory (my.cnf:3)"


def test_include_depth_is_ten(tree: Path) -> None:
    files = {f"{n}.cnf": f"[mysqld]\nwait_timeout={n + 1}\n!include @/{n + 1}.cnf\n" for n in range(13)}
    assert answer(tree, files, entry="0.cnf").wait_timeout == 11


def test_broken_include_line_in_the_deepest_file_is_passed_over(tree: Path) -> None:
    text = "!include @/my.cnf\n!includedir  \n[mysqld]\nwait_timeout=9\n"
    assert answer(tree, {"my.cnf": "!include @/a.cnf\n", "a.cnf": text.replace("my.cnf", "a.cnf")}).wait_timeout == 9


def test_file_that_includes_itself(tree: Path) -> None:
    assert answer(tree, {"my.cnf": "[mysqld]\nwait_timeout=9\n!include @/my.cnf\n"}).wait_timeout == 9


def test_files_that_include_each_other_without_end(tree: Path) -> None:
    line = "!include @/my.cnf\n"
    with pytest.raises(ServerSourceError, match=r"includes more than \d+ files"):
        answer(tree, {"my.cnf": "[mysqld]\n" + line * 4})


def test_relative_include_counts_from_the_working_folder(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {
        "etc/my.cnf": "!include a.cnf\n",
        "etc/a.cnf": "[mysqld]\nwait_timeout=5\n",
        "b/a.cnf": "[mysqld]\nwait_timeout=6\n",
    }
    lay(tree, files)
    monkeypatch.chdir(tree / "b")
    assert answer(tree, {}, entry="etc/my.cnf").wait_timeout == 6


def test_tilde_is_the_home_in_include_only(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tree / "home"))
    files = {"home/a.cnf": "[mysqld]\nwait_timeout=5\n", "my.cnf": "!include ~/a.cnf\n", "dir.cnf": "!includedir ~/\n"}
    assert answer(tree, files).wait_timeout == 5
    assert answer(tree, {}, entry="dir.cnf").outcome == "refused"


def test_file_that_everyone_may_write_is_ignored(tree: Path) -> None:
    lay(tree, {"my.cnf": "[mysqld]\nwait_timeout=9\n"})
    tree.chmod(0o755)
    (tree / "my.cnf").chmod(0o666)
    found = answer(tree, {})
    assert found.wait_timeout == 28800
    assert remarks(found) == ["ignored my.cnf:1: is writable by everyone, so the server ignores it"]


def test_permissions_say_nothing_in_a_folder_that_everyone_may_write(tree: Path) -> None:
    lay(tree, {"mounted/my.cnf": "[mysqld]\nwait_timeout=9\n"})
    (tree / "mounted").chmod(0o777)
    (tree / "mounted/my.cnf").chmod(0o777)
    assert answer(tree, {}, entry="mounted/my.cnf").wait_timeout == 9


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("wait_timeout=9\n", "an option before the first group (my.cnf:1)"),
        ("\n[mysqld\nwait_timeout=9\n", "a group without its closing bracket (my.cnf:2)"),
        ("[mysqld]\nwait_timeout=9s\n", "unknown suffix in value '9s' for wait_timeout (my.cnf:2)"),
        ("[mysqld]\nwait_timeout=9\n[server]\nwait_timeuot=1\n", "unknown variable 'wait_timeuot' (my.cnf:4)"),
    ],
)
def test_refused_with_its_place(tree: Path, text: str, reason: str) -> None:
    found = answer(tree, {"my.cnf": text})
    assert (found.outcome, found.reason, found.wait_timeout) == ("refused", reason, None)


def test_what_other_programs_read_is_not_judged(tree: Path) -> None:
    assert (
        answer(
            tree, {"my.cnf": "[client]\nwait_timuot=none\n[mysqldump]\nquick\n[mysqld]\nwait_timeout=9\n"}
        ).wait_timeout
        == 9
    )


# --- which server


def test_versioned_groups(tree: Path) -> None:
    text = "[mysqld]\nwait_timeout=10\n[mysqld-8.0]\nwait_timeout=80\n"
    text += "[mariadb-10.11]\nwait_timeout=1011\n[mariadb-11]\nwait_timeout=11\n"
    lay(tree, {"my.cnf": text})
    for server, seconds in [
        ("mysql-8.0.36", 80),
        ("mysql-8.4", 10),
        ("mariadb-10.11.6", 1011),
        ("mariadb-11.8", 11),
        ("mysql-9.7", 10),
    ]:
        assert answer(tree, {}, server=server).wait_timeout == seconds


def test_any_server_where_all_agree(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\nwait_timeout=9\n"}, server=None)
    assert (found.outcome, found.wait_timeout, found.flavour) == ("value", 9, None)


def test_any_server_where_they_differ_is_unknown_with_both_numbers(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\nwait_timeout=9\n[mariadbd]\nwait_timeout=7\n"}, server=None)
    assert (found.outcome, found.wait_timeout) == ("unknown", None)
    for part in (
        "--server",
        "wait_timeout 7 s, interactive_timeout 28800 s on mariadb-10.11, mariadb-11.8",
        "wait_timeout 9 s",
    ):
        assert part in found.reason


def test_any_server_is_narrowed_by_options_that_only_one_knows(tree: Path) -> None:
    text = "[mysqld]\nwait_timeout=9\nmysqlx-bind-address = 127.0.0.1\n[mariadbd]\nwait_timeout=7\n"
    found = answer(tree, {"my.cnf": text}, server=None)
    assert (found.outcome, found.wait_timeout) == ("value", 9)
    assert "mariadb-10.11 would not start with it: unknown variable 'mysqlx-bind-address' (my.cnf:3)" in found.reason


def test_any_server_is_not_narrowed_by_a_misspelt_timeout(tree: Path) -> None:
    found = answer(tree, {"my.cnf": "[mysqld]\nWait_Timeout=9\n"}, server=None)
    assert found.outcome == "unknown"
    assert "refused on mariadb-10.11 (as 10.11.7), mysql-8.0, mysql-8.4, mysql-9.7; " in found.reason
    assert found.reason.endswith(" on mariadb-10.11 (as 10.11.19), mariadb-11.8")


def test_refused_by_all(tree: Path) -> None:
    assert answer(tree, {"my.cnf": "[mysqld]\nno_such_variable=9\n"}, server=None).outcome == "refused"


@pytest.mark.parametrize("server", ["postgres-16", "mysql-8", "mysql-x.y", "mariadb-x", "", "10.11", "mysql-4.1"])
def test_unknown_server_name(tree: Path, server: str) -> None:
    lay(tree, {"my.cnf": ""})
    with pytest.raises(ServerSourceError, match=r"name it like mysql-8\.0"):
        answer(tree, {}, server=server)


# --- groups that no server reads


def test_misplaced(tree: Path) -> None:
    text = "[client]\nwait_timeout=5\n[mysqld_safe]\nloose-interactive-timeout = 6\n"
    text += "[mysqld1]\nwait_timeout=7\n[mysqldd]\nWAIT-TIMEOUT\n"
    found = answer(tree, {"my.cnf": text})
    assert [(s.variable, s.text, s.group, str(s.place)) for s in found.misplaced] == [
        ("wait_timeout", "5", "client", "my.cnf:2"),
        ("interactive_timeout", "6", "mysqld_safe", "my.cnf:4"),
        ("wait_timeout", "7", "mysqld1", "my.cnf:6"),
        ("wait_timeout", "", "mysqldd", "my.cnf:8"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[mysqld]\nwait_timeout=5\n",
        "[MariaDB]\nwait_timeout=5\n",
        "[mysqld-5.7]\nwait_timeout=5\n",
        "[mariadb-12]\nwait_timeout=5\n",
        "[mysql_cluster]\nwait_timeout=5\n",
        "[mysqld@replica]\nwait_timeout=5\n",
        "[mysqld_multi]\nlog=x\n[mysqld1]\nwait_timeout=5\n",
        "[client]\nconnect_timeout=5\n[mysqldump]\nnet_wait_timeout=5\n",
        "[client]\n# wait_timeout=5\n",
    ],
)
def test_not_misplaced(tree: Path, text: str) -> None:
    assert answer(tree, {"my.cnf": text}).misplaced == ()


# --- copies of what lies on a server


def test_absolute_includes_of_a_copied_tree_lead_into_the_copy(tree: Path) -> None:
    files = {
        "deploy/etc/mysql/my.cnf": "!includedir /etc/mysql/conf.d/\n!include /etc/mysql/x.cnf\n",
        "deploy/etc/mysql/conf.d/a.cnf": "[mysqld]\nwait_timeout=70\n",
        "deploy/etc/mysql/x.cnf": "[mysqld]\ninteractive_timeout=71\n",
    }
    found = answer(tree, files, entry="deploy/etc/mysql/my.cnf")
    assert (found.wait_timeout, found.interactive_timeout) == (70, 71)
    assert found.wait_place is not None
    assert found.wait_place.path == "deploy/etc/mysql/conf.d/a.cnf"


@pytest.mark.parametrize(
    "folder", ["docker/conf.d", "docker/mysql/conf.d", "docker/etc/mysql/conf.d", "etc/mysql/conf.d"]
)
def test_absolute_includes_are_looked_for_beside_the_file(tree: Path, folder: str) -> None:
    files = {"docker/my.cnf": "!includedir /etc/mysql/conf.d/\n", f"{folder}/a.cnf": "[mysqld]\nwait_timeout=70\n"}
    assert answer(tree, files, entry="docker/my.cnf").wait_timeout == 70


@pytest.mark.parametrize("folder", ["other/conf.d", "docker/sub/conf.d", "conf.d"])
def test_folders_of_that_name_elsewhere_are_not_taken(tree: Path, folder: str) -> None:
    files = {"docker/my.cnf": "!includedir /nowhere/mysql/conf.d/\n", f"{folder}/a.cnf": "[mysqld]\nwait_timeout=70\n"}
    assert answer(tree, files, entry="docker/my.cnf").wait_timeout == 28800


def test_what_is_only_on_the_server_is_said_and_does_not_refuse(tree: Path) -> None:
    files = {"docker/my.cnf": "[mysqld]\nwait_timeout=60\n!includedir /nowhere/mysql/conf.d/\n"}
    found = answer(tree, files, entry="docker/my.cnf")
    assert (found.outcome, found.wait_timeout) == ("value", 60)
    assert [f"{p.span}: {p.reason}" for p in found.problems] == [
        "docker/my.cnf:3: includes /nowhere/mysql/conf.d/, which is not in this tree: it was not read"
    ]


# --- what can be given


def test_folder_with_my_cnf(tree: Path) -> None:
    files = {"etc/mysql/my.cnf": "[mysqld]\nwait_timeout=60\n", "etc/mysql/other.cnf": "[mysqld]\nwait_timeout=61\n"}
    assert answer(tree, files, entry="etc/mysql").wait_timeout == 60


def test_folder_of_a_debian_tree_whose_my_cnf_is_a_link(tree: Path) -> None:
    lay(tree, {"mysql/mariadb.cnf": "[mysqld]\nwait_timeout=60\n"})
    assert answer(tree, {}, entry="mysql").wait_timeout == 60


def test_folder_of_option_files_only(tree: Path) -> None:
    files = {"conf.d/b.cnf": "[mysqld]\nwait_timeout=60\n", "conf.d/a.cnf": "[mysqld]\nwait_timeout=61\n"}
    assert answer(tree, files, entry="conf.d").wait_timeout == 60


def test_several_files_are_read_in_order(tree: Path) -> None:
    lay(tree, {"a.cnf": "[mysqld]\nwait_timeout=60\ninteractive_timeout=5\n", "b.cnf": "[mysqld]\nwait_timeout=61\n"})
    found = read_option_files([str(tree / "a.cnf"), str(tree / "b.cnf")], root=str(tree), alias="replica")
    assert (found.wait_timeout, found.interactive_timeout, found.name, found.alias) == (
        61,
        5,
        "a.cnf, b.cnf",
        "replica",
    )


def test_file_outside_the_tree_is_shown_in_full(tree: Path) -> None:
    lay(tree, {"my.cnf": "[mysqld]\nwait_timeout=60\n", "project/x": ""})
    found = read_option_files([str(tree / "my.cnf")], root=str(tree / "project"))
    assert str(found.wait_place) == f"{tree}/my.cnf:2"


def test_missing_file(tree: Path) -> None:
    with pytest.raises(ServerSourceError, match=r"none\.cnf: cannot be read: No such file or directory$"):
        answer(tree, {}, entry="none.cnf")


def test_folder_without_option_files(tree: Path) -> None:
    lay(tree, {"x/readme": ""})
    with pytest.raises(ServerSourceError, match=r"x: no my\.cnf"):
        answer(tree, {}, entry="x")


def test_unreadable_file(tree: Path) -> None:
    lay(tree, {"my.cnf": ""})
    (tree / "my.cnf").chmod(0)
    if os.access(tree / "my.cnf", os.R_OK):
        pytest.skip("root may read anything")
    with pytest.raises(ServerSourceError, match=r"my\.cnf: cannot be read: Permission denied$"):
        answer(tree, {})


def test_huge_file(tree: Path) -> None:
    (tree / "my.cnf").write_bytes(b"# x\n" * 3_000_000)
    with pytest.raises(ServerSourceError, match="is larger than 8 MB"):
        answer(tree, {})


def test_named_pipe_in_a_folder_of_options_does_not_block(tree: Path) -> None:
    (tree / "conf.d").mkdir()
    os.mkfifo(tree / "conf.d/a.cnf")
    assert answer(tree, {"my.cnf": "!includedir @/conf.d\n[mysqld]\nwait_timeout=9\n"}).wait_timeout == 9


def test_latin_1_bytes_in_comments_and_other_values(tree: Path) -> None:
    (tree / "my.cnf").write_bytes(b"# gr\xfc\xdfe\n[mysqld]\ninit_connect='SET @a=\"\xe9\"'\nwait_timeout=9\n")
    assert answer(tree, {}).wait_timeout == 9
