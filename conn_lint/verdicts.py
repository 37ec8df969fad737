"""The verdict on each unit of work, in words: what --show prints."""

from __future__ import annotations

from conn_lint.lifetime import assess_unit
from conn_lint.model import Cleanup, Facts, Session, UnitOfWork, UnitVerdict, Verdict, candidates

_ORDER: tuple[Verdict, ...] = ("safe", "unknown", "goes-away-once", "goes-away")
_CLEANUPS: dict[Cleanup, str] = {
    "none": "nothing closes",
    "close_old": "old connections are closed",
    "close": "the connection is closed",
}


def verdict_of(unit: UnitOfWork, facts: Facts) -> UnitVerdict:
    """The worst verdict per alias over all settings modules, and the facts that lead to it."""
    verdicts: dict[str, Verdict] = {}
    for session in facts.judged_sessions:
        alias = session.database.alias
        verdict = _verdict(unit, session, facts)
        if alias not in verdicts or _ORDER.index(verdict) > _ORDER.index(verdicts[alias]):
            verdicts[alias] = verdict
    return UnitVerdict(unit, verdicts, _why(unit, facts))


def _verdict(unit: UnitOfWork, session: Session, facts: Facts) -> Verdict:
    if unit.touches_orm == "no":
        return "unknown" if unit.unfollowed else "safe"
    if unit.ends or unit.isolation == "fork-clean":
        return "safe"
    verdict = assess_unit(session, facts.django, unit).verdict
    # A fork goes away only with a connection of its parent's, and the source does not show one.
    unsure = unit.isolation == "fork" or unit.unsure_gap
    return "unknown" if unsure and verdict != "safe" else verdict


def _why(unit: UnitOfWork, facts: Facts) -> str:
    unfollowed = ", ".join(f"{place.label} ({place.span})" for place in unit.unfollowed)
    if unit.touches_orm == "no":
        return f"it is not seen to reach the ORM, but {unfollowed}" if unfollowed else "it does not reach the ORM"
    if unit.ends:
        return f"its thread ends with it, and after its last query {_CLEANUPS[unit.cleanup_end]}"
    gap = "the gap before it has no bound" if unit.gap is None else f"the gap before it is {unit.gap:g} s at most"
    if unit.gap == 0:
        gap = "it is not seen to wait between its queries"
    if unit.unsure_gap:
        gap = "the gap before it is a pause whose length is not known here"
    ages = sorted({_age(session) for session in facts.judged_sessions})
    reasons = [
        gap,
        f"before its first query {_CLEANUPS[unit.cleanup_start]}",
        f"after its last {_CLEANUPS[unit.cleanup_end]}",
        *(["on other ways through it it closes"] if _closes_elsewhere(unit) else []),
        *([f"CONN_MAX_AGE {', '.join(ages)}"] if "close_old" in (unit.cleanup_start, unit.cleanup_end) else []),
        *([unit.isolation_why] if unit.isolation_why else []),
        *([unit.note] if unit.note else []),
        *([f"not followed to the end: {unfollowed}"] if unfollowed else []),
    ]
    return "; ".join(reasons)


def _closes_elsewhere(unit: UnitOfWork) -> bool:
    return unit.closes_at_times and (unit.cleanup_start, unit.cleanup_end) == ("none", "none")


def _age(session: Session) -> str:
    return " or ".join(repr(known.value) for known in candidates(session.database.conn_max_age)) or "unknown"
