"""Functions and methods that code finds by a name which is made where it runs: ``getattr(self, "do_" + command)``."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.workers import values as v
from conn_lint.workers.database import Database
from conn_lint.workers.extract import MODULE
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

MAX_METHODS = 40
"""Methods of a class that is asked for one of them by a name known at run time only."""


class ByName(Database):
    """Adds to ``Database`` what such a name may stand for."""

    def named_like(self, value: v.Val, name: v.Text, scope: Scope) -> list[v.Val]:
        """The functions that ``getattr(value, name)`` may be: of a module, or the methods of an object or class of the
        project and of those that inherit from it; those that Python calls and the one that asks left out."""
        found = self._methods_of(value) if isinstance(value, (v.Obj, v.Cls)) else self._functions_of(value)
        return [
            func
            for each, func in found
            if each.startswith(name.start) and each.endswith(name.end) and len(each) > len(name.start + name.end)
            if isinstance(func, v.Func) and not each.startswith("__") and func.symbol.qualname != scope.name
        ]

    def _methods_of(self, value: v.Obj | v.Cls) -> Iterator[tuple[str, v.Val]]:
        seen: set[FunctionSymbol] = set()
        for class_ in (value.symbol, *self.graph.subclasses(value.symbol)):
            for name, symbol in self._defined(class_):
                if symbol not in seen:
                    seen.add(symbol)
                    yield name, self.callable_of(symbol, class_)

    def _functions_of(self, value: v.Val) -> Iterator[tuple[str, v.Val]]:
        path = self.graph.project.modules.path_of(value.dotted) if isinstance(value, v.Ext) and not value.made else None
        facts = self.graph.facts(path) if path else None
        for name in tuple(facts.functions) if facts else ():
            if "." not in name and name != MODULE:
                yield name, self.callable_of(FunctionSymbol(facts.path, name)) if facts else v.UNKNOWN

    def _defined(self, symbol: ClassSymbol) -> Iterator[tuple[str, FunctionSymbol]]:
        """The methods that a class and its bases in the tree define, those of the nearest first."""
        for base in self.graph.ancestors(symbol)[0]:
            class_ = self.graph.class_(base)
            for name, qualname in class_.methods.items() if class_ else ():
                yield name, FunctionSymbol(base.path, qualname)

    def all_methods(self, value: v.Val, scope: Scope) -> list[v.Func]:
        """The methods of an object of the project, any of which ``getattr(self, name)`` may be; those that Python
        calls and the one that asks left out."""
        found: dict[str, v.Func] = {}
        if not isinstance(value, v.Obj):
            return []
        for name, symbol in self._defined(value.symbol):
            method = self.callable_of(symbol, value.symbol)
            if not name.startswith("__") and symbol.qualname != scope.name and isinstance(method, v.Func):
                found.setdefault(name, method)
        return list(found.values()) if len(found) <= MAX_METHODS else []
