"""Which functions came past something that waits or takes long, so that only these are followed for long gaps."""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.workers.symbols import FunctionSymbol


class Pausing:
    """The functions followed so far, and those they call."""

    def __init__(self) -> None:
        self._called: dict[FunctionSymbol, set[FunctionSymbol]] = {}
        self._found: set[FunctionSymbol] = set()
        self._whole: set[FunctionSymbol] = set()
        self._stack: list[FunctionSymbol] = []

    def enter(self, symbol: FunctionSymbol, *, whole: bool = True) -> None:
        """``symbol`` is followed, or was before, in the function that was entered last and not left; ``whole``: with
        all that it calls."""
        if whole:
            self._whole.add(symbol)
        if self._stack:
            self._called.setdefault(self._stack[-1], set()).add(symbol)
        self._stack.append(symbol)

    def leave(self) -> None:
        self._stack.pop()

    def note(self) -> None:
        """The function entered last may pause itself."""
        if self._stack:
            self._found.add(self._stack[-1])

    def reached_from(self, symbols: Iterable[FunctionSymbol]) -> frozenset[FunctionSymbol]:
        """The functions that ``symbols`` call, as far as they were followed."""
        pending = list(symbols)
        reached: set[FunctionSymbol] = set()
        for symbol in pending:  # grows on the way
            fresh = self._called.get(symbol, set()) - reached
            reached |= fresh
            pending += fresh
        return frozenset(reached)

    def leading(self) -> frozenset[FunctionSymbol]:
        """The functions that may pause, or lead to one that may."""
        callers: dict[FunctionSymbol, set[FunctionSymbol]] = {}
        for caller, called in self._called.items():
            for each in called:
                callers.setdefault(each, set()).add(caller)
        leading = set(self._found)
        pending = list(leading)
        for symbol in pending:  # grows on the way
            fresh = callers.get(symbol, set()) - leading
            leading |= fresh
            pending += fresh
        return frozenset(leading)

    def quiet(self) -> frozenset[FunctionSymbol]:
        """The functions followed as a whole of which neither they nor what they lead to may pause."""
        return frozenset(self._whole - self.leading())
