"""What the statements at the top of a module bind, mention and may change, told by ``ast`` without running them.

Names are compared as bare words, whatever module or object they belong to: ``a.b`` mentions ``a`` and ``b``. Two
things of one name are then taken for one, which only ever keeps more than is needed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple


class Call(NamedTuple):
    """One call: ``root.….name(...)``, or ``name(...)`` where both are the same; ``root`` is empty for other things."""

    root: str
    name: str
    receivers: frozenset[str]
    """The names before the dot."""
    given: frozenset[str]
    """The names in its arguments."""


class Unit(NamedTuple):
    """Some whole lines of a module, and what the statements on them may do."""

    first_line: int
    last_line: int
    binds: frozenset[str]
    """Names of the module that they may set or delete."""
    mentions: frozenset[str]
    """Every name and attribute in them."""
    touches: frozenset[str]
    """Names of objects that they change in place, or that functions they define change."""
    calls: tuple[Call, ...]
    variables: frozenset[str]
    """Texts given to functions, or as keys to ``environ``: names of environment variables among them."""
    imports: tuple[tuple[int, str, tuple[str, ...]], ...]
    """What they import: level, module, names; ``*`` among the names."""
    names: frozenset[str]
    """Their bare names alone."""
    outer: frozenset[str]
    """What functions in them mention that is not their own: a name of their own may be another one for it."""
    classes: frozenset[str]
    attributes: frozenset[str]
    """What classes in them set."""
    defines: bool
    """They define functions, which may run later."""
    value: ast.expr | None
    """What is assigned, where that is all they do."""
    leaves: bool
    """They may end the run: ``raise``, ``assert``, ``sys.exit()``."""


MAGIC_WORDS = frozenset(
    "DjangoDynaconf __dict__ __import__ __setattr__ _getframe attrgetter currentframe delattr dir eval exec"
    " execfile globals import_module include inspect load_dotenv locals prefixed putenv read_dotenv read_env"
    " read_envfile setattr stack unsetenv vars".split()
)
"""Functions that set names or environment variables, or look at them, without their being written down."""

ANYTHING = "<anything>"
"""Stands among the names that are touched where nothing tells which."""

SETS = "="
"""Before a name among those that are touched: functions bind it anew."""

OWN = "<own>"
"""Stands among the names for what starts from a name of a function's own."""


def outline(tree: ast.Module) -> tuple[Unit, ...]:
    """A module as units in the order of their lines. Statements that share a line are one."""
    units: list[Unit] = []
    for statement in tree.body:
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(each.lineno for each in decorators)])
        unit = _unit(statement, first)
        if units and units[-1].last_line >= first:
            unit = _joined(units.pop(), unit)
        units.append(unit)
    return tuple(units)


def _joined(one: Unit, other: Unit) -> Unit:
    return Unit(
        one.first_line,
        other.last_line,
        one.binds | other.binds,
        one.mentions | other.mentions,
        one.touches | other.touches,
        one.calls + other.calls,
        one.variables | other.variables,
        one.imports + other.imports,
        one.names | other.names,
        one.outer | other.outer,
        one.classes | other.classes,
        one.attributes | other.attributes,
        one.defines or other.defines,
        None,
        one.leaves or other.leaves,
    )


def _unit(statement: ast.stmt, first_line: int) -> Unit:
    facts = _Facts()
    facts.visit(statement)
    if not facts.mentions.isdisjoint(MAGIC_WORDS):
        facts.touches.add(ANYTHING)
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    if isinstance(statement, ast.Assign) and not all(isinstance(target, ast.Name) for target in statement.targets):
        value = None
    return Unit(
        first_line,
        statement.end_lineno or statement.lineno,
        frozenset(facts.binds),
        frozenset(facts.mentions),
        frozenset(facts.touches),
        tuple(facts.calls),
        frozenset(facts.variables),
        tuple(facts.imports),
        frozenset(facts.names),
        frozenset(facts.outer - {"environ"}),
        frozenset((statement.name,)) if isinstance(statement, ast.ClassDef) else frozenset(),
        frozenset(facts.attributes),
        facts.defines,
        value,
        facts.leaves,
    )


class _Facts(ast.NodeVisitor):
    """Collects what one statement may do. Names bound inside functions are their own, unless declared ``global``."""

    def __init__(self) -> None:
        self.binds: set[str] = set()
        self.mentions: set[str] = set()
        self.touches: set[str] = set()
        self.outer: set[str] = set()
        self.attributes: set[str] = set()
        self.calls: list[Call] = []
        self.names: set[str] = set()
        self.defines = False
        self.variables: set[str] = set()
        self.imports: list[tuple[int, str, tuple[str, ...]]] = []
        self.leaves = False
        self._own: list[set[str]] = []
        """The names of the functions around."""
        self._in_class = False

    def bind(self, name: str | None) -> None:
        if name is not None:
            self.mentions.add(name)
            if not self._own:
                (self.attributes if self._in_class else self.binds).add(name)

    def words(self, *nodes: ast.AST) -> Iterator[str]:
        """The names and attributes in expressions; OWN for what starts from a name of a function's own."""
        for node in nodes:
            for chain in _chains(node):
                if any(chain[0] in names for names in self._own):
                    yield OWN
                else:
                    yield from chain

    def visit_Dict(self, node: ast.Dict) -> None:
        for part in (*node.keys, *node.values):
            if part is not None and not isinstance(part, ast.Constant):  # settings hold long lists of texts
                self.visit(part)

    def visit_Name(self, node: ast.Name) -> None:
        self.mentions.add(node.id)
        self.names.add(node.id)
        if self._own:
            self.outer.update(self.words(node))
        if not isinstance(node.ctx, ast.Load):
            self.bind(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.mentions.add(node.attr)
        if self._own:
            self.outer.update(self.words(node))
        if not isinstance(node.ctx, ast.Load):
            self.touches.update(self.words(node))
        self.visit(node.value)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self.touches.update(self.words(node.value))
        elif _is_environ(node.value):
            self._variable(node.slice)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        if any(_is_environ(each) for each in node.comparators):
            self._variable(node.left)
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.touches.update(self.words(node.target))
        self.generic_visit(node)

    def visit_Global(self, node: ast.Global) -> None:
        self.binds.update(node.names)
        self.mentions.update(node.names)
        self.touches.update(SETS + name for name in node.names)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.bind(node.name)
        for each in (*node.decorator_list, *node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(each)
        self.defines = True
        for decorator in node.decorator_list:
            self.calls.append(Call("", "", frozenset(self.words(decorator)), frozenset((node.name,))))
        in_class, self._in_class = self._in_class, False
        self._own.append(_own_names(node))
        for statement in node.body:
            self.visit(statement)
        self._own.pop()
        self._in_class = in_class

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self.defines = True
        for each in (*node.args.defaults, *filter(None, node.args.kw_defaults)):
            self.visit(each)
        self._own.append(_own_names(node))
        self.visit(node.body)
        self._own.pop()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self.bind(node.name)
        self.defines = True
        in_class, self._in_class = self._in_class, True
        self.generic_visit(node)
        self._in_class = in_class

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> None:
        self.bind(node.name)
        self.generic_visit(node)

    def visit_MatchStar(self, node: ast.MatchStar) -> None:
        self.bind(node.name)

    def visit_MatchMapping(self, node: ast.MatchMapping) -> None:
        self.bind(node.rest)
        self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        self.leaves = True
        self.generic_visit(node)

    def visit_Assert(self, node: ast.Assert) -> None:
        self.leaves = True
        self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.bind_import(alias.asname or alias.name.partition(".")[0], alias.name)
            if not self._own:
                self.imports.append((0, alias.name, ()))

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name != "*":
                self.bind_import(alias.asname or alias.name, alias.name)
                if alias.asname not in (None, alias.name):
                    self.mentions.add(alias.name)
        if not self._own:
            self.imports.append((node.level, node.module or "", tuple(alias.name for alias in node.names)))

    def bind_import(self, name: str, original: str) -> None:
        if self._own:
            self.outer.add(original)
        else:
            (self.attributes if self._in_class else self.binds).add(name)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        name = node.func.id if isinstance(node.func, ast.Name) else name
        if name in ("exit", "quit"):
            self.leaves = True
        if name == "getattr" and len(node.args) > 1:
            named = node.args[1]
            known = isinstance(named, ast.Constant) and isinstance(named.value, str)
            self.mentions.add(named.value if known else "__dict__")  # type: ignore[attr-defined]
        given = frozenset(self.words(*node.args, *node.keywords))
        if isinstance(node.func, ast.Name):
            self.calls.append(Call(name, name, frozenset(), given))
        else:
            inner = node.func.value if isinstance(node.func, ast.Attribute) else node.func
            self.calls.append(Call(_root(inner), name, frozenset(self.words(inner)), given))
        self._variable(*node.args[:1])
        self.generic_visit(node)

    def _variable(self, *nodes: ast.expr) -> None:
        for node in nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                self.variables.add(node.value)


def _own_names(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> set[str]:
    """What a function binds for itself."""
    found = {part.arg for part in ast.walk(node.args) if isinstance(part, ast.arg)}
    declared: set[str] = set()
    for statement in node.body if isinstance(node.body, list) else ():
        for part in ast.walk(statement):
            if isinstance(part, ast.Name) and not isinstance(part.ctx, ast.Load):
                found.add(part.id)
            elif isinstance(part, ast.alias):
                found.add(part.asname or part.name.partition(".")[0])
            elif isinstance(part, (ast.Global, ast.Nonlocal)):
                declared.update(part.names)
    return found - declared


def _chains(node: ast.AST) -> Iterator[list[str]]:
    """The names in an expression, each with the attributes read from it: ``f(a.b)`` gives [f] and [a, b]."""
    if isinstance(node, ast.Call) and _is_environ_get(node.func):  # a text, not what it was taken from
        for arg in node.args:
            yield from _chains(arg)
        return
    if isinstance(node, ast.Subscript) and _is_environ(node.value):
        yield from _chains(node.slice)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
        named = [
            each.value for each in node.args[1:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        yield from ([*chain, *named] for chain in _chains_within(node))
        return
    words: list[str] = []
    part = node
    while isinstance(part, ast.Attribute):
        words.append(part.attr)
        part = part.value
    if isinstance(part, ast.Name):
        yield [part.id, *reversed(words)]
        return
    inner = list(_chains_within(part))
    if words and inner:
        inner[0] = [*inner[0], *reversed(words)]
    elif words:
        inner = [list(reversed(words))]
    yield from inner


def _is_environ(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _is_environ_get(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "get" and _is_environ(node.value)


def _chains_within(node: ast.AST) -> Iterator[list[str]]:
    for child in ast.iter_child_nodes(node):
        yield from _chains(child)


def _root(node: ast.expr) -> str:
    """The name that a chain of attributes, calls and subscripts starts from; empty when it is no name."""
    part: ast.expr = node
    while True:
        if isinstance(part, (ast.Attribute, ast.Subscript)):
            part = part.value
        elif isinstance(part, ast.Call):
            part = part.func
        else:
            return part.id if isinstance(part, ast.Name) else ""
