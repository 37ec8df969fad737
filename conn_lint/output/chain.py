"""The age of an alias beside the limits on its way: as one line, and as bars for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log1p

from conn_lint.model import IdleLimit, Session, Unknown, candidates
from conn_lint.output.printable import shown

BAR_WIDTH = 40
"""Characters of the longest bar."""


def line(session: Session, prefix: str) -> str:
    """``default: CONN_MAX_AGE 600 s > aws-nlb 350 s (pyproject.toml:9) < wait_timeout 28800 s (etc/my.cnf:12)``.

    The limits follow from the smallest on, so that the first sign says whether the age is safe. What cannot be
    known comes last and is compared with nothing.
    """
    limits = _limits(session)
    ages = candidates(session.database.conn_max_age)
    signs = {_compared(known.value, limits[0].seconds) for known in ages}
    texts = [_age_text(known.value) for known in ages]
    if _is_open(session):
        texts, signs = ["unknown", *texts], {"?"}
    text = " or ".join(texts)
    words = [f"{session.database.alias}: CONN_MAX_AGE {text}", signs.pop() if len(signs) == 1 else "?"]
    for at, limit in enumerate(limits):
        words.append(_limit_text(limit, prefix))
        if at + 1 < len(limits):
            words.append(_compared(limit.seconds, limits[at + 1].seconds))
    return " ".join(words)


def bars(session: Session) -> Iterator[str]:
    """A bar for the age and one for each limit, their lengths on a logarithmic scale; none where an age or every
    limit is unknown."""
    ages = [known.value for known in candidates(session.database.conn_max_age)]
    limits = [limit for limit in _limits(session) if limit.seconds is not None]
    if not limits or not ages or _is_open(session) or not all(age is None or _is_number(age) for age in ages):
        return
    rows = [("CONN_MAX_AGE", inf if age is None else float(age)) for age in dict.fromkeys(ages)]
    rows += [(limit.variable, limit.seconds or 0.0) for limit in limits]
    longest = log1p(max((seconds for _, seconds in rows if seconds != inf), default=1.0)) or 1.0
    width = max(len(name) for name, _ in rows)
    for name, seconds in rows:
        length = BAR_WIDTH if seconds == inf else round(BAR_WIDTH * log1p(max(seconds, 0.0)) / longest)
        text = "for ever" if seconds == inf else f"{seconds:.12g} s"
        yield f"{name:<{width}} {'━' * length}{'→' if seconds == inf else ''} {text}"


def _is_open(session: Session) -> bool:
    """Whether the age may be another than those that the source names."""
    value = session.database.conn_max_age
    return isinstance(value, Unknown) and value.default is None


def _limits(session: Session) -> list[IdleLimit]:
    limits = session.chain or (session.limit,)
    return sorted(limits, key=lambda limit: inf if limit.seconds is None else limit.seconds)


def _limit_text(limit: IdleLimit, prefix: str) -> str:
    if limit.seconds is None:
        return f"{limit.variable} unknown ({limit.why})"
    place = f"{shown(limit.place.path, prefix)}:{limit.place.line}" if limit.place else ""
    group = f"[{limit.group}]" if limit.group else ""
    source = ", ".join(filter(None, (place, group, limit.why if limit.hop or not place else "")))
    return f"{limit.variable} {limit.seconds:.12g} s ({'assumed: ' if limit.assumed else ''}{source})"


def _is_number(age: object) -> bool:
    return isinstance(age, (int, float)) and not isinstance(age, bool) and age == age


def _age_text(age: object) -> str:
    return f"{age:.12g} s" if isinstance(age, (int, float)) and not isinstance(age, bool) else repr(age)


def _compared(age: object, limit: float | None) -> str:
    if limit is None or not (age is None or isinstance(age, (int, float))):
        return "?"
    if age is None or age > limit:
        return ">"
    return "=" if age == limit else "<"
