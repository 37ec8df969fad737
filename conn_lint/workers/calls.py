"""Following calls: which functions of the project they may reach, and what these do."""

from __future__ import annotations

import re

from conn_lint.model import Place, Span
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import persistence, waits
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given, worth_telling
from conn_lint.workers.effects import Effect
from conn_lint.workers.guesses import Guesses
from conn_lint.workers.iterations import span_of
from conn_lint.workers.outside import KEEPING
from conn_lint.workers.paths import CLOSE_OLD, Query
from conn_lint.workers.scope import Generator, Iteration, Scope
from conn_lint.workers.symbols import ClassSymbol

_FIELD = re.compile(r"\{[^{}]*\}")

SPAWNERS = frozenset(("create_task", "ensure_future", "run_coroutine_threadsafe", "start_soon"))
"""Functions of asyncio and its kin that run a coroutine beside the one that calls them."""


class Calls(Guesses):
    """Follows calls into the project; what is not known is left to ``Guesses``, what leaves it to ``Outside``."""

    def call(self, expr: f.Call, scope: Scope, *, keep_generator: bool = False) -> tuple[Effect, v.Val]:
        """What a call does, arguments included, and what it returns."""
        before, callee, receiver = self.callee(expr.func, scope)
        args: list[v.Val] = []
        for arg in expr.args:
            effect, value = self.value(arg, scope)
            if effect.queries and self._runs_coroutines(callee, receiver[1]):
                effect = fx.in_event_loop(effect)
            if receiver[1] in SPAWNERS:  # a task keeps nobody waiting, an endless one never comes to its end
                effect = fx.beside(effect) if effect.normal else fx.nothing()
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

    def _runs_coroutines(self, callee: v.Val, method: str) -> bool:
        """Whether a call runs the coroutine that it is given in an event loop of its own."""
        runs = method == "run_until_complete" or callee == v.Ext("asyncio.run")
        return runs and not self.graph.async_unsafe

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

    def invoke(
        self, callee: v.Val, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        target, method = receiver
        span = expr.span
        several = [each for each in map(self.now, v.choices(target)) if isinstance(each, (v.Cls, v.Obj))]
        if several:
            of_each = ((self.attribute(each, method), (each, method)) for each in several)
            return self._either([self.invoke(one, bound, given, expr, scope) for one, bound in of_each])
        callee = self.now(callee)
        job = scope.job
        if job is not None and method in job.calls and (method != job.calls[0] or not isinstance(callee, v.Func)):
            job.reached = True
            return job.effect, v.UNKNOWN
        if isinstance(callee, v.Func):
            return self.enter(callee, given, span, scope)
        if isinstance(callee, v.Cls):
            return self.construct(callee, given, span, scope)
        if isinstance(target, v.Table) and method in ("get", "items", "pop", "values"):
            return fx.nothing(), v.parts(target, method)
        if isinstance(target, (v.Connection, v.Connections)):
            return self.on_connection(target, method, span, scope)
        if isinstance(target, v.QuerySet):
            return self.on_queryset(target, method, span)
        known = self.on_object(target, method, given, span, scope)
        if known is not None:
            return known
        if isinstance(callee, v.Model) and not isinstance(target, v.Model):
            return fx.nothing(), v.Model()  # get_user_model()(...)
        if isinstance(target, v.Const) and isinstance(target.value, str):
            return self._consume(given, expr, scope)[0], formatted(target.value) if method == "format" else v.UNKNOWN
        if isinstance(callee, v.Obj):
            call = self.graph.method(callee.symbol, "__call__")
            return self.enter(v.Func(call, callee.symbol), given, span, scope) if call else (fx.nothing(), v.UNKNOWN)
        if isinstance(callee, v.Ext):
            if callee.dotted in waits.SLOW_FUNCTIONS:
                self.pausing.note()
            return self.outside(callee, receiver, given, expr, scope)
        scope.unresolved = True
        if self.unfollowed is not None and not self.shallow and not isinstance(target, v.Func):  # task.delay()
            self.unfollowed.note(span, *self.unknown(expr.func, method, scope))
        if method == "run_in_executor" and given.first() == v.Const(None):
            self.handed_to_any_thread(given.first("func", 1), span, scope)
        handed = self._handed_local(given, span, scope) if method not in KEEPING else None
        if handed is not None:
            return handed, v.UNKNOWN
        if self.dynamic and self.runs_others_code(callee, expr.func):
            return fx.query(Query(span, "calls code that is not known here")), v.UNKNOWN
        if self.likely and self.likely_query(target, method):
            return fx.query(Query(span, f"may query in .{method}()")), v.UNKNOWN
        of_object = not isinstance(expr.func, f.Name) or "." in expr.func.path
        guessed = self.methods_by_name(target, method, given) if self.by_name and of_object else []
        if guessed:
            made = [self.enter(each, given, span, scope) for each in guessed]
            using = sum(each[0].queries for each in made)
            if not using or 2 * using >= len(made):  # else the name alone says too little of this object
                return self._either(made)
        value = v.Ext(f"unknown.{method}", made=True) if method in waits.LISTENING else v.UNKNOWN
        return self.blocking(receiver, given, expr, scope), value

    def enter(self, func: v.Func, given: Given, span: Span, scope: Scope) -> tuple[Effect, v.Val]:
        """A call of a function of the project."""
        name = func.symbol.qualname
        dotted = self._dotted(func)
        if dotted in self.corrections.closers:
            return self.close(CLOSE_OLD, span, scope, name), v.UNKNOWN
        if self.shallow and func.symbol.path != scope.facts.path and not self.enters(func, given):
            return fx.nothing(), v.UNKNOWN
        others = self.overrides(func, span)
        if others:
            made = [self.enter(each, given, span, scope) for each in others]
            using = [each for each in made if each[0].queries] if scope.in_endless else []
            return self._either(using or made)  # an object whose class does without the ORM is in no danger
        called = Place(span, f"calls {name}()")
        opened = self.opened(func)
        way = (called, *opened) if scope.atomic or opened else ()
        self.transactions.extend(way)
        effect, value = self.run(
            func._replace(wraps=()) if func.wraps else func,
            tuple(worth_telling(arg) for arg in given.args),
            tuple((key, worth_telling(arg)) for key, arg in given.keywords),
            is_async=scope.is_async and not any(wrap.in_thread for wrap in func.wraps),
            atomic=bool(way),
        )
        del self.transactions[len(self.transactions) - len(way) :]
        if name.endswith("__init__") and isinstance(value, v.Obj) and value.symbol == scope.owner:
            scope.names.update(self.closures[value.state])  # by super().__init__()
        effect = fx.called(effect, called)
        if dotted in self.corrections.orm and not effect.queries:
            effect = fx.sequence(effect, fx.query(Query(span, f"uses the ORM in {name}(), by the configuration")))
        return self.inside(func.wraps, effect, span, scope), value

    def opened(self, func: v.Func) -> tuple[Place, ...]:
        """Where a function opens the transaction in which all of it runs; nothing where it does not."""
        head = self.graph.head(func.symbol) if any(wrap.atomic for wrap in func.wraps) else None
        return (Place(head.span, "runs in a transaction"),) if head else ()

    def enters(self, _callee: v.Func | v.Later, given: Given) -> bool:
        """Whether a call is followed into another file while looking for what is registered: it is given something
        to call."""
        return any(
            isinstance(value, v.Func) or (isinstance(value, v.Later) and value.may_be_function)
            for value in given.values
        )

    def inside(self, wraps: tuple[v.Wrap, ...], effect: Effect, span: Span, scope: Scope) -> Effect:
        """``effect`` of a function inside what wraps it."""
        for wrap in wraps:
            if wrap.atomic:
                effect = fx.sequence(fx.query(Query(span, "opens a transaction")), effect)
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

    def over(self, value: v.Obj, effect: Effect, source: f.Expr, scope: Scope) -> Iteration:
        """Going over ``value`` in a ``for``: by its ``__iter__``, and by ``__next__`` of what that returns."""
        bound = self._method(value, "__iter__")
        if bound is None:
            return Iteration(effect)
        span = span_of(source, scope)
        if span is not None and self._is_generator(bound):
            return Iteration(effect, generator=(bound, (), (), span))
        made, rows = self.run(bound, is_async=scope.is_async, atomic=scope.atomic)
        effect = fx.sequence(effect, fx.called(made, Place(span, "goes over it")) if span else made)
        if isinstance(rows, v.QuerySet):
            return Iteration(fx.sequence(effect, self.consumed(rows._replace(manager=False), source, scope)))
        step = self._method(rows, "__next__") if isinstance(rows, v.Obj) else None
        if step is None or span is None:
            return Iteration(effect)
        turn, item = self.run(step, is_async=scope.is_async, atomic=scope.atomic)
        return Iteration(effect, item, step=fx.called(turn, Place(span, "takes the next one")))

    def _method(self, value: v.Obj, name: str) -> v.Func | None:
        method = self.graph.method(value.symbol, name)
        bound = self.callable_of(method, value.symbol) if method else None
        return bound if isinstance(bound, v.Func) else None

    def _dotted(self, func: v.Func) -> str:
        asked = self.corrections.closers or self.corrections.orm
        facts = self.graph.facts(func.symbol.path) if asked else None
        return f"{facts.module}.{func.symbol.qualname}" if facts else ""

    def method_effect(self, value: v.Obj, name: str, scope: Scope, span: Span) -> Effect:
        """The effect of ``value.name()``."""
        bound = self._method(value, name)
        return self.enter(bound, Given((), ()), span, scope)[0] if bound else fx.nothing()

    def construct(self, callee: v.Cls, given: Given, span: Span, scope: Scope) -> tuple[Effect, v.Val]:
        made = v.Obj(callee.symbol)
        rows = any(isinstance(each, v.QuerySet) and not each.manager for each in given.values)
        if rows and persistence.is_serializer(self.graph.ancestors(callee.symbol)[1]):
            return fx.query(Query(span, "queries the database")), made  # its data is what it is made for
        init = self.graph.method(callee.symbol, "__init__")
        if init is None or self.graph.is_model(callee.symbol):
            return fx.nothing(), made
        effect, value = self.enter(v.Func(init, callee.symbol), given, span, scope)
        return effect, value if isinstance(value, v.Obj) and value.symbol == callee.symbol else made


def formatted(text: str) -> v.Val:
    """What ``text.format()`` makes, as far as its ends are known."""
    parts = _FIELD.split(text)
    return v.joined([v.Const(parts[0]), v.Const(parts[-1])])
