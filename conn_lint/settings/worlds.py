"""Running code once for all worlds together.

``pc`` is the guard of the worlds that reach the statement being run. A world in which the settings cannot be
loaded is dead: nobody will ever run in it, so ``pc`` may hold it or not, whichever is shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from math import prod
from typing import TYPE_CHECKING, Any

from conn_lint.settings.choice import Choices
from conn_lint.settings.exits import Departures, Frame, Loop, Raised
from conn_lint.settings.nodes import Guard, Node, larger, leaves, support
from conn_lint.settings.values import ABSENT, At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.project.source import Source

TEST_SIZE = 16
"""Parts of the largest test that is kept as it is; a larger one becomes a decision of its own."""

PATH_SIZE = 40
"""Likewise for the worlds in which code goes on."""

TREE_SIZE = 64
"""Parts of the largest tree a name may hold; what hangs on more decisions is called unknown."""

MOST_SURVIVORS = 6
"""Guards of the living that one guard is simplified with."""


class Worlds:
    """The guards of one evaluation: who reaches the code being run, who left it and how, who is dead."""

    def __init__(self) -> None:
        self.choices = Choices()
        self.pc: Guard = True
        self.survivors: list[Guard] = []
        """Guards that hold in every world that is not dead."""
        self._shorter: dict[Node, tuple[int, Guard]] = {}
        """How ``go_on`` wrote a guard when there were so many survivors."""
        self.fatal: tuple[str, At] | None = None
        """The exception that the last world died of, and the statement that raised it."""
        self.tries: list[Raised] = []
        self.frames: list[Frame] = []
        self.loops: list[Loop] = []
        self.source: Source
        self.statement: cst.CSTNode
        self.statement_in: Source
        """What the statement being run, or the last one, is in."""
        self.steps = 0
        self.began = 0
        """The step at which the statement being run began."""

    @property
    def live(self) -> bool:
        """Whether any world reaches this code."""
        return self.pc is not False

    def each(self, tree: Tree, act: Callable[[Any], Tree], *, statements: bool = False) -> Tree:
        """``act`` on every leaf that ``tree`` has in the live worlds, each in the worlds of that leaf.

        ``statements``: it runs some, which may leave by return, break or continue.
        """
        tree = self.choices.under(tree, self.pc)
        if not isinstance(tree, Node):
            return act(tree)
        if larger(tree, TREE_SIZE):
            tree = self.collapsed(tree)
            if not isinstance(tree, Node):
                return act(tree)
        entry = self.pc
        all_went_on = True
        after: list[Guard] = []
        values: dict[int, Tree] = {}
        for leaf, guard in self.choices.cases(tree):
            before = self.pc = self.choices.both(entry, guard)
            if self.is_dead():
                continue
            values[id(leaf)] = act(leaf)
            all_went_on = all_went_on and self.pc is before
            after.append(self.pc)
        if all_went_on and after:
            self.pc = entry
        else:
            went_on: Guard = False
            for guard in after:
                went_on = self.choices.either(went_on, guard)
            self.rejoin(entry, went_on, left=statements)
        if not values:
            return ABSENT
        first = next(iter(values.values()))
        result: Tree = self.choices.map(tree, lambda leaf: values.get(id(leaf), first))
        return result

    @contextmanager
    def only(self, guard: Guard) -> Iterator[None]:
        """Run the body in the worlds of ``guard`` alone; those it leaves live join the others again."""
        entry = self.pc
        inside = self.pc = self.choices.both(entry, guard)
        yield
        if self.pc is not entry:
            after = entry  # where all of them went on
            if self.pc is not inside:
                after = self.choices.either(self.pc, self.choices.both(entry, self.choices.negate(guard)))
            self.rejoin(entry, after, left=True)

    @contextmanager
    def at_the_end(self, entry: Guard, before: Departures) -> Iterator[None]:
        """Run the body in all worlds of ``entry``, however they left what ran in them since their ``departures`` were
        those ``before``: only those that get through the body leave as they were about to."""
        left = self.departures
        self.departures, self.pc = before, entry
        yield
        if self.pc is entry:
            self.departures = left
        else:
            either, both = self.choices.either, self.choices.both
            now, done = self.departures, self.pc
            self.departures = Departures(
                *(either(one, both(other, done)) for one, other in zip(now, left, strict=True))
            )

    @property
    def departures(self) -> Departures:
        """The worlds that left the running call and the innermost loop in it, so far."""
        loop = self.loops[-1] if self.loops else Loop()
        return Departures(self.frames[-1].returned if self.frames else False, loop.broken, loop.continued)

    @departures.setter
    def departures(self, new: Departures) -> None:
        if self.frames:
            self.frames[-1].returned = new.returned
        if self.loops:
            self.loops[-1].broken, self.loops[-1].continued = new.broken, new.continued

    def rejoin(self, entry: Guard, after: Guard, *, left: bool = False) -> None:
        """Let the worlds of ``after`` go on; the others of ``entry`` left by an exception, or where ``left`` is
        true perhaps by return, break or continue.

        By an exception that no ``try`` takes they are dead, and ``entry`` as a whole is the shorter way to say it.
        """
        if after is False or self.tries or (left and (self.frames or self.loops)):
            self.go_on(after)
        else:
            self.pc = entry

    def go_on(self, guard: Guard) -> None:
        """Let the worlds of ``guard`` be the live ones, written as shortly as the dead ones allow."""
        if isinstance(guard, Node):
            deaths, shorter = self._shorter.get(guard, (-1, guard))
            if deaths != len(self.survivors):
                shorter = guard
                for alive in self._survivors_of(guard):
                    shorter = self.choices.under(shorter, alive)
                shorter = self.choices.abbreviated(shorter, PATH_SIZE)
                self._shorter[guard] = len(self.survivors), shorter
            guard = shorter
        self.pc = guard

    def in_branch(self) -> bool:
        """Whether some live world goes another way than to this code."""
        return self.choices.under(self.pc, self.alive_for(self.pc)) is not True

    def is_dead(self) -> bool:
        """Whether no live world reaches this code, as far as can be told cheaply."""
        return not self.pc or any(self.choices.disjoint(self.pc, alive) for alive in self._survivors_of(self.pc))

    def alive_for(self, tree: Any) -> Guard:
        """What is known of the worlds that are not dead, as far as ``tree`` has to do with it."""
        alive: Guard = True
        for guard in self._survivors_of(tree):
            alive = self.choices.both(alive, guard)
        return alive

    def _survivors_of(self, tree: Any) -> list[Guard]:
        decisions = support(tree)
        touching = (guard for guard in reversed(self.survivors) if support(guard) & decisions)
        return list(islice(touching, MOST_SURVIVORS))

    def throw(self, exception: str | None) -> Atom:
        """Leave the code being run, in all live worlds, with ``exception`` (None: some exception)."""
        if self.tries:
            self.tries[-1].add(self.pc, exception, self.choices)
        else:
            self.survivors.append(self.choices.negate(self.pc))
            self.fatal = (exception or "an exception", At(self.source, self.statement))
        self.pc = False
        return ABSENT

    def throw_in(self, guard: Guard, exception: str | None) -> None:
        """As ``throw``, in the worlds of ``guard`` only."""
        with self.only(guard):
            if self.live:
                self.throw(exception)

    def may_fail(self) -> None:
        """Something that cannot be followed is run: inside a ``try`` the statement may leave with any exception."""
        if self.tries:
            self.throw_in(self.choices.decide(("fails", self.began)), None)

    def origin(self, *trees: Tree) -> tuple[tuple[str, ...], list[str]]:
        """The environment variables that ``trees`` hang on, and why their unknown leaves are unknown."""
        env: dict[str, None] = {}
        why: dict[str, None] = {}
        for tree in trees:
            live = self.choices.under(tree, self.pc)
            env.update(dict.fromkeys(self.choices.env_of(live)))
            for leaf in leaves(live):
                if isinstance(leaf, Opaque):
                    env.update(dict.fromkeys(leaf.env))
                    why[leaf.why] = None
        return tuple(env), list(why)

    def ways(self, *trees: Tree) -> int:
        """In how many ways the values of ``trees`` go together, at most; 1 for a single tree."""
        if len(trees) < 2:
            return 1
        return prod(len(leaves(self.choices.under(tree, self.pc))) for tree in trees)

    def collapsed(self, tree: Tree) -> Tree:
        """One unknown for a tree that hangs on too many decisions, but for the constant that it may be by default; what
        it held may then be changed unseen: in all worlds, as it stands for the tree in those as well in which the
        statement at hand is not run."""
        worlds, self.pc = self.pc, True
        env, _ = self.origin(tree)
        result = Opaque(("collapsed", id(tree)), "too many branches decide it", env)  # Choices keeps every node
        for leaf in leaves(tree):
            self.escape(leaf, result)
        self.pc = worlds
        guard, usual = self.choices.usual(tree)
        kept: Tree = self.choices.ite(guard, usual, result) if isinstance(usual, Const) else result
        return result if larger(kept, PATH_SIZE) else kept

    def escape(self, tree: Tree, cause: Opaque) -> None:
        """Whatever ``tree`` can reach may have been changed by code that cannot be followed."""
        raise NotImplementedError

    def either_or(self, value: Tree, old: Tree, worlds: Guard) -> Tree:
        """``value`` in ``worlds``, ``old`` in the others, within the bounds of a tree.

        Where these are the live worlds, they may be written more shortly from now on."""
        new: Tree = self.choices.ite(worlds, value, old)
        if larger(new, TREE_SIZE):
            short = self.choices.abbreviated(worlds, TEST_SIZE)
            if worlds is self.pc:
                self.pc = short
            new = self.choices.ite(short, value, old)
        return self.collapsed(new) if larger(new, TREE_SIZE) else new
