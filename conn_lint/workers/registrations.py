"""Functions that the project hands to something which runs them outside a request, as they are handed over."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from conn_lint.model import Place
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.effects import Effect
from conn_lint.workers.enlisting import Enlisting
from conn_lint.workers.entries import DONE_CALLBACK, Decorators, Entry, Handover, Pool, Told, names_of
from conn_lint.workers.extract import MODULE
from conn_lint.workers.frameworks.base import Framework, Registrar
from conn_lint.workers.frameworks.paces import ONCE
from conn_lint.workers.graph import Graph
from conn_lint.workers.handing import handed_on
from conn_lint.workers.outside import ASYNC_WRAPPERS
from conn_lint.workers.prefilter import framework_words_in
from conn_lint.workers.receivers import is_own_pool, is_receiver, pool_of
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol
from conn_lint.workers.variants import calls_back


class Registrations(Enlisting):
    """Follows code and notes what is registered in it."""

    def __init__(self, graph: Graph, corrections: Corrections, frameworks: tuple[Framework, ...]) -> None:
        super().__init__(graph, corrections, frameworks)
        self.wrappers: dict[FunctionSymbol, Handover] = {}
        """Functions of the project that hand an argument of theirs on to a registrar."""
        self._registrars: dict[str, list[tuple[Registrar, Framework]]] = {}
        bases = [hook.base for framework in frameworks for hook in framework.hooks]
        bases += [each.name for framework in frameworks for each in framework.preparers if each.methods and each.name]
        self.hook_names = {base.rpartition(".")[2] for base in bases}
        """Last names of the classes whose subclasses are run by a framework."""
        self.made: dict[ClassSymbol, dict[int, None]] = {}
        """What the attributes of the objects hold that are made of a class, where that is functions or rows."""
        self.makers: dict[ClassSymbol, dict[FunctionSymbol, None]] = {}
        """The functions in which objects of a class are made."""
        self.callbacks: dict[FunctionSymbol, list[v.Func]] = {}
        """Functions given to ``future.add_done_callback()``, by the function that does so."""
        self.decorators = {name: framework for framework in frameworks for name in framework.decorators}
        self._by_decorator = Decorators(self.decorators)
        self.pool: Pool = ""
        """What the pool consists of whose own method is being followed, where it is gone soon."""
        self._registering: dict[str | None, bool] = {}
        """Whether a file may register something, by its path."""
        self.told = [Told(framework, tuple(names_of(framework))) for framework in frameworks]
        for framework in frameworks:
            for registrar in framework.registrars:
                self._registrars.setdefault(registrar.name, []).append((registrar, framework))

    def wrapper_names(self) -> set[str]:
        return {symbol.qualname.removesuffix(".__call__").rpartition(".")[2] for symbol in self.wrappers}

    def invoke(
        self, callee: v.Val, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        if isinstance(callee, v.Ext):
            self.signed(callee, given, expr, scope)
            framework = self._by_decorator.find(callee.dotted)
            if framework is not None:
                made = self._make_job(framework, self.now(given.first()), Place(expr.span, "made a job here"), scope)
                if made is not None:
                    return fx.nothing(), made
        through = expr.func.args[:1] if isinstance(expr.func, f.Call) and isinstance(callee, v.Ext) else ()
        if through and isinstance(callee, v.Ext) and callee.dotted in ASYNC_WRAPPERS:
            _, target, holder = self.callee(through[0], scope)  # sync_to_async(scheduler.add_job)(...)
            for registrar, framework in self.registrars_of(target, holder, expr._replace(func=through[0])):
                self.register(registrar, framework, given, expr, scope, "", None)
        if isinstance(callee, v.Func) and callee.symbol in self.wrappers and v.PARAM in given.values:
            self.wraps(scope, self.wrappers[callee.symbol])
        if receiver[1] == DONE_CALLBACK and scope.function is not None:
            callback = self.now(given.first("fn"))
            known = self.callbacks.setdefault(FunctionSymbol(scope.facts.path, scope.function.qualname), [])
            if isinstance(callback, v.Func) and callback not in known:
                known.append(callback)
        for registrar, framework in self.registrars_of(callee, receiver, expr):
            if registrar.only and dict(given.keywords).get(registrar.only[0]) != v.Const(registrar.only[1]):
                continue
            if is_own_pool(receiver[0], self.graph) and any(
                calls_back(each, self.graph, self.closures) for each in self._handed(registrar, given, expr, scope)
            ):
                continue  # what the pool wraps is known where somebody gives it to the pool
            pool = self.pool or pool_of(receiver, given, expr, scope, self.graph) if registrar.pool else ""
            if registrar.through and isinstance(receiver[0], v.Obj):
                method = self.graph.method(receiver[0].symbol, registrar.through)
                if method is not None:
                    callee, given = v.Func(method, receiver[0].symbol), given._replace(args=given.args[:1])
                    break
            runner = self.runner(framework, v.Obj(callee.symbol) if isinstance(callee, v.Cls) else receiver[0])
            self.register(registrar, framework, given, expr, scope, pool, runner)
        outer = self.pool
        if isinstance(callee, v.Func) and is_own_pool(receiver[0], self.graph):
            self.pool = self.pool or pool_of(receiver, given, expr, scope, self.graph)
        effect, value = super().invoke(callee, receiver, given, expr, scope)
        self.pool = outer
        if isinstance(callee, v.Cls) and isinstance(value, v.Obj):
            if value.state:
                self.made.setdefault(value.symbol, {})[value.state] = None
            if scope.function is not None and given.values:
                self.makers.setdefault(callee.symbol, {})[FunctionSymbol(scope.facts.path, scope.name)] = None
        return effect, value

    def _make_job(self, framework: Framework, job: v.Val, place: Place, scope: Scope) -> v.Func | None:
        """Enlist what a decorator of ``framework`` is called with: ``send_later = job(send)``, ``job("mail")(send)``;
        None where that is no function. A decorator of the project that does so with a function of its own around what
        it decorates makes as many jobs as it decorates."""
        if isinstance(job, v.Anything) and job.param and scope.function is not None:
            self.wraps(scope, Handover(framework, place))
        if not isinstance(job, v.Func):
            return None
        if calls_back(job, self.graph, self.closures):
            self.wraps(scope, Handover(framework, place, inside=True))
            return job
        if self.decorating is not None and job.named is None and job.closure:
            job = job._replace(named=self.decorating)
        self.enlist(job, framework, place)
        return job

    def runner(self, framework: Framework, receiver: v.Val) -> v.Func | None:
        """The override in the project of the method by which ``receiver`` runs what is registered with it."""
        if not framework.around or not isinstance(receiver, v.Obj):
            return None
        method = self.graph.method(receiver.symbol, framework.around)
        return v.Func(method, receiver.symbol) if method else None

    def callbacks_of(self, entry: Entry) -> Iterator[v.Func]:
        """What runs in the pool's thread after each run of ``entry``: the function that hands it over adds it to the
        future (Python 3.11 ``concurrent/futures/_base.py`` ``Future.set_result``)."""
        for symbol, callbacks in self.callbacks.items() if entry.framework.kind == "executor" else ():
            head = self.graph.head(symbol)
            lines = range(head.span.line, head.span.end_line + 1) if head else ()
            if any(place.span.path == symbol.path and place.span.line in lines for place in entry.registrations):
                yield from callbacks

    def registrars_of(
        self, callee: v.Val, receiver: tuple[v.Val, str], expr: f.Call
    ) -> list[tuple[Registrar, Framework]]:
        found: list[tuple[Registrar, Framework]] = []
        if isinstance(callee, v.Ext):
            found += self._registrars.get(callee.dotted, ())
        if isinstance(callee, v.Cls):  # of which the project has made its own kind
            own = self.graph.method(callee.symbol, "__init__") is not None  # which may order its arguments otherwise
            for base in self.graph.ancestors(callee.symbol)[1]:
                known = self._registrars.get(base, ())
                found += ((each._replace(position=None) if own else each, framework) for each, framework in known)
                found += self._registrars.get("." + ".".join(base.split(".")[-2:]), ())
        target, method = receiver
        if not isinstance(callee, (v.Func, v.Cls)):
            for registrar, framework in self._registrars.get(f".{method}", ()):
                if not registrar.receivers or is_receiver(target, expr.func, registrar.receivers, self.graph):
                    found.append((registrar, framework))
        return found

    def statement(self, statement: f.Statement, scope: Scope) -> Effect:
        effect = super().statement(statement, scope)
        for target in statement.targets if isinstance(statement, f.Let) else ():
            owner, _, name = target.rpartition(".")
            for registrar, framework in self._registrars.get(f"={name}", ()) if owner else ():
                assert isinstance(statement, f.Let)
                receiver = self.name(owner, scope)
                by = is_receiver(receiver, f.Name(target), registrar.receivers, self.graph)
                if by and not isinstance(receiver, v.Func):
                    call = f.Call(f.Name(target), (), (), statement.span)
                    given = Given((), ((registrar.keyword, scope.names.get(target, v.UNKNOWN)),))
                    self.register(registrar, framework, given, call, scope, "", None)
        return effect

    def register(
        self,
        registrar: Registrar,
        framework: Framework,
        given: Given,
        expr: f.Call,
        scope: Scope,
        pool: Pool,
        around: v.Func | None,
    ) -> None:
        label = f"handed to {registrar.name.lstrip('.')}() here"
        if registrar.name.startswith("="):
            label = f"assigned to {registrar.name[1:]} here"
        place = Place(expr.span, label)
        pace = framework.pace(expr, given, partial(self.usual, scope=scope)) if framework.pace else None
        if pace == ONCE and not (scope.name in ("", MODULE) or scope.name.endswith(".ready")):
            pace = None  # each time that this is called
        for value in self._handed(registrar, given, expr, scope):
            if registrar.methods:
                self._register_object(value, registrar.methods, framework, place)
            elif registrar.around:
                if isinstance(value, v.Func):
                    self.put_around(expr.func, framework, value)
            elif isinstance(value, v.Func):
                self.enlist(value, framework, place, pool, around, pace)
                if calls_back(value, self.graph, self.closures):
                    self.wraps(scope, Handover(framework, place, pool, inside=True))
                if scope.owner and value.owner == scope.owner and scope.name.endswith(".__call__"):
                    self.wrappers.setdefault(
                        FunctionSymbol(*scope.owner), Handover(framework, place, pool)
                    )  # a decorator class
            elif isinstance(value, v.Anything) and value.param and scope.function is not None:
                self.wraps(scope, Handover(framework, place, pool))

    def _handed(self, registrar: Registrar, given: Given, expr: f.Call, scope: Scope) -> Iterator[v.Val]:
        """What ``expr``, a call of ``registrar``, hands over: its one argument, or each of several; functions with
        what they will be given."""
        value = dict(given.keywords).get(registrar.keyword, v.UNKNOWN)
        if registrar.keyword == "*":
            value = v.Items(
                tuple(value for name, value in (*given.keywords, *self._unpacked(expr, scope)) if name != "**")
            )
        if value == v.UNKNOWN and registrar.position is not None:
            value = given.args[registrar.position] if len(given.args) > registrar.position else v.UNKNOWN
        if isinstance(value, v.Const) and registrar.strings and isinstance(value.value, str):
            found = self.graph.lookup(self.graph.project.modules.nearest(value.value.replace(":", "."), expr.span.path))
            value = v.Func(found) if isinstance(found, FunctionSymbol) else v.UNKNOWN
        value = self.now(value)
        if isinstance(value, v.Ext) and value.dotted == v.ONE_OF and value.wrapped is not None:
            value = value.wrapped
        for each in value.items if isinstance(value, (v.Items, v.Table)) else (value,):
            item = self.now(each)
            if isinstance(item, v.Obj) and not registrar.methods:
                call = self.graph.method(item.symbol, "__call__")
                item = v.Func(call, item.symbol) if call else v.UNKNOWN
            if isinstance(item, v.Func):
                for args, keywords in handed_on(registrar, given, expr, lambda part: self.value(part, scope)[1]):
                    yield self.bind(item, args, keywords)
            else:
                yield item

    def _register_object(self, value: v.Val, methods: tuple[str, ...], framework: Framework, place: Place) -> None:
        """Enlist those of ``methods`` that the class of ``value`` has in the tree."""
        if not isinstance(value, (v.Obj, v.Cls)):
            return
        for method in self.graph.methods_like(value.symbol, methods):
            self.enlist(v.Func(method, value.symbol), framework, place)

    def _unpacked(self, expr: f.Call, scope: Scope) -> Iterator[tuple[str, v.Val]]:
        """The values of a dictionary that is written as ``**{...}`` in a call."""
        for name, argument in expr.keywords:
            if name == "**" and isinstance(argument, f.Several) and argument.display == "dict":
                yield from (("", self.value(item, scope)[1]) for item in argument.items)

    def wraps(self, scope: Scope, registration: Handover) -> None:
        """Note that the function of ``scope``, and those it is defined in, hand an argument on."""
        qualnames = (scope.function.qualname, *scope.enclosing) if scope.function else ()
        for qualname in qualnames:
            self.wrappers.setdefault(FunctionSymbol(scope.facts.path, qualname), registration)

    def enters(self, callee: v.Func | v.Later, given: Given) -> bool:
        if super().enters(callee, given):
            return True
        if any(isinstance(value, (v.Cls, v.Obj)) for value in given.values) and self._lies_in_registering(callee):
            return True
        dotted = callee.dotted if isinstance(callee, v.Later) else callee.symbol.qualname
        handing = self.decorating is not None or v.PARAM in given.values
        return handing and dotted.rpartition(".")[2] in self.wrapper_names()

    def _lies_in_registering(self, callee: v.Func | v.Later) -> bool:
        """Whether ``callee`` lies in a file that may register something."""
        path = self.graph.home(callee.dotted) if isinstance(callee, v.Later) else callee.symbol.path
        if path not in self._registering:
            self._registering[path] = path is not None and bool(framework_words_in(self.graph.project.data(path)))
        return self._registering[path]
