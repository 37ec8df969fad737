"""The report for people: each finding with the source lines of all its places."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Finding, Place, Result
from conn_lint.output.counts import reported, summary
from conn_lint.output.printable import Lines, printable, shown, width

MAX_WIDTH = 120
"""Longer source lines are cut around the place."""

_COLOURS = {"error": "1;31", "warning": "1;33", "info": "1;36", "bold": "1", "frame": "34", "help": "32"}


class Style(NamedTuple):
    """How the report is painted, and the folder that leads from the working directory to the linted tree."""

    colour: bool = False
    prefix: str = ""

    def paint(self, text: str, role: str) -> str:
        return f"\x1b[{_COLOURS[role]}m{text}\x1b[0m" if self.colour else text


def render(result: Result, lines: Lines, style: Style) -> str:
    """The whole report, with a summary as its last line."""
    parts = ["".join(f"{line}\n" for line in _finding(finding, lines, style)) for finding in reported(result)]
    parts += [f"note: {printable(note)}\n" for note in result.facts.notes]
    parts.append(f"{summary(result)}\n")
    return "\n".join(parts)


def _finding(finding: Finding, lines: Lines, style: Style) -> Iterator[str]:
    head = style.paint(f"{finding.severity}[{finding.code}]", finding.severity)
    yield f"{head} {finding.name}: {style.paint(printable(finding.message), 'bold')}"
    gutter = len(str(max(place.span.line for place in finding.places)))
    main = finding.places[0]
    arrow = "-->"
    for path in dict.fromkeys(place.span.path for place in finding.places):
        places = sorted({place for place in finding.places if place.span.path == path}, key=lambda each: each.span)
        first = main if main in places else places[0]
        where = shown(path, style.prefix) + (f":{first.span.line}:{first.span.column}" if first.span.line else "")
        yield f"{' ' * gutter}{style.paint(arrow, 'frame')} {where}"
        yield from _frame(places, main, gutter, lines, style, finding.severity)
        arrow = ":::"
    if finding.settings_modules:
        yield f"{' ' * gutter} {style.paint('=', 'frame')} settings: {printable(', '.join(finding.settings_modules))}"
    yield f"{' ' * gutter} {style.paint('=', 'frame')} {style.paint('help', 'help')}: {printable(finding.help)}"


def _frame(places: list[Place], main: Place, gutter: int, lines: Lines, style: Style, severity: str) -> Iterator[str]:
    """The source lines of ``places``, which are in one file and in order, each with its labels below."""
    bar = style.paint(f"{' ' * gutter} |", "frame")
    yield bar
    previous = 0
    for number in dict.fromkeys(place.span.line for place in places):
        on_line = [place for place in places if place.span.line == number]
        source = lines(on_line[0].span.path, number)
        if previous and number > previous + 1:
            yield style.paint("...", "frame")
        previous = number
        start = 0
        if source is not None:
            source = printable(source)
            start = _cut(source, on_line[0])
            yield style.paint(f"{number:>{gutter}} |", "frame") + f" {_visible(source, start)}".rstrip()
        for place in on_line:
            role = severity if place == main else "frame"
            mark = _underline(source, place, start, "^" if place == main else "-") if source is not None else "="
            yield f"{bar} {style.paint(f'{mark} {printable(place.label)}'.rstrip(), role)}"


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
