"""Which functions came past something that waits or takes long, so that only these are followed for long gaps."""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.workers.symbols import FunctionSymbol


class Pausing:
    """The functions followed so far, and those they call."""

    def __init__(self) -> None:
        self._called: dict[FunctionSymbol, set[FunctionSymbol]] = {}
        self._found: set[FunctionSymbol] = set()
        self._stack: list[FunctionSymbol] = []

    def enter(self, symbol: FunctionSymbol) -> None:
        """``symbol`` is followed, or was before, in the function that was entered last and not left."""
        if self._stack:
            self._called.setdefault(self._stack[-1], set()).add(symbol)
        self._stack.append(symbol)

    def leave(self) -> None:
        self._stack.pop()

    def note(self) -> None:
        """The function entered last may pause itself."""
        if self._stack:
            self._found.add(self._stack[-1])

    def below(self, starts: Iterable[FunctionSymbol]) -> bool:
        """Whether one of ``starts``, or a function that they lead to, may pause."""
        seen = set(starts)
        pending = list(seen)
        for symbol in pending:  # grows on the way
            fresh = self._called.get(symbol, set()) - seen
            seen |= fresh
            pending += fresh
        return not seen.isdisjoint(self._found)
