"""Jobs that a loop of the project itself runs: ``while True: schedule.run_pending()``."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from conn_lint.workers import effects as fx
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect
from conn_lint.workers.entrypoints import Finder
from conn_lint.workers.extract import MODULE
from conn_lint.workers.follow import Follower
from conn_lint.workers.frameworks.base import Framework, Sighting
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol


class Runners:
    """Follows the loops in which ``finder`` has seen frameworks run what is due."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder

    def turn_around(self, framework: Framework, job: Effect) -> Effect | None:
        """The turns of the loops that call the framework's ``runner``, with ``job`` or nothing in the place of that
        call; None where no loop is seen to call it."""
        sightings = self._finder.sightings.get(framework.runner, ())
        name = framework.runner.rpartition(".")[2]
        turns = [turn for sighting in sightings for turn in self._turns(sighting, name, job)]
        return fx.either(*turns) if turns else None

    @cached_property
    def _follower(self) -> Follower:
        """One for all jobs: what the loops call beside them is the same."""
        follower = Follower(self._finder.graph, self._finder.corrections)
        follower.share(self._finder)
        return follower

    def _turns(self, sighting: Sighting, name: str, job: Effect) -> Iterator[Effect]:
        path, span = sighting.facts.path, sighting.span
        function = self._finder.graph.function_at(span) or sighting.facts.functions[MODULE]
        owner = ClassSymbol(path, function.owner) if function.owner else None
        caller = v.Func(FunctionSymbol(path, function.qualname), owner)
        self._follower.loops.clear()
        self._follower.around(caller, (name,), fx.either(fx.nothing(), job))
        for loop in self._follower.loops.values():
            if loop.symbol == caller.symbol and loop.span.line <= span.line and loop.turn.queries:
                yield loop.turn
