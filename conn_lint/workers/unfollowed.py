"""What following code came past and could not follow: said of each unit, so that silence is not taken for knowledge."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from conn_lint.model import Place, Span
from conn_lint.workers import django
from conn_lint.workers.graph import Graph

SHOWN = 3
"""Places named for one unit; the last one says how many there are beside them."""


class Spot(NamedTuple):
    """One place. ``method``: it matters only where the project has a method of that name. ``limit``: it is not the
    code that cannot be known, but conn-lint that stops there."""

    label: str
    method: str
    limit: bool


class Unfollowed:
    """The runs of functions, which runs they lead to, and what could not be followed in each."""

    def __init__(self) -> None:
        self._led_to: dict[Hashable, dict[Hashable, None]] = {}
        self._spots: dict[Hashable, dict[Span, Spot]] = {}
        self._stack: list[Hashable] = []

    def enter(self, symbol: Hashable, run: Hashable) -> None:
        """``run`` of ``symbol``, a function or a value that has a name, is followed, or was before, in the one that was
        entered last and not left."""
        self._led_to.setdefault(symbol, {})[run] = None
        if self._stack:
            self._led_to.setdefault(self._stack[-1], {})[run] = None
        self._stack.append(run)

    def leave(self) -> None:
        self._stack.pop()

    def note(self, span: Span, label: str, method: str = "", *, limit: bool = False) -> None:
        """Note a place in the run entered last."""
        if self._stack:
            self._spots.setdefault(self._stack[-1], {}).setdefault(span, Spot(label, method, limit))

    def below(self, starts: Iterable[Hashable], graph: Graph, *, limits: bool) -> tuple[Place, ...]:
        """The first few places that ``starts``, runs or functions with all their runs, lead to, and from which the
        ORM may be reached; only those where conn-lint stops with ``limits``."""
        found = dict.fromkeys(
            Place(span, spot.label)
            for span, spot in self._below(list(starts))
            if spot.limit or (not limits and (not spot.method or _may_query(spot.method, graph)))
        )
        shown = list(found)[:SHOWN]
        if len(found) > SHOWN:
            shown[-1] = shown[-1]._replace(label=f"{shown[-1].label} and {len(found) - SHOWN} more")
        return tuple(shown)

    def _below(self, pending: list[Hashable]) -> Iterator[tuple[Span, Spot]]:
        seen = set(pending)
        for run in pending:  # grows on the way
            yield from self._spots.get(run, {}).items()
            for led_to in self._led_to.get(run, ()):
                if led_to not in seen:
                    seen.add(led_to)
                    pending.append(led_to)


def _may_query(method: str, graph: Graph) -> bool:
    from conn_lint.workers.guesses import COMMON_METHODS

    return method in django.INSTANCE_QUERIES or (method not in COMMON_METHODS and graph.index.defines(method))
