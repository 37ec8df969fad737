"""The state of one evaluation: which worlds are live, what every name holds in them, and the bounds.

Code is run once, for all worlds together. ``pc`` is the guard of the worlds that reach the statement being run;
a write under ``pc`` leaves every other world as it was. A world in which the settings cannot be loaded is
dead: nobody will ever run in it, so ``pc`` may hold it or not, whichever is shorter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conn_lint.model import Place, Problem, Span
from conn_lint.settings.choice import Exhausted
from conn_lint.settings.containers import (
    Module,
    Scope,
    is_more,
)
from conn_lint.settings.memory import Memory
from conn_lint.settings.nodes import Guard, Node, leaves
from conn_lint.settings.objects import Native
from conn_lint.settings.slicing import UNREAD
from conn_lint.settings.values import ABSENT, At, Atom, Const, External, Opaque, Tree, holders
from conn_lint.settings.worlds import TEST_SIZE

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.project.project import Project
    from conn_lint.project.source import Source
    from conn_lint.settings.slicing import Slices

STEPS = 150_000
"""Nodes that one evaluation may visit; the largest settings of public projects need a third of it."""

NODES = 500_000
"""Nodes of all trees together; public projects stay below a third of it."""

DEPTH = 110
"""Levels of nested expressions, statements and calls; well inside Python's own limit."""

PYTHON_2_BUILTINS = frozenset(
    "apply basestring buffer cmp coerce execfile file intern long raw_input reduce reload unichr unicode xrange".split()
)
"""Those that Python 3 has no more."""


class Machine(Memory):
    """One evaluation of one settings module, and of whatever it imports from the project."""

    def __init__(
        self, project: Project, env: Mapping[str, str], slices: Slices, *, overrides_exist: bool = False
    ) -> None:
        """``overrides_exist``: local modules and files that are not in the tree (``try: from .local import *``) are
        there where the settings are used, and hold nobody knows what."""
        from conn_lint.settings import expressions, statements
        from conn_lint.settings.libraries import standard

        super().__init__()
        self.project = project
        self.slices = slices
        self.env = env
        self.overrides_exist = overrides_exist
        self.env_files: dict[str, Tree] = {}
        """Variables that ``.env`` files of the project set where the environment does not; ABSENT in the worlds
        that do not load them."""
        self.own_schemes = False
        """Whether database URLs may have schemes that the project registered."""
        self.included: dict[tuple[int, str], Guard] = {}
        """The worlds in which django-split-settings has run a file (its path) in a scope (its serial)."""
        self.modules: dict[str, Module] = {}
        self.written: dict[str, Source] = {}
        """The texts that the code writes and runs."""
        self.problems: dict[Span, Problem] = {}
        self.notes: dict[Span, Place] = {}
        self._altered: set[str] = set()
        """Dotted names of what lies outside the project and has attributes or items that the project sets."""
        self.scope: Scope = Scope()
        self.environ = standard.Environ(self)
        self._depth = 0
        self._evaluators = expressions.EVALUATORS
        self._executors = statements.EXECUTORS

    def start_afresh(self, module: Module) -> None:
        """Leave whatever is running, for the end of ``module`` in all worlds; the bounds begin anew."""
        self.pc = True
        self.tries, self.frames, self.loops, self.journals = [], [], [], []
        self.scope = module
        self.steps = self._depth = 0

    def alter(self, leaf: Atom) -> None:
        """Note that an attribute or item is set of ``leaf``, which is nothing that the memory holds."""
        if isinstance(leaf, Native):
            leaf.altered()
        elif isinstance(leaf, External):
            self._altered.add(leaf.name)

    def is_altered(self, dotted: str) -> bool:
        """Whether ``dotted``, a class outside the project, or something in it has got attributes or items here."""
        return any(name == dotted or name.startswith(f"{dotted}.") for name in self._altered)

    def evaluate(self, node: cst.BaseExpression) -> Tree:
        """The value of an expression, in the worlds of ``pc``."""
        self.tick()
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
        self.tick()
        self.statement, self.statement_in = statement, self.source
        self.began = self.steps
        executor = self._executors.get(type(statement))
        if executor is not None:
            executor(self, statement)

    def tick(self) -> None:
        """Begin another step: what cannot be followed in it is no longer what it was in the one before."""
        self.steps += 1
        if self.steps > STEPS:
            raise Exhausted(f"more than {STEPS} steps are needed")
        if self.choices.size > NODES:
            raise Exhausted("too many things depend on each other")

    def truth(self, tree: Tree) -> Guard:
        """The worlds in which ``tree`` is true."""
        from conn_lint.settings.comparisons import truth

        guard: Guard = self.choices.map(self.choices.under(tree, self.pc), lambda leaf: truth(self, leaf))
        return self.choices.abbreviated(guard, TEST_SIZE)

    def opaque(self, node: cst.CSTNode, why: str, *sources: Tree) -> Opaque:
        """A value that cannot be followed, made of ``sources``; the same node in the same worlds, the same value."""
        env, reasons = self.origin(*sources)
        key = (id(node), self.steps)
        return Opaque(key, reasons[0] if reasons else why, env, At(self.source, node), holders(sources))

    def complain(self, node: cst.CSTNode, reason: str) -> None:
        """Keep a problem for the place of ``node``; ``reason`` goes on after the name of the file."""
        span = self.source.span(node)
        self.problems[span] = Problem(span, reason)

    def note_absent(self, node: cst.CSTNode, name: str) -> None:
        """Note that a module or file is read at ``node`` where it is there, which it is not in the tree."""
        span = self.source.span(node)
        self.notes[span] = Place(span, f"{name} is not in the tree; where it exists it may change any setting")

    def variable(self, name: str) -> Tree:
        """The environment variable ``name``; ABSENT in the worlds where it is not set."""
        if name in self.env:
            return Const(self.env[name])
        value = Opaque(("env", name), f"the environment variable {name} decides it", (name,))
        fallback = self.env_files.get(name, ABSENT)
        tree: Tree = self.choices.ite(self.choices.decide(("set", name), (name,), default=False), value, fallback)
        return tree

    def placed(self, tree: Tree, node: cst.CSTNode) -> Tree:
        """``tree`` as decided at ``node``, where it was not decided before."""
        at = At(self.source, node)

        def place(leaf: Atom) -> Atom:
            if isinstance(leaf, Const) and leaf.at is None:
                return Const(leaf.value, at)
            if isinstance(leaf, Opaque) and leaf.at is None:
                return Opaque(leaf.key, leaf.why, leaf.env, at, holders((leaf,)))
            return leaf

        if not isinstance(tree, Node):
            return place(tree)
        placed: Tree = self.choices.map(tree, place)
        return placed

    def look_up(self, name: str) -> Tree:
        """What ``name`` is bound to here: in this scope, those around it, or Python's builtins."""
        from conn_lint.settings.libraries.builtin import NAMES

        tree: Tree = ABSENT
        scope: Scope | None = self.scope.names_elsewhere.get(name, self.scope)
        while scope is not None:
            held = self.read(scope, name)
            tree = held if tree is ABSENT else self.or_else(tree, held)
            if not any(leaf is ABSENT for leaf in leaves(tree)) and name not in NAMES:
                return tree
            if name in scope.local:
                own = scope is self.scope
                return self._bound(tree, "UnboundLocalError" if own else "NameError")
            scope = scope.outer
        if name in NAMES:
            builtin = External(f"builtins.{name}")
            return self.each(tree, lambda leaf: builtin if leaf is ABSENT or is_more(leaf) else leaf)
        if name == UNREAD:
            return self.opaque(self.statement, "a literal that is larger than any settings are is not read")
        if name in PYTHON_2_BUILTINS and not any(each.takes_name_errors for each in self.tries):
            # nothing guards it: these settings are of Python 2
            builtin = External(f"builtins.{name}")
            return self.each(tree, lambda leaf: builtin if leaf is ABSENT else leaf)
        return self._bound(tree, "NameError")

    def _bound(self, tree: Tree, error: str) -> Tree:
        return self.each(tree, lambda leaf: self.throw(error) if leaf is ABSENT else leaf)

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
