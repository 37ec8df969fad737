"""What limits the idle sessions of an alias: the server, its init_connect, the options of the client."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conn_lint.idle import DEFAULT_TIMEOUT, Client, idle_limit
from conn_lint.model import Database, IdleLimit, Known, OneOf, ServerAnswer, Span, Unknown, Value

NOWHERE = Span("settings.py", 1)
UNREAD = Unknown("not read")

Judge = Callable[..., IdleLimit]


def database(alias: str = "default", *, engine: Value = UNREAD, **options: Value) -> Database:
    return Database(alias, engine, Known(0), Known(0), UNREAD, UNREAD, options, UNREAD, UNREAD, True, NOWHERE)


def server(wait: int | None, interactive: int | None = None, alias: str | None = None) -> ServerAnswer:
    outcome = "value" if wait is not None else "unknown"
    return ServerAnswer("my.cnf", outcome, "it depends", wait, interactive or wait, alias=alias)  # type: ignore[arg-type]


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
    ("flags", "variable"),
    [
        (Known([1024]), "interactive_timeout"),
        (Known([2, 1024, -4]), "interactive_timeout"),
        (Known([1024, -1024]), "wait_timeout"),
        (Known([2]), "wait_timeout"),
        (Known(1026), "interactive_timeout"),
    ],
)
def test_flags_of_mysql_connector(flags: Value, variable: str) -> None:
    engine = Known("mysql.connector.django")
    limit = idle_limit(database(engine=engine, client_flags=flags, client_flag=Known(0)), (server(600, 60),))
    assert limit.variable == variable


def test_the_option_of_another_driver_is_not_read() -> None:
    engine = Known("django.db.backends.mysql")
    assert idle_limit(database(engine=engine, client_flags=Known([1024])), (server(600, 60),)).seconds == 600


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("DEFAULT", 600), ("@@global.wait_timeout", 600), ("@@GLOBAL.interactive_timeout", 60), ("@@wait_timeout", None)],
)
def test_a_reference_to_a_global_timeout(value: str, seconds: int | None) -> None:
    command = Known(f"SET wait_timeout={value}", NOWHERE)
    limit = idle_limit(database(init_command=command, client_flag=Known(1024)), (server(600, 60),))
    assert (limit.seconds, limit.assumed) == (seconds, False)


def test_a_reference_to_a_global_timeout_that_is_assumed() -> None:
    limit = idle_limit(database(init_command=Known("SET wait_timeout=DEFAULT", NOWHERE)), ())
    assert (limit.seconds, limit.assumed) == (DEFAULT_TIMEOUT, True)


def test_a_server_without_an_interactive_timeout() -> None:
    answer = server(600)._replace(interactive_timeout=None)
    limit = idle_limit(database(client_flag=Known(1024)), (answer,))
    assert (limit.seconds, limit.why) == (None, "my.cnf does not show interactive_timeout")


# --- init_connect --------------------------------------------------------------------------------

LOWER = "SET SESSION wait_timeout = 77"


def test_init_connect_of_an_option_file_counts_for_ordinary_accounts() -> None:
    limit = idle_limit(database(), (server(600, 60)._replace(init_connect=LOWER),))
    assert (limit.seconds, limit.why) == (77, "init_connect of my.cnf, for accounts that are no administrators")


def test_a_live_session_shows_what_init_connect_did() -> None:
    asked = server(600, 60)._replace(init_connect=LOWER, session_wait_timeout=77)
    assert idle_limit(database(), (asked,)).seconds == 77
    assert idle_limit(database(client_flag=Known(1024)), (asked,)).seconds == 77


def test_a_live_session_of_an_administrator_leaves_the_others_unknown() -> None:
    asked = server(600, 60)._replace(init_connect=LOWER, session_wait_timeout=600)
    limit = idle_limit(database(), (asked,))
    assert limit.seconds is None
    assert "77 s in init_connect" in limit.why


def test_a_session_that_differs_for_a_reason_unknown_says_nothing_of_interactive_ones() -> None:
    asked = server(600, 60)._replace(session_wait_timeout=77)
    assert idle_limit(database(), (asked,)).seconds == 77
    assert idle_limit(database(client_flag=Known(1024)), (asked,)).seconds is None


def test_an_init_connect_that_cannot_be_evaluated() -> None:
    answer = server(600)._replace(init_connect="SET wait_timeout=@@wait_timeout+1")
    assert idle_limit(database(), (answer,)).seconds is None


def test_an_init_command_runs_after_init_connect() -> None:
    answer = server(600)._replace(init_connect=LOWER)
    assert idle_limit(database(init_command=Known("SET wait_timeout=90", NOWHERE)), (answer,)).seconds == 90


def test_an_init_connect_about_something_else() -> None:
    answer = server(600)._replace(init_connect="SET NAMES utf8mb4", session_wait_timeout=600)
    assert idle_limit(database(), (answer,)).seconds == 600


# --- the client's option file --------------------------------------------------------------------

COMMAND = "[client]\nuser = shop\npassword = s3cret\ninit-command = SET wait_timeout=60\n"
INTERACTIVE = "[client]\ninteractive_timeout=5\n"


@pytest.fixture
def limit(tmp_path: Path) -> Judge:
    def judge(text: str | None, *requirements: str, option: str = "conf/client.cnf", **options: Value) -> IdleLimit:
        paths = []
        if text is not None:
            (tmp_path / "conf").mkdir()
            (tmp_path / "conf" / "client.cnf").write_text(text)
            paths = ["conf/client.cnf"]
        client = Client(requirements, str(tmp_path), paths)
        engine = options.pop("engine", Known("django.db.backends.mysql"))
        options["read_default_file"] = Known(option.replace("ROOT", str(tmp_path)))
        return idle_limit(database(engine=engine, **options), (server(600, 300),), client)

    return judge


@pytest.mark.parametrize("option", ["conf/client.cnf", "./conf/client.cnf", "ROOT/conf/client.cnf"])
def test_mysqlclient_runs_the_command_of_its_option_file(limit: Judge, option: str) -> None:
    found = limit(COMMAND, "mysqlclient", option=option)
    assert (found.seconds, found.place and str(found.place)) == (60, "conf/client.cnf:4")
    assert "s3cret" not in repr(found)


def test_the_command_of_the_file_runs_after_that_of_options(limit: Judge) -> None:
    assert limit(COMMAND, "mysqlclient", init_command=Known("SET wait_timeout=70", NOWHERE)).seconds == 60


def test_pymysql_passes_the_file_over(limit: Judge) -> None:
    found = limit(COMMAND, "pymysql")
    assert (found.seconds, found.why) == (600, "my.cnf")


@pytest.mark.parametrize("requirements", [(), ("mysqlclient", "pymysql")])
def test_without_a_driver_the_file_may_be_obeyed(limit: Judge, requirements: tuple[str, ...]) -> None:
    found = limit(COMMAND, *requirements)
    assert found.seconds is None
    assert "not every driver obeys the file" in found.why


def test_mysql_connector_reads_files_in_its_own_way(limit: Judge) -> None:
    assert limit(COMMAND, "mysql-connector-python", engine=Known("mysql.connector.django")).seconds is None


def test_interactive_timeout_in_the_file_makes_the_session_interactive(limit: Judge) -> None:
    found = limit(INTERACTIVE, "mysqlclient")
    assert (found.seconds, found.variable) == (300, "interactive_timeout")


def test_interactive_timeout_in_a_file_that_may_be_passed_over(limit: Judge) -> None:
    assert limit(INTERACTIVE).seconds is None


@pytest.mark.parametrize(
    "text",
    [
        "[client]\ninteractive-timeout\n",
        "[client]\nloose-init-command=SET wait_timeout=60\n",
        "[client]\nwait_timeout=60\n",
        "[mysql]\ninit-command=SET wait_timeout=60\n",
        "[client]\ninit-command=SET NAMES utf8mb4\n",
    ],
)
def test_what_does_nothing_in_the_file(limit: Judge, text: str) -> None:
    found = limit(text, "mysqlclient")
    assert (found.seconds, found.why) == (600, "my.cnf")


def test_the_group_that_options_name(limit: Judge) -> None:
    group = Known("worker")
    assert limit("[worker]\ninit-command=SET wait_timeout=60\n", "mysqlclient", read_default_group=group).seconds == 60


def test_a_group_that_one_client_library_reads_only(limit: Judge) -> None:
    assert limit("[client-server]\ninit-command=SET wait_timeout=60\n", "mysqlclient").seconds is None


@pytest.mark.parametrize("option", ["/etc/mysql/client.cnf", "../client.cnf", "conf/other.cnf", "a\0b"])
def test_a_file_elsewhere_is_taken_to_set_nothing_and_said(limit: Judge, option: str) -> None:
    found = limit(None, "mysqlclient", option=option)
    assert found.seconds == 600
    assert "not in this tree and is taken to set no timeout" in found.why


def test_files_that_the_file_includes_are_said(limit: Judge) -> None:
    found = limit("[client]\n!include /etc/other.cnf\n", "mysqlclient")
    assert found.seconds == 600
    assert "includes are taken to set no timeout" in found.why


def test_a_file_that_cannot_be_known() -> None:
    found = idle_limit(database(read_default_file=UNREAD), (server(600),))
    assert found.seconds == 600
    assert "cannot be known" in found.why


def test_a_group_of_the_clients_own_files() -> None:
    found = idle_limit(database(read_default_group=Known("worker")), (server(600),))
    assert found.seconds == 600
    assert "option files of the client" in found.why
