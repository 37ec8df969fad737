"""Entrypoints that are not seen to use the ORM: what they probably do."""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.workers import effects as fx
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect
from conn_lint.workers.entries import Entry
from conn_lint.workers.entrypoints import Finder
from conn_lint.workers.follow import Follower
from conn_lint.workers.lookup import Guess

_JOBS = ("job", "consumer", "scheduled")
_THREADS = ("thread", "executor")


class Guessers:
    """Follows such entrypoints a second time. A job nearly always uses the ORM; many a thread does not, so of those
    only methods are guessed that the tree has in one place, code found by its name, and what somebody gives them to
    call."""

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._followers: dict[Guess, Follower] = {}

    def likely(self, entry: Entry, functions: Iterable[v.Func]) -> Effect:
        """What ``functions``, which ``entry`` runs, do by all likelihood."""
        if entry.framework.kind in _JOBS:
            guesser = self._follower("arguments")
        elif entry.framework.kind in _THREADS:
            guesser = self._follower("callbacks" if self._is_given(entry) else "calls")
        else:
            return fx.nothing()
        return fx.either(*(guesser.perform(each) for each in functions))

    def _follower(self, guess: Guess) -> Follower:
        if guess not in self._followers:
            self._followers[guess] = Follower(self._finder.graph, self._finder.corrections, guess)
            self._followers[guess].share(self._finder)
        return self._followers[guess]

    def _is_given(self, entry: Entry) -> bool:
        """Whether the tree may give ``entry`` something to call: it calls a function that hands it over."""
        graph = self._finder.graph
        handing = [graph.function_at(place.span) for place in entry.registrations]
        return any(function is None or graph.index.is_called(function.name) for function in handing)
