"""Which aliases count, and what limits their idle sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.config import load
from conn_lint.engine import gather, read
from conn_lint.model import Database, Deployment, Known, OneOf, ServerAnswer, Span, Unknown, Value, candidates
from conn_lint.sessions import DEFAULT_TIMEOUT, idle_limit, mysql_driver, sessions, wait_timeout_of

NOWHERE = Span("settings.py", 1)
UNREAD = Unknown("not read")


def database(alias: str = "default", *, mysql: bool | None = True, **options: Value) -> Database:
    return Database(alias, UNREAD, Known(0), Known(0), UNREAD, UNREAD, options, UNREAD, UNREAD, mysql, NOWHERE)


def server(wait: int | None, interactive: int | None = None, alias: str | None = None) -> ServerAnswer:
    outcome = "value" if wait is not None else "unknown"
    return ServerAnswer("my.cnf", outcome, "it depends", wait, interactive or wait, alias=alias)  # type: ignore[arg-type]


def deployment(*databases: Database, unseen: bool = False) -> Deployment:
    return Deployment("shop.settings", "shop/settings.py", None, {each.alias: each for each in databases}, unseen, {})


@pytest.mark.parametrize(
    ("sql", "seconds"),
    [
        ("SET wait_timeout=60", 60),
        ("set session WAIT_TIMEOUT = 60", 60),
        ("SET LOCAL wait_timeout := 60", 60),
        ("SET @@wait_timeout = 60", 60),
        ("SET @@session.wait_timeout = 60", 60),
        ("SET @@local.wait_timeout = 60", 60),
        ("SET `wait_timeout` = 60", 60),
        ("SET sql_mode='STRICT_TRANS_TABLES', wait_timeout=60", 60),
        ("SET SESSION sql_mode='', wait_timeout=60, time_zone='UTC'", 60),
        ("SET NAMES utf8mb4; SET wait_timeout=60;", 60),
        ("SET wait_timeout=60; SET wait_timeout=90", 90),
        ("SET GLOBAL max_connections=9, SESSION wait_timeout=60", 60),
        ("SET wait_timeout=0", 1),
        ("SET wait_timeout=99999999", 31_536_000),
        ("SET GLOBAL wait_timeout=60", None),
        ("SET GLOBAL a=1, wait_timeout=60", None),
        ("SET @@global.wait_timeout=60", None),
        ("SET PERSIST wait_timeout=60", None),
        ("SET @@persist.wait_timeout=60", None),
        ("SET interactive_timeout=60", None),
        ("SET innodb_lock_wait_timeout=60", None),
        ("SET sql_mode='STRICT_TRANS_TABLES'", None),
        ("SELECT @@wait_timeout", None),
        ("SET @wait_timeout=60", None),
        ("", None),
        ("SET", None),
        ("SET wait_timeout=60*60", "60*60"),
        ("SET wait_timeout=DEFAULT", "DEFAULT"),
    ],
)
def test_wait_timeout_of_a_command(sql: str, seconds: int | str | None) -> None:
    assert wait_timeout_of(sql) == seconds


def test_nothing_given_is_assumed() -> None:
    limit = idle_limit(database(), ())
    assert (limit.seconds, limit.assumed, limit.variable) == (DEFAULT_TIMEOUT, True, "wait_timeout")


def test_a_server_source_is_not_assumed() -> None:
    limit = idle_limit(database(), (server(600, 60),))
    assert (limit.seconds, limit.assumed) == (600, False)


def test_a_source_bound_to_the_alias_beats_one_for_all() -> None:
    servers = (server(600), server(60, alias="replica"))
    assert idle_limit(database(), servers).seconds == 600
    assert idle_limit(database("replica"), servers).seconds == 60


def test_a_source_bound_to_another_alias_does_not_count() -> None:
    assert idle_limit(database(), (server(60, alias="replica"),)).assumed


def test_the_first_source_wins() -> None:
    assert idle_limit(database(), (server(60), server(600))).seconds == 60


def test_a_source_without_a_value_leaves_the_limit_unknown() -> None:
    limit = idle_limit(database(), (server(None), server(600)))
    assert (limit.seconds, limit.why) == (None, "it depends")


def test_an_init_command_beats_the_server() -> None:
    limit = idle_limit(database(init_command=Known("SET wait_timeout=60", NOWHERE)), (server(600),))
    assert (limit.seconds, limit.place, limit.assumed) == (60, NOWHERE, False)


def test_an_init_command_about_something_else_leaves_it() -> None:
    assert idle_limit(database(init_command=Known("SET sql_mode=''")), (server(600),)).seconds == 600


def test_an_init_command_by_branch_is_unknown() -> None:
    command = OneOf((Known("SET wait_timeout=60"), Known("SET wait_timeout=90")))
    assert idle_limit(database(init_command=command), (server(600),)).seconds is None


def test_an_init_command_on_one_branch_only_is_unknown() -> None:
    command = OneOf((Known("SET wait_timeout=60"), Known("SET sql_mode=''")))
    assert idle_limit(database(init_command=command), (server(600),)).seconds is None


def test_an_init_command_that_cannot_be_read_is_taken_for_another() -> None:
    assert idle_limit(database(init_command=UNREAD), (server(600),)).seconds == 600


def test_a_timeout_that_is_no_number_is_unknown() -> None:
    assert idle_limit(database(init_command=Known("SET wait_timeout=@x")), (server(600),)).seconds is None


@pytest.mark.parametrize("flag", [1024, 1024 | 2])
def test_an_interactive_client_takes_interactive_timeout(flag: int) -> None:
    limit = idle_limit(database(client_flag=Known(flag)), (server(600, 60),))
    assert (limit.seconds, limit.variable) == (60, "interactive_timeout")


@pytest.mark.parametrize("flag", [Known(2), Known(0), Known("1024"), UNREAD])
def test_other_flags_leave_wait_timeout(flag: Value) -> None:
    assert idle_limit(database(client_flag=flag), (server(600, 60),)).variable == "wait_timeout"


def test_a_flag_by_branch_matters_only_where_the_timeouts_differ() -> None:
    flag = OneOf((Known(0), Known(1024)))
    assert idle_limit(database(client_flag=flag), (server(600, 60),)).seconds is None
    assert idle_limit(database(client_flag=flag), (server(600, 600),)).seconds == 600


@pytest.mark.parametrize(
    ("mysql", "assume", "force", "counts"),
    [
        (True, False, False, True),
        (None, False, False, False),
        (None, True, False, True),
        (False, True, False, False),
        (False, True, True, True),
    ],
)
def test_which_aliases_count(mysql: bool | None, assume: bool, force: bool, counts: bool) -> None:
    found = sessions((deployment(database(mysql=mysql)),), (), assume_mysql=assume, force_mysql=force)
    assert [each.counts for each in found] == [counts]


def test_without_settings_djangos_defaults_stand_in() -> None:
    (found,) = sessions((), (), assume_mysql=False, force_mysql=False)
    assert (found.settings, found.database.alias, found.database.conn_max_age, found.counts) == (
        "",
        "default",
        Known(0),
        True,
    )


def test_settings_without_databases_are_not_judged() -> None:
    assert sessions((deployment(),), (), assume_mysql=True, force_mysql=False) == ()


def test_settings_without_databases_are_judged_by_force() -> None:
    (found,) = sessions((deployment(),), (), assume_mysql=True, force_mysql=True)
    assert (found.database.conn_max_age, found.counts) == (Known(0), True)


def test_databases_that_cannot_be_seen_are_unknown_where_a_driver_says_mysql() -> None:
    (found,) = sessions((deployment(unseen=True),), (), assume_mysql=True, force_mysql=False)
    assert isinstance(found.database.conn_max_age, Unknown)
    assert found.counts


def test_a_class_is_named_with_its_module() -> None:
    each = deployment(database())._replace(class_name="Production")
    (found,) = sessions((each,), (), assume_mysql=False, force_mysql=False)
    assert found.settings == "shop.settings::Production"


def test_drivers() -> None:
    assert mysql_driver(["django", "mysqlclient"]) == "mysqlclient"
    assert mysql_driver(["django", "psycopg"]) is None


def test_an_age_of_another_engines_branch_is_not_blamed_on_mysql(tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(
        "import os\nif os.environ.get('PG'):\n"
        "    DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql', 'CONN_MAX_AGE': None}}\n"
        "else:\n    DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}\n"
    )
    (tmp_path / "requirements.txt").write_text("mysqlclient==2.2.7\n")
    config = load(str(tmp_path), {})
    (session,) = read(config, gather(config, lambda _: None)).judged_sessions
    assert [known.value for known in candidates(session.database.conn_max_age)] == [60]
