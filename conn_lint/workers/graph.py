"""The project as a graph of names: what a dotted name in some file stands for, across files and classes."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from conn_lint.project.project import Project
from conn_lint.project.syntaxtree import first_line
from conn_lint.workers import facts as f
from conn_lint.workers.extract import MODULE, extract, flat, read_body
from conn_lint.workers.index import Index
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol, ModuleSymbol, Symbol, Valued

_BUILTINS = frozenset(dir(builtins))


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


class Graph:
    """Resolves names over the files of a project; files are parsed when a name leads into them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.index = Index(project)
        self._facts: dict[str, f.FileFacts | None] = {}
        self._unassigned: set[tuple[ClassSymbol, str]] = set()
        self._owners: dict[str, tuple[ClassSymbol, ...]] = {}
        self._lookups: dict[str, Symbol | None] = {}
        self._ancestors: dict[ClassSymbol, tuple[tuple[ClassSymbol, ...], frozenset[str]]] = {}
        self._subclasses: dict[ClassSymbol, tuple[ClassSymbol, ...]] = {}

    def facts(self, path: str) -> f.FileFacts | None:
        """The facts of a Python file; None when it cannot be parsed."""
        if path not in self._facts:
            tree = self.project.syntax_tree(path)
            self._facts[path] = extract(tree, self.project.modules) if tree else None
        return self._facts[path]

    def head(self, symbol: FunctionSymbol) -> f.Function | None:
        """A function by its decorators and parameters; its body may not have been read."""
        facts = self.facts(symbol.path)
        return facts.functions.get(symbol.qualname) if facts else None

    def function(self, symbol: FunctionSymbol) -> f.Function | None:
        """A function with its body."""
        found = self.head(symbol)
        if found is None or found.read:
            return found
        facts, tree = self.facts(symbol.path), self.project.syntax_tree(symbol.path)
        return read_body(tree, self.project.modules, facts, found) if facts and tree else found

    def text(self, symbol: FunctionSymbol) -> str:
        """The source of a function, its decorators included; of a module all that lies outside its functions."""
        head, tree = self.head(symbol), self.project.syntax_tree(symbol.path)
        if head is None or tree is None:
            return ""
        if symbol.qualname == MODULE:
            return tree.outside_functions
        definition = tree.functions.get(head.span.line) if head.owner or "." not in symbol.qualname else None
        first = first_line(definition) if definition else head.span.line
        return tree.text(first, head.span.end_line)

    def class_(self, symbol: ClassSymbol) -> f.Class | None:
        facts = self.facts(symbol.path)
        return facts.classes.get(symbol.qualname) if facts else None

    # --- names ---------------------------------------------------------------------------------

    def lookup(self, dotted: str) -> Symbol | None:
        """What an absolute dotted name stands for; None when its module is in the tree and lacks it."""
        if dotted not in self._lookups:
            self._lookups[dotted] = None  # a cycle of re-exports resolves to nothing
            self._lookups[dotted] = self._lookup(dotted)
        return self._lookups[dotted]

    def _lookup(self, dotted: str) -> Symbol | None:
        parts = dotted.split(".")
        for end in range(len(parts), 0, -1):
            path = self.project.modules.path_of(".".join(parts[:end]))
            if path is None:
                continue
            if end == len(parts):
                return ModuleSymbol(dotted)
            facts = self.facts(path)
            return self.member(facts, parts[end:]) if facts else None
        return self._stray(parts) or External(dotted)

    def _stray(self, parts: list[str]) -> Symbol | None:
        """What ``from name import member`` means where ``name.py`` lies outside every import root and defines it."""
        path = self.project.modules.stray(parts[0]) if len(parts) > 1 else None
        if path is None or not re.search(rb"^(?:class |def |)%s\b" % parts[1].encode(), self.project.data(path), re.M):
            return None
        facts = self.facts(path)
        return self.member(facts, parts[1:]) if facts else None

    def elsewhere(self, facts: f.FileFacts, name: str, imports: dict[str, str]) -> str | None:
        """The absolute name of ``name`` where it is imported from a file of the tree that has not been read yet."""
        head, _, rest = name.partition(".")
        dotted = imports.get(head) or facts.imports.get(head)
        if dotted is None:
            return None
        dotted = f"{dotted}.{rest}" if rest else dotted
        path = self.home(dotted)
        return dotted if path is not None and path not in self._facts else None

    def home(self, dotted: str) -> str | None:
        """The file of the tree in which the absolute name ``dotted`` lies."""
        while dotted:
            path = self.project.modules.path_of(dotted)
            if path is not None:
                return path
            dotted = dotted.rpartition(".")[0]
        return None

    def unread(self, dotted: str) -> str | None:
        """The file of the tree in which the absolute name ``dotted`` lies, where that file cannot be parsed."""
        path = self.home(dotted)
        return path if path is not None and self.facts(path) is None else None

    def resolve(self, facts: f.FileFacts, name: str, imports: dict[str, str] | None = None) -> Symbol | None:
        """What ``name`` (dotted, as written) means in module ``facts``; ``imports`` are local ones."""
        head, _, rest = name.partition(".")
        if imports and head in imports:
            return self.lookup(f"{imports[head]}.{rest}" if rest else imports[head])
        return self.member(facts, name.split("."))

    def member(self, facts: f.FileFacts, parts: list[str], seen: frozenset[str] = frozenset()) -> Symbol | None:
        """What the attribute chain ``parts`` of a module is."""
        head, rest = parts[0], parts[1:]
        if head in facts.functions and not rest:
            return FunctionSymbol(facts.path, head)
        if head in facts.classes:
            return self._in_class(ClassSymbol(facts.path, head), rest)
        if head in facts.imports:
            return self.lookup(".".join([facts.imports[head], *rest]))
        if head in facts.values:
            return Valued(facts.path, facts.values[head], tuple(rest))
        for star in facts.stars:
            path = self.project.modules.path_of(star)
            if path is None:
                continue
            if path not in seen and path != facts.path:
                inner = self.facts(path)
                found = self.member(inner, parts, seen | {facts.path}) if inner else None
                if found is not None:
                    return found
        if head in _BUILTINS:
            return External(".".join(["builtins", *parts]))
        return None

    def _in_class(self, symbol: ClassSymbol, rest: list[str]) -> Symbol | None:
        if not rest:
            return symbol
        method = self.method(symbol, rest[0])
        if method is not None and len(rest) == 1:
            return method
        facts = self.facts(symbol.path)
        nested = f"{symbol.qualname}.{rest[0]}"
        if facts and nested in facts.classes:
            return self._in_class(ClassSymbol(symbol.path, nested), rest[1:])
        found = self.attribute(symbol, rest[0])
        return found._replace(rest=tuple(rest[1:])) if found else None

    def command(self, name: str) -> tuple[FunctionSymbol, ClassSymbol] | None:
        """``handle`` of the management command ``name`` of the tree, with its class."""
        suffix = f"management/commands/{name}.py"
        for path in self.project.tree.paths:
            if path.endswith(suffix):
                symbol = ClassSymbol(path, "Command")
                handle = self.method(symbol, "handle")
                if handle is not None:
                    return handle, symbol
        return None

    @cached_property
    def async_unsafe(self) -> bool:
        """Whether the project sets DJANGO_ALLOW_ASYNC_UNSAFE: the ORM then runs in the thread of the event loop,
        which holds no connection otherwise (Django 3.0 and later, ``django/utils/asyncio.py``)."""
        project = self.project
        return any(
            b"DJANGO_ALLOW_ASYNC_UNSAFE" in project.data(path)
            for path in project.tree.paths
            if path.endswith((".py", ".yml", ".yaml", ".sh", ".service", ".toml", "file")) or ".env" in path
        )

    def classes(self, name: str) -> tuple[ClassSymbol, ...]:
        """The classes ``name`` at the top of the tree's modules, tests apart."""
        return tuple(
            ClassSymbol(path, name)
            for path in self.index.with_class(name)
            if (facts := self.facts(path)) and name in facts.classes
        )

    def owners(self, name: str) -> tuple[ClassSymbol, ...]:
        """The classes of the tree, tests apart, that define a method ``name`` themselves."""
        if name not in self._owners:
            found: list[ClassSymbol] = []
            for path in self.index.with_method(name):
                facts = self.facts(path)
                classes = facts.classes if facts else {}
                found += [ClassSymbol(path, each) for each, class_ in classes.items() if name in class_.methods]
            self._owners[name] = tuple(found)
        return self._owners[name]

    # --- classes -------------------------------------------------------------------------------

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
        for qualname in class_.methods.values():
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
