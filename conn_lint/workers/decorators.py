"""Following decorators: what the name of a function stands for inside those it is written with."""

from __future__ import annotations

from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.graph import Graph
from conn_lint.workers.lookup import Guess
from conn_lint.workers.outside import ASYNC_WRAPPERS
from conn_lint.workers.scope import Scope
from conn_lint.workers.statements import Statements
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol


class Decorators(Statements):
    """Adds to ``Statements`` what decorators make of functions, each function once."""

    def __init__(self, graph: Graph, corrections: Corrections, guess: Guess = "nothing") -> None:
        super().__init__(graph, corrections, guess)
        self._decorated: dict[tuple[FunctionSymbol, bool], v.Val] = {}
        self._decorating: set[tuple[FunctionSymbol, bool]] = set()

    def callable_of(self, symbol: FunctionSymbol, owner: ClassSymbol | None = None) -> v.Val:
        """What calling the name of a function runs: the function inside its decorators."""
        function = self.graph.head(symbol)
        if function is None or not function.decorators:
            return v.Func(symbol, owner)
        key = (symbol, self.shallow)
        if key in self._decorated:
            found = self._decorated[key]
            self.cuts += key in self._decorating
        else:
            self._decorated[key] = v.Func(symbol)  # a decorator that uses the function itself
            self._decorating.add(key)
            found = self._decorated[key] = self._decorate(symbol, function)
            self._decorating.discard(key)
        return found._replace(owner=owner) if isinstance(found, v.Func) and owner else found

    def _decorate(self, symbol: FunctionSymbol, function: f.Function) -> v.Val:
        facts = self.graph.facts(symbol.path)
        current: v.Val = v.Func(symbol)
        if facts is None:
            return current
        scope = Scope(facts, None, None)
        for decorator in reversed(function.decorators):
            current = _known_as(self.decorated(decorator, current, scope), symbol)
        return current

    def apply(self, decorator: v.Val, inner: v.Val) -> v.Val | None:
        """``decorator(inner)``; None when the decorator leaves the function as it is."""
        if isinstance(decorator, v.Ext):
            if not isinstance(inner, v.Func):
                return None
            if decorator.dotted in ASYNC_WRAPPERS:
                return inner._replace(wraps=(*inner.wraps, ASYNC_WRAPPERS[decorator.dotted]))
            if decorator.dotted in django.CLOSING_DECORATORS:
                start, end = django.CLOSING_DECORATORS[decorator.dotted]
                return inner._replace(wraps=(*inner.wraps, v.Wrap(start=start, end=end)))
            if decorator.dotted in django.ATOMIC:
                return inner._replace(wraps=(*inner.wraps, v.Wrap(atomic=True)))
            return None
        if isinstance(decorator, v.Func):
            _, result = self.run(decorator, (inner,))
            return result if isinstance(result, (v.Func, v.Ext)) else None
        if isinstance(decorator, v.Cls) and isinstance(inner, v.Func):
            init = self.graph.method(decorator.symbol, "__init__")
            call = self.graph.method(decorator.symbol, "__call__")
            if init is None or call is None:
                return None
            _, made = self.run(v.Func(init, decorator.symbol), (inner,))
            return v.Func(call, decorator.symbol, made.state) if isinstance(made, v.Obj) and made.state else None
        if isinstance(decorator, v.Obj) and isinstance(inner, v.Func):
            call = self.graph.method(decorator.symbol, "__call__")
            if call is not None:
                _, result = self.run(v.Func(call, decorator.symbol, decorator.state), (inner,))
                return result if isinstance(result, v.Func) else None
            if self.graph.is_a(decorator.symbol, ".ContextDecorator"):
                return inner._replace(wraps=(*inner.wraps, v.Wrap(manager=decorator)))
        return None

    def decorated(self, decorator: f.Expr, inner: v.Val, scope: Scope) -> v.Val:
        """``inner`` under a decorator as written."""
        _, value = self.value(decorator, scope, keep_generator=True)
        generator = scope.generators.pop(id(decorator), None)
        if generator is not None and isinstance(inner, v.Func):  # contextlib.contextmanager makes decorators, too
            return inner._replace(wraps=(*inner.wraps, v.Wrap(generator=generator)))
        return self.apply(value, inner) or inner

    def local(self, local: v.Func, scope: Scope) -> v.Val:
        function = self.graph.function(local.symbol)
        current: v.Val = local
        for decorator in reversed(function.decorators if function else ()):
            current = _known_as(self.decorated(decorator, current, scope), local.symbol)
        return current


def _known_as(value: v.Val, symbol: FunctionSymbol) -> v.Val:
    return value._replace(named=symbol) if isinstance(value, v.Func) and value.symbol != symbol else value
