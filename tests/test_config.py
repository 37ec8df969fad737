"""[tool.conn-lint] and the command line: what is taken, what is refused, and in which words."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from conn_lint.config import KEYS, Config, ConfigError, ServerSource, load, project_root


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path


def configured(root: Path, table: str, **options: Any) -> Config:
    (root / "pyproject.toml").write_text(f'[project]\nname = "shop"\n\n[tool.conn-lint]\n{table}\n')
    return load(str(root), {key.replace("_", "-"): value for key, value in options.items()})


def refusal(root: Path, table: str, **options: Any) -> str:
    with pytest.raises(ConfigError) as error:
        configured(root, table, **options)
    return str(error.value)


def test_without_a_table_everything_is_default(root: Path) -> None:
    (root / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    assert load(str(root), {}) == Config(str(root))


def test_without_a_pyproject_everything_is_default(root: Path) -> None:
    assert load(str(root), {}) == Config(str(root))


def test_every_key_is_taken(root: Path) -> None:
    config = configured(
        root,
        """
select = ["CL00", "job-without-close"]
ignore = "CL102"
fail-on = "error"
settings = ["shop.settings.production"]
env = { DB_AGE = 60, DB_ENGINE = "mysql" }
mycnf = ["deploy/my.cnf", "replica=deploy/replica.cnf"]
variables = "vars.txt"
live = "mysql://root@127.0.0.1/"
server = "mysql-8.0"
django-version = "4.2"
assume-mysql = true
closers = ["shop.db.fresh"]
orm = "shop.db.rows"
entrypoints = ["shop.cron.*"]
not-entrypoints = ["shop.cron.helper"]
exclude = ["legacy", "*/generated/*"]
""",
    )
    assert config == Config(
        root=str(root),
        select=("CL001", "CL002", "CL003", "CL004", "CL201"),
        ignore=("CL102",),
        fail_on="error",
        settings=("shop.settings.production",),
        env={"DB_AGE": "60", "DB_ENGINE": "mysql"},
        mycnf=(
            ServerSource(None, str(root / "deploy/my.cnf")),
            ServerSource("replica", str(root / "deploy/replica.cnf")),
        ),
        variables=(ServerSource(None, str(root / "vars.txt")),),
        server="mysql-8.0",
        django_version="4.2",
        assume_mysql=True,
        closers=("shop.db.fresh",),
        orm=("shop.db.rows",),
        entrypoints=("shop.cron.*",),
        not_entrypoints=("shop.cron.helper",),
        exclude=("legacy", "*/generated/*"),
    )


def test_every_key_has_its_field() -> None:
    bound_in_env = {"env-file", "env-inherit"}
    assert {key.replace("-", "_") for key in KEYS.keys() - bound_in_env} <= set(Config._fields)


def test_the_command_line_replaces_a_key(root: Path) -> None:
    assert configured(root, 'mycnf = "a.cnf"\nselect = ["CL101"]', select=["CL102", "CL103"]).select == (
        "CL102",
        "CL103",
    )


def test_the_command_line_adds_to_env(root: Path) -> None:
    config = configured(root, 'env = { A = "1", B = "2" }', env=["B=3", "C=x=y"])
    assert config.env == {"A": "1", "B": "3", "C": "x=y"}


def test_paths_of_the_command_line_are_relative_to_the_working_directory(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = root / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert load(str(root), {"mycnf": ["my.cnf"]}).mycnf == (ServerSource(None, str(elsewhere / "my.cnf")),)


def test_standard_input_stays(root: Path) -> None:
    assert load(str(root), {"variables": ["-"]}).variables == (ServerSource(None, "-"),)


@pytest.mark.parametrize(
    ("word", "source"),
    [
        ("replica=/etc/my.cnf", ServerSource("replica", "/etc/my.cnf")),
        ("read-only=/etc/my.cnf", ServerSource("read-only", "/etc/my.cnf")),
        ("/etc/my=file.cnf", ServerSource(None, "/etc/my=file.cnf")),
        ("/etc/my.cnf", ServerSource(None, "/etc/my.cnf")),
    ],
)
def test_aliases_of_sources(root: Path, word: str, source: ServerSource) -> None:
    assert load(str(root), {"mycnf": [word]}).mycnf == (source,)


def test_a_url_with_a_query_has_no_alias(root: Path) -> None:
    url = "mysql://root@localhost/?unix_socket=/run/mysqld.sock"
    assert load(str(root), {"live": [url]}).live == (ServerSource(None, url),)
    assert load(str(root), {"live": [f"replica={url}"]}).live == (ServerSource("replica", url),)


URL, OTHER_URL = "mysql://root:a=b@db/", "mysql://replica:3307/"


@pytest.mark.parametrize(
    ("text", "sources"),
    [
        (f"live = '{URL}'", [(None, URL)]),
        (f"live = ['{URL}', 'replica={OTHER_URL}']", [(None, URL), ("replica", OTHER_URL)]),
        (
            f"[tool.conn-lint.live]\ndefault = '{URL}'\nreplica = '{OTHER_URL}'",
            [("default", URL), ("replica", OTHER_URL)],
        ),
        (f"live = {{ replica = ['{URL}', '{OTHER_URL}'] }}", [("replica", URL), ("replica", OTHER_URL)]),
    ],
)
def test_live_servers_of_the_configuration(tmp_path: Path, text: str, sources: list[tuple[str | None, str]]) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.conn-lint]\n{text}\n")
    expected = tuple(ServerSource(*source) for source in sources)
    assert load(str(tmp_path), {}).live == (), "nobody is asked who was not asked for by name"
    assert load(str(tmp_path), {"live": [""]}).live == expected
    assert load(str(tmp_path), {"live": [OTHER_URL]}).live == (ServerSource(None, OTHER_URL),)


def test_how_a_live_server_is_asked(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.conn-lint]\nlive-defaults-file = 'ci.cnf'\nlive-timeout = 3\n")
    config = load(str(tmp_path), {})
    assert (config.live_defaults_file, config.live_timeout) == (str(tmp_path / "ci.cnf"), 3.0)


def test_a_file_whose_name_looks_like_an_alias(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    (root / "a=b.cnf").write_text("")
    assert load(str(root), {"mycnf": ["a=b.cnf"]}).mycnf == (ServerSource(None, str(root / "a=b.cnf")),)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ('my-cnf = "a"', "pyproject.toml:5: unknown key 'my-cnf' in [tool.conn-lint]; did you mean 'mycnf'?"),
        ("\nzzz = 1", "pyproject.toml:6: unknown key 'zzz' in [tool.conn-lint]"),
        ("mycnf = 5", "pyproject.toml:5: mycnf: expected a string or a list of strings, not 5"),
        ("mycnf = [1]", "pyproject.toml:5: mycnf: expected a string or a list of strings, not [1]"),
        ('mycnf = [""]', "pyproject.toml:5: mycnf: expected a string or a list of strings, not ['']"),
        ('assume-mysql = "yes"', "pyproject.toml:5: assume-mysql: expected true or false, not 'yes'"),
        ("server = 8.0", "pyproject.toml:5: server: expected a string, not 8.0"),
        ('fail-on = "never"', "pyproject.toml:5: fail-on: expected error, warning or info, not 'never'"),
        ('select = ["CL999"]', "pyproject.toml:5: select: unknown rule 'CL999'"),
        (
            'ignore = ["job-with-close"]',
            "pyproject.toml:5: ignore: unknown rule 'job-with-close'; did you mean 'job-without-close'?",
        ),
        ("env = { A = true }", "pyproject.toml:5: env: expected strings or integers by name, not {'A': True}"),
        ('env = ["A"]', "pyproject.toml:5: env: expected NAME=VALUE, not 'A'"),
    ],
)
def test_a_wrong_table_is_one_line_with_its_place(root: Path, table: str, message: str) -> None:
    assert refusal(root, table).startswith(message)


def test_a_wrong_option_is_named_as_on_the_command_line(root: Path) -> None:
    assert refusal(root, "", env=["A"]) == "--env: expected NAME=VALUE, not 'A'"
    assert refusal(root, "", select=["CL101,CL777"]).startswith("--select: unknown rule 'CL777'")
    assert refusal(root, "", fail_on="all") == "--fail-on: expected error, warning or info, not 'all'"


def test_a_key_in_a_sub_table_has_the_line_of_the_sub_table(root: Path) -> None:
    assert refusal(root, "\n[tool.conn-lint.env]\nA = 1.5").startswith("pyproject.toml:6: env: expected strings")


def test_a_broken_pyproject(root: Path) -> None:
    assert refusal(root, "select = [").startswith("pyproject.toml: cannot be parsed: ")


def test_a_table_that_is_none(root: Path) -> None:
    (root / "pyproject.toml").write_text('tool.conn-lint = "yes"\n')
    with pytest.raises(ConfigError, match=r"\[tool.conn-lint\] must be a table"):
        load(str(root), {})


@pytest.mark.parametrize("name", ["conn_lint", "connlint", "Conn-Lint"])
def test_a_table_of_a_name_that_is_almost_its_own(root: Path, name: str) -> None:
    """What stands in it would be passed over without a word."""
    (root / "pyproject.toml").write_text(f'[project]\nname = "shop"\n\n[tool.{name}]\nselect = ["CL2"]\n')
    message = f"pyproject.toml:4: unknown table [tool.{name}]; did you mean [tool.conn-lint]?"
    with pytest.raises(ConfigError, match=re.escape(message)):
        load(str(root), {})


def test_a_tool_that_is_no_table(root: Path) -> None:
    (root / "pyproject.toml").write_text('tool = "conn-lint"\n')
    with pytest.raises(ConfigError, match=r"\[tool\] must be a table"):
        load(str(root), {})


def test_a_broken_pyproject_that_does_not_name_conn_lint_is_none_of_its_business(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.black\n")
    assert load(str(root), {}) == Config(str(root))


def test_the_root_is_a_folder_that_is_named(root: Path) -> None:
    (root / "pyproject.toml").write_text("[tool.conn-lint]\n")
    (root / "app").mkdir()
    assert project_root([str(root / "app")]) == str(root / "app")


def files(root: Path, *names: str) -> list[str]:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("[tool.conn-lint]\n" if name.endswith(".toml") else "")
    return [str(root / name) for name in names]


def test_the_root_of_files_is_the_nearest_table_above_them(root: Path) -> None:
    files(root, "manage.py", "back/pyproject.toml", "back/app/manage.py")
    assert project_root(files(root, "back/app/jobs.py", "back/app/sub/tasks.py")) == str(root / "back")


def test_the_root_of_files_is_else_the_nearest_manage_py(root: Path) -> None:
    (root / ".git").mkdir()
    files(root, "back/manage.py")
    assert project_root(files(root, "back/app/jobs.py")) == str(root / "back")


def test_the_root_of_files_is_else_the_repository(root: Path) -> None:
    (root / ".git").mkdir()
    assert project_root(files(root, "back/app/jobs.py", "front/app.py")) == str(root)


def test_the_root_of_files_is_else_the_working_directory(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    files(root, "back/app/jobs.py")
    assert project_root([os.path.join("back", "app", "jobs.py")]) == str(root)


def test_a_path_that_does_not_exist(root: Path) -> None:
    with pytest.raises(ConfigError, match=r"nothing/here: no such file or folder"):
        project_root(["nothing/here"])
