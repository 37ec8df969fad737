"""What ``my_print_defaults mysqld`` and ``mysqld --print-defaults`` print: the words of a command line.

No server has read them yet, so they are judged as options are, and the last one wins.
"""

from __future__ import annotations

from conn_lint.model import Place, ServerAnswer, Span
from conn_lint.server.flavours import candidates
from conn_lint.server.grammar import Option
from conn_lint.server.options import Assignment, Refusal, effect, settle
from conn_lint.server.verdicts import Refused, Verdict, agreed

_HEADING = "would have been started with the following arguments:"


def are_in(text: str) -> bool:
    """Whether ``text`` is such an output."""
    first = next((line for line in text.split("\n") if line.strip()), "")
    return _HEADING in first or (first.startswith("--") and first[2:3].isalpha())


def answer(text: str, name: str, alias: str | None) -> ServerAnswer:
    """What the words in ``text`` make of the timeouts; unknown where current servers differ."""
    words = _words(text, name)
    verdicts: list[Verdict] = []
    places: dict[Span, Place] = {}
    for flavour in candidates(None):
        changes: list[tuple[Assignment, Span]] = []
        refused: Refused | None = None
        foreign = True
        for option, place in words:
            change = effect(option, flavour)
            if isinstance(change, Refusal):
                refused = refused or Refused(change.reason, place)
                foreign = foreign and change.foreign
            elif change:
                changes.append((change, place))
                places[place] = Place(place, f"{change.variable} = {option.written}")
        values, sources = settle(changes)
        refused = refused._replace(foreign=foreign) if refused else None
        verdicts.append(Verdict(flavour, values, sources, refused))
    found = ServerAnswer(
        name=name, outcome="unknown", reason="", alias=alias, places=tuple(places.values()), kind="variables"
    )
    return agreed(found, verdicts)


def _words(text: str, name: str) -> list[tuple[Option, Span]]:
    found: list[tuple[Option, Span]] = []
    for number, line in enumerate(text.split("\n"), start=1):
        if _HEADING in line:
            continue
        for word in (" " + line.strip()).split(" --")[1:]:
            key, equals, value = word.strip().partition("=")
            raw = value.encode("utf-8", "surrogateescape") if equals else None
            option = Option(key.encode("utf-8", "surrogateescape"), raw, value, number, 1, 1)
            found.append((option, Span(name, number)))
    return found
