"""Following calls: into the project's functions, and what the calls that leave it do to the connection."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

from conn_lint.model import CLEANUPS, Place, Span
from conn_lint.workers import django, signals, waits
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.effects import Effect
from conn_lint.workers.expressions import RAW_CONNECTION, Expressions, Generator, Scope
from conn_lint.workers.frameworks.shells import SHELLS
from conn_lint.workers.graph import ClassSymbol, FunctionSymbol
from conn_lint.workers.pauses import Spot, usual_pause

Keywords = tuple[tuple[str, v.Val], ...]

ASYNC_WRAPPERS = {
    "asgiref.sync.sync_to_async": v.Wrap(in_thread=True),
    "asgiref.sync.SyncToAsync": v.Wrap(in_thread=True),
    "channels.db.database_sync_to_async": v.Wrap(in_thread=True, start=fx.CLOSE_OLD, end=fx.CLOSE_OLD),
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


COMMON_METHODS = frozenset(
    {name for kind in (bytes, dict, float, int, list, set, str) for name in dir(kind)}
    | set(
        "close debug error exception execute fetchall fetchone info log open put read run"
        " send start warning write".split()
    )
)
"""Names so common that defining one says nothing about what a call of it reaches."""


_ANYBODYS = COMMON_METHODS | django.LAZY | django.QUERYING | django.INSTANCE_QUERIES
"""Names of methods that say nothing about the object they are called on."""


MAX_OVERRIDES = 8
"""Overrides followed in the place of an abstract method, or of one whose object is not known."""


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

CALLBACK_NAMES = frozenset("action callback cb fn func function handler hook on_message processor target".split())
"""Attributes that hold what others want to be called."""


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


class Calls(Expressions):
    """Adds calls to ``Expressions``."""

    def run(
        self,
        func: v.Func,
        args: tuple[v.Val, ...] = (),
        keywords: Keywords = (),
        *,
        is_async: bool = False,
        atomic: bool = False,
        entry: bool = False,
    ) -> tuple[Effect, v.Val]:
        raise NotImplementedError

    def call(self, expr: f.Call, scope: Scope, *, keep_generator: bool = False) -> tuple[Effect, v.Val]:
        """What a call does, arguments included, and what it returns."""
        before, callee, receiver = self.callee(expr.func, scope)
        args: list[v.Val] = []
        for arg in expr.args:
            effect, value = self.value(arg, scope)
            before = fx.sequence(before, effect)
            args.append(value)
        keywords: list[tuple[str, v.Val]] = []
        for name, arg in expr.keywords:
            effect, value = self.value(arg, scope)
            before = fx.sequence(before, effect)
            keywords.append((name, value))
        given = Given(tuple(args), tuple(keywords))
        if isinstance(callee, v.Later):
            if not self.enters(callee, given):
                return before, v.Later(f"{callee.dotted}()") if callee.may_be_class else v.UNKNOWN
            callee, receiver = self.now(callee), (self.now(receiver[0]), receiver[1])
        if isinstance(callee, v.Func) and keep_generator and self._is_generator(callee):
            scope.generators[id(expr)] = (callee, given.args, given.keywords, expr.span)
            return before, v.UNKNOWN
        effect, value = self.invoke(callee, receiver, given, expr, scope)
        return fx.sequence(before, effect), value

    def _is_generator(self, func: v.Func) -> bool:
        function = self.graph.function(func.symbol)
        return function is not None and function.is_generator

    def callee(self, func: f.Expr, scope: Scope) -> tuple[Effect, v.Val, tuple[v.Val, str]]:
        """The called thing, and for a method its receiver and name."""
        if isinstance(func, f.Name):
            head, _, last = func.path.rpartition(".")
            receiver = self.name(head, scope) if head else v.UNKNOWN
            before = len(self.read)
            found = self.name(func.path, scope)
            return self.since(before), found, (receiver, last)
        if isinstance(func, f.Attr):
            if isinstance(func.value, f.Call) and func.value.func == f.Name("super") and scope.owner:
                defined_in = self._definer(scope)
                method = self.graph.method(scope.owner, func.name, after=defined_in)
                if method is not None:
                    return fx.nothing(), self.callable_of(method, scope.owner), (v.Obj(scope.owner), func.name)
                return fx.nothing(), v.UNKNOWN, (v.Obj(scope.owner), func.name)
            effect, inner = self.value(func.value, scope)
            before = len(self.read)
            found = self.attribute(inner, func.name)
            return fx.sequence(effect, self.since(before)), found, (inner, func.name)
        effect, value = self.value(func, scope)
        return effect, value, (v.UNKNOWN, "")

    def property_of(self, func: v.Func) -> v.Val:
        function = self.graph.head(func.symbol)
        if self.shallow or function is None:
            return v.UNKNOWN
        effect, value = self.run(func)
        if effect is not fx.nothing():
            self.read.append(fx.called(effect, Place(function.span, f"the property {func.symbol.qualname}")))
        return value

    @staticmethod
    def _definer(scope: Scope) -> ClassSymbol | None:
        if scope.function and scope.function.owner:
            return ClassSymbol(scope.facts.path, scope.function.owner)
        return None

    # --- what is called ------------------------------------------------------------------------

    def invoke(
        self, callee: v.Val, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        target, method = receiver
        span = expr.span
        callee = self.now(callee)
        if scope.runs is not None and method == scope.runs[0] and not isinstance(callee, v.Func):
            return scope.runs[1], v.UNKNOWN
        if isinstance(callee, v.Func):
            return self.enter(callee, given, span, scope)
        if isinstance(callee, v.Cls):
            return self.construct(callee, given, span, scope)
        if isinstance(target, (v.Connection, v.Connections)):
            return self.on_connection(target, method, span, scope)
        if isinstance(target, v.QuerySet):
            return self.on_queryset(target, method, span)
        if isinstance(target, (v.Obj, v.Model)) and self._model_like(target) and method in django.INSTANCE_QUERIES:
            return fx.query(fx.Query(span, f"queries in .{method}()")), v.UNKNOWN
        if isinstance(target, v.Model) and method in django.LAZY | django.QUERYING:
            return self.on_queryset(v.QuerySet(None, manager=True), method, span)
        if isinstance(callee, v.Obj):
            call = self.graph.method(callee.symbol, "__call__")
            return self.enter(v.Func(call, callee.symbol), given, span, scope) if call else (fx.nothing(), v.UNKNOWN)
        if isinstance(callee, v.Ext):
            return self.outside(callee, receiver, given, expr, scope)
        scope.unresolved = True
        if self.unfollowed is not None and not self.shallow and not isinstance(target, v.Func):  # task.delay()
            self.unfollowed.note(span, *self._unknown(expr.func, method, scope))
        if method == "run_in_executor" and given.first() == v.Const(None):
            self.handed_to_any_thread(given.first("func", 1), span, scope)
        handed = self._handed_local(given, span, scope)
        if handed is not None:
            return handed, v.UNKNOWN
        if self.dynamic and self._runs_others_code(callee, expr.func):
            return fx.query(fx.Query(span, "calls code that is not known here")), v.UNKNOWN
        if self.likely and self._likely_query(target, method):
            return fx.query(fx.Query(span, f"may query in .{method}()")), v.UNKNOWN
        guessed = self._by_name(target, method, given) if self.by_name else []
        if guessed:
            return self._either([self.enter(each, given, span, scope) for each in guessed])
        value = v.Ext(f"unknown.{method}", made=True) if method in waits.LISTENING else v.UNKNOWN
        return self.blocking(receiver, given, expr, scope), value

    def _by_name(self, target: v.Val, method: str, given: Given) -> list[v.Func]:
        """The methods that a call on an unknown object may mean by their name: those of the one class, or of the
        classes with one base, that the tree has with such a method."""
        if not isinstance(target, v.Anything) or method in _ANYBODYS or method.startswith("__"):
            return []
        owners = [each for each in self.graph.owners(method) if self._takes(each, method, len(given.args))]
        if not 0 < len(owners) <= MAX_OVERRIDES or self.graph.common_base(owners) is None:
            return []
        found: dict[FunctionSymbol, v.Func] = {}
        for owner in owners:
            symbol = self.graph.method(owner, method)
            bound = self.callable_of(symbol, owner) if symbol and not self.graph.is_abstract(symbol) else None
            if symbol and isinstance(bound, v.Func):
                found.setdefault(symbol, bound)
        return list(found.values())

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

    def _takes(self, owner: ClassSymbol, method: str, count: int) -> bool:
        """Whether a method can be called with so many positional arguments."""
        symbol = self.graph.method(owner, method)
        head = self.graph.head(symbol) if symbol else None
        return head is not None and count < len(head.params)

    def _unknown(self, func: f.Expr, method: str, scope: Scope) -> tuple[str, str]:
        """What a call that cannot be followed is called, and the name of the method that it may be; "" where it
        may be anything."""
        written = func.path if isinstance(func, f.Name) else f".{method}"
        head, dotted, _ = written.partition(".")
        path = self.graph.unread(scope.imports.get(head) or scope.facts.imports.get(head, ""))
        if path:
            return f"{written}() lies in {path}, which cannot be read", ""
        if not method:
            return "calls something found by an index", ""
        return f"{written}() is not known here", method if dotted else ""

    def _handed_local(self, given: Given, span: Span, scope: Scope) -> Effect | None:
        """What a function defined right here does, when it is given to a call that cannot be followed: such a
        function is made to be called there, as in ``retry(lambda: order.save())``."""
        for value in (*given.args, *dict(given.keywords).values()):
            if isinstance(value, v.Func) and not self.shallow and value.symbol.qualname.startswith(f"{scope.name}."):
                outer, self.streaming = self.streaming, None  # it may be called in another thread
                effect = self.enter(value, Given((), ()), span, scope)[0]
                self.streaming = outer
                return fx.either(fx.nothing(), effect)
        return None

    def _runs_others_code(self, callee: v.Val, func: f.Expr) -> bool:
        """Whether a call that cannot be resolved runs what others gave: a callback, or the receivers of a signal."""
        written = func.path if isinstance(func, f.Name) else func.name if isinstance(func, f.Attr) else ""
        owner, _, last = written.rpartition(".")
        if last in ("send", "send_robust") or last.startswith("send_event"):
            return "signal" in owner.lower()
        if not self.likely:
            return False
        return (callee == v.PARAM and not owner) or (owner == "self" and last.strip("_") in CALLBACK_NAMES)

    def _likely_query(self, target: v.Val, method: str) -> bool:
        if not isinstance(target, v.Anything) or not target.param:
            return False
        return method in django.INSTANCE_QUERIES or (method not in COMMON_METHODS and self.graph.defines(method))

    def _model_like(self, value: v.Val) -> bool:
        return isinstance(value, v.Model) or (isinstance(value, v.Obj) and self.graph.is_model(value.symbol))

    def enter(self, func: v.Func, given: Given, span: Span, scope: Scope) -> tuple[Effect, v.Val]:
        """A call of a function of the project."""
        name = func.symbol.qualname
        dotted = self._dotted(func)
        if dotted in self.corrections.closers:
            return self.close(fx.CLOSE_OLD, span, scope, name), v.UNKNOWN
        if self.shallow and func.symbol.path != scope.facts.path and not self.enters(func, given):
            return fx.nothing(), v.UNKNOWN
        others = self._overrides(func, span)
        if others:
            return self._either([self.enter(each, given, span, scope) for each in others])
        effect, value = self.run(
            func._replace(wraps=()),
            tuple(_kept(arg) for arg in given.args),
            tuple((key, _kept(arg)) for key, arg in given.keywords),
            is_async=scope.is_async and not any(wrap.in_thread for wrap in func.wraps),
            atomic=scope.atomic or any(wrap.atomic for wrap in func.wraps),
        )
        if name.endswith("__init__") and isinstance(value, v.Obj) and value.symbol == scope.owner:
            scope.names.update(self.closures[value.state])  # by super().__init__()
        effect = fx.called(effect, Place(span, f"calls {name}()"))
        if dotted in self.corrections.orm and not effect.queries:
            effect = fx.sequence(effect, fx.query(fx.Query(span, f"uses the ORM in {name}(), by the configuration")))
        return self.inside(func.wraps, effect, span, scope), value

    def _overrides(self, func: v.Func, span: Span) -> list[v.Func]:
        """The methods that stand for ``func`` where it is abstract; none where it is not."""
        if self.shallow or func.owner is None or not self.graph.is_abstract(func.symbol):
            return []
        name = func.symbol.qualname.rpartition(".")[2]
        found: dict[FunctionSymbol, v.Func] = {}
        for class_ in self.graph.subclasses(func.owner):
            method = self.graph.method(class_, name)
            if method is not None and method != func.symbol and not self.graph.is_abstract(method):
                bound = self.callable_of(method, class_)
                if isinstance(bound, v.Func):
                    found.setdefault(method, bound)
        if len(found) > MAX_OVERRIDES and self.unfollowed is not None:
            self.unfollowed.note(
                span,
                f"{func.symbol.qualname}() has {len(found)} overrides, of which {MAX_OVERRIDES} are followed",
                limit=True,
            )
        return list(found.values())[:MAX_OVERRIDES]

    @staticmethod
    def _either(results: list[tuple[Effect, v.Val]]) -> tuple[Effect, v.Val]:
        values = {value for _, value in results}
        return fx.either(*(effect for effect, _ in results)), values.pop() if len(values) == 1 else v.UNKNOWN

    def enters(self, _callee: v.Func | v.Later, given: Given) -> bool:
        """Whether a call is followed into another file while looking for what is registered: it is given something
        to call."""
        return any(
            isinstance(value, (v.Func, v.Cls, v.Obj)) or (isinstance(value, v.Later) and value.may_be_function)
            for value in given.values
        )

    def inside(self, wraps: tuple[v.Wrap, ...], effect: Effect, span: Span, scope: Scope) -> Effect:
        """``effect`` of a function inside what wraps it."""
        for wrap in wraps:
            if wrap.atomic:
                effect = fx.sequence(fx.query(fx.Query(span, "opens a transaction")), effect)
            if wrap.start:
                effect = fx.sequence(fx.cleanup(wrap.start), effect)
            if wrap.end:
                effect = fx.finally_(effect, fx.cleanup(wrap.end))
            if wrap.manager is not None:
                enter = self.method_effect(wrap.manager, "__enter__", scope, span)
                leave = self.method_effect(wrap.manager, "__exit__", scope, span)
                effect = fx.sequence(enter, fx.finally_(effect, leave))
            if wrap.generator is not None:
                effect = self.generate(wrap.generator, effect, scope, None)
        return effect

    def generate(self, call: Generator, body: Effect, scope: Scope, home: tuple[f.Loop, Scope] | None) -> Effect:
        raise NotImplementedError

    def _dotted(self, func: v.Func) -> str:
        asked = self.corrections.closers or self.corrections.orm
        facts = self.graph.facts(func.symbol.path) if asked else None
        return f"{facts.module}.{func.symbol.qualname}" if facts else ""

    def method_effect(self, value: v.Obj, name: str, scope: Scope, span: Span) -> Effect:
        """The effect of ``value.name()``."""
        method = self.graph.method(value.symbol, name)
        if method is None:
            return fx.nothing()
        bound = self.callable_of(method, value.symbol)
        return self.enter(bound, Given((), ()), span, scope)[0] if isinstance(bound, v.Func) else fx.nothing()

    def construct(self, callee: v.Cls, given: Given, span: Span, scope: Scope) -> tuple[Effect, v.Val]:
        made = v.Obj(callee.symbol)
        init = self.graph.method(callee.symbol, "__init__")
        if init is None or self.graph.is_model(callee.symbol):
            return fx.nothing(), made
        effect, value = self.enter(v.Func(init, callee.symbol), given, span, scope)
        return effect, value if isinstance(value, v.Obj) and value.symbol == callee.symbol else made

    # --- Django --------------------------------------------------------------------------------

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
                return self.close(fx.CLOSE, span, scope, "connections.close_all()"), v.UNKNOWN
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
            return fx.query(fx.Query(span, what)), v.Ext("django.db.cursor", made=True)
        return fx.nothing(), v.UNKNOWN

    def on_queryset(self, target: v.QuerySet, method: str, span: Span) -> tuple[Effect, v.Val]:
        if method in django.LAZY:
            return fx.nothing(), v.QuerySet(target.symbol, streamed=method == "iterator")
        effect = fx.query(fx.Query(span, f"queries in .{method}()"))
        if method in django.ONE_ROW:
            return effect, v.Obj(target.symbol) if target.symbol else v.Model()
        if method not in django.QUERYING and target.symbol is None and not target.manager:
            return effect, v.QuerySet(None)
        return effect, v.UNKNOWN

    # --- outside the project -------------------------------------------------------------------

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
            found = fx.query(fx.Query(span, "calls code found by its name")) if self.dynamic else fx.nothing()
            return found, v.UNKNOWN
        if dotted in signals.CLASSES:
            return fx.nothing(), signals.made(expr)
        signal = signals.sent(dotted)
        if signal:
            return self._send(signal, span, scope), v.UNKNOWN
        if dotted in self.corrections.orm:
            return fx.query(fx.Query(span, f"uses the ORM in {dotted}(), by the configuration")), v.UNKNOWN
        if dotted in django.CLOSERS or dotted in self.corrections.closers:
            return self.close(
                django.CLOSERS.get(dotted, fx.CLOSE_OLD), span, scope, dotted.rpartition(".")[2] + "()"
            ), v.UNKNOWN
        if dotted in ASYNC_WRAPPERS:
            inner = given.first("func")
            if dict(given.keywords).get("thread_sensitive") == v.Const(False) and inner != v.UNKNOWN:
                self.handed_to_any_thread(inner, span, scope)
                return fx.nothing(), v.UNKNOWN  # runs in another thread than the rest of the coroutine's queries
            if isinstance(inner, v.Func):
                return fx.nothing(), inner._replace(wraps=(*inner.wraps, ASYNC_WRAPPERS[dotted]))
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=inner)
        if dotted in HANDS_ON:
            inner = given.first()
            if isinstance(inner, (v.Func, v.Later)) and dotted != "contextlib.closing":
                return fx.nothing(), inner
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=inner)
        if dotted in django.QUERYING_FUNCTIONS:
            return fx.query(fx.Query(span, f"queries in {dotted.rpartition('.')[2]}()")), v.Model()
        if any(f".{manager}." in dotted for manager in django.MANAGERS):
            return self.on_queryset(v.QuerySet(None, manager=True), receiver[1], span)
        if dotted == f"{RAW_CONNECTION}.ping":
            self.note("liveness-test", span, scope, "ping")
            return fx.cleanup(fx.CLOSE), v.UNKNOWN  # whatever it does, no query after it is lost in silence
        if dotted.startswith("django.db.cursor."):
            statement = given.first("sql")
            if isinstance(statement, v.Const) and is_probe(statement.value):
                self.note("liveness-test", span, scope, "SELECT 1")
            return fx.query(fx.Query(span, f"runs SQL in cursor.{receiver[1]}()")), v.UNKNOWN
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
            return fx.waiting(fx.UNBOUNDED, span), v.UNKNOWN
        scope.unresolved = True
        handed = self._handed_local(given, span, scope)
        effect = self.blocking(receiver, given, expr, scope) if handed is None else handed
        return effect, v.Ext(dotted, made=True)

    def pause(self, length: v.Val, expr: f.Call, scope: Scope) -> Effect:
        """A sleep of ``length`` seconds."""
        if isinstance(length, v.Const):
            return fx.waiting(waits.seconds_of(length.value), expr.span)
        written = expr.args[0] if expr.args else f.OPAQUE
        seconds = (
            None if self.shallow else usual_pause(self.graph, Spot(scope.facts, scope.function, scope.owner, written))
        )
        return fx.waiting(fx.UNBOUNDED if seconds is None else seconds, expr.span, unsure=seconds is None)

    @cached_property
    def _receivers(self) -> dict[str, list[v.Func]]:
        return signals.receivers(self)

    def _send(self, signal: str, span: Span, scope: Scope) -> Effect:
        """What the receivers of a signal of the project do, one after the other."""
        effect = fx.nothing()
        for receiver in self._receivers.get(signal, ()) if not self.shallow else ():
            effect = fx.sequence(effect, self.enter(receiver, Given((), ()), span, scope)[0])
        return effect

    def wrapped(self, callee: v.Ext, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val]:
        """A call through a wrapper from outside: of what it was given, with what the wrapper adds."""
        inner = callee.wrapped
        assert inner is not None
        if callee.dotted == "builtins.getattr":
            return self._either([self.enter(each, given, expr.span, scope) for each in self._all_methods(inner, scope)])
        wrap = ASYNC_WRAPPERS.get(callee.dotted, v.Wrap())
        was_async, scope.is_async = scope.is_async, scope.is_async and not wrap.in_thread
        effect, value = self.invoke(inner, (v.UNKNOWN, ""), given, expr, scope)
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
            return fx.query(fx.Query(span, what))
        if self.likely and name.value not in django.OTHER_COMMANDS:
            return fx.query(fx.Query(span, what))
        return fx.nothing()

    def _consume(self, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val]:
        effect = fx.nothing()
        for arg in given.args:
            effect = fx.sequence(effect, self.consumed(arg, expr, scope))
        return effect, v.UNKNOWN

    def blocking(self, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope) -> Effect:
        """A call that may wait for something from outside, by its name."""
        target, method = receiver
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
        value, written = dict(given.keywords).get(bound.keyword), dict(expr.keywords).get(bound.keyword)
        if value is None and bound.position is not None and bound.keyword and len(given.args) > bound.position:
            value, written = given.args[bound.position], expr.args[bound.position]
        if value is None:
            seconds: float | None = bound.default
        elif isinstance(value, v.Const):
            seconds = waits.seconds_of(value.value)
            seconds = fx.UNBOUNDED if bound.endless and not seconds else seconds * bound.unit
        else:
            spot = Spot(scope.facts, scope.function, scope.owner, written or f.OPAQUE)
            seconds = fx.UNBOUNDED if self.shallow else usual_pause(self.graph, spot)
            seconds = seconds * bound.unit if seconds is not None else None
        if seconds is None:
            return fx.waiting(fx.UNBOUNDED, expr.span, unsure=True)
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


def _kept(value: v.Val) -> v.Val:
    """What of an argument is worth telling the callee: things it may call, close or query."""
    if isinstance(value, v.Const) and not isinstance(value.value, (bool, type(None), int, float)):
        return v.UNKNOWN
    return v.UNKNOWN if isinstance(value, v.Items) else value
