"""Functions that are kept to be called later, in an attribute, a list or a dictionary of an object or a module.

What keeps them is a function with one as its parameter: a constructor, a setter, a decorator that registers. Which
they are stands where that function is called, anywhere in the tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers.callsites import calls_of, flat
from conn_lint.workers.extract import MODULE
from conn_lint.workers.graph import Graph
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol

MAX_FUNCTIONS = 12
"""Functions kept in one place that are followed where one of them is called."""

MAX_FILES = 60
"""Files that may call what keeps them; a name that is in more says nothing."""

_CALLABLE = re.compile(
    r"(?i)(?:^|_)(?:f|fn|func|function|cb|callback|callable|handler|hook|listener|subscriber|observer|processor|"
    r"receiver|target|action|method|consumer|on_\w+)$"
)
"""What people call a parameter that is called."""

_PUTS = frozenset(("add", "append", "insert", "setdefault", "appendleft"))


class Kept(NamedTuple):
    """A function that is kept, with the class that it is a method of where it was given bound, or one outside the
    tree."""

    symbol: FunctionSymbol | External
    owner: ClassSymbol | None = None


class _Keeper(NamedTuple):
    """A function that keeps its parameter ``name``, the one at ``position`` of a call. ``name`` "": what it decorates
    when it is called as a decorator with arguments."""

    called: str
    name: str
    position: int


class Held:
    """Finds what is kept, each place once."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._known: dict[tuple[object, str], tuple[Kept, ...]] = {}

    def by_object(self, symbol: ClassSymbol, name: str) -> tuple[Kept, ...]:
        """What the attribute ``name`` of objects of a class keeps."""
        if (symbol, name) not in self._known:
            self._known[symbol, name] = ()
            keepers: list[_Keeper] = []
            for base in self._graph.ancestors(symbol)[0]:
                class_ = self._graph.class_(base)
                for qualname in class_.methods.values() if class_ else ():
                    for of in ("self", "cls", base.qualname):
                        keepers += self._keepers(FunctionSymbol(base.path, qualname), f"{of}.{name}", symbol)
            self._known[symbol, name] = self._kept(keepers)
        return self._known[symbol, name]

    def by_module(self, path: str, name: str) -> tuple[Kept, ...]:
        """What the value ``name`` of a module keeps that its own functions put there."""
        if (path, name) not in self._known:
            self._known[path, name] = ()
            facts = self._graph.facts(path)
            keepers: list[_Keeper] = []
            for qualname, function in tuple(facts.functions.items()) if facts else ():
                if "." not in qualname and not function.owner and qualname != MODULE:
                    keepers += self._keepers(FunctionSymbol(path, qualname), name, None)
            self._known[path, name] = self._kept(keepers)
        return self._known[path, name]

    def _keepers(self, symbol: FunctionSymbol, target: str, owner: ClassSymbol | None) -> Iterator[_Keeper]:
        """``symbol`` where it keeps a parameter in ``target``, or a function defined in it does."""
        if target not in self._graph.text(symbol):
            return
        function, facts = self._graph.function(symbol), self._graph.facts(symbol.path)
        if function is None or facts is None:
            return
        called = owner.qualname.rpartition(".")[2] if function.name == "__init__" and owner else function.name
        for name in _puts(function, target):
            position = function.params.index(name) - bool(function.owner)
            yield _Keeper(called, name, position)
        inner = (each for each in facts.functions.values() if each.qualname.startswith(f"{symbol.qualname}."))
        if any(_puts(each, target) for each in inner):
            yield _Keeper(called, "", 0)

    def _kept(self, keepers: Iterable[_Keeper]) -> tuple[Kept, ...]:
        found: dict[Kept, None] = {}
        for keeper in dict.fromkeys(keepers):
            paths = self._graph.index.words.files(keeper.called.encode())
            for path in paths if len(paths) <= MAX_FILES else ():
                facts = self._graph.facts(path)
                found.update(dict.fromkeys(self._given(facts, keeper) if facts else ()))
        return tuple(found)[:MAX_FUNCTIONS]

    def _given(self, facts: f.FileFacts, keeper: _Keeper) -> Iterator[Kept]:
        """What the functions of a file give to ``keeper``."""
        pending = list(facts.functions)
        for qualname in pending:
            function, symbol = facts.functions[qualname], FunctionSymbol(facts.path, qualname)
            if any(_decorates(each, keeper) for each in function.decorators):
                yield Kept(symbol, _owner(facts, function))
            if not keeper.name or f"{keeper.called}(" not in self._graph.text(symbol):
                continue
            whole = self._graph.function(symbol)
            pending += [each for each in facts.functions if each not in pending]  # those defined in it
            for call in calls_of(whole.body) if whole else ():
                if f.written(call.func).rpartition(".")[2] == keeper.called:
                    given = dict(call.keywords).get(keeper.name)
                    if given is None and len(call.args) > keeper.position:
                        given = call.args[keeper.position]
                    found = self._function(given, facts, function) if given is not None else None
                    if found is not None:
                        yield found

    def _function(self, expr: f.Expr, facts: f.FileFacts, around: f.Function) -> Kept | None:
        """The function of the tree that ``expr`` names in a function; None for anything else."""
        if isinstance(expr, f.Call) and f.written(expr.func).rpartition(".")[2] == "partial" and expr.args:
            expr = expr.args[0]
        if isinstance(expr, f.Lambda):
            return Kept(FunctionSymbol(facts.path, expr.qualname))
        if not isinstance(expr, f.Name):
            return None
        if f"{around.qualname}.{expr.path}" in facts.functions:
            return Kept(FunctionSymbol(facts.path, f"{around.qualname}.{expr.path}"))
        head, _, name = expr.path.partition(".")
        owner = _owner(facts, around)
        if head == "self" and owner and name and "." not in name:
            method = self._graph.method(owner, name)
            return Kept(method, owner) if method else None
        found = self._graph.resolve(facts, expr.path)
        return Kept(found) if isinstance(found, (FunctionSymbol, External)) else None


def is_callable(name: str) -> bool:
    """Whether people call a thing of this name."""
    return _CALLABLE.search(name) is not None


def _owner(facts: f.FileFacts, function: f.Function) -> ClassSymbol | None:
    return ClassSymbol(facts.path, function.owner) if function.owner else None


def _puts(function: f.Function, target: str) -> list[str]:
    """The parameters of a function that it puts into ``target``: assigned, added to it, or under a key."""
    found: list[str] = []
    kept: f.Expr | None = None
    for statement in flat(function.body):
        value = statement.value if isinstance(statement, (f.Let, f.Do)) else None
        if isinstance(statement, f.Let) and target in statement.targets:
            found += _names(statement.value)
        elif isinstance(value, f.Item) and kept is not None and value.value == f.Name(target):
            found += _names(kept)
        elif isinstance(value, f.Call) and _adds(value.func, target):
            found += [name for arg in value.args for name in _names(arg)]
        kept = statement.value if isinstance(statement, f.Let) and not statement.targets else None
    return [name for name in dict.fromkeys(found) if name in function.params and is_callable(name)]


def _adds(func: f.Expr, target: str) -> bool:
    return f.written(func).rpartition(".")[2] in _PUTS and target in _chain(func)


def _names(expr: f.Expr) -> list[str]:
    """The plain names that ``expr`` may stand for."""
    if isinstance(expr, f.Name):
        return [expr.path]
    if isinstance(expr, f.Choice):
        return [name for item in expr.items for name in _names(item)]
    if isinstance(expr, f.Several):  # (priority, handler)
        return [name for item in expr.items for name in _names(item)]
    return []


def _chain(func: f.Expr) -> Iterator[str]:
    """The dotted names of the objects that a method is called on: ``x.handlers`` of ``x.handlers[key].append``."""
    while True:
        if isinstance(func, f.Name):
            yield func.path
            yield func.path.rpartition(".")[0]
            return
        if isinstance(func, f.Call):
            func = func.func
        elif isinstance(func, (f.Attr, f.Item)):
            func = func.value
        else:
            return


def _decorates(decorator: f.Expr, keeper: _Keeper) -> bool:
    """Whether ``decorator`` gives what stands below it to ``keeper``."""
    if isinstance(decorator, f.Call):
        return not keeper.name and f.written(decorator.func).rpartition(".")[2] == keeper.called
    return bool(keeper.name) and f.written(decorator).rpartition(".")[2] == keeper.called
