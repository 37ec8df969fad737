"""What becomes of a connection that idles: the one table everything is judged with.

Pure: no I/O and no syntax. Measured on MariaDB 10.11 with Django 1.11 to 6.0, and read in
``BaseDatabaseWrapper.close_if_unusable_or_obsolete`` (django/db/backends/base/base.py, unchanged from
4.1 to 6.1): Django looks at the age and re-arms the health check nowhere else.
"""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Cleanup, Database, Django, Known, Session, UnitOfWork, Unknown, Value, Verdict, candidates

LONGEST_TIMEOUT = 31_536_000.0
"""The largest wait_timeout a server takes, in seconds; the smallest is 1."""

_GRAVITY: dict[Verdict, int] = {"safe": 0, "unknown": 1, "goes-away-once": 2, "goes-away": 3}


class Policy(NamedTuple):
    """CONN_MAX_AGE in seconds (None: keep for ever; counted from connect) and CONN_HEALTH_CHECKS."""

    max_age: float | None
    health_checks: bool


def judge(
    policy: Policy,
    *,
    start: Cleanup,
    end: Cleanup,
    gap: float | None,
    idle_limit: float,
    delay: float = 0,
) -> Verdict:
    """The fate of one connection over one idle gap between two units of work.

    ``end`` is the cleanup after the last query before the gap, ``start`` the one between the gap and
    the next query. ``gap`` is the longest idle time in seconds, None when nothing bounds it.
    ``idle_limit`` is the number of seconds after which the server (or a hop) drops the session. ``delay`` are the
    seconds between ``start`` and the query: the connection that it kept may idle for as long once more.

    "goes-away": the query after every gap longer than the limit fails whatever the age, and where nothing
    closes at all every query after it too. "goes-away-once": it fails when the gap lies between the limit and
    the age, and the next ``close_old_connections()`` repairs the connection. A negative age closes as 0 does.
    """
    if gap is not None and gap < idle_limit:
        return "safe"
    if "close" in (start, end):
        return "safe"
    if start == end == "none":
        return "goes-away"
    if policy.health_checks:
        return "safe"
    if policy.max_age is None or policy.max_age > idle_limit:
        return "goes-away-once"
    if policy.max_age <= 0 or (start == "close_old" and delay < idle_limit):
        return "safe"
    return "goes-away"


class Assessment(NamedTuple):
    """``verdict`` over every value the settings may have; ``ages`` are those that lead to it.

    ``certain`` is False when it depends on which age meets which health check, both set by branch, or when
    it takes an environment variable to bring about such an age.
    """

    verdict: Verdict
    ages: tuple[Known, ...] = ()
    certain: bool = True


def assess_unit(session: Session, django: Django, unit: UnitOfWork) -> Assessment:
    """The worst fate of the connection of ``session`` over the gap before ``unit``."""
    start, end = unit.cleanup_start, unit.cleanup_end
    return assess(session, django, start=start, end=end, gap=unit.gap, delay=unit.start_delay)


def assess(
    session: Session, django: Django, *, start: Cleanup, end: Cleanup, gap: float | None = None, delay: float = 0
) -> Assessment:
    """The worst fate under any age and health check that the source names for ``session``.

    What the source does not name is tried at its extremes: the answer is "unknown" only where they differ.
    """
    limit = session.limit.seconds
    limits = (1.0, session.limit.at_most or LONGEST_TIMEOUT) if limit is None else (limit,)
    checks = health_checks(session.database, django)
    guessing = limit is None or _is_open(session.database.conn_health_checks)

    def fate(age: float | None) -> tuple[Verdict, bool]:
        fates: set[Verdict] = {
            judge(Policy(age, check), start=start, end=end, gap=gap, idle_limit=seconds, delay=delay)
            for check in checks
            for seconds in limits
        }
        if len(fates) == 1:
            return fates.pop(), True
        return ("unknown", True) if guessing else (max(fates, key=_GRAVITY.__getitem__), False)

    ages = max_ages(session.database, django)
    default = _default(session.database.conn_max_age)
    found = []
    for known, age in ages:
        verdict, certain = fate(age)
        found.append(Assessment(verdict, (known,), certain and default in (None, known)))
    if not ages or _is_open(session.database.conn_max_age):
        extremes = {fate(age)[0] for age in (0.0, min(limits), None)}
        found.append(Assessment(extremes.pop() if len(extremes) == 1 else "unknown"))
    worst = max(found, key=lambda each: _GRAVITY[each.verdict])
    alike = [each for each in found if each.verdict == worst.verdict]
    return Assessment(
        worst.verdict, tuple(known for each in alike for known in each.ages), any(each.certain for each in alike)
    )


def _is_open(value: Value) -> bool:
    return isinstance(value, Unknown) and value.default is None


def _default(value: Value) -> Known | None:
    """The value in force when no environment variable is set, where one may choose another."""
    return None if isinstance(value, Known) else value.default


def max_ages(database: Database, django: Django) -> tuple[tuple[Known, float | None], ...]:
    """The ages that the source names, as written and in seconds (None: for ever).

    Django before 1.6 closes after every request whatever is set. An age that no connection survives
    (a string, a timedelta: TypeError in ``BaseDatabaseWrapper.connect``) is left out.
    """
    if not django.at_least(1, 6):
        return ((Known(0), 0.0),)
    return tuple((known, seconds(known.value)) for known in candidates(database.conn_max_age) if is_age(known.value))


def kept_ages(database: Database, django: Django) -> tuple[Known, ...]:
    """The ages that the source names under which a connection outlives the request or job that opened it."""
    return tuple(known for known, age in max_ages(database, django) if age is None or age > 0)


def is_age(value: object) -> bool:
    """Whether Django can add ``value`` to its clock, or takes it for "keep for ever"."""
    return value is None or isinstance(value, (int, float))


def seconds(age: float | None) -> float | None:
    """``age`` as Django's clock has it: infinity and NaN never come, True is 1."""
    if age is None or age != age or age == float("inf"):
        return None
    return float(age)


def health_checks(database: Database, django: Django) -> tuple[bool, ...]:
    """Whether connections are checked, for each value the source names; both when it names none.

    ``CONN_HEALTH_CHECKS`` exists since Django 4.1; any true value counts, the string "False" too.
    """
    if not django.at_least(4, 1):
        return (False,)
    if _is_open(database.conn_health_checks):
        return (False, True)
    default = _default(database.conn_health_checks)
    if default:
        return (bool(default.value),)
    return tuple(sorted({bool(known.value) for known in candidates(database.conn_health_checks)}))
