"""The state of one evaluation: which worlds are live, what every name holds in them, and the bounds.

Code is run once, for all worlds together. ``pc`` is the guard of the worlds that reach the statement being run;
a write under ``pc`` leaves every other world as it was. A world in which the settings cannot be loaded is
dead: nobody will ever run in it, so ``pc`` may hold it or not, whichever is shorter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from conn_lint.model import Place, Problem, Span
from conn_lint.settings.choice import Choices, Guard, Node, larger, leaves
from conn_lint.settings.values import (
    ABSENT,
    At,
    Atom,
    Const,
    External,
    Function,
    Instance,
    Items,
    Module,
    Opaque,
    OpenItems,
    Scope,
    Sequence,
    Table,
    Tree,
    is_more,
)

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.project.project import Project
    from conn_lint.project.source import Source

STEPS = 400_000
"""Nodes that one evaluation may visit; the largest settings of public projects need a tenth of it."""

NODES = 500_000
"""Nodes of all trees together; public projects stay below a third of it."""

TREE_SIZE = 64
"""Parts of the largest tree a name may hold; what hangs on more decisions is called unknown."""

TEST_SIZE = 16
"""Parts of the largest test that is kept as it is; a larger one becomes a decision of its own."""

PATH_SIZE = 40
"""Likewise for the worlds in which code goes on."""

MOST_SURVIVORS = 6
"""Guards of the living that one guard is simplified with."""

DEPTH = 110
"""Levels of nested expressions, statements and calls; well inside Python's own limit."""


class Exhausted(Exception):
    """The bounds of an evaluation were reached; the message says which."""


class Raised:
    """What happened in the body of one ``try``: the worlds that left it, by the exception they left with."""

    __slots__ = ("exits",)

    def __init__(self) -> None:
        self.exits: list[tuple[Guard, str | None]] = []
        """``None``: some exception, not known which."""


class Frame:
    """One running call: what it returns, and in which worlds it already did."""

    __slots__ = ("function", "returned", "value")

    def __init__(self, function: Function) -> None:
        self.function = function
        self.value: Tree = ABSENT
        self.returned: Guard = False


class Loop:
    """One running loop: the worlds that left it by ``break``, and those that wait for its next turn."""

    __slots__ = ("broken", "continued")

    def __init__(self) -> None:
        self.broken: Guard = False
        self.continued: Guard = False


class Journal:
    """Everything a stretch of code wrote, and what stood there before."""

    __slots__ = ("cells", "sequences")

    def __init__(self) -> None:
        self.cells: dict[tuple[int, Any], tuple[Table, Tree]] = {}
        self.sequences: dict[int, tuple[Sequence, Tree]] = {}


class Machine:
    """One evaluation of one settings module, and of whatever it imports from the project."""

    def __init__(self, project: Project, env: Mapping[str, str]) -> None:
        from conn_lint.settings import expressions, statements
        from conn_lint.settings.libraries import standard

        self.project = project
        self.env = env
        self.env_files: dict[str, str] = {}
        """Variables that a ``.env`` file of the project sets where the environment does not."""
        self.choices = Choices()
        self.pc: Guard = True
        self.survivors: list[tuple[Guard, frozenset[int]]] = []
        """Guards that hold in every world that is not dead, each with the decisions it hangs on."""
        self.tries: list[Raised] = []
        self.frames: list[Frame] = []
        self.loops: list[Loop] = []
        self.journals: list[Journal] = []
        self.modules: dict[str, Module] = {}
        self.problems: dict[Span, Problem] = {}
        self.notes: dict[Span, Place] = {}
        self.scope: Scope = Scope()
        self.source: Source
        self.statement: cst.CSTNode
        self.fatal: tuple[str, At] | None = None
        """The exception that the last world died of, and the statement that raised it."""
        self.environ = standard.Environ(self)
        self._steps = 0
        self._began = 0
        self._depth = 0
        self._evaluators = expressions.EVALUATORS
        self._executors = statements.EXECUTORS

    # --- running code -------------------------------------------------------------------------

    def evaluate(self, node: cst.BaseExpression) -> Tree:
        """The value of an expression, in the worlds of ``pc``."""
        self._tick()
        evaluator = self._evaluators.get(type(node))
        if evaluator is None:
            return self.opaque(node, f"{type(node).__name__} is not evaluated")
        if self._depth > DEPTH:
            return self.opaque(node, "an expression is nested too deeply")
        self._depth += 1
        try:
            value: Tree = evaluator(self, node)
        finally:
            self._depth -= 1
        return value

    def execute(self, body: cst.BaseSuite | cst.Module) -> None:
        """Run statements in order, for as long as any world is left."""
        if self._depth > DEPTH:
            raise Exhausted("the statements are nested too deeply")
        self._depth += 1
        try:
            for statement in body.body:
                if not self.live:
                    return
                self.run(statement)
        finally:
            self._depth -= 1

    def run(self, statement: cst.CSTNode) -> None:
        """Run one statement."""
        self._tick()
        self.statement = statement
        self._began = self._steps
        executor = self._executors.get(type(statement))
        if executor is not None:
            executor(self, statement)

    @property
    def now(self) -> int:
        """A number that grows with every step: tells two runs of the same code apart."""
        return self._steps

    def _tick(self) -> None:
        self._steps += 1
        if self._steps > STEPS:
            raise Exhausted(f"more than {STEPS} steps are needed")
        if self.choices.size > NODES:
            raise Exhausted("too many things depend on each other")

    # --- worlds -------------------------------------------------------------------------------

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
            return act(self.collapsed(tree))
        entry = self.pc
        after: Guard = False
        result: Tree | None = None
        for leaf, guard in self.choices.cases(tree):
            self.pc = self.choices.both(entry, guard)
            if self.is_dead():
                continue
            value = act(leaf)
            result = value if result is None else self.choices.ite(guard, value, result)
            after = self.choices.either(after, self.pc)
        self.rejoin(entry, after, left=statements)
        return ABSENT if result is None else result

    @contextmanager
    def only(self, guard: Guard) -> Iterator[None]:
        """Run the body in the worlds of ``guard`` alone; those it leaves live join the others again."""
        entry = self.pc
        self.pc = self.choices.both(entry, guard)
        yield
        if self.pc is not entry:
            after = self.choices.either(self.pc, self.choices.both(entry, self.choices.negate(guard)))
            self.rejoin(entry, after, left=True)

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
            for alive in self._survivors_of(guard):
                guard = self.choices.under(guard, alive)
            guard = self.choices.abbreviated(guard, PATH_SIZE)
        self.pc = guard

    def is_dead(self) -> bool:
        """Whether no live world reaches this code, as far as can be told cheaply."""
        return any(self.choices.both(self.pc, alive) is False for alive in self._survivors_of(self.pc)) or not self.pc

    def alive_for(self, tree: Any) -> Guard:
        """What is known of the worlds that are not dead, as far as ``tree`` has to do with it."""
        alive: Guard = True
        for guard in self._survivors_of(tree):
            alive = self.choices.both(alive, guard)
        return alive

    def _survivors_of(self, tree: Any) -> list[Guard]:
        decisions = self.choices.support(tree)
        touching = (guard for guard, needed in reversed(self.survivors) if not needed.isdisjoint(decisions))
        return list(islice(touching, MOST_SURVIVORS))

    def throw(self, exception: str | None) -> Atom:
        """Leave the code being run, in all live worlds, with ``exception`` (None: some exception)."""
        if self.tries:
            self.tries[-1].exits.append((self.pc, exception))
        else:
            alive = self.choices.negate(self.pc)
            self.survivors.append((alive, self.choices.support(alive)))
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
            self.throw_in(self.choices.decide(("fails", self._began)), None)

    def truth(self, tree: Tree) -> Guard:
        """The worlds in which ``tree`` is true."""
        from conn_lint.settings.comparisons import truth

        guard: Guard = self.choices.map(self.choices.under(tree, self.pc), lambda leaf: truth(self, leaf))
        return self.choices.abbreviated(guard, TEST_SIZE)

    # --- names, keys and elements -------------------------------------------------------------

    def read(self, table: Table, key: Any) -> Tree:
        """What ``key`` holds in the live worlds; ABSENT in those where it is not there."""
        cell = table.cells.get(key)
        tree: Tree = self.choices.under(table.missing(key, self.choices) if cell is None else cell, self.pc)
        return tree

    def write(self, table: Table, key: Any, value: Tree, at: At | None = None) -> None:
        """Set ``key`` in the live worlds."""
        if not self.live:
            return
        cell = table.cells.get(key)
        old = table.missing(key, self.choices) if cell is None else cell
        for journal in self.journals:
            journal.cells.setdefault((id(table), key), (table, old))
        table.cells[key] = value if self.pc is table.born else self._either_or(value, old)
        if at is not None:
            table.written[key] = at

    def replace(self, target: Sequence, items: Tree) -> None:
        """Give a sequence new elements in the live worlds."""
        if not self.live:
            return
        for journal in self.journals:
            journal.sequences.setdefault(id(target), (target, target.items))
        target.items = self._either_or(items, target.items)

    def _either_or(self, value: Tree, old: Tree) -> Tree:
        """``value`` in the live worlds, ``old`` in the others, within the bounds of a tree."""
        new: Tree = self.choices.ite(self.pc, value, old)
        if larger(new, TREE_SIZE):
            self.pc = self.choices.abbreviated(self.pc, TEST_SIZE)
            new = self.choices.ite(self.pc, value, old)
        return self.collapsed(new) if larger(new, TREE_SIZE) else new

    def keys(self, table: Table) -> list[tuple[Any, Guard]]:
        """The keys that ``table`` is known to have, with the live worlds that have them, in order."""
        found = []
        for key in list(table.cells):
            tree = self.read(table, key)
            guard = self.choices.map(tree, lambda leaf: leaf is not ABSENT)
            if guard is not False:
                found.append((key, guard))
        return found

    def has_more(self, table: Table) -> Guard:
        """The live worlds in which ``table`` may have keys that cannot be named."""
        guard: Guard = self.choices.map(self.choices.under(table.rest, self.pc), lambda leaf: leaf is not ABSENT)
        return guard

    def havoc(self, table: Table, cause: Opaque, guard: Guard = True) -> None:
        """Any key of ``table`` may have been set to anything (``cause`` says by what)."""
        changed = self.choices.decide(("changed", cause.key, id(table)))
        with self.only(self.choices.both(guard, changed)):
            for key in list(table.cells):
                value = Opaque((cause.key, id(table), key), cause.why, cause.env, cause.at)
                self.write(table, key, value)
            rest = Opaque((cause.key, id(table)), cause.why, cause.env, cause.at)
            table.rest = self.choices.ite(self.pc, rest, table.rest)

    def escape(self, tree: Tree, cause: Opaque) -> None:
        """Code that cannot be followed got hold of ``tree``: whatever it can reach may have been changed."""
        self._escape(tree, cause, set())

    def _escape(self, tree: Tree, cause: Opaque, seen: set[int]) -> None:
        for atom, guard in self.choices.cases(self.choices.under(tree, self.pc)):
            if id(atom) in seen:
                continue
            seen.add(id(atom))
            for table in (atom.fields, atom.content) if isinstance(atom, Instance) else (atom,):
                if isinstance(table, Table):
                    for cell in list(table.cells.values()):
                        self._escape(cell, cause, seen)
                    self.havoc(table, cause, guard)
            if isinstance(atom, Sequence):
                for items in leaves(atom.items):
                    for item in items.trees if isinstance(items, (Items, OpenItems)) else ():
                        self._escape(item, cause, seen)
                if atom.kind != "tuple":
                    with self.only(self.choices.both(guard, self.choices.decide(("changed", cause.key, id(atom))))):
                        self.replace(atom, Opaque((cause.key, id(atom)), cause.why, cause.env, cause.at))

    # --- what cannot be known -----------------------------------------------------------------

    def opaque(self, node: cst.CSTNode, why: str, *sources: Tree) -> Opaque:
        """A value that cannot be followed, made of ``sources``; the same node in the same worlds, the same value."""
        env, reasons = self.origin(*sources)
        key = (id(node), self._steps)
        return Opaque(key, reasons[0] if reasons else why, env, At(self.source, node))

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

    def collapsed(self, tree: Tree) -> Opaque:
        """One unknown for a tree that hangs on too many decisions."""
        env, _ = self.origin(tree)
        return Opaque(("collapsed", id(tree)), "too many branches decide it", env)

    def variable(self, name: str) -> Tree:
        """The environment variable ``name``; ABSENT in the worlds where it is not set."""
        if name in self.env:
            return Const(self.env[name])
        value = Opaque(("env", name), f"the environment variable {name} decides it", (name,))
        fallback = Const(self.env_files[name]) if name in self.env_files else ABSENT
        tree: Tree = self.choices.ite(self.choices.decide(("set", name), (name,), default=False), value, fallback)
        return tree

    def placed(self, tree: Tree, node: cst.CSTNode) -> Tree:
        """``tree`` as decided at ``node``, where it was not decided before."""
        at = At(self.source, node)

        def place(leaf: Atom) -> Atom:
            if isinstance(leaf, Const) and leaf.at is None:
                return Const(leaf.value, at)
            if isinstance(leaf, Opaque) and leaf.at is None:
                return Opaque(leaf.key, leaf.why, leaf.env, at)
            return leaf

        if not isinstance(tree, Node):
            return place(tree)
        placed: Tree = self.choices.map(tree, place)
        return placed

    # --- scopes -------------------------------------------------------------------------------

    def look_up(self, name: str) -> Tree:
        """What ``name`` is bound to here: in this scope, those around it, or Python's builtins."""
        from conn_lint.settings.libraries.builtin import NAMES

        tree: Tree = ABSENT
        scope: Scope | None = self.scope.names_elsewhere.get(name, self.scope)
        while scope is not None:
            tree = self.or_else(tree, self.read(scope, name))
            if not any(leaf is ABSENT for leaf in leaves(tree)) and name not in NAMES:
                return tree
            scope = scope.outer
        if name in NAMES:
            builtin = External(f"builtins.{name}")
            return self.each(tree, lambda leaf: builtin if leaf is ABSENT or is_more(leaf) else leaf)
        return self.each(tree, lambda leaf: self.throw("NameError") if leaf is ABSENT else leaf)

    def or_else(self, tree: Tree, other: Tree) -> Tree:
        """``tree``, and ``other`` in the worlds where that is ABSENT."""
        joined: Tree = self.choices.map(tree, lambda leaf: other if leaf is ABSENT else leaf)
        return joined

    def bind(self, name: str, value: Tree, at: At | None = None) -> None:
        """Bind ``name`` in the scope being run, or in the one that ``global`` or ``nonlocal`` names."""
        self.write(self.scope.names_elsewhere.get(name, self.scope), name, value, at)

    @contextmanager
    def inside(self, scope: Scope, source: Source) -> Iterator[None]:
        """Run the body in another scope."""
        outer = self.scope, getattr(self, "source", source)
        self.scope, self.source = scope, source
        try:
            yield
        finally:
            self.scope, self.source = outer
