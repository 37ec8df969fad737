"""Following expressions: what they stand for, and what evaluating them does to the connection."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from conn_lint.model import Observation, Place, Span
from conn_lint.workers import django, waits
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.effects import Effect
from conn_lint.workers.fields import Field, field
from conn_lint.workers.graph import ClassSymbol, External, FunctionSymbol, Graph, ModuleSymbol, Symbol, Valued
from conn_lint.workers.unfollowed import Unfollowed

Captured = tuple[tuple[str, v.Val], ...]
Generator = tuple[v.Func, tuple[v.Val, ...], tuple[tuple[str, v.Val], ...], Span]

MAX_ITEMS = 12
"""Items of a literal list that the body of a loop over it is followed with."""

CONNECTION_NAMES: dict[str, v.Val] = {
    "django.db.connection": v.Connection("default"),
    "django.db.connections": v.Connections(),
    "django.db.utils.connection": v.Connection("default"),
    "django.db.backends.connection": v.Connection("default"),
}


RAW_CONNECTION = "the driver's connection"
"""What ``connection.connection`` is, under a name that no module has."""


class Scope:
    """The names of one function being followed, and the circumstances it runs in."""

    def __init__(
        self,
        facts: f.FileFacts,
        function: f.Function | None,
        owner: ClassSymbol | None,
        *,
        is_async: bool = False,
        atomic: bool = False,
    ) -> None:
        self.facts = facts
        self.function = function
        self.owner = owner
        self.is_async = is_async
        self.atomic = atomic
        self.names: dict[str, v.Val] = {}
        self.imports: dict[str, str] = {}
        self.guards: set[str] = set()
        """Local names that hold what a guard of a cleanup looks at, as ``stale = not connection.is_usable()``."""
        self.returns: list[v.Val] = []
        self.yielded: list[v.Val] = []
        self.on_yield: Effect | None = None
        self.home: tuple[Scope, Span] | None = None
        self.generators: dict[int, Generator] = {}
        self.runs: tuple[str, Effect] | None = None
        """A method that the framework's own class implements by running the job, and what the job does."""
        self.in_endless = False
        """Inside the body of a loop that runs as long as the process."""
        self.unresolved = False
        """Whether something was called that the tree does not hold."""
        self.repeats = 0
        """Loops around the statement being followed."""
        self.processes: list[v.Func] = []
        """What processes run that were made here and may be started by any name."""
        self.forked: Span | None = None
        """The last os.fork()."""

    def returned(self) -> v.Val:
        """What the function returns: the one thing its returns agree on, as far as it is known."""
        known = {value for value in self.returns if value not in (v.UNKNOWN, v.PARAM, v.Const(None))}
        return known.pop() if len(known) == 1 else v.UNKNOWN

    @property
    def name(self) -> str:
        """The qualified name of the function."""
        return self.function.qualname if self.function else ""

    @property
    def enclosing(self) -> tuple[str, ...]:
        """Qualified names of the functions this one is defined in, outermost first."""
        parts = self.function.qualname.split(".") if self.function else []
        outer = (".".join(parts[:end]) for end in range(1, len(parts)))
        return tuple(name for name in outer if name in self.facts.functions)


class Iteration(NamedTuple):
    """What a ``for`` goes over."""

    effect: Effect
    item: v.Val = v.UNKNOWN
    waits: bool = False
    endless: bool = False
    every: bool = False
    generator: Generator | None = None
    items: tuple[v.Val, ...] = ()
    """Each item, where they differ and hold functions."""
    streamed: bool = False
    """The cursor of a query stays open until the last turn."""


class Expressions:
    """Reads expressions; ``Calls`` and ``Follower`` build on it and fill in what it leaves open."""

    def __init__(
        self,
        graph: Graph,
        corrections: Corrections,
        *,
        likely: bool = False,
        dynamic: bool = False,
        by_name: bool = False,
    ) -> None:
        self.graph = graph
        self.corrections = corrections
        self.unfollowed: Unfollowed | None = None
        """Where to note what could not be followed; None where nobody asks."""
        self.shallow = False
        """While looking for what is registered: calls are entered only where they are given a callable."""
        self.likely = likely
        """Whether a method of an argument counts as a query when the project defines methods of that name:
        what a job is given and calls is a model instance nearly always."""
        self.dynamic = dynamic or likely
        """Whether code that is only known by name at run time counts as a query, and a signal of somebody else's."""
        self.by_name = by_name or self.dynamic
        """Whether a method of an unknown object is looked for in the classes of the tree."""
        self.observations: dict[tuple[str, str, int], Observation] = {}
        self.streaming: list[tuple[str, Span, Scope]] | None = None
        """While following the body of a loop over ``iterator()``: the closes in it, by their cleanup."""
        self.read: list[Effect] = []
        """What the properties do that were read so far."""
        self._running: set[object] = set()
        self.nested: dict[FunctionSymbol, v.Func] = {}
        self.closures: list[Captured] = [()]
        self._closure_numbers: dict[Captured, int] = {(): 0}
        self.cuts = 0
        """How often something was not followed because it was being followed: what was found until then may not
        be all, and is not kept."""
        self._names: dict[tuple[str, str, bool], v.Val] = {}
        self._values: dict[tuple[object, ...], v.Val] = {}

    def call(self, expr: f.Call, scope: Scope, *, keep_generator: bool = False) -> tuple[Effect, v.Val]:
        raise NotImplementedError

    def callable_of(self, symbol: FunctionSymbol, owner: ClassSymbol | None = None) -> v.Val:
        raise NotImplementedError

    def property_of(self, func: v.Func) -> v.Val:
        """What reading a property yields; what it does is added to ``read``."""
        raise NotImplementedError

    def since(self, before: int) -> Effect:
        """What the properties do, one after the other, that were read after the first ``before`` ones."""
        if len(self.read) == before:
            return fx.nothing()
        effects = self.read[before:]
        del self.read[before:]
        return reduce(fx.sequence, effects)

    def closure(self, scope: Scope) -> int:
        """What a function defined in ``scope`` can see of its names, as far as it matters, by number."""
        kinds = (v.Func, v.Ext, v.Cls, v.Obj)
        return self._number(tuple((name, x) for name, x in scope.names.items() if isinstance(x, kinds) or x == v.PARAM))

    def state(self, scope: Scope) -> int:
        """The functions that attributes of ``self`` hold at this point of ``scope``, by number."""
        held = ((name, x) for name, x in scope.names.items() if name.startswith("self.") and isinstance(x, v.Func))
        return self._number(tuple(held))

    def _number(self, captured: Captured) -> int:
        number = self._closure_numbers.setdefault(captured, len(self.closures))
        if number == len(self.closures):
            self.closures.append(captured)
        return number

    def share(self, other: Expressions) -> None:
        """Use the closures of ``other``, so that its functions mean the same here."""
        self.closures, self._closure_numbers = other.closures, other._closure_numbers

    # --- names ---------------------------------------------------------------------------------

    @property
    def keeping(self) -> bool:
        """Whether what a name stands for is kept: not where every function is to be told what is unknown in it."""
        return self.unfollowed is None or self.shallow

    def name(self, path: str, scope: Scope) -> v.Val:
        """What a dotted name stands for here."""
        names = scope.names
        prefix, end = path, len(path)
        while end > 0:
            if prefix in names:
                value = names[prefix]
                if prefix == "self" and isinstance(value, v.Obj) and end < len(path):
                    value = value._replace(state=self.state(scope) or value.state)
                for part in path[end + 1 :].split(".") if end < len(path) else ():
                    value = self.attribute(value, part)
                return value
            end = path.rfind(".", 0, end)
            prefix = path[:end]
        if scope.imports and path.partition(".")[0] in scope.imports:
            return self._looked_up(path, scope)
        key = (scope.facts.path, path, self.shallow)
        known = self._names.get(key) if self.keeping else None
        if known is None:
            before = self.cuts, len(self.read)
            known = self._looked_up(path, scope)
            whole = before == (self.cuts, len(self.read))
            if whole and not isinstance(known, v.Later):  # which may have been read by the next time
                self._names[key] = known
        return known

    def _looked_up(self, path: str, scope: Scope) -> v.Val:
        """What a dotted name stands for that is no local one."""
        if self.shallow:
            elsewhere = self.graph.elsewhere(scope.facts, path, scope.imports)
            if elsewhere is not None:
                return v.Later(elsewhere)
        parts = path.split(".")
        for end in range(len(parts), 0, -1):
            found = self.graph.resolve(scope.facts, ".".join(parts[:end]), scope.imports)
            if found is None or (isinstance(found, Valued) and found.owner):
                continue  # an attribute of a class is looked up on the class, which may be a model
            value = self.symbol(found)
            for part in parts[end:]:
                value = self.attribute(value, part)
            return value
        return v.UNKNOWN

    def symbol(self, found: Symbol | None) -> v.Val:
        if isinstance(found, FunctionSymbol):
            return self.callable_of(found)
        if isinstance(found, ClassSymbol):
            return v.Cls(found)
        if isinstance(found, External):
            return self.external(found.dotted)
        if isinstance(found, ModuleSymbol):
            return v.Ext(found.dotted)
        if isinstance(found, Valued):
            return self.valued(found)
        return v.UNKNOWN

    def now(self, value: v.Val) -> v.Val:
        """``value``; of one that was not looked up so far what it stands for."""
        if not isinstance(value, v.Later):
            return value
        name, called, rest = value.dotted.partition("()")
        found = self.symbol(self.graph.lookup(name))
        if called:
            found = v.Obj(found.symbol) if isinstance(found, v.Cls) else v.UNKNOWN
            for part in rest.split(".")[1:]:
                found = self.attribute(found, part)
        return found

    def valued(self, found: Valued) -> v.Val:
        """A module-level or class-level value, evaluated where it stands."""
        key = ("valued", id(found.value), found.owner, found.rest, self.shallow)
        if self.keeping and key in self._values:
            return self._values[key]
        facts = self.graph.facts(found.path)
        running = key[:2]
        if facts is None or running in self._running or len(self._running) > 60:
            self.cuts += 1
            return v.UNKNOWN
        before = self.cuts, len(self.read)
        self._running.add(running)
        inner = Scope(facts, None, None)
        if found.owner:
            inner.names["self"] = v.Obj(ClassSymbol(found.path, found.owner))
            inner.names |= self._hinted(ClassSymbol(found.path, found.owner), inner)
        _, value = self.value(found.value, inner)
        for part in found.rest:
            value = self.attribute(value, part)
        self._running.discard(running)
        if before == (self.cuts, len(self.read)) and not self.shallow:
            self._values[key] = value
        return value

    def _hinted(self, symbol: ClassSymbol, scope: Scope) -> dict[str, v.Val]:
        """What the constructor of a class is given, as far as type hints say that it is an object of the project."""
        class_ = self.graph.class_(symbol)
        init = class_.methods.get("__init__") if class_ else None
        head = self.graph.head(FunctionSymbol(symbol.path, init)) if init else None
        hinted = {name: self.annotated(scope, hint) for name, hint in (head.annotations if head else ())}
        return {name: value for name, value in hinted.items() if isinstance(value, v.Obj)}

    @staticmethod
    def external(dotted: str) -> v.Val:
        """What a dotted name outside the tree stands for."""
        if dotted in CONNECTION_NAMES:
            return CONNECTION_NAMES[dotted]
        raw = "django.db.connection.connection"
        if dotted == raw or dotted.startswith(f"{raw}."):
            return v.Ext(dotted.replace(raw, RAW_CONNECTION, 1), made=True)
        head, _, last = dotted.rpartition(".")
        if last in django.MANAGERS and head:
            return v.QuerySet(None, manager=True)
        return v.Ext(dotted)

    def attribute(self, value: v.Val, name: str) -> v.Val:
        """``value.name``."""
        if isinstance(value, (v.Obj, v.Cls)):
            state = value.state if isinstance(value, v.Obj) else 0
            held = dict(self.closures[state]).get(f"self.{name}")
            if held is not None:
                return held
            method = self.graph.method(value.symbol, name)
            if method is not None:
                function = self.graph.head(method)
                if function and any(isinstance(d, f.Name) and "property" in d.path for d in function.decorators):
                    return self.property_of(v.Func(method, value.symbol))
                found = self.callable_of(method, value.symbol)
                if isinstance(found, v.Func) and state and not found.closure:
                    return found._replace(closure=state)
                return found
            bound = self.graph.attribute(value.symbol, name)
            if name in django.MANAGERS or (bound is not None and _makes_manager(bound.value)):
                return v.QuerySet(value.symbol, manager=True)
            if bound is not None:
                read = field(self.graph, bound, value.symbol) if self.graph.is_model(value.symbol) else None
                if read is not None:
                    return _read(read)
                made = self.valued(bound)
                if isinstance(made, v.Obj) and self._is_manager(made.symbol):
                    return v.QuerySet(value.symbol, manager=True)
                return made
            if name in ("DoesNotExist", "MultipleObjectsReturned"):
                return v.Ext("django.core.exceptions.ObjectDoesNotExist")
            if self.graph.is_model(value.symbol):
                return v.QuerySet(None, manager=True) if name.endswith("_set") else v.Model()
            return v.UNKNOWN
        if isinstance(value, v.Ext):
            if value.made:
                return v.Ext(f"{value.dotted}.{name}", made=True)
            return self.external(f"{value.dotted}.{name}")
        if isinstance(value, v.Connection) and name == "connection":
            return v.Ext(RAW_CONNECTION, made=True)
        if isinstance(value, v.Later):
            return v.Later(f"{value.dotted}.{name}")
        if isinstance(value, v.Model) or name in django.MANAGERS:
            return v.QuerySet(None, manager=True) if name in django.MANAGERS or name.endswith("_set") else v.Model()
        if isinstance(value, v.Anything):
            return v.Anything(value.param)
        return v.UNKNOWN

    def _is_manager(self, symbol: ClassSymbol) -> bool:
        return self.graph.is_a(symbol, ".Manager", ".BaseManager", ".QuerySet", ".UserManager")

    def annotated(self, scope: Scope, name: str) -> v.Val:
        """A parameter with the type hint ``name``."""
        found = self.graph.resolve(scope.facts, name, scope.imports)
        if isinstance(found, ClassSymbol):
            return v.Obj(found)
        if isinstance(found, External) and not found.dotted.startswith(("builtins.", "typing.")):
            return v.Ext(found.dotted, made=True)
        return v.PARAM

    # --- truth ---------------------------------------------------------------------------------

    def truth(self, test: f.Expr, scope: Scope) -> bool | None:
        """Whether a test holds; None when that cannot be decided."""
        if isinstance(test, f.Constant):
            return bool(test.value)
        if isinstance(test, f.Not):
            inner = self.truth(test.value, scope)
            return None if inner is None else not inner
        if isinstance(test, f.IsNone):
            known = scope.names.get(test.value.path) if isinstance(test.value, f.Name) else None
            if isinstance(known, v.Const):
                return known.value is None
            return False if isinstance(known, (v.Func, v.Cls)) else None
        if isinstance(test, f.Name) and test.path in scope.names:
            value = scope.names[test.path]
            if isinstance(value, v.Const):
                return bool(value.value)
            return True if isinstance(value, (v.Func, v.Cls)) else None
        if isinstance(test, f.Call) and test.func == f.Name("callable") and len(test.args) == 1:
            argument = test.args[0]
            value = self.name(argument.path, scope) if isinstance(argument, f.Name) else v.UNKNOWN
            if isinstance(value, (v.Func, v.Cls)):
                return True
            return False if isinstance(value, v.Const) else None
        return None

    def test(self, test: f.Expr, scope: Scope) -> Effect:
        """The effect of evaluating a condition: a queryset in it queries."""
        effect, value = self.value(test, scope)
        return fx.sequence(effect, self.consumed(value, test, scope))

    @staticmethod
    def consumed(value: v.Val, expr: f.Expr, scope: Scope) -> Effect:
        """What using the rows of ``value`` does, which ``expr`` stands for: a lazy queryset queries now."""
        if isinstance(value, v.QuerySet) and not value.manager:
            span = _span_of(expr, scope)
            return fx.query(fx.Query(span, "queries the database")) if span else fx.nothing()
        return fx.nothing()

    # --- expressions ---------------------------------------------------------------------------

    def value(self, expr: f.Expr, scope: Scope, *, keep_generator: bool = False) -> tuple[Effect, v.Val]:
        """What evaluating ``expr`` does, and what it yields. ``keep_generator``: a call of a generator
        function is not run but kept in ``scope.generators`` for the caller to place its body in."""
        if isinstance(expr, f.Name):
            before = len(self.read)
            found = self.name(expr.path, scope)
            return self.since(before), found
        if isinstance(expr, f.Constant):
            return fx.nothing(), v.Const(expr.value)
        if isinstance(expr, f.Call):
            return self.call(expr, scope, keep_generator=keep_generator)
        if isinstance(expr, f.Attr):
            effect, inner = self.value(expr.value, scope)
            before = len(self.read)
            found = self.attribute(inner, expr.name)
            return fx.sequence(effect, self.since(before)), found
        if isinstance(expr, f.Await):
            return self.value(expr.value, scope)
        if isinstance(expr, f.Named):
            effect, scope.names[expr.target] = self.value(expr.value, scope)
            return effect, scope.names[expr.target]
        if isinstance(expr, f.Several):
            return self.several(expr, scope)
        if isinstance(expr, f.Item):
            return self.item(expr, scope)
        if isinstance(expr, f.Choice):
            test = self.test(expr.test, scope) if expr.test is not None else fx.nothing()
            parts = [self.value(item, scope) for item in expr.items]
            if expr.test is None:  # and, or: the second part only sometimes
                rest = fx.either(fx.nothing(), *(part[0] for part in parts[1:]))
                return fx.sequence(parts[0][0], rest), _agreed([part[1] for part in parts])
            return fx.sequence(test, fx.either(*(part[0] for part in parts))), _agreed([part[1] for part in parts])
        if isinstance(expr, f.Lambda):
            symbol = FunctionSymbol(scope.facts.path, expr.qualname)
            self.nested[symbol] = v.Func(symbol, None, self.closure(scope))
            return fx.nothing(), self.nested[symbol]
        if isinstance(expr, (f.Not, f.IsNone, f.IsZero)):
            return self.test(expr.value, scope), v.UNKNOWN
        if isinstance(expr, f.Comprehension):
            source = self.iterate(expr.source, scope)
            saved = {name: scope.names.get(name) for name in expr.target}
            for name in expr.target:
                scope.names[name] = source.item if len(expr.target) == 1 else v.UNKNOWN
            element, _ = self.value(expr.element, scope)
            for name, old in saved.items():
                scope.names.pop(name, None) if old is None else scope.names.__setitem__(name, old)
            turn = element if source.every else fx.repeat(element, endless=False)[0]
            return fx.sequence(source.effect, turn), v.UNKNOWN
        if isinstance(expr, f.Yield):
            effect = fx.nothing()
            if expr.value is not None:
                effect, given = self.value(expr.value, scope)
                scope.yielded.append(given)
            return (fx.sequence(effect, scope.on_yield) if scope.on_yield is not None else effect), v.UNKNOWN
        return fx.nothing(), v.UNKNOWN

    def several(self, expr: f.Several, scope: Scope) -> tuple[Effect, v.Val]:
        total = fx.nothing()
        values: list[v.Val] = []
        for item in (*expr.keys, *expr.items):
            effect, value = self.value(item, scope)
            total = fx.sequence(total, effect)
            values.append(value)
        if expr.display == "list":
            return total, v.Items(tuple(values))
        if expr.display == "other":
            for value in values:
                total = fx.sequence(total, self.consumed(value, expr, scope))
        return total, v.UNKNOWN

    def item(self, expr: f.Item, scope: Scope) -> tuple[Effect, v.Val]:
        effect, value = self.value(expr.value, scope)
        key_effect, key = self.value(expr.key, scope)
        effect = fx.sequence(effect, key_effect)
        if isinstance(value, v.Connections):
            known = isinstance(key, v.Const) and isinstance(key.value, str)
            return effect, v.Connection(str(key.value) if known and isinstance(key, v.Const) else None)
        if isinstance(value, v.QuerySet) and not value.manager:
            if isinstance(expr.key, f.Several) and expr.key.display == "slice":
                return effect, value  # as lazy as the whole
            row = v.Obj(value.symbol) if value.symbol else v.Model()
            return fx.sequence(effect, self.consumed(value, expr, scope)), row
        return effect, v.UNKNOWN

    def iterate(self, source: f.Expr, scope: Scope) -> Iteration:
        """What going over ``source`` in a ``for`` does, and what each item is."""
        effect, value = self.value(source, scope, keep_generator=True)
        generator = scope.generators.pop(id(source), None)
        if generator is not None:
            return Iteration(effect, generator=generator)
        if isinstance(value, v.Connections):
            return Iteration(effect, v.Connection(None), every=True)
        if isinstance(value, v.QuerySet):
            row = v.Obj(value.symbol) if value.symbol else v.Model()
            query = self.consumed(value._replace(manager=False), source, scope)
            return Iteration(fx.sequence(effect, query), row, streamed=value.streamed and _by_default(source))
        if isinstance(value, v.Items):
            kinds = {item for item in value.items if item != v.UNKNOWN}
            if len(kinds) > 1 and any(map(_holds_function, kinds)):
                span = _span_of(source, scope)
                if len(value.items) > MAX_ITEMS and self.unfollowed is not None and span is not None:
                    said = f"of {len(value.items)} items {MAX_ITEMS} are followed"
                    self.unfollowed.note(span, said, limit=True)
                return Iteration(effect, items=value.items[:MAX_ITEMS])
            return Iteration(effect, kinds.pop() if len(kinds) == 1 else v.UNKNOWN)
        if isinstance(value, v.Ext) and value.made:
            if value.dotted.rpartition(".")[2] in waits.LISTENING:
                return Iteration(effect, waits=True)
            if value.dotted in waits.ENDLESS_ITERATORS:
                return Iteration(effect, endless=True)
            if value.dotted in waits.CONSUMER_TYPES or value.dotted == "iter with sentinel":
                return Iteration(effect, waits=True)
        if isinstance(source, f.Call):
            method = source.func.name if isinstance(source.func, f.Attr) else ""
            if isinstance(source.func, f.Name):
                method = source.func.path.rpartition(".")[2]
            if method in waits.LISTENING and not isinstance(value, v.Func):
                return Iteration(effect, waits=True)
            if method == "iterator" and self.shallow and not django.MANAGERS.isdisjoint(f.mentions(source)):
                return Iteration(effect, streamed=_by_default(source))  # of a model that was not looked up
        return Iteration(effect)

    # --- observations --------------------------------------------------------------------------

    def observe_bare(self, statement: f.Do, scope: Scope) -> None:
        """``close_old_connections`` as a statement of its own, without parentheses."""
        if not isinstance(statement.value, f.Name):
            return
        value = self.name(statement.value.path, scope)
        if isinstance(value, v.Ext) and not value.made and value.dotted in django.CLOSERS:
            self.note("close-not-called", statement.span, scope, statement.value.path)

    def observe_forks(self, effect: Effect) -> None:
        """Processes forked in ``effect`` that use a connection their parent has open. The detail holds
        ``close_old`` where the parent closes old connections before, ``several`` where there may be more than one
        child at a time, ``closes`` where the child closes before it queries."""
        for crossing in effect.crossings.values():
            fork = crossing.stretch.fork
            if not crossing.child or fork is None or self.shallow:
                continue
            closes = max(crossing.stretch.before, crossing.stretch.after) > fork.before
            words = ["close_old"] * bool(fork.before) + ["several"] * fork.several + ["closes"] * closes
            places = (
                crossing.before.places[-1]._replace(label="the connection is open since this query, or one before it"),
                *(place for place in crossing.after.places if place.span != fork.span),
            )
            key = ("fork-with-connection", fork.span.path, fork.span.line)
            seen = Observation("fork-with-connection", fork.span, fork.function, places, " ".join(words))
            known = self.observations.get(key)
            if known is None or ("closes" in known.detail and not closes):
                self.observations[key] = seen

    def note(self, kind: str, span: Span, scope: Scope, detail: str, places: tuple[Place, ...] = ()) -> None:
        function = scope.function.qualname if scope.function else None
        self.observations.setdefault(
            (kind, span.path, span.line),
            Observation(kind, span, function, places, detail),  # type: ignore[arg-type]
        )


def _read(field: Field) -> v.Val:
    """What an attribute of a row holds that is ``field`` of its model."""
    if field.kind == "value":
        return v.UNKNOWN
    if field.kind == "many":
        return v.QuerySet(field.model, manager=True)
    return v.Obj(field.model) if field.model else v.Model()


def _holds_function(value: v.Val) -> bool:
    return isinstance(value, v.Func) or (isinstance(value, v.Items) and any(map(_holds_function, value.items)))


def _by_default(source: f.Expr) -> bool:
    """Whether a queryset is not seen to be for another alias than the default one."""
    return f.mentions(source).isdisjoint(("using", "db_manager"))


def _makes_manager(expr: f.Expr) -> bool:
    """``SomeQuerySet.as_manager()`` or ``Manager.from_queryset(SomeQuerySet)()``."""
    written = expr.func if isinstance(expr, f.Call) else f.OPAQUE
    if isinstance(written, f.Call):
        written = written.func
    name = written.path if isinstance(written, f.Name) else written.name if isinstance(written, f.Attr) else ""
    return name.rpartition(".")[2] in ("as_manager", "from_queryset")


def _agreed(values: list[v.Val]) -> v.Val:
    known = {value for value in values if value not in (v.UNKNOWN, v.PARAM, v.Const(None))}
    return known.pop() if len(known) == 1 else v.UNKNOWN


def _span_of(expr: f.Expr, scope: Scope) -> Span | None:
    """The first call inside ``expr``, else the function: good enough to point at a query."""
    pending: list[f.Expr] = [expr]
    while pending:
        node = pending.pop(0)
        if isinstance(node, f.Call):
            return node.span
        if isinstance(node, (f.Attr, f.Item, f.Await, f.Named, f.Not, f.IsNone, f.IsZero)):
            pending.append(node.value)
        elif isinstance(node, (f.Several, f.Choice)):
            pending.extend(node.items)
    return scope.function.span if scope.function else None
