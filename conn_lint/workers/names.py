"""What a dotted name in some file stands for, across the files of a project."""

from __future__ import annotations

import builtins
import re
from functools import cached_property

from conn_lint.model import Span
from conn_lint.project.project import Project
from conn_lint.project.syntaxtree import SyntaxTree, first_line
from conn_lint.workers import facts as f
from conn_lint.workers.extract import MODULE, extract, read_body
from conn_lint.workers.index import Index
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol, ModuleSymbol, Symbol, Valued

_BUILTINS = frozenset(dir(builtins))

_MANIFESTS = {
    "Pipfile": b"[packages]",
    "pyproject.toml": b"dependencies",
    "requirements.txt": b"",
    "setup.py": b"install_requires",
}
"""Files that say what is installed, and what each of them holds where it does."""


class Names:
    """Resolves names over the files of a project; files are parsed when a name leads into them."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.index = Index(project)
        self._facts: dict[str, f.FileFacts | None] = {}
        self._owners: dict[str, tuple[ClassSymbol, ...]] = {}
        self._lookups: dict[str, Symbol | None] = {}
        self._texts: dict[FunctionSymbol, str] = {}
        self._beside_django: dict[str, bool] = {}

    def method(self, symbol: ClassSymbol, name: str, *, after: ClassSymbol | None = None) -> FunctionSymbol | None:
        """The method ``name`` of a class or its bases in the tree; ``after``: of the bases behind that one."""
        raise NotImplementedError

    def attribute(self, symbol: ClassSymbol, name: str) -> Valued | None:
        """The expression last bound to ``name`` in the class, its methods, or its bases in the tree."""
        raise NotImplementedError

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
        known = self._texts.get(symbol)
        if known is None:
            head, tree = self.head(symbol), self.project.syntax_tree(symbol.path)
            if head is None or tree is None:
                return ""
            known = self._texts[symbol] = _text(tree, symbol, head)
        return known

    def function_at(self, span: Span) -> f.Function | None:
        """The innermost function that holds ``span``, as far as those around it have been read; None outside of all."""
        facts = self.facts(span.path)
        around = [
            each
            for each in (facts.functions.values() if facts else ())
            if each.qualname != MODULE and each.span.line <= span.line <= each.span.end_line
        ]
        return max(around, key=lambda each: each.span.line, default=None)

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

    @cached_property
    def async_unsafe(self) -> bool:
        """Whether the ORM may run in the thread of the event loop, which holds no connection otherwise: before Django
        3.0 (``django/utils/asyncio.py``), and where the project sets DJANGO_ALLOW_ASYNC_UNSAFE."""
        project = self.project
        return not project.django.at_least(3) or any(
            b"DJANGO_ALLOW_ASYNC_UNSAFE" in project.data(path)
            for path in project.tree.paths
            if path.endswith((".py", ".yml", ".yaml", ".sh", ".service", ".toml", "file")) or ".env" in path
        )

    @cached_property
    def _installing(self) -> dict[str, bool]:
        """The directories below the root that say themselves what is installed there, and whether Django is."""
        found: dict[str, bool] = {}
        for path in self.project.tree.paths:
            directory, _, name = path.rpartition("/")
            data = self.project.data(path).lower() if directory and name in _MANIFESTS else b""
            if _MANIFESTS.get(name, b"") in data and data and b"-r " not in data:
                found[directory] = found.get(directory, False) or b"django" in data
        return found

    def is_beside_django(self, path: str) -> bool:
        """Whether ``path`` may run with Django: the service of a directory of its own, which says what it installs
        and not Django, does not, nor does what lies below a directory of the root no file of which names Django."""
        for end in range(path.count("/"), 0, -1):
            said = self._installing.get("/".join(path.split("/")[:end]))
            if said is not None:
                return said
        top, slash, _ = path.partition("/")
        if top not in self._beside_django:
            project = self.project
            self._beside_django[top] = not slash or any(
                path.startswith(f"{top}/") and path.endswith(".py") and b"django" in project.data(path)
                for path in project.tree.paths
            )
        return self._beside_django[top]

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


def _text(tree: SyntaxTree, symbol: FunctionSymbol, head: f.Function) -> str:
    if symbol.qualname == MODULE:
        return tree.outside_functions
    definition = tree.functions.get(head.span.line) if head.owner or "." not in symbol.qualname else None
    first = first_line(definition) if definition else head.span.line
    return tree.text(first, head.span.end_line)
