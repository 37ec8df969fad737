"""Calls that leave the project: what Django, the libraries and the standard library do to the connection."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from conn_lint.model import CLEANUPS, Place, Span
from conn_lint.workers import django, signals, waits
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect
from conn_lint.workers.expressions import Expressions
from conn_lint.workers.frameworks.shells import SHELLS
from conn_lint.workers.lookup import RAW_CONNECTION
from conn_lint.workers.paths import CLOSE, CLOSE_OLD, UNBOUNDED, Query
from conn_lint.workers.pauses import Spot, usual_pause
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import FunctionSymbol

Keywords = tuple[tuple[str, v.Val], ...]


ASYNC_WRAPPERS = {
    "asgiref.sync.sync_to_async": v.Wrap(in_thread=True),
    "asgiref.sync.SyncToAsync": v.Wrap(in_thread=True),
    "channels.db.database_sync_to_async": v.Wrap(in_thread=True, start=CLOSE_OLD, end=CLOSE_OLD),
}
"""Functions that make a synchronous one awaitable, run in a thread where it may query and close."""


HANDS_ON = frozenset(
    (
        "asgiref.sync.async_to_sync",
        "contextlib.closing",
        "functools.partial",
        "newrelic.agent.BackgroundTaskWrapper",
        "newrelic.agent.FunctionTraceWrapper",
        "django.utils.decorators.method_decorator",
    )
)
"""Wrappers whose result runs what they were given, here and now, when called."""


MAX_METHODS = 40
"""Methods of a class that is asked for one of them by a name known at run time only."""


DYNAMIC = (
    "builtins.__import__",
    "django.utils.importlib.import_module",
    "django.utils.module_loading.import_by_path",
    "django.utils.module_loading.import_string",
    "importlib.import_module",
    "pydoc.locate",
    "werkzeug.utils.import_string",
)
"""Functions that find code by a name known at run time only."""


def is_dynamic(value: v.Val) -> bool:
    """Whether ``value`` is code that was found by its name at run time."""
    return isinstance(value, v.Ext) and value.made and value.dotted.startswith(DYNAMIC)


RUNS_COMMAND = "runs the command "
"""How a place that calls a management command is labelled; its name follows."""


class Given(NamedTuple):
    """The evaluated arguments of a call."""

    args: tuple[v.Val, ...]
    keywords: Keywords

    @property
    def values(self) -> tuple[v.Val, ...]:
        return (*self.args, *(value for _, value in self.keywords))

    def first(self, keyword: str = "", position: int = 0) -> v.Val:
        found = dict(self.keywords).get(keyword)
        if found is not None:
            return found
        return self.args[position] if len(self.args) > position else v.UNKNOWN


class Outside(Expressions):
    """Adds to ``Expressions`` the calls of what the tree does not hold, for ``Calls`` to choose from."""

    def invoke(
        self, callee: v.Val, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        """What a call of ``callee`` does and yields; ``receiver``: the object whose method it is, and its name."""
        raise NotImplementedError

    def callee(self, func: f.Expr, scope: Scope) -> tuple[Effect, v.Val, tuple[v.Val, str]]:
        """The called thing, and for a method its receiver and name."""
        raise NotImplementedError

    def enter(self, func: v.Func, given: Given, span: Span, scope: Scope) -> tuple[Effect, v.Val]:
        """A call of a function of the project."""
        raise NotImplementedError

    def inside(self, wraps: tuple[v.Wrap, ...], effect: Effect, span: Span, scope: Scope) -> Effect:
        """``effect`` of a function inside what wraps it."""
        raise NotImplementedError

    def _all_methods(self, value: v.Val, scope: Scope) -> list[v.Func]:
        """The methods of an object of the project, any of which ``getattr(self, name)`` may be; those that Python
        calls and the one that asks left out."""
        found: dict[str, v.Func] = {}
        if not isinstance(value, v.Obj):
            return []
        for base in self.graph.ancestors(value.symbol)[0]:
            class_ = self.graph.class_(base)
            for name, qualname in class_.methods.items() if class_ else ():
                method = self.callable_of(FunctionSymbol(base.path, qualname), value.symbol)
                if not name.startswith("__") and qualname != scope.name and isinstance(method, v.Func):
                    found.setdefault(name, method)
        return list(found.values()) if len(found) <= MAX_METHODS else []

    def _handed_local(self, given: Given, span: Span, scope: Scope) -> Effect | None:
        """What a function defined right here does, when it is given to a call that cannot be followed: such a
        function is made to be called there, as in ``retry(lambda: order.save())``; at an import, later."""
        if self.importing:
            return None
        for value in (*given.args, *dict(given.keywords).values()):
            if isinstance(value, v.Func) and not self.shallow and value.symbol.qualname.startswith(f"{scope.name}."):
                outer, self.streaming = self.streaming, None  # it may be called in another thread
                effect = self.enter(value, Given((), ()), span, scope)[0]
                self.streaming = outer
                return fx.either(fx.nothing(), effect)
        return None

    def _model_like(self, value: v.Val) -> bool:
        return isinstance(value, v.Model) or (isinstance(value, v.Obj) and self.graph.is_model(value.symbol))

    @staticmethod
    def _either(results: list[tuple[Effect, v.Val]]) -> tuple[Effect, v.Val]:
        values = {value for _, value in results}
        return fx.either(*(effect for effect, _ in results)), values.pop() if len(values) == 1 else v.UNKNOWN

    def close(self, level: int, span: Span, scope: Scope, what: str) -> Effect:
        """A cleanup of the calling thread's connections, where it has one."""
        if scope.atomic:
            self.note("close-in-atomic", span, scope, what)
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

    def handed_to_any_thread(self, value: v.Val, span: Span, scope: Scope) -> None:
        """Note a close that is given to whichever thread of a pool is free."""
        if isinstance(value, v.Ext) and value.dotted in django.CLOSERS:
            self.note("close-in-wrong-thread", span, scope, "", (Place(span, "runs in any thread of the pool"),))

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
        if method == "ensure_connection":
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

    def outside(
        self, callee: v.Ext, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        """A call of something the tree does not hold."""
        dotted, span = callee.dotted, expr.span
        if callee.wrapped is not None:
            return self.wrapped(callee, given, expr, scope)
        if is_dynamic(callee):
            scope.unresolved = True
            if self.unfollowed is not None:
                self.unfollowed.note(span, "calls code that it finds by its name")
            found = fx.query(Query(span, "calls code found by its name")) if self.dynamic else fx.nothing()
            return found, v.UNKNOWN
        if dotted in signals.CLASSES:
            return fx.nothing(), signals.made(expr)
        signal = signals.sent(dotted)
        if signal:
            return self._send(signal, span, scope), v.UNKNOWN
        if dotted in self.corrections.orm:
            return fx.query(Query(span, f"uses the ORM in {dotted}(), by the configuration")), v.UNKNOWN
        if dotted in django.CLOSERS or dotted in self.corrections.closers:
            return self.close(
                django.CLOSERS.get(dotted, CLOSE_OLD), span, scope, dotted.rpartition(".")[2] + "()"
            ), v.UNKNOWN
        if dotted in ASYNC_WRAPPERS:
            inner = given.first("func")
            if dict(given.keywords).get("thread_sensitive") == v.Const(False) and inner != v.UNKNOWN:
                self.handed_to_any_thread(inner, span, scope)
                return fx.nothing(), v.UNKNOWN  # runs in another thread than the rest of the coroutine's queries
            if isinstance(inner, v.Func):
                return fx.nothing(), inner._replace(wraps=(*inner.wraps, ASYNC_WRAPPERS[dotted]))
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=inner, receiver=self.method_of(expr, scope))
        if dotted in HANDS_ON:
            inner = given.first()
            if isinstance(inner, (v.Func, v.Later)) and dotted != "contextlib.closing":
                return fx.nothing(), inner
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=inner, receiver=self.method_of(expr, scope))
        if dotted in django.QUERYING_FUNCTIONS:
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
        if dotted == "django.core.management.call_command":
            return self.command(given, span, scope), v.UNKNOWN
        if dotted == "django.db.transaction.get_connection":
            using = given.first("using")
            named = isinstance(using, v.Const) and isinstance(using.value, str)
            return fx.nothing(), v.Connection(str(using.value) if named and isinstance(using, v.Const) else "default")
        if dotted in django.MODEL_FINDERS:
            return fx.nothing(), v.Model()
        if dotted == "django.core.serializers.deserialize":
            return fx.nothing(), v.Items((v.Model(),))  # whose save() is that of the object
        if dotted in django.CONSUMERS:
            return self._consume(given, expr, scope)
        if dotted == "builtins.super":
            return fx.nothing(), v.Obj(scope.owner) if scope.owner else v.UNKNOWN
        if dotted == "builtins.iter" and len(given.args) == 2:
            return fx.nothing(), v.Ext("iter with sentinel", made=True)
        if dotted in ("builtins.iter", "builtins.reversed", "builtins.zip"):
            return fx.nothing(), given.first()
        if dotted == "builtins.getattr" and isinstance(given.first(position=1), v.Const):
            return fx.nothing(), self.attribute(given.first(), str(given.args[1].value))  # type: ignore[union-attr]
        if dotted == "asyncio.to_thread" or (receiver[1] == "run_in_executor" and given.first() == v.Const(None)):
            self.handed_to_any_thread(given.first("func", 0 if dotted == "asyncio.to_thread" else 1), span, scope)
        if dotted == "builtins.getattr" and self.by_name and self._all_methods(given.first(), scope):
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=given.first())
        if dotted == "builtins.getattr" and is_dynamic(given.first()):
            return fx.nothing(), given.first()
        if dotted in waits.RANDOM and all(isinstance(each, v.Const) for each in given.args) and given.args:
            return fx.nothing(), given.args[-1]  # the largest it may be
        if dotted in waits.SLEEPS:
            return self.pause(given.first("seconds"), expr, scope), v.UNKNOWN
        if dotted == "select.select":
            return self.bounded(waits.Bound("timeout", 3), given, expr, scope), v.UNKNOWN
        if dotted in waits.BLOCKING_FUNCTIONS or dotted in SHELLS:
            self.pausing.note()
            return fx.waiting(UNBOUNDED, span), v.UNKNOWN
        scope.unresolved = True
        handed = self._handed_local(given, span, scope)
        effect = self.blocking(receiver, given, expr, scope) if handed is None else handed
        return effect, v.Ext(dotted, made=True)

    def pause(self, length: v.Val, expr: f.Call, scope: Scope) -> Effect:
        """A sleep of ``length`` seconds."""
        self.pausing.note()
        if isinstance(length, v.Const):
            return fx.waiting(waits.seconds_of(length.value), expr.span)
        written = expr.args[0] if expr.args else f.OPAQUE
        seconds = (
            None if self.shallow else usual_pause(self.graph, Spot(scope.facts, scope.function, scope.owner, written))
        )
        return fx.waiting(UNBOUNDED if seconds is None else seconds, expr.span, unsure=seconds is None)

    @cached_property
    def _receivers(self) -> dict[str, list[v.Func]]:
        return signals.receivers(self)

    def _send(self, signal: str, span: Span, scope: Scope) -> Effect:
        """What the receivers of a signal of the project do, one after the other."""
        effect = fx.nothing()
        for receiver in self._receivers.get(signal, ()) if not self.shallow else ():
            effect = fx.sequence(effect, self.enter(receiver, Given((), ()), span, scope)[0])
        return effect

    def method_of(self, expr: f.Call, scope: Scope) -> tuple[v.Val, str] | None:
        """The receiver and the name of the method that a wrapper is given: ``sync_to_async(order.save)``."""
        if not expr.args or not isinstance(expr.args[0], (f.Name, f.Attr)):
            return None
        return self.callee(expr.args[0], scope)[2]

    def wrapped(self, callee: v.Ext, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val]:
        """A call through a wrapper from outside: of what it was given, with what the wrapper adds."""
        inner = callee.wrapped
        assert inner is not None
        if callee.dotted == v.ONE_OF and isinstance(inner, v.Items):
            each = [self.invoke(item, (v.UNKNOWN, ""), given, expr, scope) for item in map(self.now, inner.items)]
            return self._either(each)
        if callee.dotted == "builtins.getattr":
            return self._either([self.enter(each, given, expr.span, scope) for each in self._all_methods(inner, scope)])
        wrap = ASYNC_WRAPPERS.get(callee.dotted, v.Wrap())
        was_async, scope.is_async = scope.is_async, scope.is_async and not wrap.in_thread
        effect, value = self.invoke(inner, callee.receiver or (v.UNKNOWN, ""), given, expr, scope)
        scope.is_async = was_async
        return self.inside((wrap,), effect, expr.span, scope), value

    def command(self, given: Given, span: Span, scope: Scope) -> Effect:
        """``call_command("name")``: the command's ``handle`` where the tree has it."""
        name = given.first("command_name")
        if not isinstance(name, v.Const) or not isinstance(name.value, str):
            return fx.nothing()
        handle = self.graph.command(name.value)
        what = f"{RUNS_COMMAND}{name.value}"
        if handle is not None:
            effect, _ = self.enter(v.Func(*handle), Given((), ()), span, scope)
            return fx.relabelled(effect, Place(span, what))
        if name.value in django.DATABASE_COMMANDS:
            return fx.query(Query(span, what))
        if self.likely and name.value not in django.OTHER_COMMANDS:
            return fx.query(Query(span, what))
        return fx.nothing()

    def _consume(self, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val]:
        effect = fx.nothing()
        for arg in given.args:
            effect = fx.sequence(effect, self.consumed(arg, expr, scope))
        return effect, v.UNKNOWN

    def blocking(self, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope) -> Effect:
        """A call that may wait for something from outside, by its name."""
        target, method = receiver
        if method == "join" or method in waits.SLOW_METHODS:
            self.pausing.note()
        if method == "get" and self._is_queue(target, expr.func):
            if dict(given.keywords).get("block") == v.Const(False) or given.first() == v.Const(False):
                return fx.nothing()
            return self.bounded(waits.Bound("timeout", 1), given, expr, scope)
        bound = waits.BLOCKING_METHODS.get(method)
        if bound is None:
            return fx.nothing()
        if f"{bound.keyword}_ms" in dict(given.keywords):
            bound = bound._replace(keyword=f"{bound.keyword}_ms", unit=0.001)
        elif isinstance(target, v.Ext) and target.dotted.partition(".")[0] in waits.MILLISECONDS:
            bound = bound._replace(unit=0.001)
        return self.bounded(bound, given, expr, scope)

    def bounded(self, bound: waits.Bound, given: Given, expr: f.Call, scope: Scope) -> Effect:
        """A call that waits no longer than the argument ``bound`` says."""
        self.pausing.note()
        value, written = dict(given.keywords).get(bound.keyword), dict(expr.keywords).get(bound.keyword)
        if value is None and bound.position is not None and bound.keyword and len(given.args) > bound.position:
            value, written = given.args[bound.position], expr.args[bound.position]
        if value is None:
            seconds: float | None = bound.default
        elif isinstance(value, v.Const):
            seconds = waits.seconds_of(value.value)
            seconds = UNBOUNDED if bound.endless and not seconds else seconds * bound.unit
        else:
            spot = Spot(scope.facts, scope.function, scope.owner, written or f.OPAQUE)
            seconds = UNBOUNDED if self.shallow else usual_pause(self.graph, spot)
            seconds = seconds * bound.unit if seconds is not None else None
        if seconds is None:
            return fx.waiting(UNBOUNDED, expr.span, unsure=True)
        return fx.waiting(seconds, expr.span) if seconds else fx.nothing()

    @staticmethod
    def _is_queue(target: v.Val, func: f.Expr) -> bool:
        if isinstance(target, v.Ext):
            return target.dotted in waits.QUEUE_TYPES
        written = func.path if isinstance(func, f.Name) else func.name if isinstance(func, f.Attr) else ""
        name = written.split(".")[-2].lower() if written.count(".") else ""
        return isinstance(target, v.Anything) and (name in ("q", "queue") or name.endswith(("_q", "queue")))


def is_probe(sql: object) -> bool:
    """Whether ``sql`` only asks whether somebody answers."""
    return isinstance(sql, str) and sql.strip().rstrip(";").lower() in ("select 1", "do 1", "select now()")
