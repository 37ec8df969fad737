"""Following code: what a function does to the connection, through calls, loops, decorators and generators.

An abstract run over facts. It keeps what is needed to know which function a call reaches and which names
stand for models, querysets and connections; everything else is ``Anything``. Where a branch cannot be
decided both sides are taken, so the result is the set of all paths.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator

from conn_lint.model import Place, Span
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.alike import Alike
from conn_lint.workers.arguments import Given, Keywords
from conn_lint.workers.callables import is_method
from conn_lint.workers.callsites import flat
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.decorators import Decorators
from conn_lint.workers.effects import Effect
from conn_lint.workers.extract import MODULE
from conn_lint.workers.graph import Graph
from conn_lint.workers.lookup import Guess
from conn_lint.workers.scope import Job, Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

MAX_DEPTH = 1000
"""Calls followed below one entry: no project has a chain as long, so that each is followed to its end."""


MAX_CONTEXTS = 12
"""Different arguments a function is followed with; after that it is followed with unknown ones."""

MAX_DECORATED = 1000
"""The same for decorators, and for what they make of functions: without these nothing is known of it."""


class Follower(Decorators):
    """Runs functions of a project abstractly; results are kept, so each is followed once per context."""

    def __init__(self, graph: Graph, corrections: Corrections, guess: Guess = "nothing") -> None:
        super().__init__(graph, corrections, guess)
        self._contexts: dict[FunctionSymbol, set[object]] = {}
        self._results: dict[Hashable, tuple[Effect, v.Val]] = {}
        self._alike = Alike()

    def run(
        self,
        func: v.Func,
        args: tuple[v.Val, ...] = (),
        keywords: tuple[tuple[str, v.Val], ...] = (),
        *,
        is_async: bool = False,
        atomic: bool = False,
        entry: bool = False,
    ) -> tuple[Effect, v.Val]:
        """The effect of calling ``func`` and what it returns. ``entry``: called from outside the project,
        so nothing is known of its arguments."""
        given = self.arguments_held(func) if entry else self.arguments_of(func, args, keywords)
        func = func._replace(bound=0) if func.bound else func
        contexts = self._contexts.setdefault(func.symbol, set())
        if (
            len(contexts) >= MAX_CONTEXTS
            and (func.closure, given) not in contexts
            and not (len(contexts) < MAX_DECORATED and self._decorates(func, args))
        ):
            given, func = (), func._replace(closure=0)
        contexts.add((func.closure, given))
        what: Hashable = (func, given, self.shallow, self.importing)
        if entry and self._alike.is_partly_known(what):
            what = (what, entry)
        key = self._alike.run_of(what) or (what, is_async, atomic, self.streaming is not None)
        noted = None if self.shallow else self.unfollowed
        if noted is not None:
            noted.enter(func.symbol, key)
        self.pausing.enter(func.symbol, whole=not self.shallow)
        result = self._results.get(key)
        if result is not None:
            reached = self._alike.reached_by(what)
            if reached is not None:
                self.reached = min(self.reached, reached)
            elif self._alike.run_of(what) is None:
                self.particular += 1  # to this run, and so to the one that leads to it
        elif key in self._running:
            self.cut(key)
            result = fx.nothing(), v.UNKNOWN
        else:
            number, particular, begun = len(self._running), self.particular, self._alike.begin()
            outer, self.reached = self.reached, number
            result = self._follow(key, func, given, is_async, atomic)
            mattered = self.particular != particular
            self._alike.end(begun, what, key, number=number, reached=self.reached, mattered=mattered)
            self.reached = min(outer, self.reached)
        self.pausing.leave()
        if noted is not None:
            noted.leave()
        return result

    def _decorates(self, func: v.Func, args: tuple[v.Val, ...]) -> bool:
        """Whether ``func`` is a decorator that is given its function, or what one made of a function."""
        given = args[0] if len(args) == 1 else None
        if func.named is not None or not isinstance(given, v.Func):
            return func.named is not None
        head = self.graph.head(given.symbol)
        return given.named is not None or (head is not None and bool(head.decorators))

    def _follow(
        self, key: Hashable, func: v.Func, given: Keywords, is_async: bool, atomic: bool
    ) -> tuple[Effect, v.Val]:
        """As ``run``, the first time."""
        function = self.graph.function(func.symbol)
        facts = self.graph.facts(func.symbol.path)
        if function is None or facts is None:
            self.cuts += 1
            return fx.nothing(), v.UNKNOWN
        if len(self._running) > MAX_DEPTH:
            self.cut(None)
            if self.unfollowed is not None:
                self.unfollowed.note(function.span, f"{function.name}() lies {MAX_DEPTH} calls deep", limit=True)
            return fx.nothing(), v.UNKNOWN
        scope = Scope(facts, function, func.owner, is_async=function.is_async or is_async, atomic=atomic)
        scope.names.update(self.closures[func.closure])
        scope.imports.update(self._imported_around(scope))
        self._bind(scope, function, func, given)
        if function.qualname != MODULE:  # whose functions are looked up by their names
            self._foresee(function.body, scope)
        self._running[key] = len(self._running)
        effect = self.body(function.body, scope)
        del self._running[key]
        self.observe_forks(effect)
        result = (effect, self._returned(scope))
        self._results[key] = result
        return result

    def _imported_around(self, scope: Scope) -> Iterator[tuple[str, str]]:
        """What the functions import that the one of ``scope`` is defined in, outermost first."""
        for qualname in scope.enclosing:
            outer = self.graph.function(FunctionSymbol(scope.facts.path, qualname))
            for statement in flat(outer.body) if outer else ():
                if isinstance(statement, f.Local):
                    yield from statement.imports

    def _foresee(self, body: f.Body, scope: Scope) -> None:
        """Bind the functions that ``body`` defines before any of it is followed, as each may call those behind it;
        twice, so that they know each other."""
        local = [each for each in body if isinstance(each, f.Define) and each.qualname in scope.facts.functions]
        for _ in range(2) if len(local) > 1 else ():
            closure = self.closure(scope)
            for each in local:
                symbol = FunctionSymbol(scope.facts.path, each.qualname)
                scope.names[each.name] = v.Func(symbol, None, closure)

    def _returned(self, scope: Scope) -> v.Val:
        """As ``scope.returned()``; of several objects one of the class they have in common, of a constructor the
        object where its attributes hold functions, of a generator the one thing it yields."""
        function = scope.function
        if function and function.name == "__init__" and scope.owner:
            state = self.state(scope)
            return v.Obj(scope.owner, state) if state else v.UNKNOWN
        if function and function.is_generator:
            given = {value for value in scope.yielded if value != v.UNKNOWN}
            return v.Items((given.pop(),)) if len(given) == 1 else v.UNKNOWN
        known = {value for value in scope.returns if value not in (v.UNKNOWN, v.PARAM, v.Const(None))}
        if len(known) > 1:
            known = {value for value in known if not _plain(value)}
        if len(known) == 1:
            return known.pop()
        objects = [value for value in known if isinstance(value, v.Obj)]
        if objects and (len(objects) == len(known) or self.by_name):
            base = self.graph.common_base([value.symbol for value in objects])
            return v.Obj(base) if base else v.UNKNOWN
        return scope.returned()

    def perform(self, func: v.Func, given: Given | None = None) -> Effect:
        """The effect of one run of an entrypoint, started from outside the project, with what it is ``given`` where
        that is known."""
        in_thread = any(wrap.in_thread for wrap in func.wraps)
        if self.unfollowed is not None:
            self.unfollowed.enter(func.symbol, func)
        self.pausing.enter(func.symbol)
        args, keywords = given or Given((), ())
        effect = self.begin(func._replace(wraps=()), self.opened(func), args, keywords, entry=given is None)
        facts, function = self.graph.facts(func.symbol.path), self.graph.head(func.symbol)
        if func.wraps and facts is not None and function is not None:
            scope = Scope(facts, None, func.owner, is_async=function.is_async and not in_thread)
            effect = self.inside(func.wraps, effect, function.span, scope)
        self.pausing.leave()
        if self.unfollowed is not None:
            self.unfollowed.leave()
        return effect

    def begin(
        self,
        func: v.Func,
        opened: tuple[Place, ...],
        args: tuple[v.Val, ...] = (),
        keywords: tuple[tuple[str, v.Val], ...] = (),
        *,
        entry: bool,
    ) -> Effect:
        """The effect of a run that something outside starts, in no transaction but one ``opened`` for it."""
        outer, self.transactions = self.transactions, list(opened)
        effect, _ = self.run(func, args, keywords, entry=entry, atomic=bool(opened))
        self.transactions = outer
        return effect

    def around(self, method: v.Func, calls: tuple[str, ...], effect: Effect) -> Effect:
        """The effect of a ``method`` that runs what has ``effect`` by one of ``calls`` (``scope.Job``); ``effect``
        itself where it is not seen to."""
        function = self.graph.function(method.symbol)
        facts = self.graph.facts(method.symbol.path)
        if function is None or facts is None:
            return effect
        scope = Scope(facts, function, method.owner, is_async=function.is_async)
        self._bind(scope, function, method, ())
        scope.job = Job(calls, fx.renamed(effect, {"return": "normal"}))
        whole = self.body(function.body, scope)
        return whole if scope.job.reached else effect

    def _bind(self, scope: Scope, function: f.Function, func: v.Func, given: Keywords) -> None:
        """Bind the parameters of ``function`` to what is known of them."""
        hints = dict(function.annotations)
        for param in function.params:
            scope.names[param] = self.annotated(scope, hints[param]) if param in hints else v.PARAM
        if is_method(function):
            first = function.params[0]
            owner = func.owner or ClassSymbol(func.symbol.path, function.owner or "")
            scope.owner = owner
            scope.names[first] = v.Cls(owner) if first == "cls" else v.Obj(owner)
        scope.names.update(given)
        for name, default in function.defaults:
            if isinstance(default, f.Name) and scope.names.get(name) == v.PARAM:
                usual = self.name(default.path, Scope(scope.facts, None, None))
                if isinstance(usual, (v.Cls, v.Ext)):
                    scope.names[name] = usual  # a class that a caller may choose another one for

    def generate(
        self,
        call: tuple[v.Func, tuple[v.Val, ...], tuple[tuple[str, v.Val], ...], Span],
        body: Effect,
        scope: Scope,
        home: tuple[f.Loop, Scope] | None,
    ) -> Effect:
        """A generator function of the project with ``body`` in the place of its ``yield``."""
        func, args, keywords, span = call
        function = self.graph.function(func.symbol)
        facts = self.graph.facts(func.symbol.path)
        key = ("generate", func, span)
        if function is None or facts is None or key in self._running:
            return body
        inner = Scope(facts, function, func.owner, is_async=function.is_async, atomic=scope.atomic)
        inner.names.update(self.closures[func.closure])
        inner.imports.update(self._imported_around(inner))
        self._bind(inner, function, func, self.arguments_of(func, args, keywords))
        inner.on_yield = fx.renamed(body, {"return": "outer return", "break": "outer break", "continue": "normal"})
        inner.home = (home[1], home[0].span) if home else scope.home
        self._running[key] = len(self._running)
        self.pausing.enter(func.symbol)
        effect = self.body(function.body, inner)
        self.pausing.leave()
        del self._running[key]
        place = Place(span, f"goes through {func.symbol.qualname}()")
        return fx.renamed(
            fx.called(effect, place, keep=("outer return", "outer break")),
            {"outer return": "return", "outer break": "normal"},
        )


def _plain(value: v.Val) -> bool:
    """Whether ``value`` is data without a part in what is followed: a constant, or what a built-in made."""
    return isinstance(value, v.Const) or (isinstance(value, v.Ext) and value.made and value.dotted in _PLAIN)


_PLAIN = frozenset(f"builtins.{name}" for name in "bool bytes dict float int list repr set str tuple".split())
