"""``--show --format json``: what was read, as JSON; ``show-schema.json`` beside this file describes it."""

from __future__ import annotations

from math import isfinite

from conn_lint.model import (
    Database,
    Deployment,
    Django,
    Facts,
    IdleLimit,
    Known,
    OneOf,
    Result,
    ServerAnswer,
    Session,
    UnitVerdict,
    Value,
)
from conn_lint.output.json import SCHEMA, dumps, place_of, position
from conn_lint.output.secrets import without_secrets


def render(result: Result) -> str:
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
            session.database.alias: _database(session.whole(deployment), session)
            for session in facts.sessions
            if session.is_of(deployment)
        },
        "open": deployment.open,
    }


def _database(database: Database, session: Session) -> dict[str, object]:
    return {
        **_fields(database),
        "mysql": database.mysql,
        "as_mysql": _fields(database.as_mysql) if database.as_mysql else None,
        "idle_limit": _limit(session.limit),
        "chain": [_limit(limit) for limit in session.chain],
    }


def _fields(database: Database) -> dict[str, object]:
    return {
        "engine": _value(database.engine),
        "conn_max_age": _value(database.conn_max_age),
        "conn_health_checks": _value(database.conn_health_checks),
        "autocommit": _value(database.autocommit),
        "atomic_requests": _value(database.atomic_requests),
        "options": {name: _value(without_secrets(name, value)) for name, value in database.options.items()},
    }


def _value(value: Value) -> dict[str, object]:
    place = position(value.place) if value.place else None
    if isinstance(value, Known):
        return {"value": _plain(value.value), "place": place}
    found: dict[str, object]
    if isinstance(value, OneOf):
        found = {"values": [_plain(known.value) for known in value.values], "env": list(value.env)}
    else:
        found = {"unknown": value.why, "env": list(value.env)}
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
        "hop": limit.hop,
        "found": limit.found,
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
        "kind": server.kind,
        "found": server.found,
        "session_wait_timeout": server.session_wait_timeout,
        "init_connect": server.init_connect,
        "transaction_timeouts": dict(server.transaction_timeouts),
        "max_connections": server.max_connections,
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
