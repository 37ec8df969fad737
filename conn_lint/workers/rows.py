"""Methods of rows, and of the objects that save rows: forms and serializers."""

from __future__ import annotations

from conn_lint.model import Span
from conn_lint.workers import django, persistence
from conn_lint.workers import effects as fx
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.effects import Effect
from conn_lint.workers.outside import Outside
from conn_lint.workers.paths import Query
from conn_lint.workers.scope import Scope


class Rows(Outside):
    """Adds to ``Outside`` the methods that objects of the project inherit from Django and its libraries."""

    def on_object(
        self, target: v.Val, method: str, given: Given, span: Span, scope: Scope
    ) -> tuple[Effect, v.Val] | None:
        """A method that the project does not define of a row, or of what saves rows; None for any other."""
        if not isinstance(target, (v.Model, v.Obj, v.Cls)):
            return None
        querying = fx.query(Query(span, f"queries in .{method}()"))
        if isinstance(target, v.Model) or (isinstance(target, (v.Obj, v.Cls)) and self.graph.is_model(target.symbol)):
            if isinstance(target, v.Cls):
                return (querying, v.Obj(target.symbol)) if method in django.CLASS_QUERIES else None
            if method in django.INSTANCE_QUERIES or method in persistence.PERMISSIONS:
                return querying, v.UNKNOWN
            if method in django.ROWS_OF_OTHERS:
                return querying, v.Model()
            if isinstance(target, v.Model) and method in django.LAZY | django.QUERYING:
                return self.on_queryset(v.QuerySet(None, manager=True), method, span)
            return None
        if not isinstance(target, v.Obj):
            return None
        bases = self.graph.ancestors(target.symbol)[1]
        if method in persistence.HANDS_TO and persistence.is_serializer(bases):
            handed = self._handed_to(target, persistence.HANDS_TO[method], given, span, scope)
            if handed:
                return self._either(handed)
        if not persistence.saves(bases, method):
            return None
        written = dict(given.keywords).get("commit") != v.Const(False)
        return querying if written else fx.nothing(), v.Model()

    def _handed_to(
        self, target: v.Obj, names: tuple[str, ...], given: Given, span: Span, scope: Scope
    ) -> list[tuple[Effect, v.Val]]:
        """What those of the methods ``names`` do that the class of ``target`` has in the tree."""
        found: list[tuple[Effect, v.Val]] = []
        for name in names:
            method = self.graph.method(target.symbol, name)
            bound = self.callable_of(method, target.symbol) if method else None
            if isinstance(bound, v.Func):
                found.append(self.enter(bound, given, span, scope))
        return found
