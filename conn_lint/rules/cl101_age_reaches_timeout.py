"""CL101 age-reaches-timeout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.lifetime import assess, health_checks, max_ages
from conn_lint.model import Facts, Finding, IdleLimit, Known, OneOf, Place, Session, Span
from conn_lint.rules.base import (
    GONE_AWAY,
    Example,
    Rule,
    age_place,
    age_text,
    limit_places,
    limit_text,
    listed,
    seconds,
    unique,
    unless,
)
from conn_lint.rules.examples import MYCNF, POSTGRES, SHORT_TIMEOUT, settings
from conn_lint.rules.outside import subject

SHOWN_UNITS = 3
"""So many units that rely on the age are shown with it; more would bury the setting."""


class Cause(NamedTuple):
    """What makes findings equal: the place of an age, the age (its text tells 1 from True), and the limit it meets."""

    place: Span
    text: str
    limit: IdleLimit


class AgeReachesTimeout(Rule):
    """
    ## What it does
    Compares CONN_MAX_AGE with the idle timeout of the session: wait_timeout, interactive_timeout for an
    interactive client, or what OPTIONS["init_command"] sets.

    ## Why it goes wrong
    Django looks at the age of a connection before and after each request, in close_old_connections(). A
    connection that is younger than CONN_MAX_AGE is used again, although the server may have dropped it: the
    first query after an idle gap between the two fails with (2006, 'MySQL server has gone away'). Django then
    closes it, so that the next request works, and the next gap fails again. The same holds for jobs that call
    close_old_connections().

    ## Example
        "CONN_MAX_AGE": 3600,

    ## Use instead
        "CONN_MAX_AGE": 5,

    ## When it stays silent
    With CONN_MAX_AGE below the timeout, with CONN_HEALTH_CHECKS (Django 4.1 and later: the connection is
    pinged before it is used again), and before Django 1.6, which closes after every request. An age equal to
    the timeout is said as information.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#persistent-connections
    - django/db/backends/base/base.py, BaseDatabaseWrapper.close_if_unusable_or_obsolete
    """

    code = "CL101"
    name = "age-reaches-timeout"
    severity = "error"

    VALID = (
        Example(
            "an age below the timeout",
            {"settings.py": settings('"CONN_MAX_AGE": 5,'), "my.cnf": SHORT_TIMEOUT},
            args=MYCNF,
        ),
        Example("an age below the default timeout", {"settings.py": settings('"CONN_MAX_AGE": 3600,')}),
        Example("no age", {"settings.py": settings(), "my.cnf": SHORT_TIMEOUT}, args=MYCNF),
        Example(
            "health checks",
            {
                "settings.py": settings('"CONN_MAX_AGE": None,', '"CONN_HEALTH_CHECKS": True,'),
                "my.cnf": SHORT_TIMEOUT,
                "requirements.txt": "Django==4.2\n",
            },
            args=MYCNF,
        ),
        Example(
            "Django that has no persistent connections",
            {"settings.py": settings('"CONN_MAX_AGE": None,'), "requirements.txt": "Django==1.5.12\n"},
        ),
        Example(
            "a session that sets its own timeout",
            {
                "settings.py": settings(
                    '"CONN_MAX_AGE": 600,', '"OPTIONS": {"init_command": "SET SESSION wait_timeout=3600"},'
                ),
                "my.cnf": SHORT_TIMEOUT,
            },
            args=MYCNF,
        ),
        Example("another database", {"settings.py": POSTGRES, "my.cnf": SHORT_TIMEOUT}, args=MYCNF),
    )
    INVALID = (
        Example(
            "an age above the timeout",
            {"settings.py": settings('"CONN_MAX_AGE": 3600,'), "my.cnf": SHORT_TIMEOUT},
            at=("settings.py:4",),
            args=MYCNF,
        ),
        Example(
            "connections kept for ever, under an assumed timeout",
            {"settings.py": settings('"CONN_MAX_AGE": None,')},
            at=("settings.py:4",),
        ),
        Example(
            "health checks before Django 4.1",
            {
                "settings.py": settings('"CONN_MAX_AGE": 3600,', '"CONN_HEALTH_CHECKS": True,'),
                "my.cnf": SHORT_TIMEOUT,
                "requirements.txt": "Django==3.2.25\n",
            },
            at=("settings.py:4",),
            args=MYCNF,
        ),
        Example(
            "an age that is the default of an environment variable",
            {
                "settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": int(os.environ.get("DB_AGE", 600)),'),
                "my.cnf": SHORT_TIMEOUT,
            },
            at=("settings.py:6",),
            args=MYCNF,
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        reached: dict[Cause, list[tuple[Session, Known, bool]]] = {}
        met: dict[Cause, list[tuple[Session, Known]]] = {}
        for session in facts.judged_sessions:
            result = assess(session, facts.django, start="close_old", end="close_old")
            if result.verdict == "goes-away-once":
                for known in result.ages:
                    reached.setdefault(_cause(session, known), []).append((session, known, result.certain))
            elif health_checks(session.database, facts.django) == (False,):
                for known, age in max_ages(session.database, facts.django):
                    if age and age == session.limit.seconds:
                        met.setdefault(_cause(session, known), []).append((session, known))
        for cause, found in reached.items():
            sessions = tuple(session for session, _, _ in found)
            yield self._reached(cause, found[0][1], facts, sessions, certain=any(certain for _, _, certain in found))
        for cause, equal in met.items():
            yield self._met(cause, equal[0][1], tuple(session for session, _ in equal))

    def _reached(
        self, cause: Cause, known: Known, facts: Facts, sessions: tuple[Session, ...], *, certain: bool
    ) -> Finding:
        database = sessions[0].database
        limit, age = limit_text(cause.limit), age_text(known) + unless(database.conn_max_age, known)
        if not certain and isinstance(database.conn_health_checks, OneOf):
            age += " where CONN_HEALTH_CHECKS is off"
        if known.value is None:
            message = (
                f"{age} keeps connections for ever: after an idle gap longer than {limit} "
                f"the next request fails with {GONE_AWAY}"
            )
        else:
            message = (
                f"{age} is above {limit}: after an idle gap between the two the next request fails with {GONE_AWAY}"
            )
        return self.finding(
            message,
            _help(cause.limit, facts),
            (
                Place(cause.place, _label(known, sessions)),
                *_relying(facts, sessions),
                *limit_places((cause.limit,)),
            ),
            severity="warning" if cause.limit.assumed else "error",
            confidence="certain" if certain else "likely",
            sessions=sessions,
        )

    def _met(self, cause: Cause, known: Known, sessions: tuple[Session, ...]) -> Finding:
        return self.finding(
            f"{age_text(known)} equals {limit_text(cause.limit)}: no margin is left between the two clocks",
            f"set CONN_MAX_AGE a few seconds below {seconds(cause.limit.seconds or 0)}",
            (Place(cause.place, _label(known, sessions)), *limit_places((cause.limit,))),
            severity="info",
            sessions=sessions,
        )


def _cause(session: Session, known: Known) -> Cause:
    return Cause(age_place(session, known), repr(known.value), session.limit)


def _label(known: Known, sessions: tuple[Session, ...]) -> str:
    return f"{age_text(known)} of {listed(unique(session.database.alias for session in sessions))}"


def _relying(facts: Facts, sessions: tuple[Session, ...]) -> tuple[Place, ...]:
    """Units outside a request whose only protection is this age."""
    units = [
        unit
        for unit in facts.units
        if unit.touches_orm != "no"
        and not unit.ends
        and any(
            assess(session, facts.django, start=unit.cleanup_start, end=unit.cleanup_end, gap=unit.gap).verdict
            == "goes-away-once"
            for session in sessions
        )
    ]
    return tuple(
        Place(unit.span, f"{subject(unit)} relies on it: close_old_connections() keeps a younger connection")
        for unit in units[:SHOWN_UNITS]
    )


def _help(limit: IdleLimit, facts: Facts) -> str:
    below = f"set CONN_MAX_AGE below {limit.seconds:g}" if limit.seconds is not None else "lower CONN_MAX_AGE"
    checks = ", or CONN_HEALTH_CHECKS to True" if facts.django.at_least(4, 1) else ""
    source = "; pass --mycnf, --variables or --live to judge by the server's own timeout" if limit.assumed else ""
    return below + checks + source
