"""``--show``: what was read, and why each unit of work got its verdict, at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Database, Deployment, Django, Facts, Result, ServerAnswer, Session, UnitVerdict
from conn_lint.output import chain
from conn_lint.output.printable import at, printable, shown
from conn_lint.output.show_values import labelled, setting_lines, value_lines


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
    alike: dict[tuple[str, ...], list[Deployment]] = {}
    for deployment in facts.deployments:
        alike.setdefault(tuple(_deployment_lines(deployment, facts, prefix, pictures)), []).append(deployment)
    for lines, deployments in alike.items():
        yield ""
        for deployment in deployments:
            why = f": {deployment.unseen.why}" if deployment.unseen else ""
            more = f"; there may be aliases that cannot be seen{why}" if deployment.open else ""
            yield f"settings {deployment.name} ({shown(deployment.path, prefix)}){more}"
        yield from lines
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
    return f"{text} ({at(found.place, prefix)})"


def _server_lines(server: ServerAnswer, prefix: str) -> Iterator[str]:
    bound = f" for {server.alias}" if server.alias else ""
    yield f"server {server.name}{bound}{', found in the tree' if server.found else ''}"
    if server.outcome == "value":
        pairs = (("wait_timeout", server.wait_timeout), ("interactive_timeout", server.interactive_timeout))
        yield f"  {', '.join(f'{name} {seconds} s' for name, seconds in pairs if seconds is not None)}"
    reason = f": {server.reason}" if server.outcome != "value" else server.reason
    yield f"  {server.outcome if server.outcome != 'value' else ''}{reason}"
    for place in server.places:
        yield f"    {labelled(place, prefix)}"


def _deployment_lines(deployment: Deployment, facts: Facts, prefix: str, pictures: bool) -> Iterator[str]:
    for session in facts.sessions:
        if session.is_of(deployment):
            yield from _session_lines(session, session.whole(deployment), prefix, pictures)


def _session_lines(session: Session, database: Database, prefix: str, pictures: bool) -> Iterator[str]:
    if not session.counts:
        text, *reasons = value_lines(database.engine, prefix)
        yield f"  {database.alias}: {text}; not judged"
        yield from (f"    {reason}" for reason in reasons)
        return
    yield f"  {chain.line(session, prefix)}"
    if pictures:
        for bar in chain.bars(session):
            yield f"    {bar}"
    for line in setting_lines(database, session.database, prefix):
        yield f"    {line}"


def _unit_lines(verdict: UnitVerdict, prefix: str) -> Iterator[str]:
    unit = verdict.unit
    yield ""
    what = unit.framework if unit.framework.endswith(unit.kind) else f"{unit.framework} {unit.kind}"
    yield f"  {at(unit.span, prefix)} {unit.function or 'the module'} ({what})"
    verdicts = ", ".join(f"{alias} {each}" for alias, each in verdict.verdicts.items())
    yield f"    {verdicts or 'not judged'}: {verdict.why}"
    path = " -> ".join(at(place.span, prefix) for place in unit.orm_path)
    if path:
        yield f"    reaches the ORM ({unit.touches_orm}): {path}"
