"""What CL201, CL202, CL203 and CL208 say about a unit: whether, how loud, in which words, with which advice."""

from __future__ import annotations

from typing import Any

import pytest

from conn_lint.model import (
    Database,
    Django,
    Facts,
    Finding,
    IdleLimit,
    Known,
    Place,
    Requirement,
    Session,
    Span,
    UnitOfWork,
    Unknown,
    Value,
)
from conn_lint.rules import rules
from conn_lint.verdicts import verdict_of

CODES = {
    "job": "CL201",
    "consumer": "CL201",
    "scheduled": "CL201",
    "loop": "CL202",
    "thread": "CL203",
    "executor": "CL203",
}
AT = Span("jobs.py", 5, 1, 9, 1)
UNKNOWN = Unknown("not read")


def unit(**changes: Any) -> UnitOfWork:
    return UnitOfWork(
        span=AT,
        function="send",
        kind="job",
        framework="rq",
        touches_orm="yes",
        cleanup_start="none",
        cleanup_end="none",
        gap=None,
        gap_place=None,
        orm_path=(),
        registrations=(),
        isolation="none",
        isolation_why="",
        isolation_place=None,
    )._replace(**changes)


def session(alias: str = "default", age: Value = Known(0), limit: float | None = 10) -> Session:  # noqa: B008
    place = Span("settings.py", 3)
    database = Database(
        alias, UNKNOWN, age, Known(value=False), UNKNOWN, UNKNOWN, {}, UNKNOWN, UNKNOWN, mysql=True, place=place
    )
    return Session("settings", database, IdleLimit(limit, "my.cnf", None, assumed=False), counts=True)


def facts(*units: UnitOfWork, sessions: tuple[Session, ...] = (), django: tuple[int, ...] = (5, 2)) -> Facts:
    requirement = Requirement("django", django, None, None, Span("requirements.txt", 1))
    return Facts("/", Django(requirement), {}, (), (), units, (), (), True, sessions or (session(),))


def findings(each: Facts) -> list[Finding]:
    return [found for rule in rules() if rule.code.startswith("CL20") for found in rule.check(each)]


def said(changed: UnitOfWork, *sessions: Session, **options: Any) -> Finding:
    (found,) = findings(facts(changed, sessions=sessions, **options))
    return found


@pytest.mark.parametrize(("kind", "code"), CODES.items())
def test_every_kind_has_its_rule(kind: str, code: str) -> None:
    assert said(unit(kind=kind)).code == code


def test_a_shell_is_shown_and_not_reported() -> None:
    assert findings(facts(unit(kind="shell"))) == []
    assert verdict_of(unit(kind="shell"), facts()).verdicts == {"default": "goes-away"}


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({}, "error"),
        ({"touches_orm": "maybe"}, "warning"),
        ({"isolation": "fork"}, "warning"),
        ({"isolation": "fork", "touches_orm": "maybe"}, "warning"),
        ({"kind": "thread", "ends": True}, "warning"),
        ({"kind": "thread", "ends": True, "touches_orm": "maybe"}, "info"),
        ({"kind": "thread"}, "error"),
        ({"gap": 11.0}, "error"),
    ],
)
def test_severities(changes: dict[str, Any], severity: str) -> None:
    found = said(unit(**changes))
    assert found.severity == severity
    assert found.confidence == ("likely" if changes.get("touches_orm") == "maybe" else "certain")


@pytest.mark.parametrize(
    "changes",
    [
        {"touches_orm": "no"},
        {"isolation": "fork-clean"},
        {"gap": 9.0},
        {"cleanup_start": "close_old"},
        {"cleanup_end": "close_old"},
        {"cleanup_start": "close"},
        {"cleanup_end": "close"},
        {"kind": "thread", "ends": True, "cleanup_end": "close"},
        {"kind": "thread", "ends": True, "cleanup_end": "close_old"},
        {"kind": "thread", "ends": True, "touches_orm": "no"},
    ],
)
def test_silence(changes: dict[str, Any]) -> None:
    assert findings(facts(unit(**changes))) == []


def test_the_words_of_a_close_that_comes_before_a_wait() -> None:
    found = said(unit(cleanup_start="close_old", start_delay=15.0), session(age=Known(5)))
    assert found.message == (
        "send() uses the database after a wait of up to 15 s and closes old connections only before that wait: one"
        " younger than CONN_MAX_AGE stays open through it, longer than wait_timeout 10 s (my.cnf), and the next query fails"
        " with (2006, 'MySQL server has gone away')"
    )
    assert found.help == (
        "call django.db.close_old_connections() after the wait, or django.db.connection.close() before it"
    )
    assert findings(facts(unit(cleanup_start="close_old", start_delay=9.0), sessions=(session(age=Known(5)),))) == []


def test_of_loops_in_each_other_the_inner_one_is_reported() -> None:
    query, wait = Place(Span("jobs.py", 30), "queries"), Span("jobs.py", 21)
    inner = unit(kind="loop", span=Span("jobs.py", 20), orm_path=(query,), gap_place=wait)
    around = inner._replace(span=Span("jobs.py", 10))
    caller = inner._replace(span=Span("work.py", 5), orm_path=(Place(Span("work.py", 6), "calls send()"), query))
    beside = caller._replace(span=Span("work.py", 9), gap_place=Span("work.py", 10))
    closing = caller._replace(span=Span("work.py", 13), cleanup_end="close_old")
    age = (session(age=Known(5)),)
    found = [each.span.line for each in findings(facts(around, inner, caller, beside, closing, sessions=age))]
    assert sorted(found) == [9, 13, 20]


def test_silence_where_nothing_is_on_mysql() -> None:
    other = session()._replace(counts=False)
    assert findings(facts(unit(), unit(kind="thread", ends=True), sessions=(other,))) == []


def test_an_age_above_the_limit_is_the_settings_fault() -> None:
    closing = unit(cleanup_start="close_old", cleanup_end="close_old")
    each = facts(closing, sessions=(session(age=Known(600)),))
    assert findings(each) == []
    assert verdict_of(closing, each).verdicts == {"default": "goes-away-once"}


def test_an_unknown_age_does_not_make_a_close_wrong() -> None:
    assert findings(facts(unit(cleanup_start="close_old"), sessions=(session(age=UNKNOWN),))) == []


def test_the_words_of_a_job_that_closes_nothing() -> None:
    found = said(unit())
    assert found.message == (
        "send() uses the database and nothing closes its connection: after an idle gap longer than wait_timeout 10 s (my.cnf) "
        "this and every later job fails with (2006, 'MySQL server has gone away')"
    )
    assert found.help == (
        "call django.db.close_old_connections() before the first query of every job, and again after the last one"
    )
    assert (found.function, found.aliases, found.settings_modules) == ("send", ("default",), ("settings",))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "after an idle gap longer than wait_timeout 10 s (my.cnf) the next job fails with"),
        (
            {"unsure_gap": True},
            "if its pause, whose length is not known here, is longer than wait_timeout 10 s (my.cnf), the next job fails",
        ),
    ],
)
def test_the_words_of_a_job_that_closes_after_an_error(changes: dict[str, Any], words: str) -> None:
    closing = unit(closes_at_times=True, **changes)
    message = said(closing).message
    assert message.startswith(
        "send() uses the database and closes its connection only on some ways through it, as after an error: " + words
    )
    assert "on other ways through it it closes" in verdict_of(closing, facts(closing)).why


def test_the_words_of_a_job_that_closes_only_after_the_work() -> None:
    found = said(unit(cleanup_end="close_old"), session(age=Known(5)))
    assert found.code == "CL208"
    assert found.message == (
        "send() uses the database and closes old connections only after the work: with CONN_MAX_AGE 5 s the connection "
        "stays open, and the first job after an idle gap longer than wait_timeout 10 s (my.cnf) fails with "
        "(2006, 'MySQL server has gone away')"
    )


def test_the_words_of_a_bounded_gap() -> None:
    found = said(unit(kind="loop", gap=60.0, gap_place=Span("jobs.py", 8)))
    assert (
        "after its gap of 60 s, longer than wait_timeout 10 s (my.cnf), this and every later turn fails"
        in found.message
    )
    assert Place(Span("jobs.py", 8), "idles here up to 60 s") in found.places


@pytest.mark.parametrize(("timeout", "severity"), [(10.0, "warning"), (28800.0, "info")])
def test_the_words_of_a_pause_of_unknown_length(timeout: float, severity: str) -> None:
    paused = unit(kind="loop", gap_place=Span("jobs.py", 8), unsure_gap=True)
    found = said(paused, session(limit=timeout))
    assert (
        f"if its pause, whose length is not known here, is longer than wait_timeout {timeout:g} s (my.cnf), "
        "every later turn fails" in found.message
    )
    assert found.severity == severity
    assert Place(Span("jobs.py", 8), "idles here, for how long is not known") in found.places


def test_the_words_of_a_fork_tell_what_is_not_known() -> None:
    found = said(unit(isolation="fork", isolation_why="no worker command shows that the parent closes"))
    assert "in a forked process, which inherits any connection its parent holds" in found.message
    assert found.message.endswith("; no worker command shows that the parent closes")
    assert "manage.py rqworker" in found.help


def test_a_reason_with_a_place_is_a_label() -> None:
    place = Span("Procfile", 1)
    found = said(unit(isolation="fork", isolation_why="it closes nothing", isolation_place=place))
    assert not found.message.endswith("it closes nothing")
    assert Place(place, "it closes nothing") in found.places


COMMAND = Place(Span("shop/management/commands/send.py", 3), "handed to submit() here")
VIEW = Place(Span("shop/views.py", 3), "handed to submit() here")


@pytest.mark.parametrize(
    ("kind", "places", "severity"),
    [
        ("executor", (COMMAND,), "info"),
        ("executor", (COMMAND, VIEW), "warning"),
        ("executor", (), "warning"),
        ("thread", (COMMAND,), "warning"),
    ],
)
def test_a_pool_that_ends_with_its_command(kind: str, places: tuple[Place, ...], severity: str) -> None:
    found = said(unit(kind=kind, ends=True, registrations=places))
    assert found.severity == severity


def test_the_words_of_a_thread_that_ends() -> None:
    found = said(unit(kind="thread", framework="threading", ends=True))
    assert "its thread ends without closing the connection" in found.message
    assert "gone away" not in found.message
    assert found.help == "close in a finally clause at the end of the thread: django.db.connections.close_all()"


def test_a_thread_that_closes_unless_an_exception_ends_it() -> None:
    found = said(unit(kind="thread", framework="threading", ends=True, closes_unless_raised=True))
    assert found.severity == "info"
    assert "closes its connection, but not where an exception ends its thread" in found.message


def test_several_aliases_are_named_in_one_finding() -> None:
    found = said(unit(), session("default"), session("replica"))
    assert "nothing closes its connection (default and replica): " in found.message
    assert found.aliases == ("default", "replica")


def test_only_the_endangered_aliases_are_named() -> None:
    changed = unit(cleanup_end="close_old")
    found = said(changed, session("default", Known(0)), session("replica", Known(5)))
    assert found.aliases == ("replica",)


def test_an_unknown_limit_is_called_unknown() -> None:
    assert "longer than wait_timeout (unknown)" in said(unit(), session(limit=None)).message


@pytest.mark.parametrize(
    ("changes", "sessions", "django", "advice"),
    [
        ({}, (), (1, 5, 12), "call django.db.close_connection() after every job (Django before 1.6 has no other)"),
        ({"kind": "loop"}, (), (5, 2), "close_old_connections() as the first statement of every turn, after the wait"),
        (
            {"kind": "thread"},
            (),
            (5, 2),
            "close_old_connections() before the first query after every wait, in this thread",
        ),
        ({"kind": "executor"}, (), (5, 2), "as the first statement of the callable, in the pool's thread"),
        ({"kind": "thread", "ends": True}, (), (1, 7), "django.db.connection.close()"),
        (
            {},
            (session(age=Known(600)),),
            (4, 2),
            "only helps with CONN_MAX_AGE below 10 s or CONN_HEALTH_CHECKS = True",
        ),
        ({}, (session(age=Known(600)),), (3, 2), "only helps with CONN_MAX_AGE below 10 s, connection.close() helps"),
        ({}, (session(age=Known(None), limit=None),), (3, 2), "CONN_MAX_AGE below the server's wait_timeout"),
    ],
)
def test_the_advice_fits(
    changes: dict[str, Any], sessions: tuple[Session, ...], django: tuple[int, ...], advice: str
) -> None:
    assert advice in said(unit(**changes), *sessions, django=django).help


def test_health_checks_are_not_advised_before_django_4_1() -> None:
    assert "CONN_HEALTH_CHECKS" not in said(unit(), session(age=Known(600)), django=(4, 0)).help


def test_the_places_lead_from_the_job_to_the_server() -> None:
    limit = IdleLimit(10, "my.cnf", Span("my.cnf", 2), assumed=False)
    age = Known(0, Span("settings.py", 7))
    changed = unit(
        orm_path=(Place(Span("jobs.py", 6), "queries"),), registrations=(Place(Span("views.py", 3), "handed over"),)
    )
    found = said(changed, session(age=age)._replace(limit=limit))
    assert [str(place.span) for place in found.places] == [
        "jobs.py:5",
        "jobs.py:6",
        "views.py:3",
        "settings.py:7",
        "my.cnf:2",
    ]


def test_a_lambda_is_not_shown_as_a_call() -> None:
    assert said(unit(function="<lambda>")).message.startswith("<lambda> uses the database")


@pytest.mark.parametrize(
    ("changes", "verdict", "why"),
    [
        ({}, "goes-away", "before its first query nothing closes"),
        ({"touches_orm": "no"}, "safe", "it does not reach the ORM"),
        ({"kind": "thread", "ends": True}, "safe", "its thread ends with it, and after its last query nothing closes"),
        (
            {"kind": "thread", "ends": True, "cleanup_end": "close"},
            "safe",
            "and after its last query the connection is closed",
        ),
        ({"isolation": "fork", "isolation_why": "it forks"}, "unknown", "it forks"),
        ({"isolation": "fork-clean", "isolation_why": "it closes first"}, "safe", "it closes first"),
        ({"cleanup_start": "close_old"}, "safe", "CONN_MAX_AGE 0"),
        ({"gap": 5.0}, "safe", "the gap before it is 5 s at most"),
        ({"note": "the framework closes nothing"}, "goes-away", "the framework closes nothing"),
    ],
)
def test_verdicts_and_their_reasons(changes: dict[str, Any], verdict: str, why: str) -> None:
    shown = verdict_of(unit(**changes), facts())
    assert shown.verdicts == {"default": verdict}
    assert why in shown.why


def test_the_worst_verdict_of_an_alias_is_shown() -> None:
    each = facts(sessions=(session(age=Known(0)), session(age=Known(600))))
    assert verdict_of(unit(cleanup_start="close_old"), each).verdicts == {"default": "goes-away-once"}


def test_what_stands_in_no_function_is_named_by_its_module() -> None:
    assert said(unit(function="", kind="loop")).message.startswith("the module jobs.py uses the database and nothing ")
