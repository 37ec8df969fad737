"""The project as a graph of names: what a dotted name in some file stands for, across files and classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from conn_lint.project.project import Project
from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.names import Names
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol, Valued

_MAY_BE_ABSTRACT = re.compile(r"\bpass\b|\bNotImplementedError\b|abstract|\.\.\.")


def _holds_call(leaving: f.Exit) -> bool:
    """Whether ``leaving`` calls anything but an exception class."""
    value = leaving.value
    while leaving.kind == "raise" and isinstance(value, f.Several) and len(value.items) == 1:
        value = value.items[0]
    if leaving.kind == "raise" and isinstance(value, f.Call) and isinstance(value.func, f.Name):
        return value.func.path != "NotImplementedError"
    return not isinstance(value, (f.Constant, f.Opaque, f.Name))


_NONE = f.Constant(None)


_HANDLES = ("handle", "handle_noargs", "handle_app_config", "handle_label")
"""What commands implement: the first, or in its place what that of a base of Django's calls (Django 1.9 and 5.2
``core/management/base.py`` NoArgsCommand, AppCommand, LabelCommand)."""


class Graph(Names):
    """Adds classes to ``Names``: what they inherit, who inherits from them."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        self._unassigned: set[tuple[ClassSymbol, str]] = set()
        self._ancestors: dict[ClassSymbol, tuple[tuple[ClassSymbol, ...], frozenset[str]]] = {}
        self._abstract: dict[FunctionSymbol, bool] = {}
        self._subclasses: dict[ClassSymbol, tuple[ClassSymbol, ...]] = {}

    def ancestors(self, symbol: ClassSymbol) -> tuple[tuple[ClassSymbol, ...], frozenset[str]]:
        """The class and its bases in the tree, in the order in which Python looks through them, and the dotted names
        of bases outside it."""
        if symbol not in self._ancestors:
            self._ancestors[symbol] = ((symbol,), frozenset())  # a cycle of bases ends here
            behind: list[ClassSymbol] = []
            outside: set[str] = set()
            class_ = self.class_(symbol)
            facts = self.facts(symbol.path)
            if class_ and facts:
                for base in class_.bases:
                    for found in self._bases(facts, base):
                        if isinstance(found, ClassSymbol):
                            inner, names = self.ancestors(found)
                            behind = [item for item in behind if item not in inner] + list(inner)
                            outside |= names
                        else:
                            outside.add(found.dotted)
            line = (symbol, *(item for item in behind if item != symbol))
            self._ancestors[symbol] = (line, frozenset(outside))
        return self._ancestors[symbol]

    def subclasses(self, symbol: ClassSymbol) -> tuple[ClassSymbol, ...]:
        """The classes of the tree, tests left out, that inherit from a class, directly or not."""
        if symbol not in self._subclasses:
            self._subclasses[symbol] = tuple(self._find_subclasses(symbol))
        return self._subclasses[symbol]

    def _find_subclasses(self, symbol: ClassSymbol) -> Iterator[ClassSymbol]:
        names = {symbol.qualname.rpartition(".")[2]}
        found: set[ClassSymbol] = set()
        while names:
            paths = {path for name in names for path in self.index.with_base(name)}
            names = set()
            for path in sorted(paths):
                facts = self.facts(path)
                for qualname in tuple(facts.classes) if facts else ():  # reading a body adds to them
                    each = ClassSymbol(path, qualname)
                    if each != symbol and each not in found and symbol in self.ancestors(each)[0]:
                        found.add(each)
                        names.add(qualname.rpartition(".")[2])
                        yield each

    def _bases(self, facts: f.FileFacts, base: f.Expr) -> Iterator[ClassSymbol | External]:
        if isinstance(base, f.Item):
            base = base.value
        if isinstance(base, f.Call):  # with_metaclass(Meta, Base), declarative bases
            for arg in base.args:
                yield from self._bases(facts, arg)
        elif isinstance(base, f.Name):
            found = self.resolve(facts, base.path)
            if isinstance(found, Valued) and isinstance(found.value, f.Name) and not found.rest:
                inner = self.facts(found.path)
                found = self.resolve(inner, found.value.path) if inner and found.value != base else None
            if isinstance(found, Valued) and isinstance(found.value, f.Call) and found.rest:  # app.Task
                inner, func = self.facts(found.path), found.value.func
                made = self.resolve(inner, func.path) if inner and isinstance(func, f.Name) else None
                found = External(".".join((made.dotted, *found.rest))) if isinstance(made, External) else found
            if isinstance(found, (ClassSymbol, External)):
                yield found
            elif found is None:
                yield External(base.path)

    def common_base(self, classes: Iterable[ClassSymbol]) -> ClassSymbol | None:
        """The nearest class of the tree that all of ``classes`` are or inherit from."""
        lines = [self.ancestors(each)[0] for each in classes]
        return next((each for each in lines[0] if all(each in line for line in lines)), None) if lines else None

    def is_abstract(self, symbol: FunctionSymbol) -> bool:
        """Whether a method does nothing but say that its subclasses do."""
        if symbol not in self._abstract:
            self._abstract[symbol] = self._is_abstract(symbol)
        return self._abstract[symbol]

    def _is_abstract(self, symbol: FunctionSymbol) -> bool:
        head, text = self.head(symbol), self.text(symbol)
        if head is None or not head.owner or (text and not _MAY_BE_ABSTRACT.search(text)):
            return False
        function = self.function(symbol)
        return function is not None and all(
            (isinstance(each, f.Do) and isinstance(each.value, f.Constant))
            or (isinstance(each, f.Exit) and each.kind in ("raise", "return") and not _holds_call(each))
            for each in function.body
        )

    def method(self, symbol: ClassSymbol, name: str, *, after: ClassSymbol | None = None) -> FunctionSymbol | None:
        """The method ``name`` of a class or its bases in the tree; ``after``: of the bases behind that one."""
        line = self.ancestors(symbol)[0]
        if after is not None and after in line:
            line = line[line.index(after) + 1 :]
        for class_symbol in line:
            class_ = self.class_(class_symbol)
            if class_ and name in class_.methods:
                return FunctionSymbol(class_symbol.path, class_.methods[name])
        return None

    def methods_like(self, symbol: ClassSymbol, patterns: tuple[str, ...]) -> Iterator[FunctionSymbol]:
        """The methods of a class and its bases in the tree whose names are among ``patterns``; ``*`` in one stands
        for what makes a public name."""
        wild = any("*" in each for each in patterns)
        names = [each for each in patterns if "*" not in each]
        for base in self.ancestors(symbol)[0] if wild else ():
            class_ = self.class_(base)
            names += [
                name
                for name in (class_.methods if class_ else ())
                if name not in names and name[0] != "_" and any(fnmatchcase(name, each) for each in patterns)
            ]
        for name in names:
            method = self.method(symbol, name)
            if method is not None:
                yield method

    def attribute(self, symbol: ClassSymbol, name: str) -> Valued | None:
        """The expression last bound to ``name`` in the class, its methods, or its bases in the tree."""
        for class_symbol in self.ancestors(symbol)[0]:
            class_ = self.class_(class_symbol)
            if class_ is None:
                continue
            if class_.attributes.get(name, _NONE) == _NONE and (class_symbol, name) not in self._unassigned:
                self._read_assignments(class_symbol, class_, name)
            if name in class_.attributes:
                return Valued(class_symbol.path, class_.attributes[name], (), class_symbol.qualname)
        return None

    def _read_assignments(self, symbol: ClassSymbol, class_: f.Class, name: str) -> None:
        """Look for ``self.name = ...`` and the like in the methods of a class: the first that is not None counts."""
        owners = ("self", "cls", class_.qualname.rpartition(".")[2])
        targets = tuple(f"{owner}.{name}" for owner in owners)
        data = self.project.data(symbol.path)
        methods = class_.methods.values() if any(target.encode() in data for target in targets) else ()
        for qualname in methods:
            method = FunctionSymbol(symbol.path, qualname)
            head = self.head(method)
            if head is None or not any(target in self.text(method) for target in targets):
                continue
            function = self.function(method)
            for statement in flat(function.body) if function else ():
                if not isinstance(statement, f.Let) or set(targets).isdisjoint(statement.targets):
                    continue
                if class_.attributes.get(name, _NONE) == _NONE:
                    class_.attributes[name] = statement.value
        self._unassigned.add((symbol, name))

    def is_model(self, symbol: ClassSymbol) -> bool:
        """Whether the class is a Django model, by its bases over files and installed third-party bases."""
        return any(
            name.endswith("models.Model") or (name.startswith("django.contrib.") and ".models." in name) or
            (".models." in name and not name.startswith("django.db.models."))
            for name in self.ancestors(symbol)[1]
        )  # fmt: skip

    def is_a(self, symbol: ClassSymbol, *bases: str) -> bool:
        """Whether one of the bases outside the tree is one of ``bases``: a dotted name, or ``.Name`` for any."""
        outside = self.ancestors(symbol)[1]
        return any(
            name == base or (base.startswith(".") and (name.endswith(base) or name == base[1:]))
            for name in outside
            for base in bases
        )

    def handle(self, command: ClassSymbol) -> FunctionSymbol | None:
        """The method in which a management command does its work."""
        found = (self.method(command, name) for name in _HANDLES)
        return next((each for each in found if each is not None), None)

    def command(self, name: str) -> tuple[FunctionSymbol, ClassSymbol] | None:
        """``handle`` of the management command ``name`` of the tree, with its class."""
        suffix = f"management/commands/{name}.py"
        for path in self.project.tree.paths:
            if path.endswith(suffix):
                symbol = ClassSymbol(path, "Command")
                handle = self.handle(symbol)
                if handle is not None:
                    return handle, symbol
        return None
