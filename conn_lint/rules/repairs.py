"""What the rules about closes want to be changed in the code."""

from __future__ import annotations

from conn_lint.model import Facts, Observation, Repair, RepairKind, UnitOfWork
from conn_lint.rules.base import unique


def of_unit(unit: UnitOfWork, facts: Facts) -> Repair | None:
    """The close that ``unit`` lacks; None where its code is not the place for it."""
    if not facts.django.at_least(1, 8) or unit.isolation == "fork" or unit.kind in ("shell", "library"):
        return None
    kind: RepairKind = "close-at-start"
    if unit.ends:
        kind = "close-at-end"
    elif unit.kind == "loop":
        kind = "close-each-turn"
    return Repair(
        kind,
        unit.span,
        uses=tuple(place.span for place in unit.orm_path),
        wait=unit.gap_place,
        registrations=tuple(place.span for place in unit.registrations),
        aliases=aliases(facts),
    )


def of_observation(kind: RepairKind, seen: Observation, facts: Facts) -> Repair | None:
    """The change ``kind`` where ``seen`` was seen; None before Django 1.8, which has other names."""
    return Repair(kind, seen.span, aliases=aliases(facts)) if facts.django.at_least(1, 8) else None


def aliases(facts: Facts) -> tuple[str, ...]:
    """Every alias of the project: closing old connections looks at all of them."""
    return unique(session.database.alias for session in facts.sessions)
