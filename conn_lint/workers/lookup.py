"""What names and attributes stand for where they are written."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Literal

from conn_lint.model import Observation, Place, Span
from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.callables import Callables
from conn_lint.workers.connections import CONNECTION_PARTS, external
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.effects import Effect
from conn_lint.workers.fields import field, is_empty, makes_manager, read_of
from conn_lint.workers.graph import Graph
from conn_lint.workers.held import is_callable
from conn_lint.workers.pausing import Pausing
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol, ModuleSymbol, Symbol, Valued
from conn_lint.workers.unfollowed import Unfollowed

Guess = Literal["nothing", "methods", "calls", "callbacks", "arguments"]
"""What is guessed where the code does not say it, each with those before it: which ``methods`` of the tree are called,
what ``calls`` by a name made at run time do, what ``callbacks`` do that a function is given, what the ``arguments`` of
a job are."""


class Lookup(Callables):
    """Knows what names stand for; the classes that build on it evaluate what these are bound to."""

    def __init__(self, graph: Graph, corrections: Corrections, guess: Guess = "nothing") -> None:
        super().__init__(graph)
        self.corrections = corrections
        self.unfollowed: Unfollowed | None = None
        """Where to note what could not be followed; None where nobody asks."""
        self.importing = False
        """While following what the import of a module does, which is not what running it does."""
        self.shallow = False
        """While looking for what is registered: calls are entered only where they are given a callable."""
        self.likely = guess == "arguments"
        """Whether a method of an argument counts as a query when the project defines methods of that name:
        what a job is given and calls is a model instance nearly always."""
        self.dynamic = guess in ("calls", "callbacks", "arguments")
        """Whether code that is only known by name at run time counts as a query, and a signal of somebody else's."""
        self.calls_back = guess in ("callbacks", "arguments")
        """Whether a function counts as a query that came in as an argument."""
        self.by_name = guess != "nothing"
        """Whether a method of an unknown object is looked for in the classes of the tree."""
        self.observations: dict[tuple[str, str, int], Observation] = {}
        self.streaming: list[tuple[str, Span, Scope]] | None = None
        """While following the body of a loop over ``iterator()``: the closes in it, by their cleanup."""
        self.lost = False
        """Whether the code runs only where the connection was found to be of no use any more."""
        self.transactions: list[Place] = []
        """While following what runs in a transaction: what opened it, and the calls on the way from there."""
        self.read: list[Effect] = []
        """What the properties do that were read so far."""
        self.pausing = Pausing()
        """Which functions may take long or wait, and which lead to them."""
        self._running: dict[object, int] = {}
        """What is being followed, each with its number, outermost first."""
        self.cuts = 0
        """How often something was not followed because it was being followed: what was found until then may not
        be all, and is not kept."""
        self.reached = 0
        """The outermost of what is being followed at which such a cut was made; below all of it where something was
        left out because there was too much."""
        self.particular = 0
        """How often it mattered in which circumstances code runs: in a transaction, in an event loop, while the cursor
        of a loop is open."""
        self._names: dict[tuple[str, str, bool], v.Val] = {}
        self._values: dict[tuple[object, ...], v.Val] = {}

    def value(self, expr: f.Expr, scope: Scope, *, keep_generator: bool = False) -> tuple[Effect, v.Val]:
        raise NotImplementedError

    def property_of(self, func: v.Func) -> v.Val:
        """What reading a property yields; what it does is added to ``read``."""
        raise NotImplementedError

    def noting(self, value: Hashable) -> Unfollowed | None:
        """Where to note what cannot be followed in evaluating ``value``, which is evaluated once and noted for each
        function that reads it; None where nobody asks. To be left again."""
        if self.unfollowed is None or self.shallow:
            return None
        self.unfollowed.enter(value, value)
        return self.unfollowed

    def cut(self, running: object) -> None:
        """Note that something is not followed: because it is ``running``, or else because there is too much."""
        self.cuts += 1
        self.reached = min(self.reached, self._running.get(running, -1))

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
        noted = self.noting(key)
        known = self._names.get(key)
        if known is None:
            before = self.cuts, len(self.read)
            known = self._looked_up(path, scope)
            whole = before == (self.cuts, len(self.read))
            if whole and not isinstance(known, v.Later):  # which may have been read by the next time
                self._names[key] = known
        if noted is not None:
            noted.leave()
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
        value = v.UNKNOWN  # as what a star import brings from where the tree does not reach
        for part in parts[1:]:
            value = self.attribute(value, part)
        return value

    def symbol(self, found: Symbol | None) -> v.Val:
        if isinstance(found, FunctionSymbol):
            return self.callable_of(found)
        if isinstance(found, ClassSymbol):
            return v.Cls(found)
        if isinstance(found, External):
            return external(found.dotted)
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
        noted = self.noting(key)
        value = self._values.get(key)
        if value is None:
            value = self._evaluated(found, key)
        if noted is not None:
            noted.leave()
        return value

    def _evaluated(self, found: Valued, key: tuple[object, ...]) -> v.Val:
        """As ``valued``, the first time."""
        facts = self.graph.facts(found.path)
        running = key[:2]
        if facts is None or running in self._running or len(self._running) > 60:
            self.cut(running)
            return v.UNKNOWN
        before = self.cuts, len(self.read)
        self._running[running] = len(self._running)
        value = self._registered(found, facts) if is_empty(found.value) and not found.owner else None
        if value is None:
            inner = Scope(facts, None, None)
            if found.owner:
                inner.names["self"] = v.Obj(ClassSymbol(found.path, found.owner))
                inner.names |= self._made_with(ClassSymbol(found.path, found.owner), inner)
            _, value = self.value(found.value, inner)
        for part in found.rest:
            value = self.attribute(value, part)
        del self._running[running]
        if before == (self.cuts, len(self.read)) and not self.shallow:
            self._values[key] = value
        return value

    def _registered(self, found: Valued, facts: f.FileFacts) -> v.Val | None:
        """The functions that a module keeps in a list or dictionary of its own; None where it keeps none."""
        name = next((name for name, value in facts.values.items() if value is found.value), "")
        return self.kept(self.held.by_module(found.path, name), found.value)

    def _made_with(self, symbol: ClassSymbol, scope: Scope) -> dict[str, v.Val]:
        """What the constructor of a class is given: nothing is known of it, and least by a name of the module, but
        where type hints say that it is an object of the project."""
        class_ = self.graph.class_(symbol)
        init = class_.methods.get("__init__") if class_ else None
        head = self.graph.head(FunctionSymbol(symbol.path, init)) if init else None
        if head is None:
            return {}
        hinted = {name: self.annotated(scope, hint) for name, hint in head.annotations}
        given: dict[str, v.Val] = dict.fromkeys(head.params[1:], v.UNKNOWN)
        return given | {name: value for name, value in hinted.items() if isinstance(value, v.Obj)}

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
            if name in django.MANAGERS or (bound is not None and makes_manager(bound.value)):
                return v.QuerySet(value.symbol, manager=True)
            if bound is not None:
                read = field(self.graph, bound, value.symbol) if self.graph.is_model(value.symbol) else None
                if read is not None:
                    return read_of(read)
                made = self.valued(bound)
                if isinstance(made, v.Obj) and self._is_manager(made.symbol):
                    return v.QuerySet(value.symbol, manager=True)
                open_ = made in (v.UNKNOWN, v.PARAM, v.Const(None)) and is_callable(name)
                if open_ or is_empty(bound.value):
                    return self.kept(self.held.by_object(value.symbol, name), bound.value) or made
                return made
            if name in ("DoesNotExist", "MultipleObjectsReturned"):
                return v.Ext("django.core.exceptions.ObjectDoesNotExist")
            if self.graph.is_model(value.symbol):
                return v.QuerySet(None, manager=True) if name.endswith("_set") else v.Model()
            return v.UNKNOWN
        if isinstance(value, v.Ext):
            if v.choices(value):
                return self._of_each(v.choices(value), name)
            if value.made:
                return v.Ext(f"{value.dotted}.{name}", made=True)
            return external(f"{value.dotted}.{name}")
        if isinstance(value, v.Connection) and name in CONNECTION_PARTS:
            return v.Ext(CONNECTION_PARTS[name], made=True)
        if isinstance(value, v.Later):
            return v.Later(f"{value.dotted}.{name}")
        if isinstance(value, v.Model) or name in django.MANAGERS:
            return v.QuerySet(None, manager=True) if name in django.MANAGERS or name.endswith("_set") else v.Model()
        if isinstance(value, v.Anything):
            return v.Anything(value.param)
        return v.UNKNOWN

    def _of_each(self, values: tuple[v.Val, ...], name: str) -> v.Val:
        """``name`` of one of ``values``: what all of them have, or one of the methods."""
        if name in django.MANAGERS:
            return v.QuerySet(None, manager=True)
        found = tuple(dict.fromkeys(self.attribute(self.now(value), name) for value in values))
        return found[0] if len(found) == 1 else v.one_of(v.Items(found))

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
