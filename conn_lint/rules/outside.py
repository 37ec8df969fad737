"""What CL201 to CL203, CL208 and CL214 share: a unit outside a request whose connection nobody closes in time."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, permutations
from typing import NamedTuple

from conn_lint.lifetime import Assessment, assess_unit
from conn_lint.model import Facts, Finding, Session, Severity, Span, UnitKind, UnitOfWork
from conn_lint.rules.base import GONE_AWAY, Rule, gone, limit_text, listed, seconds, unique
from conn_lint.rules.repairs import of_unit
from conn_lint.rules.unitwords import NOUNS, because, leak, places_of, remedy, subject, too_early, uses

LONG_PAUSE = 3600.0
"""Seconds that the pauses of loops, whose numbers people put into settings and options, hardly ever reach."""


class Endangered(NamedTuple):
    """A session under which a unit goes away, and what of its settings matters."""

    session: Session
    assessment: Assessment


class OutsideRule(Rule, abstract=True):
    """Reports the units of ``kinds`` that go away, and the threads among them that leave a connection behind."""

    kinds: tuple[UnitKind, ...] = ()
    coroutines: bool | None = False
    """Whether the units are coroutines; None: either."""
    after_only: bool = False
    """Whether the units close old connections, but only after the work."""

    def check(self, facts: Facts) -> Iterator[Finding]:
        in_transactions = {seen.span for seen in facts.observations if seen.kind == "transaction-around-loop"}
        outer = _outer_loops(facts.units) if "loop" in self.kinds else set()
        for unit in facts.units:
            if unit.kind not in self.kinds or self.coroutines not in (None, unit.coroutine) or unit.span in outer:
                continue
            if self.after_only != closes_after_only(unit):
                continue
            if unit.touches_orm == "no" or unit.isolation == "fork-clean":
                continue
            if unit.ends:
                if unit.cleanup_end == "none" and facts.judged_sessions:
                    likely = unit.touches_orm == "maybe"
                    minor = likely or unit.closes_unless_raised or _ends_with_command(unit)
                    severity: Severity = "info" if minor else "warning"
                    yield self._report(unit, facts, leak(unit), facts.judged_sessions, severity)
                continue
            # CL212 reports what lacks its hook, CL215 what runs a command
            found = endangered(unit, facts) if unit.hook is None and not unit.command else ()
            if found:
                severity = _severity(unit, found)
                sessions = tuple(each.session for each in found)
                yield self._report(unit, facts, self.message(unit, found) + because(unit), sessions, severity)
            elif _stays_warm(unit, facts) and unit.span not in in_transactions:  # in which no close helps
                yield self._report(unit, facts, _warm(unit, facts) + because(unit), facts.judged_sessions, "info")

    def message(self, unit: UnitOfWork, found: tuple[Endangered, ...]) -> str:
        """What becomes of ``unit`` under ``found``."""
        limit, idle = found[0].session.limit, idle_gap(unit, found)
        if unit.isolation == "fork":
            return (
                f"{subject(unit)} {uses(unit)} in a forked process, which inherits any connection its parent "
                f"holds{which(found)}: one that has idled longer than {limit_text(limit)} fails with {gone(limit)}"
            )
        if too_early(unit):
            return (
                f"{subject(unit)} {uses(unit)} after a wait of up to {seconds(unit.start_delay)} and closes old "
                f"connections{which(found)} only before that wait: one younger than CONN_MAX_AGE stays open through "
                f"it, longer than {limit_text(limit)}, and the next query fails with {gone(limit)}"
            )
        closes, which_fails = f"nothing closes its connection{which(found)}", "every later"
        if unit.closes_at_times:
            closes = f"closes its connection{which(found)} only on some ways through it, as after an error"
            which_fails = "the next"
        elif not unit.unsure_gap:
            which_fails = "this and every later"
        when = f"after {idle}"
        if unit.unsure_gap:
            when = f"if its pause, whose length is not known here, is longer than {limit_text(limit)},"
        noun = NOUNS[unit.kind]
        return f"{subject(unit)} {uses(unit)} and {closes}: {when} {which_fails} {noun} fails with {gone(limit)}"

    def _report(
        self, unit: UnitOfWork, facts: Facts, message: str, sessions: tuple[Session, ...], severity: Severity
    ) -> Finding:
        return self.finding(
            message,
            remedy(unit, facts, sessions),
            places_of(unit, sessions),
            severity=severity,
            confidence="likely" if unit.touches_orm == "maybe" else "certain",
            function=unit.function,
            sessions=sessions,
            repair=of_unit(unit, facts),
        )


def _outer_loops(units: tuple[UnitOfWork, ...]) -> set[Span]:
    """The endless loops that idle and query in another one inside them and nowhere else: that one is reported, as the
    close belongs there."""
    alike: dict[tuple[object, ...], list[UnitOfWork]] = {}
    for unit in units:
        if unit.kind == "loop" and unit.gap_place and unit.orm_path:
            key = unit.gap_place, unit.gap, unit.cleanup_start, unit.cleanup_end, unit.orm_path[-1]
            alike.setdefault(key, []).append(unit)
    found: set[Span] = set()
    for outer, inner in chain.from_iterable(permutations(loops, 2) for loops in alike.values()):
        ways = outer.orm_path[len(outer.orm_path) - len(inner.orm_path) :] == inner.orm_path
        longer = len(outer.orm_path) > len(inner.orm_path) or outer.span < inner.span
        if ways and longer:
            found.add(outer.span)
    return found


def endangered(unit: UnitOfWork, facts: Facts) -> tuple[Endangered, ...]:
    """The sessions under which every gap before ``unit`` that is long enough loses the connection."""
    found = []
    for session in facts.judged_sessions:
        result = assess_unit(session, facts.django, unit)
        if result.verdict == "goes-away":
            found.append(Endangered(session, result))
    return tuple(found)


def _ends_with_command(unit: UnitOfWork) -> bool:
    """Whether ``unit`` runs in pools of management commands, whose few threads end not long before the process."""
    places = [place.span.path for place in unit.registrations]
    return unit.kind == "executor" and bool(places) and all("management/commands/" in path for path in places)


def _stays_warm(unit: UnitOfWork, facts: Facts) -> bool:
    """Whether ``unit`` never idles long enough to lose its connection, and would not get another one."""
    asks = unit.touches_orm == "yes" and not unit.command and unit.hook is None and not unit.coroutine
    gap = unit.gap or 0
    limits = [session.limit.seconds for session in facts.judged_sessions]
    short = bool(limits) and all(limit is not None and gap < limit for limit in limits)
    return asks and unit.never_closes and gap > 0 and short


def _warm(unit: UnitOfWork, facts: Facts) -> str:
    limit = facts.judged_sessions[0].limit
    return (
        f"{subject(unit)} {uses(unit)} and each of its pauses is shorter than {limit_text(limit)}, which keeps its "
        f"connection alive, but nothing in it closes: after a restart of the server the next {NOUNS[unit.kind]} fails "
        f"with {GONE_AWAY}, and every later one if the error is caught"
    )


def _severity(unit: UnitOfWork, found: tuple[Endangered, ...]) -> Severity:
    """How sure it is that the idle time comes: no pause of unknown length is likely to last for hours."""
    if unit.unsure_gap:
        limits = [each.session.limit.seconds for each in found]
        return "warning" if any(limit is not None and limit < LONG_PAUSE for limit in limits) else "info"
    return "error" if unit.isolation == "none" else "warning"


def closes_after_only(unit: UnitOfWork) -> bool:
    """Whether old connections are closed where ``unit`` ends and nowhere else."""
    return unit.cleanup_start == "none" and unit.cleanup_end == "close_old" and unit.isolation != "fork"


def idle_gap(unit: UnitOfWork, found: tuple[Endangered, ...]) -> str:
    """The idle time that loses the connection."""
    limit = found[0].session.limit
    if unit.gap is None:
        return f"an idle gap longer than {limit_text(limit)}"
    longer = "as long as" if unit.gap == limit.seconds else "longer than"
    return f"its gap of {seconds(unit.gap)}, {longer} {limit_text(limit)},"


def which(found: tuple[Endangered, ...]) -> str:
    """The aliases of ``found`` in brackets, unless the default one is meant."""
    aliases = unique(each.session.database.alias for each in found)
    return "" if aliases == ("default",) else f" ({listed(aliases)})"
