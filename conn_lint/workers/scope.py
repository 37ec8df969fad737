"""What is known while one function is followed: its names, and the circumstances it runs in."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Span
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect, nothing
from conn_lint.workers.symbols import ClassSymbol

Captured = tuple[tuple[str, v.Val], ...]
Generator = tuple[v.Func, tuple[v.Val, ...], tuple[tuple[str, v.Val], ...], Span]


class Job:
    """What a framework runs inside a function of the project that is around it."""

    def __init__(self, calls: tuple[str, ...], effect: Effect) -> None:
        self.calls = calls
        """Methods by which such a function runs it: first the one that it overrides itself, by ``super()``."""
        self.effect = effect
        self.reached = False
        """Whether the function was seen to run it."""


class Scope:
    """The names of one function being followed, and the circumstances it runs in."""

    def __init__(
        self,
        facts: f.FileFacts,
        function: f.Function | None,
        owner: ClassSymbol | None,
        *,
        is_async: bool = False,
        atomic: bool = False,
    ) -> None:
        self.facts = facts
        self.function = function
        self.owner = owner
        self.is_async = is_async
        self.atomic = atomic
        self.names: dict[str, v.Val] = {}
        self.imports: dict[str, str] = {}
        self.guards: set[str] = set()
        """Local names that hold what a guard of a cleanup looks at, as ``stale = not connection.is_usable()``."""
        self.filled: frozenset[str] = frozenset()
        """Names of collections that are not empty here."""
        self.ended: frozenset[str] = frozenset()
        """Names of processes that were told to end."""
        self.fetched: frozenset[str] = frozenset()
        """Names of what a query here has found, without waiting for it."""
        self.returns: list[v.Val] = []
        self.yielded: list[v.Val] = []
        self.on_yield: Effect | None = None
        self.home: tuple[Scope, Span] | None = None
        self.generators: dict[int, Generator] = {}
        self.job: Job | None = None
        """What the framework runs where the function being followed is around it."""
        self.going: f.Expr | None = None
        """What the flag of the endless loop around says as long as it goes on."""
        self.in_endless = False
        """Inside the body of a loop that runs as long as the process."""
        self.of_turn: set[str] = set()
        """Names that a ``with`` binds inside an endless loop: gone at the end of each turn."""
        self.unresolved = False
        """Whether something was called that the tree does not hold, in the loop around if there is one; it may wait."""
        self.repeats = 0
        """Loops around the statement being followed."""
        self.processes: list[v.Func] = []
        """What processes run that were made here and may be started by any name."""
        self.at_exit = nothing()
        """What the ``ExitStack`` of the ``with`` around does at its end, so far."""
        self.forked: Span | None = None
        """The last os.fork()."""
        self.at = function.span if function else None
        """The statement being followed; of a compound one its head."""

    def returned(self) -> v.Val:
        """What the function returns: the one thing its returns agree on, as far as it is known."""
        known = {value for value in self.returns if value not in (v.UNKNOWN, v.PARAM, v.Const(None))}
        return known.pop() if len(known) == 1 else v.UNKNOWN

    @property
    def name(self) -> str:
        """The qualified name of the function."""
        return self.function.qualname if self.function else ""

    @property
    def enclosing(self) -> tuple[str, ...]:
        """Qualified names of the functions this one is defined in, outermost first."""
        parts = self.function.qualname.split(".") if self.function else []
        outer = (".".join(parts[:end]) for end in range(1, len(parts)))
        return tuple(name for name in outer if name in self.facts.functions)


class Iteration(NamedTuple):
    """What a ``for`` goes over."""

    effect: Effect
    item: v.Val = v.UNKNOWN
    waits: bool = False
    endless: bool = False
    every: bool = False
    generator: Generator | None = None
    items: tuple[v.Val, ...] = ()
    """Each item, where they differ and hold functions."""
    filled: bool = False
    """There is at least one item."""
    step: Effect = nothing()
    """What getting each item does."""
    streamed: bool = False
    """The cursor of a query stays open until the last turn."""
