"""Following what goes over something: ``for`` and comprehensions, over rows, generators and messages."""

from __future__ import annotations

from conn_lint.model import Place, Span
from conn_lint.workers import django, waits
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect
from conn_lint.workers.lookup import Lookup
from conn_lint.workers.paths import Query
from conn_lint.workers.scope import Iteration, Scope

MAX_ITEMS = 12
"""Items of a literal list that the body of a loop over it is followed with."""


FOREIGN = frozenset("asyncio csv email glob imaplib os pathlib re select selectors subprocess tarfile zipfile".split())
"""Modules of the standard library that return no objects of the project's in their collections."""


_ALIASES = ("django.conf.settings.DATABASES", "django.db.connections.databases")
"""Going over the keys of these is going over all connections."""


class Iterations(Lookup):
    """Adds to ``Lookup`` what the items of something are, and what getting them does."""

    def over(self, value: v.Obj, effect: Effect, source: f.Expr, scope: Scope) -> Iteration:
        raise NotImplementedError

    @staticmethod
    def consumed(value: v.Val, expr: f.Expr, scope: Scope) -> Effect:
        """What using the rows of ``value`` does, which ``expr`` stands for: a lazy queryset queries now."""
        if isinstance(value, v.QuerySet) and not value.manager:
            span = span_of(expr, scope)
            return fx.query(Query(span, "queries the database")) if span else fx.nothing()
        return fx.nothing()

    def iterate(self, source: f.Expr, scope: Scope) -> Iteration:
        """What going over ``source`` in a ``for`` does, and what each item is."""
        effect, value = self.value(source, scope, keep_generator=True)
        generator = scope.generators.pop(id(source), None)
        if generator is not None:
            return Iteration(effect, generator=generator)
        return self.items_of(value, effect, source, scope)

    def items_of(self, value: v.Val, effect: Effect, source: f.Expr, scope: Scope) -> Iteration:
        """What going over ``value`` does after ``effect``; ``source`` stands for it."""
        if isinstance(value, v.Obj):
            return self.over(value, effect, source, scope)
        if isinstance(value, v.Connections):
            return Iteration(effect, v.Connection(None), every=True)
        several = v.choices(value)
        if several and any(map(_holds_function, several)):
            return Iteration(effect, items=several)  # {"paid": [send, count]}["paid"]
        if isinstance(value, v.Ext) and value.dotted.startswith(_ALIASES):
            return Iteration(effect, every=True)
        if isinstance(value, v.QuerySet):
            row = v.Obj(value.symbol) if value.symbol else v.Model()
            query = self.consumed(value._replace(manager=False), source, scope)
            return Iteration(fx.sequence(effect, query), row, streamed=value.streamed and _by_default(source))
        if isinstance(value, v.Items):
            kinds = {item for item in value.items if item != v.UNKNOWN}
            if len(kinds) > 1 and any(map(_holds_function, kinds)):
                span = span_of(source, scope)
                if len(value.items) > MAX_ITEMS and self.unfollowed is not None and span is not None:
                    said = f"of {len(value.items)} items {MAX_ITEMS} are followed"
                    self.unfollowed.note(span, said, limit=True)
                return Iteration(effect, items=value.items[:MAX_ITEMS], filled=True)
            alike = len(kinds) > 1 and all(isinstance(item, (v.Cls, v.Obj)) for item in kinds)
            item = v.one_of(value) if alike else kinds.pop() if len(kinds) == 1 else v.UNKNOWN
            return Iteration(effect, item, filled=bool(value.items))
        if isinstance(value, v.Ext) and value.made:
            if value.dotted.rpartition(".")[2] in waits.LISTENING:
                return Iteration(effect, waits=True)
            if value.dotted in waits.ENDLESS_ITERATORS:
                return Iteration(effect, endless=True)
            if waits.is_consumer(value.dotted) or value.dotted == "iter with sentinel":
                return Iteration(effect, waits=True)
        if isinstance(value, v.Ext) and value.made and value.dotted.partition(".")[0] in FOREIGN:
            return Iteration(effect, value)
        if isinstance(source, f.Call):
            method = source.func.name if isinstance(source.func, f.Attr) else ""
            if isinstance(source.func, f.Name):
                method = source.func.path.rpartition(".")[2]
            if method in waits.LISTENING and not isinstance(value, v.Func):
                return Iteration(effect, waits=True)
            if method == "iterator" and self.shallow and not django.MANAGERS.isdisjoint(f.mentions(source)):
                return Iteration(effect, streamed=_by_default(source))  # of a model that was not looked up
            if value == v.UNKNOWN:
                return Iteration(effect, self._row_of(source.func, scope))
        return Iteration(effect)

    def _row_of(self, func: f.Expr, scope: Scope) -> v.Val:
        """What the project's own method of a manager yields by all likelihood, as ``Order.objects.due``: its rows."""
        owner, _, method = func.path.rpartition(".") if isinstance(func, f.Name) else ("", "", "")
        manager = self.name(owner, scope) if owner and method not in django.QUERYING else v.UNKNOWN
        rows = isinstance(manager, v.QuerySet) and manager.manager and manager.symbol
        return v.Obj(rows) if rows else v.UNKNOWN

    def comprehension(self, expr: f.Comprehension, scope: Scope) -> Effect:
        """What a comprehension or generator expression does, all of it."""
        source = self.iterate(expr.source, scope)
        if source.generator is not None:
            func, args, keywords, span = source.generator
            made = fx.called(self.run(func, args, keywords)[0], Place(span, f"calls {func.symbol.qualname}()"))
            source = source._replace(effect=fx.sequence(source.effect, made))
        saved = {name: scope.names.get(name) for name in expr.target}
        for name in expr.target:
            scope.names[name] = source.item if len(expr.target) == 1 else v.UNKNOWN
        element, _ = self.value(expr.element, scope)
        for name, old in saved.items():
            scope.names.pop(name, None) if old is None else scope.names.__setitem__(name, old)
        element = fx.sequence(source.step, element)
        turn = element if source.every else fx.repeat(element, endless=False)[0]
        return fx.sequence(source.effect, turn)


def _holds_function(value: v.Val) -> bool:
    if isinstance(value, v.Items):
        return any(isinstance(each, v.Cls) or _holds_function(each) for each in value.items)
    if isinstance(value, v.Later):
        return value.may_be_function
    return isinstance(value, v.Func) or (isinstance(value, v.Ext) and value.dotted in django.CLOSERS)


def _by_default(source: f.Expr) -> bool:
    """Whether a queryset is not seen to be for another alias than the default one."""
    return f.mentions(source).isdisjoint(("using", "db_manager"))


def span_of(expr: f.Expr, scope: Scope) -> Span | None:
    """The first call inside ``expr``, else the statement it stands in: good enough to point at a query."""
    pending: list[f.Expr] = [expr]
    while pending:
        node = pending.pop(0)
        if isinstance(node, f.Call):
            return node.span
        if isinstance(node, (f.Attr, f.Item, f.Await, f.Named, f.Not, f.IsNone, f.IsZero)):
            pending.append(node.value)
        elif isinstance(node, (f.Several, f.Choice)):
            pending.extend(node.items)
    return scope.at
