"""The code that runs outside a request, and what becomes of its connections."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conn_lint.model.fixes import Repair
from conn_lint.model.places import Place, Span

Cleanup = Literal["none", "close_old", "close"]
CLEANUPS: tuple[Cleanup, ...] = ("none", "close_old", "close")
"""From weakest to strongest."""

Verdict = Literal["safe", "goes-away", "goes-away-once", "unknown"]

UnitKind = Literal["job", "loop", "thread", "executor", "consumer", "scheduled", "shell", "library"]
"""``library``: what an installed library asks the database by itself."""

Isolation = Literal["none", "fork", "fork-clean"]
"""Whether each run of a unit has a process of its own: ``fork`` when the parent may hold a connection
that the child inherits, ``fork-clean`` when the parent is known to have closed it."""


class WebServer(NamedTuple):
    """A server that the project's files start, under which no thread serves two requests with the ORM.

    Measured: with uvicorn and gevent every request opens a connection and none is used again."""

    name: str
    """The program, as ``uvicorn``."""
    kind: Literal["asgi", "greenlets"]
    place: Span


class MissingHook(NamedTuple):
    """What keeps a framework from the cleanup that it could do around each run."""

    why: str
    """A sentence without its full stop."""
    place: Span | None
    """Where the project brings it about; None: where each unit is registered."""
    repair: str
    """The next action."""
    change: Repair | None = None
    """That as a change of the code; where ``place`` is None the span is that of each unit."""


class UnitOfWork(NamedTuple):
    """Code that runs between two idle gaps, outside a request."""

    span: Span
    function: str
    """Dotted qualified name inside its module, as ``Command.handle``."""
    kind: UnitKind
    framework: str
    touches_orm: Literal["yes", "maybe", "no"]
    cleanup_start: Cleanup
    """The weakest cleanup between the gap and the first ORM use after it, over all paths."""
    cleanup_end: Cleanup
    """The weakest cleanup between the last ORM use and the gap, over all paths."""
    gap: float | None
    """Idle seconds before it; None: unbounded."""
    gap_place: Span | None
    orm_path: tuple[Place, ...]
    """From the entry to the ORM use that the verdict rests on, call by call."""
    registrations: tuple[Place, ...]
    """Where the project hands the function to its framework."""
    isolation: Isolation
    isolation_why: str
    isolation_place: Span | None
    note: str = ""
    """What the framework does or does not do here, one sentence."""
    ends: bool = False
    """The thread ends with the unit (its connection is abandoned rather than reused)."""
    hook: MissingHook | None = None
    """What keeps its framework from closing, where the framework could."""
    command: str = ""
    """The management command by which it reaches the ORM, when it calls one."""
    coroutine: bool = False
    """Its code runs in an event loop, so the ORM runs in another thread than the code itself."""
    unfollowed: tuple[Place, ...] = ()
    """What could not be followed on its way and may matter, the first few places; for --show only."""
    never_closes: bool = False
    """A loop that runs as long as its process, or what its framework runs after bounded pauses for as long, and
    nothing in it closes on any path, after an error included."""
    unsure_gap: bool = False
    """What has no bound before it is a pause of a length that is not known here."""
    closes_at_times: bool = False
    """Some ways through it clean up, as those after an error may do."""
    closes_unless_raised: bool = False
    """All ways through it clean up at the end but those that an exception ends."""
    start_delay: float = 0
    """Seconds that it waits at most after ``cleanup_start`` and before that use."""


class Gap(NamedTuple):
    """An idle time between two queries of one unit of work."""

    seconds: float | None
    """It lasts that long at most; None: nothing bounds it."""
    usual: float
    """How long it lasts at most in practice where nothing bounds it; 0: not known."""
    before: Cleanup
    """The cleanup between the first query and the wait."""
    after: Cleanup
    """The cleanup between the wait and the second query."""
    delay: float = 0
    """Seconds that pass at most between that cleanup and the second query."""


class Observation(NamedTuple):
    """A fact of one spot in the code that a rule reports as it stands."""

    kind: Literal[
        "close-in-atomic",
        "close-in-wrong-thread",
        "close-not-called",
        "close-while-iterating",
        "fork-with-connection",
        "liveness-test",
        "long-gap",
        "query-at-import",
        "removed-close-connection",
        "retry-without-close",
        "single-alias-close",
        "transaction-around-loop",
    ]
    span: Span
    function: str | None
    places: tuple[Place, ...] = ()
    detail: str = ""
    gap: Gap | None = None
    """Of a "long-gap"."""
