"""From what a deployment file says of a server to the timeouts that the server applies."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Place, ServerAnswer, Span
from conn_lint.server.deploy.source import Block, Setting, Source
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import Flavour, candidates
from conn_lint.server.grammar import Group, Option, entries
from conn_lint.server.options import Assignment, Refusal, effect, settle, timeout_named
from conn_lint.server.reader import Files, read
from conn_lint.server.verdicts import Refused, Verdict, agreed


def answer(source: Source, root: str, *, found: bool, alias: str | None = None) -> ServerAnswer | None:
    """The timeouts of the server that ``source`` tells of; None where it sets neither of them."""
    flavours = _flavours(source.server)
    files = Files(root)
    changes = {flavour: tuple(_changes(source, flavour, files)) for flavour in flavours}
    places = tuple(dict.fromkeys(place for each in changes.values() for _, place in each))
    open_ = [setting for setting in source.settings if setting.text is None and timeout_named(setting.name.encode())]
    if not places and not open_:
        return None
    told = ServerAnswer(
        name=source.name,
        outcome="unknown",
        reason="",
        flavour=source.server,
        places=places,
        alias=alias,
        kind="deployment",
        found=found,
        hosts=source.hosts,
        max_connections=_max_connections(source),
    )
    told = agreed(told, [_verdict(flavour, changes[flavour]) for flavour in flavours])
    for setting in open_:
        reason = f"{setting.name} is {setting.written or 'not a literal'}"
        told = told._replace(places=(*told.places, Place(setting.place, reason)))
        if timeout_named(setting.name.encode()) == "wait_timeout":
            told = told._replace(outcome="unknown", reason=f"{reason} ({setting.place})", wait_timeout=None)
        else:
            told = told._replace(interactive_timeout=None, interactive_place=setting.place)
    return told


def _max_connections(source: Source) -> int | None:
    """The last max_connections among the arguments or parameters, where it is a plain number."""
    texts = [each.text for each in source.settings if each.name.replace("-", "_") == "max_connections"]
    return int(texts[-1]) if texts and texts[-1] and texts[-1].isdecimal() else None


def _flavours(server: str | None) -> tuple[Flavour, ...]:
    """What the server may be; a version that makes no sense leaves its family."""
    if server is None:
        return candidates(None)
    try:
        return candidates(server)
    except ServerSourceError:
        return candidates(server.partition("-")[0])


_Change = tuple["Assignment | Refusal", Place]


def _changes(source: Source, flavour: Flavour, files: Files) -> Iterator[_Change]:
    """Every change of a timeout in the order in which ``flavour`` makes it."""
    outcome = read(source.files, flavour, files)
    for seen in outcome.seen:
        if seen.effect is not None:
            yield seen.effect, Place(seen.place, f"{seen.effect.variable} = {seen.option.written} in [{seen.group}]")
    for block in source.blocks:
        yield from _of_block(block, flavour)
    for setting in source.settings:
        if setting.text is not None and timeout_named(setting.name.encode()):
            yield from _of_setting(setting, flavour)


def _of_block(block: Block, flavour: Flavour) -> Iterator[_Change]:
    group = ""
    for entry in entries(block.data, flavour.rules, directives=False):
        if isinstance(entry, Group):
            group = entry.name
        elif isinstance(entry, Option) and group in flavour.groups() and timeout_named(entry.name):
            change = effect(entry, flavour)
            line, column = block.line + entry.line - 1, block.indent + entry.column
            place = Span(block.path, line, column, line, block.indent + entry.end_column)
            if change is not None:
                yield change, Place(place, f"{timeout_named(entry.name)} = {entry.written} in [{group}]")


def _of_setting(setting: Setting, flavour: Flavour) -> Iterator[_Change]:
    assert setting.text is not None
    option = Option(setting.name.encode(), setting.text.encode(), setting.text, 1, 1, 1)
    change = effect(option, flavour)
    if change is not None:
        yield change, Place(setting.place, f"{setting.name} = {setting.text}")


def _verdict(flavour: Flavour, changes: tuple[_Change, ...]) -> Verdict:
    refused = next(
        (Refused(change.reason, place.span) for change, place in changes if isinstance(change, Refusal)), None
    )
    made = [(change, place.span) for change, place in changes if isinstance(change, Assignment)]
    values, sources = settle(made)
    return Verdict(flavour, values, sources, refused)
