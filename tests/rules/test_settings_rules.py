"""What CL003, CL004, CL101, CL102 and CL103 say about settings: whether, how loud, in which words."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from conn_lint.model import (
    Database,
    Deployment,
    Django,
    Facts,
    Finding,
    IdleLimit,
    KeySlip,
    Known,
    OneOf,
    Requirement,
    Session,
    Span,
    UnitOfWork,
    Unknown,
    Value,
)
from conn_lint.rules import rules

AGE = Span("settings.py", 7, 25)
OFF, ON = Known(value=False), Known(value=True)
UNKNOWN = Unknown("not read")


def session(
    age: Value, checks: Value = OFF, *, alias: str = "default", module: str = "settings", **limit: Any
) -> Session:
    database = Database(
        alias, UNKNOWN, age, checks, UNKNOWN, UNKNOWN, {}, UNKNOWN, UNKNOWN, mysql=True, place=Span("settings.py", 3)
    )
    idle = IdleLimit(10, "my.cnf", Span("my.cnf", 2), assumed=False)._replace(**limit)
    return Session(module, database, idle, counts=True)


def facts(*sessions: Session, units: tuple[UnitOfWork, ...] = (), django: tuple[int, ...] = (5, 2)) -> Facts:
    requirement = Requirement("django", django, None, None, Span("requirements.txt", 1))
    return Facts("/", Django(requirement), {}, (), (), units, (), (), True, sessions)


def found(code: str, each: Facts) -> list[Finding]:
    (rule,) = (rule for rule in rules() if rule.code == code)
    return list(rule.check(each))


def one(code: str, *sessions: Session, **options: Any) -> Finding:
    (finding,) = found(code, facts(*sessions, **options))
    return finding


def job(**changes: Any) -> UnitOfWork:
    unit = UnitOfWork(
        span=Span("jobs.py", 5),
        function="send",
        kind="job",
        framework="rq",
        touches_orm="yes",
        cleanup_start="close_old",
        cleanup_end="close_old",
        gap=None,
        gap_place=None,
        orm_path=(),
        registrations=(),
        isolation="none",
        isolation_why="",
        isolation_place=None,
    )
    return unit._replace(**changes)


# --- CL101 -------------------------------------------------------------------------------------


def test_an_age_above_the_limit() -> None:
    finding = one("CL101", session(Known(600, AGE)))
    assert finding.severity == "error"
    assert finding.message == (
        "CONN_MAX_AGE 600 s is above wait_timeout 10 s: after an idle gap between the two the next request fails with "
        "(2006, 'MySQL server has gone away')"
    )
    assert finding.help == "set CONN_MAX_AGE below 10, or CONN_HEALTH_CHECKS to True"
    assert [str(place.span) for place in finding.places] == ["settings.py:7", "my.cnf:2"]


def test_an_assumed_limit_is_a_warning_and_says_how_to_give_one() -> None:
    finding = one("CL101", session(Known(None, AGE), seconds=28800, assumed=True, place=None))
    assert finding.severity == "warning"
    assert "longer than wait_timeout 28800 s (assumed)" in finding.message
    assert finding.help.endswith("; pass --mycnf, --variables or --live to judge by the server's own timeout")


def test_health_checks_are_not_advised_before_django_4_1() -> None:
    assert one("CL101", session(Known(600)), django=(4, 0)).help == "set CONN_MAX_AGE below 10"


def test_an_age_that_meets_the_limit_is_information() -> None:
    finding = one("CL101", session(Known(10, AGE)))
    assert finding.severity == "info"
    assert finding.message == "CONN_MAX_AGE 10 s equals wait_timeout 10 s: no margin is left between the two clocks"


@pytest.mark.parametrize(
    ("age", "checks"),
    [(Known(9), OFF), (Known(0), OFF), (Known(10), ON), (Known(600), ON), (Known("600"), OFF), (Known(-1), OFF)],
)
def test_ages_that_are_fine_or_the_business_of_another_rule(age: Value, checks: Value) -> None:
    assert found("CL101", facts(session(age, checks))) == []


@pytest.mark.parametrize(
    ("age", "severity", "words"),
    [
        (Unknown("env", ("AGE",), Known(600)), "error", "CONN_MAX_AGE 600 s (unless AGE is set) is above"),
        (Unknown("env", ("A", "B"), Known(600)), "error", "CONN_MAX_AGE 600 s (unless A and B are set) is above"),
        (OneOf((Known(0), Known(600))), "error", "CONN_MAX_AGE 600 s (on one branch) is above"),
        (OneOf((Known(0), Known(600)), ("A",), Known(600)), "error", "CONN_MAX_AGE 600 s (unless A is set) is above"),
        (OneOf((Known(0), Known(600)), ("A",), Known(0)), "warning", "CONN_MAX_AGE 600 s (when A is set so) is above"),
        (Unknown("a function", (), None, possible=(Known(600),)), "error", "CONN_MAX_AGE 600 s is above"),
        (Known(float("inf")), "error", "CONN_MAX_AGE inf s is above"),
    ],
)
def test_what_the_age_depends_on_is_said(age: Value, severity: str, words: str) -> None:
    finding = one("CL101", session(age))
    assert finding.severity == severity
    assert finding.message.startswith(words)


def test_age_and_checks_by_branch_are_likely_only() -> None:
    finding = one("CL101", session(Known(None), OneOf((OFF, ON))))
    assert (finding.severity, finding.confidence) == ("warning", "likely")
    assert finding.message.startswith("CONN_MAX_AGE None where CONN_HEALTH_CHECKS is off keeps connections for ever")


def test_aliases_and_modules_with_one_age_are_one_finding() -> None:
    age = Known(600, AGE)
    finding = one(
        "CL101",
        session(age, module="b"),
        session(age, alias="replica", module="a"),
        session(age, module="a"),
    )
    assert finding.aliases == ("default", "replica")
    assert finding.settings_modules == ("a", "b")
    assert finding.places[0].label == "CONN_MAX_AGE 600 s of default and replica"


def test_ages_of_their_own_are_findings_of_their_own() -> None:
    sessions = (session(Known(600, AGE)), session(Known(700, AGE._replace(line=9)), alias="replica"))
    assert [finding.aliases for finding in found("CL101", facts(*sessions))] == [("default",), ("replica",)]


def test_limits_of_their_own_are_findings_of_their_own() -> None:
    sessions = (session(Known(600, AGE)), session(Known(600, AGE), alias="replica", seconds=60))
    assert len(found("CL101", facts(*sessions))) == 2


def test_jobs_that_rely_on_the_age_are_places_of_it() -> None:
    units = (job(), job(cleanup_end="close"), job(touches_orm="no"), job(gap=5.0), job(ends=True, kind="thread"))
    finding = one("CL101", session(Known(600, AGE)), units=units)
    labels = [place.label for place in finding.places]
    assert labels == [
        "CONN_MAX_AGE 600 s of default",
        "send() relies on it: close_old_connections() keeps a younger connection",
        "wait_timeout 10 s",
    ]


def test_not_every_job_is_shown() -> None:
    units = tuple(job(span=Span("jobs.py", line)) for line in range(1, 9))
    assert len(one("CL101", session(Known(600, AGE)), units=units).places) == 5


# --- CL003 and CL004 -----------------------------------------------------------------------------


def test_one_variable_for_several_aliases_is_one_cause() -> None:
    sessions = (
        session(Unknown("AGE decides it", ("AGE",), place=AGE)),
        session(Unknown("AGE decides it", ("AGE",), place=AGE._replace(line=9)), alias="replica"),
    )
    finding = one("CL003", *sessions)
    assert finding.severity == "info"
    assert finding.message == "CONN_MAX_AGE of default and replica cannot be known: AGE decides it"
    assert finding.help == "pass --env AGE=VALUE as the deployment has it"
    assert [place.span.line for place in finding.places] == [7, 9]


def test_one_reason_at_several_places_is_one_finding() -> None:
    sessions = (
        session(Unknown("shop.private may define any name", place=AGE)),
        session(Unknown("shop.private may define any name", place=AGE._replace(line=9)), module="local"),
        session(Unknown("another function", place=AGE._replace(line=11)), alias="replica"),
    )
    shared, other = found("CL003", facts(*sessions))
    assert [place.span.line for place in shared.places] == [7, 9]
    assert shared.settings_modules == ("local", "settings")
    assert [place.span.line for place in other.places] == [11]


def test_a_module_that_is_not_there_is_not_bound_by_a_variable() -> None:
    private = Unknown("shop.private is not in the project and may define any name", ("SHOP_CFG",), place=AGE)
    assert one("CL003", session(private)).help == (
        "set CONN_MAX_AGE in a file of the project, or name the settings that are deployed: --settings MODULE"
    )


def test_unknown_checks_matter_only_to_an_age_above_the_limit() -> None:
    checks = Unknown("CHECK decides it", ("CHECK",))
    assert one("CL003", session(Known(600), checks)).message.startswith("CONN_HEALTH_CHECKS of default cannot be known")
    assert found("CL003", facts(session(Known(5), checks))) == []


def test_an_unknown_limit_matters_only_to_an_age() -> None:
    limit: dict[str, Any] = {"seconds": None, "why": "it depends on the server"}
    finding = one("CL003", session(Known(600), **limit))
    assert finding.message == "wait_timeout of default cannot be known: it depends on the server"
    assert (str(finding.span), "--server" in finding.help) == ("my.cnf:2", True)
    assert found("CL003", facts(session(Known(0), **limit))) == []
    assert found("CL003", facts(session(Known(600), ON, **limit))) == []


def test_an_unknown_limit_of_the_settings_is_to_be_mended_there() -> None:
    why = "OPTIONS['init_command'] sets a wait_timeout that cannot be known"
    finding = one("CL003", session(Known(600), seconds=None, why=why, place=AGE))
    assert finding.help == "write it where it can be read from the source"


def test_an_unknown_limit_matters_to_a_bounded_gap() -> None:
    each = session(Known(0), seconds=None, why="it depends on the server")
    assert found("CL003", facts(each, units=(job(cleanup_start="none", cleanup_end="none", gap=60.0),))) != []
    assert found("CL003", facts(each, units=(job(cleanup_start="none", cleanup_end="none"),))) == []


def test_an_age_of_a_wrong_type_is_not_called_unknown() -> None:
    assert found("CL003", facts(session(Known("600")))) == []


ASSUMED: dict[str, Any] = {"seconds": 28800, "assumed": True, "place": None}


def test_an_assumed_limit_is_said_once() -> None:
    sessions = (session(Known(600, AGE), **ASSUMED), session(Known(700, AGE), alias="replica", **ASSUMED))
    finding = one("CL004", *sessions)
    assert str(finding.span) == "settings.py:7"


@pytest.mark.parametrize(("age", "checks"), [(Known(0), OFF), (Known(600), ON), (Known(None), OFF)])
def test_an_assumed_limit_that_changes_nothing_is_not_said(age: Value, checks: Value) -> None:
    assert found("CL004", facts(session(age, checks, **ASSUMED))) == []


def test_a_limit_that_was_given_is_not_said() -> None:
    assert found("CL004", facts(session(Known(5)))) == []


def test_a_bounded_gap_rests_on_the_limit() -> None:
    unit = job(kind="loop", cleanup_start="none", cleanup_end="none", gap=60.0, gap_place=Span("jobs.py", 8))
    assert str(one("CL004", session(Known(0), **ASSUMED), units=(unit,)).span) == "jobs.py:8"
    assert found("CL004", facts(session(Known(0), **ASSUMED), units=(unit._replace(gap=None),))) == []


# --- CL102 and CL103 -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "severity", "words"),
    [
        (Known("600"), "error", "CONN_MAX_AGE is the string '600': opening a connection fails with TypeError"),
        (Known(timedelta(hours=1)), "error", "CONN_MAX_AGE is datetime.timedelta(seconds=3600): opening"),
        (Known([600]), "error", "CONN_MAX_AGE is [600]: opening a connection fails with TypeError"),
        (Known(value=True), "warning", "CONN_MAX_AGE True is one second"),
        (Known(-1), "warning", "CONN_MAX_AGE -1 closes after every request, as 0 does"),
        (Known(float("inf")), "warning", "CONN_MAX_AGE inf never comes"),
        (Known(float("nan")), "warning", "CONN_MAX_AGE nan never comes"),
        (OneOf((Known(0), Known("600"))), "error", "CONN_MAX_AGE is the string '600'"),
        (Unknown("env", ("AGE",), Known("600")), "error", "CONN_MAX_AGE is the string '600'"),
        (Unknown("env", ("AGE",), Known(600), text=True), "error", "CONN_MAX_AGE is a string when AGE is set"),
        (
            Unknown("env", ("AGE",), Known("600"), text=True),
            "error",
            "CONN_MAX_AGE is a string, whether AGE is set or not",
        ),
    ],
)
def test_ages_of_a_wrong_type(age: Value, severity: str, words: str) -> None:
    finding = one("CL102", session(age))
    assert finding.severity == severity
    assert finding.message.startswith(words)


@pytest.mark.parametrize(
    "age",
    [Known(0), Known(600), Known(1.5), Known(None), Known(value=False), UNKNOWN, Unknown("env", ("AGE",), Known(600))],
)
def test_ages_of_a_right_type(age: Value) -> None:
    assert found("CL102", facts(session(age))) == []


def test_django_before_1_6_reads_no_age() -> None:
    assert found("CL102", facts(session(Known("600")), django=(1, 5))) == []


def slipped(slip: KeySlip, *, counts: bool = True) -> Facts:
    each = session(Known(0))._replace(counts=counts)
    deployment = Deployment("settings", "settings.py", None, {"default": each.database}, False, {}, (slip,))
    return facts(each)._replace(deployments=(deployment,))


@pytest.mark.parametrize(
    ("kind", "key", "severity", "words"),
    [
        ("misspelt", "CON_MAX_AGE", "warning", "Django does not read CON_MAX_AGE: it does not set CONN_MAX_AGE"),
        ("case", "conn_max_age", "warning", "Django does not read conn_max_age: it does not set CONN_MAX_AGE"),
        ("in-options", "CONN_MAX_AGE", "error", "CONN_MAX_AGE in OPTIONS is handed to the driver"),
        ("module-level", "CONN_MAX_AGE", "warning", "CONN_MAX_AGE at the top of the settings module does nothing"),
        ("beside-alias", "CONN_MAX_AGE", "warning", "CONN_MAX_AGE stands beside the aliases of DATABASES"),
    ],
)
def test_keys_that_django_does_not_read(kind: Any, key: str, severity: str, words: str) -> None:
    (finding,) = found("CL103", slipped(KeySlip(key, "CONN_MAX_AGE", kind, AGE)))
    assert finding.severity == severity
    assert finding.message.startswith(words)


def test_slips_of_another_database_are_not_reported() -> None:
    assert found("CL103", slipped(KeySlip("CON_MAX_AGE", "CONN_MAX_AGE", "misspelt", AGE), counts=False)) == []


def test_a_slip_that_several_modules_share_is_one_finding() -> None:
    slip = KeySlip("CON_MAX_AGE", "CONN_MAX_AGE", "misspelt", AGE)
    sessions = tuple(session(Known(0), module=module) for module in ("a", "b"))
    sessions = tuple(each._replace(database=each.database._replace(slips=(slip,))) for each in sessions)
    (finding,) = found("CL103", facts(*sessions))
    assert finding.settings_modules == ("a", "b")


# --- CL104, CL106 and CL109 -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("age", "severity"), [(Known(600), "warning"), (Known(None), "warning"), (UNKNOWN, "info"), (Known(0), "info")]
)
def test_ignored_checks_weigh_what_the_age_weighs(age: Value, severity: str) -> None:
    finding = one("CL104", session(age, ON), django=(4, 0, 10))
    assert finding.severity == severity
    assert [str(place.span) for place in finding.places] == ["settings.py:3", "requirements.txt:1"]


def test_ignored_checks_of_several_modules_are_one_finding() -> None:
    on = Known(value=True, place=AGE)
    sessions = (session(Known(600), on, module="a"), session(Known(0), on, module="b", alias="replica"))
    (finding,) = found("CL104", facts(*sessions, django=(3, 2)))
    assert (finding.settings_modules, finding.aliases, finding.severity) == (
        ("a", "b"),
        ("default", "replica"),
        "warning",
    )


@pytest.mark.parametrize(
    ("checks", "words"),
    [
        (Known(" OFF "), "CONN_HEALTH_CHECKS is the string ' OFF ', which is true"),
        (OneOf((Known(value=True), Known("no"))), "CONN_HEALTH_CHECKS is the string 'no'"),
        (Unknown("env", ("A", "B"), OFF, text=True), "CONN_HEALTH_CHECKS is a string when A and B are set"),
    ],
)
def test_texts_that_switch_checks_on(checks: Value, words: str) -> None:
    finding = one("CL104", session(Known(600), checks))
    assert finding.severity == "info"
    assert finding.message.startswith(words)


@pytest.mark.parametrize("checks", [Known("yes"), Known(""), Known(1), UNKNOWN, Unknown("env", ("A",), ON)])
def test_checks_that_mean_what_they_do(checks: Value) -> None:
    assert found("CL104", facts(session(Known(600), checks))) == []


POOL = KeySlip("pool", "", "pool-in-options", AGE)
PLAIN, POOLED = Known("django.db.backends.mysql"), Known("dj_db_conn_pool.backends.mysql")


def pooled(engine: Value, slip: KeySlip) -> list[Finding]:
    each = session(Known(0))
    return found("CL106", facts(each._replace(database=each.database._replace(engine=engine, slips=(slip,)))))


@pytest.mark.parametrize(
    ("engine", "slip", "severity"),
    [
        (PLAIN, POOL, "error"),
        (POOLED, POOL, "error"),
        (OneOf((PLAIN, POOLED)), POOL, "error"),
        (Known("mysql.connector.django"), POOL, "error"),
        (PLAIN, KeySlip("POOL_OPTIONS", "", "pool-beside-engine", AGE), "warning"),
        (POOLED, KeySlip("POOL_SIZE", "", "pool-beside-engine", AGE), "warning"),
        (POOLED, KeySlip("recycle", "RECYCLE", "pool-option", AGE), "warning"),
    ],
)
def test_pool_keys_that_the_engine_does_not_read(engine: Value, slip: KeySlip, severity: str) -> None:
    assert [finding.severity for finding in pooled(engine, slip)] == [severity]


@pytest.mark.parametrize(
    ("engine", "slip"),
    [
        (UNKNOWN, POOL),
        (Unknown("env", ("ENGINE",), PLAIN), POOL),
        (OneOf((PLAIN, Known("django.db.backends.postgresql"))), POOL),
        (Known("shop.db.mysql"), POOL),
        (Known("mysql.connector.django"), KeySlip("pool_size", "", "pool-in-options", AGE)),
        (POOLED, KeySlip("POOL_OPTIONS", "", "pool-beside-engine", AGE)),
        (PLAIN, KeySlip("recycle", "RECYCLE", "pool-option", AGE)),
    ],
)
def test_pool_keys_that_somebody_may_read(engine: Value, slip: KeySlip) -> None:
    assert pooled(engine, slip) == []


def test_keys_about_pools_are_no_slips_of_cl103() -> None:
    assert found("CL103", slipped(POOL)) == []


@pytest.mark.parametrize(
    ("autocommit", "condition"),
    [
        (Known(value=False), ""),
        (Known(0), ""),
        (Unknown("env", ("A",), Known(value=False)), " (unless A is set)"),
        (OneOf((Known(value=True), Known(value=False))), " (on one branch)"),
    ],
)
def test_autocommit_off(autocommit: Value, condition: str) -> None:
    each = session(Known(0))
    finding = one("CL109", each._replace(database=each.database._replace(autocommit=autocommit)))
    assert finding.message.startswith(f"AUTOCOMMIT is off{condition}: ")


@pytest.mark.parametrize(
    "autocommit",
    [
        Known(value=True),
        Known("False"),
        UNKNOWN,
        OneOf((Known(value=False), ON), ("A",), ON),
        Unknown("env", ("A",), ON),
    ],
)
def test_autocommit_that_is_on(autocommit: Value) -> None:
    each = session(Known(0))
    assert found("CL109", facts(each._replace(database=each.database._replace(autocommit=autocommit)))) == []
