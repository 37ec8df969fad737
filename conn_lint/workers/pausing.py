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

    def below(self, starts: Iterable[FunctionSymbol]) -> bool:
        """Whether one of ``starts``, or a function that they lead to, may pause."""
        seen = set(starts)
        pending = list(seen)
        for symbol in pending:  # grows on the way
            fresh = self._called.get(symbol, set()) - seen
            seen |= fresh
            pending += fresh
        return not seen.isdisjoint(self._found)

    def quiet(self) -> frozenset[FunctionSymbol]:
        """The functions followed as a whole of which neither they nor what they lead to may pause."""
        callers: dict[FunctionSymbol, set[FunctionSymbol]] = {}
        for caller, called in self._called.items():
            for each in called:
                callers.setdefault(each, set()).add(caller)
        pausing = set(self._found)
        pending = list(pausing)
        for symbol in pending:  # grows on the way
            fresh = callers.get(symbol, set()) - pausing
            pausing |= fresh
            pending += fresh
        return frozenset(self._whole - pausing)
