"""Calls of Django's database layer: what queries, what closes, and what yields something that can do either."""

from __future__ import annotations

from functools import cached_property

from conn_lint.model import CLEANUPS, Span
from conn_lint.workers import django, persistence
from conn_lint.workers import effects as fx
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.blocking import Blocking
from conn_lint.workers.connections import RAW_CONNECTION
from conn_lint.workers.effects import Effect
from conn_lint.workers.paths import CLOSE, CLOSE_OLD, Query
from conn_lint.workers.scope import Scope


class Database(Blocking):
    """Adds to ``Blocking`` the calls that reach a connection."""

    def on_database(
        self, dotted: str, receiver: tuple[v.Val, str], given: Given, span: Span, scope: Scope
    ) -> tuple[Effect, v.Val] | None:
        """A call of ``dotted``, a function of Django's database layer; None where it is none."""
        if dotted in self.corrections.orm:
            return fx.query(Query(span, f"uses the ORM in {dotted}(), by the configuration")), v.UNKNOWN
        if dotted in django.CLOSERS or dotted in self.corrections.closers or django.closes_by_name(dotted):
            return self.close(
                django.CLOSERS.get(dotted, CLOSE_OLD), span, scope, dotted.rpartition(".")[2] + "()"
            ), v.UNKNOWN
        if dotted.startswith(persistence.CACHE) and persistence.asks_cache(dotted, self._cached):
            return fx.query(Query(span, f"asks the cache in the database in .{receiver[1]}()")), v.UNKNOWN
        in_session = dotted.startswith(persistence.SESSIONS) and receiver[1] in persistence.SESSION_METHODS
        of_library = dotted in persistence.FUNCTIONS or persistence.finds_user(dotted)
        if in_session or of_library or dotted in django.QUERYING_FUNCTIONS:
            return fx.query(Query(span, f"queries in {dotted.rpartition('.')[2]}()")), v.Model()
        if any(f".{manager}." in dotted for manager in django.MANAGERS):
            return self.on_queryset(v.QuerySet(None, manager=True), receiver[1], span)
        if dotted == f"{RAW_CONNECTION}.ping":
            self.note("liveness-test", span, scope, "ping")
            return fx.cleanup(CLOSE), v.UNKNOWN  # whatever it does, no query after it is lost in silence
        if dotted.startswith("django.db.cursor."):
            statement = given.first("sql")
            if isinstance(statement, v.Const) and is_probe(statement.value):
                self.note("liveness-test", span, scope, "SELECT 1")
            return fx.query(Query(span, f"runs SQL in cursor.{receiver[1]}()")), v.UNKNOWN
        if dotted == "builtins.setattr" and drops_connection(given):
            return fx.cleanup(CLOSE), v.UNKNOWN
        if dotted == "django.db.transaction.get_connection":
            using = given.first("using")
            named = isinstance(using, v.Const) and isinstance(using.value, str)
            return fx.nothing(), v.Connection(str(using.value) if named and isinstance(using, v.Const) else "default")
        if dotted in django.MODEL_FINDERS or self._is_installed_model(dotted):
            return fx.nothing(), v.Model()
        if dotted == "django.core.serializers.deserialize":
            return fx.nothing(), v.Items((v.Model(),))  # whose save() is that of the object
        return None

    @cached_property
    def _cached(self) -> frozenset[str]:
        return persistence.cached_in_database(self.graph)

    @cached_property
    def _installed(self) -> frozenset[str]:
        return persistence.installed_packages(self.graph.project)

    def _is_installed_model(self, dotted: str) -> bool:
        """Whether ``dotted`` is a model of an app that the project installs."""
        module, _, name = dotted.rpartition(".")
        models = module.endswith(".models") or ".models." in module
        return models and name[:1].isupper() and dotted.partition(".")[0] in self._installed

    def close(self, level: int, span: Span, scope: Scope, what: str) -> Effect:
        """A cleanup of the calling thread's connections, where it has one."""
        self.particular += 1
        if scope.atomic:
            if not self.lost:
                self.note("close-in-atomic", span, scope, what, tuple(self.transactions))
            return fx.nothing()
        if (
            scope.is_async and not what.startswith("aclose_") and not self.graph.async_unsafe
        ):  # no connection of this thread
            if scope.function is not None and scope.function.is_async:
                self.note("close-in-wrong-thread", span, scope, what)
            return fx.nothing()
        if self.streaming is not None:
            self.streaming.append((CLEANUPS[level], span, scope))
        return fx.cleanup(level)

    def on_connection(
        self, target: v.Connection | v.Connections, method: str, span: Span, scope: Scope
    ) -> tuple[Effect, v.Val]:
        if isinstance(target, v.Connections):
            if method == "close_all":
                return self.close(CLOSE, span, scope, "connections.close_all()"), v.UNKNOWN
            return fx.nothing(), v.Connections() if method in ("all", "__iter__") else v.UNKNOWN
        if method in django.CONNECTION_CLOSERS:
            if method == "close" and target.alias == "default":
                self.note("single-alias-close", span, scope, "")
            if target.alias not in (None, "default"):
                return fx.nothing(), v.UNKNOWN  # closes another alias than the one queried by default
            return self.close(django.CONNECTION_CLOSERS[method], span, scope, f"connection.{method}()"), v.UNKNOWN
        if method == "ensure_connection":  # asks nothing of a connection that is there
            self.note("liveness-test", span, scope, method)
        if method in django.CONNECTION_QUERIES:
            what = f"uses connection.{method}()"
            return fx.query(Query(span, what)), v.Ext("django.db.cursor", made=True)
        return fx.nothing(), v.UNKNOWN

    def on_queryset(self, target: v.QuerySet, method: str, span: Span) -> tuple[Effect, v.Val]:
        if method in django.LAZY:
            return fx.nothing(), v.QuerySet(target.symbol, streamed=method == "iterator")
        effect = fx.query(Query(span, f"queries in .{method}()"))
        if method in django.ONE_ROW:
            return effect, v.Obj(target.symbol) if target.symbol else v.Model()
        if method not in django.QUERYING and target.symbol is None and not target.manager:
            return effect, v.QuerySet(None)
        return effect, v.UNKNOWN


def drops_connection(given: Given) -> bool:
    """Whether ``setattr(*given)`` makes Django open a new connection at the next query."""
    return given.args[1:] == (v.Const("connection"), v.Const(None)) and given.args[0] in (
        v.Connection("default"),
        v.Connection(None),
    )


def is_probe(sql: object) -> bool:
    """Whether ``sql`` only asks whether somebody answers."""
    return isinstance(sql, str) and sql.strip().rstrip(";").lower() in ("select 1", "do 1", "select now()")
