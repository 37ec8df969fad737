"""``--show``: what was read, and why each unit of work got its verdict, at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import (
    Database,
    Django,
    Known,
    OneOf,
    Place,
    Result,
    ServerAnswer,
    Session,
    Span,
    UnitVerdict,
    Value,
)
from conn_lint.output import chain
from conn_lint.output.printable import printable, shown
from conn_lint.output.secrets import without_secrets


def render(result: Result, prefix: str = "", *, pictures: bool = False) -> str:
    """The facts at a glance; ``prefix`` leads from the working directory to the linted tree. ``pictures``: for a
    terminal, with a bar for each limit."""
    return "".join(f"{printable(line)}\n" for line in _lines(result, prefix, pictures))


def _lines(result: Result, prefix: str, pictures: bool) -> Iterator[str]:
    facts = result.facts
    yield f"Django: {_django_text(facts.django, prefix)}"
    for server in facts.servers:
        yield ""
        yield from _server_lines(server, prefix)
    for deployment in facts.deployments:
        yield ""
        more = "; there may be aliases that cannot be seen" if deployment.open else ""
        yield f"settings {deployment.name} ({shown(deployment.path, prefix)}){more}"
        for session in facts.sessions:
            if session.is_of(deployment):
                yield from _session_lines(session, session.whole(deployment), prefix, pictures)
    if not facts.deployments:
        yield ""
        for session in facts.sessions:
            yield f"  {chain.line(session, prefix)}"
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
    yield f"server {server.name}{bound}{', found in the tree' if server.found else ''}"
    if server.outcome == "value":
        pairs = (("wait_timeout", server.wait_timeout), ("interactive_timeout", server.interactive_timeout))
        yield f"  {', '.join(f'{name} {seconds} s' for name, seconds in pairs if seconds is not None)}"
    reason = f": {server.reason}" if server.outcome != "value" else server.reason
    yield f"  {server.outcome if server.outcome != 'value' else ''}{reason}"
    for place in server.places:
        yield f"    {_labelled(place, prefix)}"


def _session_lines(session: Session, database: Database, prefix: str, pictures: bool) -> Iterator[str]:
    if not session.counts:
        yield f"  {database.alias}: {_value_text(database.engine, prefix)}; not judged"
        return
    yield f"  {chain.line(session, prefix)}"
    if pictures:
        for bar in chain.bars(session):
            yield f"    {bar}"
    judged = dict(_rows(session.database))
    for name, value in _rows(database):
        yield f"    {name:<20} {_value_text(value, prefix)}"
        if judged.get(name) != value:
            yield f"      judged on MySQL as {_value_text(judged[name], prefix) if name in judged else 'not there'}"


def _rows(database: Database) -> Iterator[tuple[str, Value]]:
    yield "ENGINE", database.engine
    yield "CONN_MAX_AGE", database.conn_max_age
    yield "CONN_HEALTH_CHECKS", database.conn_health_checks
    yield "AUTOCOMMIT", database.autocommit
    yield "ATOMIC_REQUESTS", database.atomic_requests
    for name, value in database.options.items():
        yield f"OPTIONS {name}", without_secrets(name, value)


def _value_text(value: Value, prefix: str) -> str:
    place = f"  {_at(value.place, prefix)}" if value.place else ""
    if isinstance(value, Known):
        return f"{value.value!r}{place or '  (default)'}"
    default = f", {value.default.value!r} by default" if value.default else ""
    bind = "".join(f", bind it with --env {name}=VALUE" for name in value.env)
    if isinstance(value, OneOf):
        text = " or ".join(repr(known.value) for known in value.values)
    else:
        text = f"unknown: {value.why}"
    return f"{text}{default}{bind}{place}"


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
