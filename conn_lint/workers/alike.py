"""Which run of a function stands for its runs in other circumstances: in a transaction, in an event loop, while a
cursor is open. What runs to no end of its own, as functions that call each other in a circle, is not known to be
alike in all of them before the one is left that was entered first."""

from __future__ import annotations

from collections.abc import Hashable


class Alike:
    """The runs to which their circumstances did not matter."""

    def __init__(self) -> None:
        self._found: dict[Hashable, Hashable] = {}
        self._open: list[tuple[Hashable, Hashable]] = []
        """What belongs to circles that are being followed, and was not seen to depend on anything so far."""
        self._reaching: dict[Hashable, int] = {}
        """The outermost run of its circle for each of these, by its number among those being followed."""
        self._partly: set[Hashable] = set()

    def run_of(self, what: Hashable) -> Hashable | None:
        """The run that stands for all runs of ``what``; None where none is known to."""
        return self._found.get(what)

    def reached_by(self, what: Hashable) -> int | None:
        """The number of the outermost run of the circle that ``what`` belongs to and that is still being followed."""
        return self._reaching.get(what)

    def is_partly_known(self, what: Hashable) -> bool:
        """Whether ``what`` was followed without what was being followed around it, which is enough there, and not for
        a start from outside."""
        return what in self._partly

    def begin(self) -> int:
        """A run begins; for its ``end``."""
        return len(self._open)

    def end(self, begun: int, what: Hashable, run: Hashable, *, number: int, reached: int, mattered: bool) -> None:
        """``run`` of ``what``, the one of ``number`` among those being followed, has come to its end: it was cut short
        at the one numbered ``reached``, at none where that is its own. ``mattered``: its circumstances did so."""
        if reached < number:
            self._partly.add(what)
        if not mattered:
            self._reaching[what] = reached
            self._open.append((what, run))
        if not mattered and reached < number:
            return
        for each, its_run in self._open[begun:]:
            self._reaching.pop(each, None)
            if not mattered:
                self._found[each] = its_run
        del self._open[begun:]
