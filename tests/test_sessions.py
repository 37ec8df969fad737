"""Which aliases count, and what limits their idle sessions."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.config import load
from conn_lint.engine import gather, read
from conn_lint.model import Database, Deployment, Known, ServerAnswer, Span, Unknown, Value, candidates
from conn_lint.sessions import mysql_driver, sessions

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


def test_what_stands_in_for_unseen_databases_says_why_they_are_not_seen() -> None:
    why = Unknown("the environment variable STAGE decides it", ("STAGE",), place=Span("shop/settings.py", 9))
    (found,) = sessions((deployment(unseen=True)._replace(unseen=why),), (), assume_mysql=True, force_mysql=False)
    assert found.database.conn_max_age == why
    assert found.database.place == Span("shop/settings.py", 9)


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
