"""Calls that leave the project: what Django, the libraries and the standard library do to the connection."""

from __future__ import annotations

from functools import cached_property

from conn_lint.model import Place, Span
from conn_lint.workers import django, signals, waits
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.byname import ByName
from conn_lint.workers.effects import Effect
from conn_lint.workers.paths import CLOSE_OLD, Query
from conn_lint.workers.scope import Scope

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


EXIT_STACKS = ("contextlib.ExitStack", "contextlib.AsyncExitStack")
EXIT_CALLBACKS = tuple(f"{name}.callback" for name in EXIT_STACKS)


COPIES = frozenset(
    (
        *("builtins.dict", "builtins.list", "builtins.sorted", "builtins.tuple"),
        *("collections.OrderedDict", "copy.copy", "types.MappingProxyType"),
    )
)
"""Functions that return another collection of what they are given, or a view of it."""


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


KEEPING = frozenset(("add_listener", "connect", "register", "signal"))
"""Functions and methods that keep what they are given for later, by their last name: of signals, of ``atexit``."""

RUNS_COMMAND = "runs the command "
"""How a place that calls a management command is labelled; its name follows."""


class Outside(ByName):
    """Adds to ``ByName`` the other calls of what the tree does not hold, for ``Calls`` to choose from."""

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

    @staticmethod
    def _either(results: list[tuple[Effect, v.Val]]) -> tuple[Effect, v.Val]:
        """What one of several calls does and yields: the one thing, or one of the objects."""
        values = tuple(dict.fromkeys(value for _, value in results))
        objects = len(values) > 1 and all(isinstance(value, v.Obj) for value in values)
        made = v.one_of(v.Items(values)) if objects else v.UNKNOWN
        return fx.either(*(effect for effect, _ in results)), values[0] if len(values) == 1 else made

    def handed_to_any_thread(self, value: v.Val, span: Span, scope: Scope) -> None:
        """Note a close that is given to whichever thread of a pool is free."""
        if isinstance(value, v.Ext) and value.dotted in django.CLOSERS:
            self.note("close-in-wrong-thread", span, scope, "", (Place(span, "runs in any thread of the pool"),))

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
        known = (
            self.on_database(dotted, receiver, given, span, scope)
            or self._on_wrapper(dotted, given, expr, scope)
            or self._on_applied(dotted, given, expr, scope)
            or self._on_sentinel(dotted, given, expr, scope)
            or self._on_builtin(dotted, given, scope)
            or self.on_wait(dotted, given, expr, scope)
        )
        if known is not None:
            return known
        if dotted == "django.core.management.call_command":
            return self.command(given, span, scope), v.UNKNOWN
        if dotted in django.CONSUMERS:
            return self._consume(given, expr, scope)
        if dotted == "asyncio.to_thread" or (receiver[1] == "run_in_executor" and given.first() == v.Const(None)):
            self.handed_to_any_thread(given.first("func", 0 if dotted == "asyncio.to_thread" else 1), span, scope)
        if dotted in waits.RANDOM and all(isinstance(each, v.Const) for each in given.args) and given.args:
            return fx.nothing(), given.args[-1]  # the largest it may be
        scope.unresolved = scope.unresolved or not waits.is_instant(dotted)
        kept = dotted.startswith("builtins.") or dotted.rpartition(".")[2] in KEEPING
        handed = None if kept else self._handed_local(given, span, scope)
        effect = self.blocking(receiver, given, expr, scope) if handed is None else handed
        return effect, v.Ext(dotted, made=True)

    def _on_wrapper(self, dotted: str, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val] | None:
        """A call of ``dotted``, which makes another callable of the one it is given; None where it does not."""
        if dotted in ASYNC_WRAPPERS:
            inner = given.first("func")
            if dict(given.keywords).get("thread_sensitive") == v.Const(False) and inner != v.UNKNOWN:
                self.handed_to_any_thread(inner, expr.span, scope)
                return fx.nothing(), v.UNKNOWN  # runs in another thread than the rest of the coroutine's queries
            if isinstance(inner, v.Func):
                return fx.nothing(), inner._replace(wraps=(*inner.wraps, ASYNC_WRAPPERS[dotted]))
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=inner, receiver=self.method_of(expr, scope))
        if dotted in HANDS_ON:
            inner = given.first()
            if isinstance(inner, v.Func) and dotted == "functools.partial":
                return fx.nothing(), self.bind(inner, given.args[1:], given.keywords)
            if isinstance(inner, (v.Func, v.Later)) and dotted != "contextlib.closing":
                return fx.nothing(), inner
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=inner, receiver=self.method_of(expr, scope))
        return None

    def _on_applied(self, dotted: str, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val] | None:
        """A call of ``dotted``, which calls what it is given: for each item as soon as its result is used, or at the
        end of a ``with``; None for any other."""
        if dotted in ("builtins.map", "builtins.filter") and len(given.args) > 1 and len(expr.args) > 1:
            source = self.items_of(given.args[1], fx.nothing(), expr.args[1], scope)
            turn, _ = self.invoke(given.args[0], (v.UNKNOWN, ""), Given((source.item,), ()), expr, scope)
            if turn is fx.nothing():
                return None if not isinstance(given.args[1], v.QuerySet) else (turn, given.args[1])
            turn = fx.sequence(source.step, turn)
            turns = turn if source.every or source.filled else fx.repeat(turn, endless=False)[0]
            return fx.sequence(source.effect, turns), v.UNKNOWN
        if dotted in EXIT_CALLBACKS:
            effect, _ = self.invoke(given.first(), (v.UNKNOWN, ""), Given(given.args[1:], ()), expr, scope)
            scope.at_exit = fx.sequence(effect, scope.at_exit)
            return fx.nothing(), v.UNKNOWN
        return None

    def _on_sentinel(self, dotted: str, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val] | None:
        """``iter(function, sentinel)``, which waits for each item unless ``function`` only reads on in a file or in
        the rows of a query; None for any other call."""
        if dotted != "builtins.iter" or len(given.args) != 2:
            return None
        function = given.args[0]
        waiting = v.Ext("iter with sentinel", made=True)
        if isinstance(function, v.Func):
            effect, _ = self.invoke(function, (v.UNKNOWN, ""), Given((), ()), expr, scope)
            if not any(path.lead.wait or path.tail.wait for path in effect.normal.values()):
                return effect, v.UNKNOWN
            return fx.nothing(), waiting
        method = f.written(expr.args[0]).rpartition(".")[2] if expr.args else ""
        if isinstance(function, v.Ext) and function.receiver is not None:  # functools.partial(file.read, 4096)
            method = function.receiver[1]
        return fx.nothing(), v.UNKNOWN if method in waits.READING else waiting

    def _on_builtin(self, dotted: str, given: Given, scope: Scope) -> tuple[Effect, v.Val] | None:
        """A call of the built-in ``dotted`` that yields what it was given, or a part of it; None for any other."""
        if dotted == "builtins.super":
            return fx.nothing(), v.Obj(scope.owner) if scope.owner else v.UNKNOWN
        if dotted in ("builtins.iter", "builtins.reversed", "builtins.zip"):
            return fx.nothing(), given.first()
        if dotted in COPIES and isinstance(given.first(), (v.Items, v.Table)):
            return fx.nothing(), given.first()
        if dotted != "builtins.getattr":
            return None
        name = given.first(position=1)
        if isinstance(name, v.Const):
            return fx.nothing(), self.attribute(given.first(), str(name.value))
        if isinstance(name, v.Text):
            return fx.nothing(), v.one_of(v.Items(tuple(self.named_like(given.first(), name, scope))))
        if self.by_name and self.all_methods(given.first(), scope):
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=given.first())
        if is_dynamic(given.first()):
            return fx.nothing(), given.first()
        return None

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
        several = v.choices(callee)
        if several:
            each = [self.invoke(item, (v.UNKNOWN, ""), given, expr, scope) for item in map(self.now, several)]
            return self._either(each)
        if callee.dotted == "builtins.getattr":
            return self._either([self.enter(each, given, expr.span, scope) for each in self.all_methods(inner, scope)])
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
