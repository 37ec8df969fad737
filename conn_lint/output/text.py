"""The report for people: each finding with the source lines of all its places."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Finding, Place, Result
from conn_lint.output.counts import reported, summary
from conn_lint.output.printable import at, printable, shown, width
from conn_lint.output.view import View

MAX_WIDTH = 120
"""Longer source lines are cut around the place."""

_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36", "bold": "1", "frame": "34", "help": "32"}


def render(result: Result, view: View) -> str:
    """The whole report, with a summary as its last line."""
    parts = ["".join(f"{line}\n" for line in _finding(finding, view)) for finding in reported(result)]
    parts += [f"note: {printable(note)}\n" for note in result.facts.notes]
    if view.verbose:
        parts.append("".join(f"{printable(line)}\n" for line in _background(result, view.prefix)))
    if not view.quiet:
        parts.append(f"{summary(result)}\n")
    return "\n".join(parts)


def _background(result: Result, prefix: str) -> Iterator[str]:
    """What was read, what is not shown, and which rules could not be asked."""
    facts = result.facts
    yield f"settings read: {', '.join(deployment.name for deployment in facts.deployments) or 'none'}"
    judged = sorted({session.database.alias for session in facts.judged_sessions})
    yield f"aliases judged: {', '.join(judged) or 'none'}"
    yield f"servers asked: {', '.join(server.name for server in facts.servers) or 'none'}"
    yield f"units of work outside a request: {len(facts.units)}"
    for finding in result.findings:
        if not finding.active:
            why = "suppressed" if finding.suppressed else "in the baseline"
            yield f"{why}: {at(finding.span, prefix)}: {finding.code} {finding.message}"
    for skipped in result.skipped:
        yield f"not asked: {skipped.rule}: {skipped.reason}"


def _paint(text: str, role: str, view: View) -> str:
    return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if view.colour else text


def _finding(finding: Finding, view: View) -> Iterator[str]:
    head = _paint(f"{finding.severity}[{finding.code}]", finding.severity, view)
    yield f"{head} {finding.name}: {_paint(printable(finding.message), 'bold', view)}"
    gutter = len(str(max(place.span.line for place in finding.places)))
    main = finding.places[0]
    arrow = "-->"
    for path in dict.fromkeys(place.span.path for place in finding.places):
        places = sorted({place for place in finding.places if place.span.path == path}, key=lambda each: each.span)
        first = main if main in places else places[0]
        where = shown(path, view.prefix) + (f":{first.span.line}:{first.span.column}" if first.span.line else "")
        yield f"{' ' * gutter}{_paint(arrow, 'frame', view)} {where}"
        yield from _frame(places, main, gutter, view, finding.severity)
        arrow = ":::"
    if finding.settings_modules:
        yield f"{' ' * gutter} {_paint('=', 'frame', view)} settings: {printable(', '.join(finding.settings_modules))}"
    yield f"{' ' * gutter} {_paint('=', 'frame', view)} {_paint('help', 'help', view)}: {printable(finding.help)}"


def _frame(places: list[Place], main: Place, gutter: int, view: View, severity: str) -> Iterator[str]:
    """The source lines of ``places``, which are in one file and in order, each with its labels below."""
    bar = _paint(f"{' ' * gutter} |", "frame", view)
    yield bar
    previous = 0
    for number in dict.fromkeys(place.span.line for place in places):
        on_line = [place for place in places if place.span.line == number]
        source = view.lines(on_line[0].span.path, number)
        if previous and number > previous + 1:
            yield _paint("...", "frame", view)
        previous = number
        start = 0
        if source is not None:
            source = printable(source)
            start = _cut(source, on_line[0])
            yield _paint(f"{number:>{gutter}} |", "frame", view) + f" {_visible(source, start)}".rstrip()
        for place in on_line:
            role = severity if place == main else "frame"
            mark = _underline(source, place, start, "^" if place == main else "-") if source is not None else "="
            yield f"{bar} {_paint(f'{mark} {printable(place.label)}'.rstrip(), role, view)}"


def _cut(source: str, place: Place) -> int:
    """How much of the beginning of a long line is left out so that ``place`` is seen."""
    return max(place.span.column - 1 - MAX_WIDTH // 3, 0) if len(source) > MAX_WIDTH else 0


def _visible(source: str, start: int) -> str:
    return source[start : start + MAX_WIDTH]


def _underline(source: str, place: Place, start: int, mark: str) -> str:
    span = place.span
    left = max(span.column - 1 - start, 0)
    visible = _visible(source, start)
    until = span.end_column - 1 - start if span.end_line == span.line else len(visible)
    marked = visible[left : max(until, left + 1)].partition("  #")[0].rstrip()
    return " " * width(visible[:left]) + mark * max(width(marked), 1)
