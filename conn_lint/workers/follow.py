"""Following code: what a function does to the connection, through calls, loops, decorators and generators.

An abstract run over facts. It keeps what is needed to know which function a call reaches and which names
stand for models, querysets and connections; everything else is ``Anything``. Where a branch cannot be
decided both sides are taken, so the result is the set of all paths.
"""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Place, Span
from conn_lint.workers import django
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.calls import ASYNC_WRAPPERS, is_dynamic, is_probe
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.effects import Crossing, Effect
from conn_lint.workers.expressions import Scope
from conn_lint.workers.extract import flat
from conn_lint.workers.facts import mentions
from conn_lint.workers.forks import Forks
from conn_lint.workers.graph import ClassSymbol, FunctionSymbol, Graph

MAX_DEPTH = 80
"""Calls followed below one entry: deeper chains are taken as doing nothing, which no project has needed."""


MAX_CONTEXTS = 12
"""Different arguments a function is followed with; after that it is followed with unknown ones."""


class EndlessLoop(NamedTuple):
    """A loop that runs as long as its process, and the idle times its repetition makes."""

    symbol: FunctionSymbol
    span: Span
    crossings: tuple[Crossing, ...]
    turn: Effect
    daemon: bool
    """Nothing in its body leaves it."""


class Follower(Forks):
    """Runs functions of a project abstractly; results are kept, so each is followed once per context."""

    def __init__(
        self,
        graph: Graph,
        corrections: Corrections,
        *,
        likely: bool = False,
        dynamic: bool = False,
        by_name: bool = False,
    ) -> None:
        super().__init__(graph, corrections, likely=likely, dynamic=dynamic, by_name=by_name)
        self.importing = False
        """While following what the import of a module does, which is not what running it does."""
        self.loops: dict[tuple[str, int], EndlessLoop] = {}
        self._contexts: dict[FunctionSymbol, set[object]] = {}
        self._results: dict[object, tuple[Effect, v.Val]] = {}
        self._decorated: dict[tuple[FunctionSymbol, bool], v.Val] = {}
        self._decorating: set[tuple[FunctionSymbol, bool]] = set()

    # --- functions -----------------------------------------------------------------------------

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
        contexts = self._contexts.setdefault(func.symbol, set())
        context = (func.closure, args, keywords)
        if context not in contexts and len(contexts) >= MAX_CONTEXTS:
            args, keywords, func = (), (), func._replace(closure=0)
        contexts.add((func.closure, args, keywords))
        key = (func, args, keywords, is_async, atomic, entry, self.shallow, self.streaming is not None)
        noted = None if self.shallow else self.unfollowed
        if noted is not None:
            noted.enter(func.symbol, key)
        result = self._results.get(key) or self._follow(key, func, args, keywords, is_async, atomic, entry)
        if noted is not None:
            noted.leave()
        return result

    def _follow(
        self,
        key: object,
        func: v.Func,
        args: tuple[v.Val, ...],
        keywords: tuple[tuple[str, v.Val], ...],
        is_async: bool,
        atomic: bool,
        entry: bool,
    ) -> tuple[Effect, v.Val]:
        """As ``run``, the first time; nothing where it calls itself."""
        function = self.graph.function(func.symbol)
        facts = self.graph.facts(func.symbol.path)
        if function is None or facts is None or key in self._running:
            self.cuts += 1
            return fx.nothing(), v.UNKNOWN
        if len(self._running) > MAX_DEPTH:
            self.cuts += 1
            if self.unfollowed is not None:
                self.unfollowed.note(function.span, f"{function.name}() lies {MAX_DEPTH} calls deep", limit=True)
            return fx.nothing(), v.UNKNOWN
        scope = Scope(facts, function, func.owner, is_async=function.is_async or is_async, atomic=atomic)
        scope.names.update(self.closures[func.closure])
        self._bind(scope, function, func, args, keywords, entry)
        self._running.add(key)
        effect = self.body(function.body, scope)
        self._running.discard(key)
        self.observe_forks(effect)
        result = (effect, self._returned(scope))
        self._results[key] = result
        return result

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
        if len(known) > 1 and all(isinstance(value, v.Obj) for value in known):
            base = self.graph.common_base([value.symbol for value in known if isinstance(value, v.Obj)])
            return v.Obj(base) if base else v.UNKNOWN
        return scope.returned()

    def perform(self, func: v.Func) -> Effect:
        """The effect of one run of an entrypoint, started from outside the project."""
        in_thread = any(wrap.in_thread for wrap in func.wraps)
        atomic = any(wrap.atomic for wrap in func.wraps)
        if self.unfollowed is not None:
            self.unfollowed.enter(func.symbol, func)
        effect, _ = self.run(func._replace(wraps=()), entry=True, atomic=atomic)
        facts, function = self.graph.facts(func.symbol.path), self.graph.head(func.symbol)
        if func.wraps and facts is not None and function is not None:
            scope = Scope(facts, None, func.owner, is_async=function.is_async and not in_thread)
            effect = self.inside(func.wraps, effect, function.span, scope)
        if self.unfollowed is not None:
            self.unfollowed.leave()
        return effect

    def around(self, method: v.Func, name: str, job: Effect) -> Effect:
        """The effect of an overridden ``method`` whose ``super().name()`` runs ``job``."""
        function = self.graph.function(method.symbol)
        facts = self.graph.facts(method.symbol.path)
        if function is None or facts is None:
            return job
        scope = Scope(facts, function, method.owner)
        self._bind(scope, function, method, (), (), True)
        scope.runs = (name, fx.renamed(job, {"return": "normal"}))
        return self.body(function.body, scope)

    def _bind(
        self,
        scope: Scope,
        function: f.Function,
        func: v.Func,
        args: tuple[v.Val, ...],
        keywords: tuple[tuple[str, v.Val], ...],
        entry: bool,
    ) -> None:
        params = list(function.params)
        hints = dict(function.annotations)
        for param in params:
            scope.names[param] = self.annotated(scope, hints[param]) if param in hints else v.PARAM
        if function.owner and params and not self._is_static(function):
            first = params.pop(0)
            owner = func.owner or ClassSymbol(func.symbol.path, function.owner)
            scope.owner = owner
            scope.names[first] = v.Cls(owner) if first == "cls" else v.Obj(owner)
        if entry:
            return
        given = dict(zip(params, args, strict=False)) | {name: value for name, value in keywords if name in params}
        for name, default in function.defaults:
            if name not in given and isinstance(default, f.Constant):
                given[name] = v.Const(default.value)
        for name, value in given.items():
            if value != v.UNKNOWN:
                scope.names[name] = value

    @staticmethod
    def _is_static(function: f.Function) -> bool:
        return any(isinstance(d, f.Name) and d.path == "staticmethod" for d in function.decorators)

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
            current = self.decorated(decorator, current, scope)
        return _known_as(current, symbol)

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

    # --- statements ----------------------------------------------------------------------------

    def body(self, statements: f.Body, scope: Scope) -> Effect:
        """The effect of statements in order."""
        total = fx.nothing()
        for statement in statements:
            if not total.normal:
                break  # what follows is never reached
            total = fx.sequence(total, self.statement(statement, scope))
        return total

    def statement(self, statement: f.Statement, scope: Scope) -> Effect:
        if isinstance(statement, f.Do):
            self.observe_bare(statement, scope)
            effect, value = self.value(statement.value, scope)
            return effect
        if isinstance(statement, f.Let):
            effect, value = self.value(statement.value, scope)
            for target in statement.targets:
                scope.names[target] = value if len(statement.targets) == 1 else v.UNKNOWN
            named = mentions(statement.value)
            if named & (django.GUARDS | scope.guards):
                scope.guards.update(statement.targets)
            return effect
        if isinstance(statement, f.If):
            return self.branch(statement, scope)
        if isinstance(statement, f.Loop):
            return self.loop(statement, scope)
        if isinstance(statement, f.Try):
            return self.attempt(statement, scope)
        if isinstance(statement, f.With):
            return self.managed(statement.items, statement, scope)
        if isinstance(statement, f.Exit):
            effect, value = self.value(statement.value, scope)
            if statement.kind == "return":
                scope.returns.append(value)
            return fx.sequence(effect, fx.leave(statement.kind))
        if isinstance(statement, f.Local):
            scope.imports.update(statement.imports)
        elif statement.qualname in scope.facts.functions:
            local = v.Func(FunctionSymbol(scope.facts.path, statement.qualname), None, self.closure(scope))
            self.nested[local.symbol] = local
            scope.names[statement.name] = self._local(local, scope)
        return fx.nothing()

    def _local(self, local: v.Func, scope: Scope) -> v.Val:
        function = self.graph.function(local.symbol)
        current: v.Val = local
        for decorator in reversed(function.decorators if function else ()):
            current = self.decorated(decorator, current, scope)
        return _known_as(current, local.symbol)

    def branch(self, statement: f.If, scope: Scope) -> Effect:
        test = self.test(statement.test, scope)
        truth = self.truth(statement.test, scope)
        child = self.child_branch(statement.test, scope)
        if self.importing and statement.mentions & {"TYPE_CHECKING", "__name__"}:
            return fx.sequence(test, self.body(statement.orelse, scope))
        guard = django.guards_a_close(statement.mentions) or bool(statement.mentions & scope.guards)
        if truth is None and not statement.orelse and guard:
            outer = self.streaming
            self.streaming = None if "is_usable" in statement.mentions else outer
            guarded = self.body(statement.body, scope)
            self.streaming = outer
            if not guarded.queries and any(path.lead.before for path in guarded.normal.values()):
                return fx.sequence(test, guarded)
        before = dict(scope.names)
        branches: list[Effect] = []
        if truth is not False:
            branches.append(self.body(statement.body, scope))
        after = scope.names
        scope.names = before
        if truth is not True:
            branches.append(self.body(statement.orelse, scope))
        elif truth is True:
            scope.names = after
        if truth is None:
            scope.names = _merged(after, scope.names)
        if child is not None and truth is None:
            return fx.sequence(test, self.in_both((branches[0], branches[1]), child, scope))
        return fx.sequence(test, fx.either(*branches))

    def loop(self, loop: f.Loop, scope: Scope) -> Effect:
        _unsettle(loop.body, scope)
        if loop.kind != "while":
            return self.iteration(loop, scope)
        first = self.test(loop.source, scope)
        outer, scope.in_endless = scope.in_endless, scope.in_endless or loop.endless != "no"
        scope.repeats += 1
        body = self.body(loop.body, scope)
        scope.repeats -= 1
        scope.in_endless = outer
        turn = fx.sequence(fx.renamed(body, {"continue": "normal"}), self.test(loop.source, scope))
        return fx.sequence(first, self.repetition(loop, turn, scope, endless=loop.endless != "no"))

    def iteration(self, loop: f.Loop, scope: Scope) -> Effect:
        source = self.iterate(loop.source, scope)
        _assign(loop.targets, source.item, scope)
        if source.generator is not None:
            func, args, keywords, _ = source.generator
            values = self.run(func, args, keywords)[1]
            _assign(loop.targets, values.items[0] if isinstance(values, v.Items) else v.UNKNOWN, scope)
            outer, scope.in_endless = scope.in_endless, True
            body = self.body(loop.body, scope)
            scope.in_endless = outer
            return fx.sequence(source.effect, self.generate(source.generator, body, scope, (loop, scope)))
        outer, scope.in_endless = scope.in_endless, scope.in_endless or source.waits or source.endless
        scope.repeats += 1
        turns = [self.turn(loop, source.streamed, scope)] if not source.items else []
        for item in source.items:
            _assign(loop.targets, item, scope)
            turns.append(self.body(loop.body, scope))
        turn = fx.either(*turns)
        scope.repeats -= 1
        scope.in_endless = outer
        if source.every:  # e.g. connections.all(): never empty when there is something to close
            rounds = fx.Effect({"normal": {**turn.normal, **turn.leaving("continue", "break")}}, turn.crossings)
            return fx.sequence(source.effect, rounds)
        head = fx.waiting(fx.UNBOUNDED, loop.span) if source.waits else fx.nothing()
        rounds = self.repetition(loop, fx.sequence(head, turn), scope, endless=source.waits or source.endless)
        if isinstance(loop.source, f.Several) and loop.source.display == "list":  # a literal: never without a turn
            first = fx.renamed(turn, {"continue": "normal"})
            rounds = fx.renamed(fx.sequence(first, rounds), {"break": "normal"})
        return fx.sequence(source.effect, rounds)

    def turn(self, loop: f.Loop, streamed: bool, scope: Scope) -> Effect:
        """The body of a ``for``; of closes in it while the cursor of the loop is open note is taken."""
        if not streamed:
            return self.body(loop.body, scope)
        outer, self.streaming = self.streaming, []
        turn = self.body(loop.body, scope)
        closes, self.streaming = self.streaming, outer
        again = {**turn.normal, **turn.leaving("continue")}
        leaves = turn.leaving("break", "return", "raise")
        if again and (any(map(_cleans, again.values())) or not any(map(_cleans, leaves.values()))):
            for level, span, where in closes:
                self.note("close-while-iterating", span, where, level, (Place(loop.span, "while this loop reads"),))
        return turn

    def repetition(self, loop: f.Loop, turn: Effect, scope: Scope, *, endless: bool) -> Effect:
        """``loop`` around ``turn``; an endless one is kept in ``loops`` with the idle times it makes."""
        leaves = turn.leaving("break", "return")
        again = {**turn.normal, **turn.leaving("continue")}
        if endless and again and all(path.handled for path in again.values()):
            endless = False  # goes round again only after an exception: a retry, not a worker
        daemon = endless and not leaves
        blocks = loop.endless == "always" and scope.unresolved and scope.on_yield is None and not turn.leaving("raise")
        if daemon and blocks and turn.queries and not _waits(again):  # something in it must wait, or it would spin
            turn = fx.sequence(fx.waiting(fx.UNBOUNDED, loop.span), turn)
        effect, made = fx.repeat(_idle_turns(turn) if endless else turn, endless=loop.endless == "always")
        if endless:
            home = scope.home or (scope, loop.span)
            self._keep(home, made, turn, daemon)
        if loop.orelse:
            effect = fx.sequence(effect, self.body(loop.orelse, scope))
        return effect

    def _keep(
        self, home: tuple[Scope, Span], made: dict[tuple[object, ...], Crossing], turn: Effect, daemon: bool
    ) -> None:
        if self.shallow:
            return
        scope, span = home
        qualname = scope.function.qualname if scope.function else "<module>"
        key = (span.path, span.line)
        known = self.loops.get(key)
        crossings = {crossing.stretch.key: crossing for crossing in (known.crossings if known else ())}
        for crossing in made.values():
            if not crossing.child:
                crossings.setdefault(crossing.stretch.key, crossing)
        if known:  # in another class, or with other arguments
            turn, daemon = (known.turn if known.turn.queries else turn), daemon or known.daemon
        self.loops[key] = EndlessLoop(
            FunctionSymbol(span.path, qualname), span, tuple(crossings.values()), turn, daemon
        )

    def attempt(self, statement: f.Try, scope: Scope) -> Effect:
        if _probes(statement):  # whoever does not answer is closed
            return fx.cleanup(fx.CLOSE)
        tried = self.body(statement.body, scope)
        whole = fx.sequence(tried, self.body(statement.orelse, scope))
        if statement.handlers:
            _unsettle(statement.body, scope)
        branches = [whole]
        retried = False
        for handler in statement.handlers:
            outer, self.streaming = self.streaming, None  # after an error the rows are lost anyway
            rescue = self.body(handler.body, scope)
            self.streaming = outer
            retried = retried or self._retries(handler, rescue, statement, whole)
            arrived = {**tried.normal, **tried.leaving("return", "continue", "break", "raise")} or {
                fx.EMPTY.key: fx.EMPTY
            }
            reached = {key: path._replace(handled=True) for key, path in arrived.items()}
            branches.append(fx.sequence(fx.Effect({"normal": reached}), rescue))
        effect = fx.either(*branches)
        if retried:  # what is lost at the start is made good
            effect = fx.sequence(fx.cleanup(fx.CLOSE), effect)
        if statement.final:
            effect = fx.finally_(effect, self.body(statement.final, scope))
        return effect

    @staticmethod
    def _retries(handler: f.Handler, rescue: Effect, statement: f.Try, tried: Effect) -> bool:
        """Whether the handler closes what a lost connection left behind and does the work again."""
        if handler.types and not any(name.rpartition(".")[2] in django.DATABASE_ERRORS for name in handler.types):
            return False
        paths = [path for paths in rescue.exits.values() for path in paths.values()]
        if (
            not paths
            or not all(path.lead.before for path in paths if path.first or path.lead.before)
            or not any(path.lead.before for path in paths)
        ):
            return False
        again = {call.func for call in _calls(statement.body)} & {call.func for call in _calls(handler.body)}
        goes_round = bool(rescue.leaving("continue")) and bool(tried.leaving("return", "break"))
        return rescue.queries or goes_round or any(isinstance(func, (f.Name, f.Attr)) for func in again)

    def managed(self, items: tuple[tuple[f.Expr, str | None], ...], statement: f.With, scope: Scope) -> Effect:
        """The body of a ``with`` inside the first of ``items``, and so on."""
        if not items:
            return self.body(statement.body, scope)
        (expr, name), rest = items[0], items[1:]
        entering, value = self.value(expr, scope, keep_generator=True)
        if name:
            scope.names[name] = value
        if isinstance(value, v.Ext) and value.dotted in django.ATOMIC:
            outer, scope.atomic = scope.atomic, True
            inner = self.managed(rest, statement, scope)
            scope.atomic = outer
            opening = fx.query(fx.Query(statement.span, "opens a transaction"))
            return fx.sequence(entering, fx.sequence(opening, inner))
        inner = self.managed(rest, statement, scope)
        if (
            isinstance(value, v.Ext)
            and value.dotted == "contextlib.closing"
            and isinstance(value.wrapped, v.Connection)
        ):
            return fx.sequence(entering, fx.finally_(inner, fx.cleanup(fx.CLOSE)))
        generator = scope.generators.pop(id(expr), None)
        if generator is not None:
            return fx.sequence(entering, self.generate(generator, inner, scope, None))
        if isinstance(value, v.Obj):
            enter = self.method_effect(
                value, "__aenter__" if statement.is_async else "__enter__", scope, statement.span
            )
            leave = self.method_effect(value, "__aexit__" if statement.is_async else "__exit__", scope, statement.span)
            return fx.sequence(entering, fx.sequence(enter, fx.finally_(inner, leave)))
        return fx.sequence(entering, inner)

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
        self._bind(inner, function, func, args, keywords, False)
        inner.on_yield = fx.renamed(body, {"return": "outer return", "break": "outer break", "continue": "normal"})
        inner.home = (home[1], home[0].span) if home else scope.home
        self._running.add(key)
        effect = self.body(function.body, inner)
        self._running.discard(key)
        place = Place(span, f"goes through {func.symbol.qualname}()")
        return fx.renamed(
            fx.called(effect, place, keep=("outer return", "outer break")),
            {"outer return": "return", "outer break": "normal"},
        )


def _assign(targets: tuple[str, ...], value: v.Val, scope: Scope) -> None:
    """Bind the targets of a ``for`` to an item."""
    parts = value.items if isinstance(value, v.Items) and len(value.items) == len(targets) else ()
    for position, target in enumerate(targets):
        scope.names[target] = value if len(targets) == 1 else parts[position] if parts else v.UNKNOWN


def _merged(one: dict[str, v.Val], other: dict[str, v.Val]) -> dict[str, v.Val]:
    """The names after one of two branches: what both agree on, and code that one of them got by its name."""
    found = dict(one)
    for name, value in other.items():
        if name not in one or is_dynamic(value):
            found[name] = value
        elif one[name] != value and not is_dynamic(one[name]):
            del found[name]
    return found


def _plain(value: v.Val) -> bool:
    """Whether ``value`` is data without a part in what is followed: a constant, or what a built-in made."""
    return isinstance(value, v.Const) or (isinstance(value, v.Ext) and value.made and value.dotted in _PLAIN)


_PLAIN = frozenset(f"builtins.{name}" for name in "bool bytes dict float int list repr set str tuple".split())


def _known_as(value: v.Val, symbol: FunctionSymbol) -> v.Val:
    return value._replace(named=symbol) if isinstance(value, v.Func) and value.symbol != symbol else value


def _unsettle(body: f.Body, scope: Scope) -> None:
    """Constants that ``body`` assigns are not known where it may have run any number of times, or in part."""
    for statement in flat(body):
        for target in statement.targets if isinstance(statement, f.Let) else ():
            if isinstance(scope.names.get(target), v.Const):
                scope.names[target] = v.UNKNOWN


def _waits(paths: fx.Paths) -> bool:
    return any(path.lead.wait or path.tail.wait for path in paths.values())


def _cleans(path: fx.Path) -> bool:
    """Whether a path closes before its first query or after its last one."""
    return any((path.lead.before, path.lead.after, path.tail.before, path.tail.after))


def _idle_turns(turn: Effect) -> Effect:
    """``turn``, its waits unbounded on paths without a query: such turns may follow each other for ever."""
    exits = {
        kind: {
            path.key: path
            for path in (
                path._replace(lead=path.lead._replace(wait=path.lead.wait._replace(seconds=fx.UNBOUNDED, unsure=False)))
                if path.first is None and path.lead.wait and kind in ("normal", "continue")
                else path
                for path in paths.values()
            )
        }
        for kind, paths in turn.exits.items()
    }
    return Effect(exits, turn.crossings)


_PROBING = frozenset("connect cursor debug ensure_connection execute fetchall fetchone is_usable ping".split())


def _probes(statement: f.Try) -> bool:
    """Whether a ``try`` does nothing but ask the server for an answer, and closes where there is none."""
    calls = _calls(statement.body)
    names = {_last(call) for call in calls}
    closing = [
        handler for handler in statement.handlers if any(_last(each) in _CLOSING for each in _calls(handler.body))
    ]
    if statement.orelse or not closing or len(closing) < len(statement.handlers) or not names <= _PROBING:
        return False
    return "ping" in names or any(_last(call) == "execute" and _asks(call) for call in calls)


def _asks(call: f.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, f.Constant) and is_probe(first.value)


_CLOSING = frozenset("close close_all close_if_unusable_or_obsolete close_old_connections connect".split())


def _last(call: f.Call) -> str:
    func = call.func
    return func.path.rpartition(".")[2] if isinstance(func, f.Name) else func.name if isinstance(func, f.Attr) else ""


def _calls(body: f.Body) -> list[f.Call]:
    found: list[f.Call] = []
    for statement in flat(body):
        value = getattr(statement, "value", None)
        if isinstance(value, f.Await):
            value = value.value
        if isinstance(value, f.Call):
            found.append(value)
    return found
