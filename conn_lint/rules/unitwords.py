"""The words for a unit of work outside a request: what it is, where it stands, what is to be done about it."""

from __future__ import annotations

from conn_lint.lifetime import assess
from conn_lint.model import Facts, Place, Session, UnitKind, UnitOfWork
from conn_lint.rules.base import age_place, limit_places, seconds

NOUNS: dict[UnitKind, str] = {
    "job": "job",
    "consumer": "message",
    "scheduled": "run",
    "loop": "turn",
    "thread": "turn",
    "executor": "call",
    "shell": "query",
    "library": "query",
}
"""What one run of a unit is called."""

SHOWN_AGES = 3
"""So many ages that do not help are shown; a project with a settings module for each machine has the same in all."""


def subject(unit: UnitOfWork) -> str:
    """``send_report()``, or the name as it is where it is none that can be called; the module where there is none."""
    if not unit.function:
        return f"the module {unit.span.path}"
    return f"{unit.function}()" if unit.function.replace(".", "").isidentifier() else unit.function


def uses(unit: UnitOfWork) -> str:
    return "uses the database" if unit.touches_orm == "yes" else "probably uses the database"


def too_early(unit: UnitOfWork) -> bool:
    """Whether ``unit`` closes old connections before it uses one, and waits between the two."""
    return unit.cleanup_start == "close_old" and unit.start_delay > 0


def because(unit: UnitOfWork) -> str:
    """What the framework does or does not do, where no place says it."""
    reasons = [unit.note, "" if unit.isolation_place else unit.isolation_why]
    return "".join(f"; {reason}" for reason in reasons if reason)


def leak(unit: UnitOfWork) -> str:
    ends, each = "its thread ends without closing the connection", "thread"
    if unit.closes_unless_raised:
        ends, each = "closes its connection, but not where an exception ends its thread", "exception"
    return (
        f"{subject(unit)} {uses(unit)} and {ends}: "
        f"it stays open on the server until Python's garbage collector finds it, one more with every {each}"
    )


def places_of(unit: UnitOfWork, sessions: tuple[Session, ...]) -> tuple[Place, ...]:
    what = unit.kind if unit.kind in ("loop", "thread") else f"{unit.framework} {NOUNS[unit.kind]}".strip()
    places = [Place(unit.span, f"this {what}")]
    places += [place for place in unit.orm_path if place.span != unit.span]
    places += unit.registrations
    if unit.gap_place:
        bound = "idles here" if unit.gap is None else f"idles here up to {seconds(unit.gap)}"
        bound += ", for how long is not known" if unit.unsure_gap else ""
        places.append(Place(unit.gap_place, bound))
    if unit.isolation_place:
        places.append(Place(unit.isolation_place, unit.isolation_why))
    if not unit.ends:
        places += _settings_places(sessions)
        places += limit_places(tuple(session.limit for session in sessions))
    return tuple(places)


def _settings_places(sessions: tuple[Session, ...]) -> list[Place]:
    """The ages that do not help, where a settings file sets them."""
    found: dict[object, Place] = {}
    for session in sessions:
        value = session.database.conn_max_age
        if value.place:
            found.setdefault(value.place, Place(age_place(session), "only close_old_connections() looks at this age"))
    return list(found.values())[:SHOWN_AGES]


def remedy(unit: UnitOfWork, facts: Facts, sessions: tuple[Session, ...]) -> str:
    """The next action, right for the kind of unit, the Django version and the settings."""
    if not facts.django.at_least(1, 6):
        return f"call django.db.close_connection() after every {NOUNS[unit.kind]} (Django before 1.6 has no other)"
    if unit.ends:
        call = "connections.close_all()" if facts.django.at_least(1, 8) else "connection.close()"
        return f"close in a finally clause at the end of the thread: django.db.{call}"
    if unit.isolation == "fork":
        return _fork_remedy(unit)
    if too_early(unit):
        return "call django.db.close_old_connections() after the wait, or django.db.connection.close() before it"
    where = {
        "loop": "as the first statement of every turn, after the wait",
        "thread": "before the first query after every wait, in this thread",
        "executor": "as the first statement of the callable, in the pool's thread",
    }.get(unit.kind, f"before the first query of every {NOUNS[unit.kind]}")
    if unit.coroutine:
        advice = f"await sync_to_async(close_old_connections)() {where}: it has to run in the ORM's thread"
    else:
        advice = f"call django.db.close_old_connections() {where}"
    if unit.kind in ("job", "consumer", "scheduled"):
        advice += ", and again after the last one"
    return advice + _age_clause(facts, sessions)


def _age_clause(facts: Facts, sessions: tuple[Session, ...]) -> str:
    """What the settings must be for close_old_connections() to help, where they are not so already."""
    bad = [
        session
        for session in sessions
        if assess(session, facts.django, start="close_old", end="close_old").verdict != "safe"
    ]
    if not bad:
        return ""
    limit = min((each.limit.seconds for each in bad if each.limit.seconds is not None), default=None)
    below = f"below {seconds(limit)}" if limit is not None else "below the server's wait_timeout"
    checks = " or CONN_HEALTH_CHECKS = True" if facts.django.at_least(4, 1) else ""
    return f"; it only helps with CONN_MAX_AGE {below}{checks}, connection.close() helps under any age"


def _fork_remedy(unit: UnitOfWork) -> str:
    advice = "close the parent's connections before it forks (django.db.connections.close_all())"
    if unit.framework in ("rq", "django-rq"):
        return f"start the worker with django-rq's `manage.py rqworker`, which closes before it forks, or {advice}"
    return advice
