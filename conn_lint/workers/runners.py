"""Jobs that a loop of the project itself runs: ``while True: schedule.run_pending()``."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Span
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect
from conn_lint.workers.extract import MODULE
from conn_lint.workers.follow import Follower
from conn_lint.workers.frameworks.base import Sighting
from conn_lint.workers.lookup import Lookup
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol


def turn_around(lookup: Lookup, sightings: tuple[Sighting, ...], runner: str, job: Effect) -> Effect | None:
    """The turns of the loops that call ``runner``, with ``job`` or nothing in the place of that call; None where no
    loop is seen to call it."""
    turns = [turn for sighting in sightings for turn in _turns(lookup, sighting, runner.rpartition(".")[2], job)]
    return fx.either(*turns) if turns else None


def _turns(lookup: Lookup, sighting: Sighting, name: str, job: Effect) -> Iterator[Effect]:
    function = _function_around(sighting.facts, sighting.span)
    if function is None:
        return
    owner = ClassSymbol(sighting.facts.path, function.owner) if function.owner else None
    follower = Follower(lookup.graph, lookup.corrections)
    follower.share(lookup)
    caller = v.Func(FunctionSymbol(sighting.facts.path, function.qualname), owner)
    follower.around(caller, name, fx.either(fx.nothing(), job))
    for loop in follower.loops.values():
        if loop.symbol == caller.symbol and loop.span.line <= sighting.span.line and loop.turn.queries:
            yield loop.turn


def _function_around(facts: f.FileFacts, span: Span) -> f.Function | None:
    """The innermost function that holds ``span``; the statements of the module where none does."""
    around = [each for each in facts.functions.values() if each.span.line <= span.line <= each.span.end_line]
    return max(around, key=lambda each: each.span.line, default=facts.functions.get(MODULE))
