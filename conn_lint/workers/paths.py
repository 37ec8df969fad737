"""One path through code, as what it does to a connection: the nouns of the algebra in ``effects``.

A path is: what it cleans up and how long it waits before its first query, whether it queries at all, and what
it cleans up and how long it waits after its last one.
"""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Place, Span

NONE, CLOSE_OLD, CLOSE = 0, 1, 2
"""Cleanups from weakest to strongest; indexes into ``model.CLEANUPS``."""

UNBOUNDED = float("inf")

EARLY, FAILED = 1, 2
"""Why a path does not query where another of its kind will: it is not time to, or something failed on the way or ends
the program."""


class Wait(NamedTuple):
    """An idle time of ``seconds`` at most, spent at ``span``.

    ``what`` names it where it may be long by itself, ``usual`` are the seconds that it takes at most in practice
    where nothing bounds it (0: not known), ``calls`` lead to it, outermost first. ``unsure``: it is a pause of a
    length that is not known here, which may well be a short one; ``person``: it is for somebody at a prompt.
    """

    seconds: float
    span: Span
    what: str = ""
    usual: float = 0
    calls: tuple[Place, ...] = ()
    unsure: bool = False
    person: bool = False

    @property
    def weight(self) -> tuple[float, bool, bool, bool, float]:
        """What counts when one of two waits is kept."""
        return self.seconds, not self.unsure, bool(self.what), not self.usual, self.usual


class Fork(NamedTuple):
    """A new process made at ``span`` in ``function``, which gets a copy of every open connection.

    ``before`` is the cleanup between the last query and it. ``several``: more than one process at a time.
    ``inline``: by os.fork(), after which the same code goes on in both.
    """

    span: Span
    function: str
    before: int = NONE
    several: bool = False
    inline: bool = False


class Stretch(NamedTuple):
    """A stretch of a path without queries: cleanups before and after the wait in it.

    Without a wait everything counts as ``before``.
    """

    before: int = NONE
    wait: Wait | None = None
    after: int = NONE
    fork: Fork | None = None
    """The process forks in it, while a connection may be open."""
    late: float = 0
    """Seconds that the longest of the shorter waits takes after the cleanup that counts as ``after``."""

    @property
    def key(self) -> tuple[object, ...]:
        wait = self.wait
        known: tuple[object, ...] = (self.before, wait.seconds if wait else None, self.after)
        if self.late:
            known = (*known, self.late)
        if wait and (wait.unsure or wait.usual):
            known = (*known, wait.unsure, wait.usual)  # a request is none the less of a wait beside an endless poll
        return (*known, self.fork) if self.fork else known


def join(first: Stretch, then: Stretch) -> Stretch:
    """``then`` straight after ``first``.

    Of two waits the longer one is kept, and a cleanup between them counts as one before the wait: it may
    come too early to see the age of the connection that dies in the second. Where that has a bound, the cleanup
    counts as one after the first as well, which comes so much too early.
    """
    fork = first.fork or _forked_after(first, then.fork)
    if first.wait is None:
        return Stretch(max(first.before, then.before), then.wait, then.after, fork, then.late)
    if then.wait is None:
        late = first.late if first.after > then.before else 0
        return Stretch(first.before, first.wait, max(first.after, then.before), fork, late)
    between = max(first.after, then.before)
    before = max(first.before, between)
    if _longer(first.wait, then.wait) is then.wait:
        return Stretch(before, then.wait, then.after, fork, then.late)
    if between > then.after and then.wait.seconds != UNBOUNDED:
        late = max(then.wait.seconds, first.late if first.after > then.before else 0)
        return Stretch(before, first.wait, between, fork, late)
    return Stretch(before, first.wait, then.after, fork, then.late)


def _longer(first: Wait, then: Wait) -> Wait:
    """The one of two waits that is kept, ``then`` of equals; a pause beside a request is longer than that where its
    seconds are more than a request takes in practice."""
    for request, pause in ((first, then), (then, first)):
        if request.usual and not pause.usual and request.usual < pause.seconds < UNBOUNDED:
            return pause
    return first if first.weight > then.weight else then


def _forked_after(stretch: Stretch, fork: Fork | None) -> Fork | None:
    """``fork`` with what ``stretch`` before it cleans up; None when that leaves no connection open."""
    if fork is None:
        return None
    before = max(stretch.before, stretch.after, fork.before)
    return None if before == CLOSE else fork._replace(before=before)


class Query(NamedTuple):
    """A use of the ORM, with the calls that lead to it, outermost first."""

    span: Span
    what: str
    calls: tuple[Place, ...] = ()
    elsewhere: bool = False
    """Whether it runs in the thread where the coroutines of an event loop use the ORM, and not in the calling one."""

    @property
    def places(self) -> tuple[Place, ...]:
        return (*self.calls, Place(self.span, self.what))


class Path(NamedTuple):
    """``first`` None: no query on this path, and ``lead`` is all there is."""

    lead: Stretch
    first: Query | None = None
    tail: Stretch = Stretch()
    last: Query | None = None
    handled: bool = False
    """Whether it went through an ``except`` branch."""
    excuse: int = 0
    """EARLY or FAILED, where it does not query for one of these."""

    @property
    def key(self) -> tuple[object, ...]:
        known = (self.lead.key, self.first is not None, self.tail.key, self.handled)
        return (*known, self.excuse) if self.excuse else known


class Crossing(NamedTuple):
    """An idle time between two queries; with ``child`` a fork between them, ``after`` being in the new process."""

    stretch: Stretch
    before: Query
    after: Query
    child: bool = False
