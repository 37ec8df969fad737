"""The settings of one alias for ``--show``: each value, where it was decided, and what to do where it is open."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Database, Known, OneOf, Place, Unknown, Value
from conn_lint.output.printable import at
from conn_lint.output.secrets import without_secrets

MAX_WIDTH = 100
"""Longer values are cut: what counts of them is said elsewhere."""

_NAME = 20


def setting_lines(database: Database, judged: Database, prefix: str) -> Iterator[str]:
    """Every setting of ``database``; ``judged`` is what its branches on MySQL say, where that differs."""
    on_mysql = dict(_rows(judged))
    defaults = []
    for name, value in _rows(database):
        same = on_mysql.get(name) == value
        if same and isinstance(value, Known) and value.place is None:
            defaults.append(f"{name} {value.value!r}")
            continue
        text, *reasons = value_lines(value, prefix)
        yield f"{name:<{_NAME}} {text}"
        yield from (f"{'':<{_NAME}} {reason}" for reason in reasons)
        if not same:
            only = _value_text(on_mysql[name], prefix) if name in on_mysql else "not there"
            yield f"{'':<{_NAME}} judged on MySQL as {only}"
    if defaults:
        yield f"{'by default':<{_NAME}} {', '.join(defaults)}"


def _rows(database: Database) -> Iterator[tuple[str, Value]]:
    yield "ENGINE", database.engine
    yield "CONN_MAX_AGE", database.conn_max_age
    yield "CONN_HEALTH_CHECKS", database.conn_health_checks
    yield "AUTOCOMMIT", database.autocommit
    yield "ATOMIC_REQUESTS", database.atomic_requests
    for name, value in database.options.items():
        yield f"OPTIONS {name}", without_secrets(name, value)


def value_lines(value: Value, prefix: str) -> Iterator[str]:
    """The value with its place; then, in one line, why it is open and how to bind it."""
    yield _value_text(value, prefix)
    reasons = []
    if isinstance(value, Unknown):
        reasons.append(value.why)
    elif isinstance(value, OneOf) and value.env:
        reasons.append(f"{' and '.join(value.env)} {'decides' if len(value.env) == 1 else 'decide'}")
    if not isinstance(value, Known) and value.env:
        reasons.append(f"bind it with {' '.join(f'--env {variable}=VALUE' for variable in value.env)}")
    if reasons:
        yield ": ".join(reasons)


def _value_text(value: Value, prefix: str) -> str:
    place = f"  {at(value.place, prefix)}" if value.place else ""
    if isinstance(value, Known):
        return f"{_cut(value.value)}{place or '  (default)'}"
    default = f", {_cut(value.default.value)} by default" if value.default else ""
    if isinstance(value, Unknown):
        branches = [] if value.default else [_cut(known.value) for known in value.possible]
        return f"{' or '.join(['unknown', *branches])}{default}{place}"
    places = {known.place for known in value.values}
    if len(places) > 1:
        return f"{' or '.join(_placed(known, prefix) for known in value.values)}{default}"
    return f"{' or '.join(_cut(known.value) for known in value.values)}{default}{place}"


def _placed(known: Known, prefix: str) -> str:
    where = at(known.place, prefix) if known.place else "default"
    return f"{_cut(known.value)} ({where})"


def _cut(value: object) -> str:
    text = repr(value)
    return text if len(text) <= MAX_WIDTH else f"{text[: MAX_WIDTH - 3]}..."


def labelled(place: Place, prefix: str) -> str:
    """``path:line label``."""
    return f"{at(place.span, prefix)} {place.label}"
