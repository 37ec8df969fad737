"""``--show``: what was read, and why each unit of work got its verdict; as text and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from conn_lint.model import (
    Database,
    Deployment,
    Django,
    Facts,
    IdleLimit,
    Known,
    OneOf,
    Place,
    Result,
    ServerAnswer,
    Session,
    Span,
    UnitVerdict,
    Unknown,
    Value,
)
from conn_lint.output.json import SCHEMA, dumps, place_of, position
from conn_lint.output.printable import printable, shown

_SECRET_OPTIONS = ("passw", "secret", "token", "key")
_MASK = "********"


def render_json(result: Result) -> str:
    """The facts as JSON; ``show-schema.json`` beside this file describes them."""
    facts = result.facts
    return dumps(
        {
            "schema": SCHEMA,
            "django": _django(facts.django),
            "settings": [_deployment(deployment, facts) for deployment in facts.deployments],
            "servers": [_server(server) for server in facts.servers],
            "units": [_unit(verdict) for verdict in result.verdicts],
            "notes": list(facts.notes),
        }
    )


def _django(django: Django) -> dict[str, object]:
    found = django.requirement
    versions = {
        name: ".".join(map(str, version)) if version else None
        for name, version in (
            ("pinned", found.pinned if found else None),
            ("lowest", found.lowest if found else None),
            ("below", found.below if found else None),
        )
    }
    return {**versions, "assumed": found is None, "place": position(found.place) if found else None}


def _deployment(deployment: Deployment, facts: Facts) -> dict[str, object]:
    return {
        "module": deployment.module,
        "path": deployment.path,
        "class": deployment.class_name,
        "databases": {
            session.database.alias: _database(session) for session in facts.sessions if _is_of(session, deployment)
        },
        "open": deployment.open,
    }


def _is_of(session: Session, deployment: Deployment) -> bool:
    module, _, class_name = session.settings.partition("::")
    return module == deployment.module and (class_name or None) == deployment.class_name


def _database(session: Session) -> dict[str, object]:
    database = session.database
    return {
        "engine": _value(database.engine),
        "conn_max_age": _value(database.conn_max_age),
        "conn_health_checks": _value(database.conn_health_checks),
        "autocommit": _value(database.autocommit),
        "atomic_requests": _value(database.atomic_requests),
        "options": {name: _value(_option(name, value)) for name, value in database.options.items()},
        "mysql": database.mysql,
        "idle_limit": _limit(session.limit),
    }


def _option(name: str, value: Value) -> Value:
    """``value``, or a mask of it where the name says that it is a secret."""
    if any(word in name.lower() for word in _SECRET_OPTIONS):
        return Known(_MASK, value.place)
    if isinstance(value, Known):
        return value._replace(value=_without_secrets(value.value))
    if isinstance(value, OneOf):
        return OneOf(tuple(known._replace(value=_without_secrets(known.value)) for known in value.values))
    default = value.default and value.default._replace(value=_without_secrets(value.default.value))
    return value._replace(default=default, possible=())


def _without_secrets(value: object) -> object:
    """``value`` with a mask for what stands under the name of a secret in it, at any depth."""
    if isinstance(value, dict):
        return {
            key: _MASK if any(word in str(key).lower() for word in _SECRET_OPTIONS) else _without_secrets(each)
            for key, each in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_without_secrets(each) for each in value]
    return value


def _value(value: Value) -> dict[str, object]:
    place = position(value.place) if value.place else None
    if isinstance(value, Known):
        return {"value": _plain(value.value), "place": place}
    if isinstance(value, OneOf):
        return {"values": [_plain(known.value) for known in value.values], "place": place}
    found: dict[str, object] = {"unknown": value.why, "env": list(value.env)}
    if value.default:
        found["default"] = _plain(value.default.value)
    return {**found, "place": place}


def _plain(value: object) -> object:
    """``value`` as JSON has it; what JSON has no form for as Python writes it."""
    if value is None or isinstance(value, (str, bool, int)) or (isinstance(value, float) and isfinite(value)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return repr(value)


def _limit(limit: IdleLimit) -> dict[str, object]:
    return {
        "seconds": limit.seconds,
        "why": limit.why,
        "place": position(limit.place) if limit.place else None,
        "assumed": limit.assumed,
        "variable": limit.variable,
    }


def _server(server: ServerAnswer) -> dict[str, object]:
    return {
        "name": server.name,
        "outcome": server.outcome,
        "reason": server.reason,
        "wait_timeout": server.wait_timeout,
        "interactive_timeout": server.interactive_timeout,
        "flavour": server.flavour,
        "alias": server.alias,
        "places": [place_of(place) for place in server.places],
    }


def _unit(verdict: UnitVerdict) -> dict[str, object]:
    unit = verdict.unit
    return {
        "path": unit.span.path,
        "line": unit.span.line,
        "end_line": unit.span.end_line or unit.span.line,
        "function": unit.function,
        "kind": unit.kind,
        "framework": unit.framework,
        "touches_orm": unit.touches_orm,
        "cleanup_start": unit.cleanup_start,
        "cleanup_end": unit.cleanup_end,
        "gap": {"seconds": unit.gap},
        "isolation": unit.isolation,
        "ends": unit.ends,
        "orm_path": [place_of(place) for place in unit.orm_path],
        "verdict": verdict.verdicts,
        "why": verdict.why,
    }


def render_text(result: Result, prefix: str = "") -> str:
    """The facts at a glance; ``prefix`` leads from the working directory to the linted tree."""
    return "".join(f"{printable(line)}\n" for line in _lines(result, prefix))


def _lines(result: Result, prefix: str) -> Iterator[str]:
    facts = result.facts
    yield f"Django: {_django_text(facts.django, prefix)}"
    for server in facts.servers:
        yield ""
        yield from _server_lines(server, prefix)
    for deployment in facts.deployments:
        yield ""
        name = f"{deployment.module}::{deployment.class_name}" if deployment.class_name else deployment.module
        more = "; there may be aliases that cannot be seen" if deployment.open else ""
        yield f"settings {name} ({shown(deployment.path, prefix)}){more}"
        for session in facts.sessions:
            if _is_of(session, deployment):
                yield from _session_lines(session, prefix)
    if not facts.deployments:
        yield ""
        for session in facts.sessions:
            yield f"  {_chain(session, prefix)}"
    yield ""
    number = len(result.verdicts)
    yield f"{number} {'unit' if number == 1 else 'units'} of work outside a request"
    for verdict in result.verdicts:
        yield from _unit_lines(verdict, prefix)
    for note in facts.notes:
        yield ""
        yield f"note: {note}"


def _django_text(django: Django, prefix: str) -> str:
    found = django.requirement
    if found is None:
        return "no requirement says which; the current release is assumed"
    if found.pinned:
        text = ".".join(map(str, found.pinned))
    else:
        bounds = [(">=", found.lowest), ("<", found.below)]
        text = ",".join(f"{sign}{'.'.join(map(str, version))}" for sign, version in bounds if version) or "any release"
    return f"{text} ({_at(found.place, prefix)})"


def _server_lines(server: ServerAnswer, prefix: str) -> Iterator[str]:
    bound = f" for {server.alias}" if server.alias else ""
    yield f"server {server.name}{bound}"
    if server.outcome == "value":
        yield f"  wait_timeout {server.wait_timeout} s, interactive_timeout {server.interactive_timeout} s"
    reason = f": {server.reason}" if server.outcome != "value" else server.reason
    yield f"  {server.outcome if server.outcome != 'value' else ''}{reason}"
    for place in server.places:
        yield f"    {_labelled(place, prefix)}"


def _session_lines(session: Session, prefix: str) -> Iterator[str]:
    database = session.database
    if not session.counts:
        yield f"  {database.alias}: {_value_text(database.engine, prefix)}; not judged"
        return
    yield f"  {_chain(session, prefix)}"
    for name, value in _rows(database):
        yield f"    {name:<20} {_value_text(value, prefix)}"


def _rows(database: Database) -> Iterator[tuple[str, Value]]:
    yield "ENGINE", database.engine
    yield "CONN_MAX_AGE", database.conn_max_age
    yield "CONN_HEALTH_CHECKS", database.conn_health_checks
    yield "AUTOCOMMIT", database.autocommit
    yield "ATOMIC_REQUESTS", database.atomic_requests
    for name, value in database.options.items():
        yield f"OPTIONS {name}", _option(name, value)


def _chain(session: Session, prefix: str) -> str:
    """``default: CONN_MAX_AGE 600 s < wait_timeout 28800 s (etc/my.cnf:12)``."""
    limit, age = session.limit, session.database.conn_max_age
    known = age.default if isinstance(age, Unknown) else age if isinstance(age, Known) else None
    seconds = known.value if known else None
    compared = "?"
    text = "unknown" if not known else repr(seconds)
    if isinstance(seconds, (int, float)) and not isinstance(seconds, bool):
        text = f"{seconds:g} s"
        if limit.seconds is not None:
            compared = "<" if seconds < limit.seconds else "=" if seconds == limit.seconds else ">"
    elif known and seconds is None and limit.seconds is not None:
        compared = ">"
    if limit.seconds is None:
        return f"{session.database.alias}: CONN_MAX_AGE {text} {compared} {limit.variable} unknown ({limit.why})"
    source = _at(limit.place, prefix) if limit.place else limit.why
    rule = f"{limit.variable} {limit.seconds:g} s ({'assumed: ' if limit.assumed else ''}{source})"
    return f"{session.database.alias}: CONN_MAX_AGE {text} {compared} {rule}"


def _value_text(value: Value, prefix: str) -> str:
    place = f"  {_at(value.place, prefix)}" if value.place else ""
    if isinstance(value, Known):
        return f"{value.value!r}{place or '  (default)'}"
    if isinstance(value, OneOf):
        return " or ".join(repr(known.value) for known in value.values) + place
    default = f", {value.default.value!r} by default" if value.default else ""
    bind = "".join(f", bind it with --env {name}=VALUE" for name in value.env)
    return f"unknown: {value.why}{default}{bind}{place}"


def _unit_lines(verdict: UnitVerdict, prefix: str) -> Iterator[str]:
    unit = verdict.unit
    yield ""
    yield f"  {_at(unit.span, prefix)} {unit.function} ({' '.join(dict.fromkeys((unit.framework, unit.kind)))})"
    verdicts = ", ".join(f"{alias} {each}" for alias, each in verdict.verdicts.items())
    yield f"    {verdicts or 'not judged'}: {verdict.why}"
    path = " -> ".join(_at(place.span, prefix) for place in unit.orm_path)
    if path:
        yield f"    reaches the ORM ({unit.touches_orm}): {path}"


def _labelled(place: Place, prefix: str) -> str:
    return f"{_at(place.span, prefix)} {place.label}"


def _at(span: Span, prefix: str) -> str:
    return f"{shown(span.path, prefix)}:{span.line}" if span.line else span.path
