"""What CL101 and CL108 share: an age that reaches the idle limit of its session."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.lifetime import assess, assess_unit, health_checks, max_ages
from conn_lint.model import Facts, Finding, IdleLimit, Known, OneOf, Place, Repair, Session, Span
from conn_lint.rules.base import (
    Rule,
    age_place,
    age_text,
    gone,
    limit_places,
    limit_text,
    listed,
    of_sites,
    seconds,
    unique,
    unless,
)
from conn_lint.rules.unitwords import subject

SHOWN_UNITS = 3
"""So many units that rely on the age are shown with it; more would bury the setting."""


class Cause(NamedTuple):
    """What makes findings equal: the place of an age, the age (its text tells 1 from True), and the limit it meets."""

    place: Span
    text: str
    limit: IdleLimit


class AgeRule(Rule, abstract=True):
    """Reports the ages that reach the limit which the rule looks at."""

    def ruling(self, session: Session) -> IdleLimit | None:
        """The limit that the age of ``session`` is compared with; None: another rule speaks of it."""
        raise NotImplementedError

    def sessions(self, facts: Facts) -> Iterator[Session]:
        """The judged sessions, each under the limit that this rule looks at."""
        sites = of_sites(facts)
        for session in facts.judged_sessions:
            limit = self.ruling(session)
            if limit is not None and (session in sites or _relying(facts, (session._replace(limit=limit),))):
                yield session._replace(limit=limit)

    def check(self, facts: Facts) -> Iterator[Finding]:
        reached: dict[Cause, list[tuple[Session, Known, bool]]] = {}
        met: dict[Cause, list[tuple[Session, Known]]] = {}
        for session in self.sessions(facts):
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
        fails = f"the next request fails with {gone(cause.limit)}"
        if known.value is None:
            message = f"{age} keeps connections for ever: after an idle gap longer than {limit} {fails}"
        else:
            message = f"{age} is above {limit}: after an idle gap between the two {fails}"
        return self.finding(
            message,
            _help(cause.limit, facts),
            (
                Place(cause.place, _label(known, sessions)),
                *_relying(facts, sessions),
                *limit_places((cause.limit,)),
            ),
            severity="warning" if cause.limit.assumed or cause.limit.found else "error",
            confidence="certain" if certain else "likely",
            sessions=sessions,
            repair=_below(cause),
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


def _below(cause: Cause) -> Repair | None:
    """An age well below the limit, where that is known."""
    limit = cause.limit
    if limit.assumed or limit.seconds is None or limit.seconds < 2:
        return None
    age = min(60, int(limit.seconds // 2))
    return Repair("value", cause.place, text=str(age), title=f"set CONN_MAX_AGE to {age}")


def _label(known: Known, sessions: tuple[Session, ...]) -> str:
    return f"{age_text(known)} of {listed(unique(session.database.alias for session in sessions))}"


def _relying(facts: Facts, sessions: tuple[Session, ...]) -> tuple[Place, ...]:
    """Units outside a request whose only protection is this age."""
    units = [
        unit
        for unit in facts.units
        if unit.touches_orm != "no"
        and not unit.ends
        and any(assess_unit(session, facts.django, unit).verdict == "goes-away-once" for session in sessions)
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
