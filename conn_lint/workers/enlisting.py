"""The entrypoints that were found so far, and what signs of a framework code comes past."""

from __future__ import annotations

from conn_lint.model import Place
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.entries import Decorators, Entry, Pool
from conn_lint.workers.extract import MODULE
from conn_lint.workers.follow import Follower
from conn_lint.workers.frameworks.base import Framework, Sighting
from conn_lint.workers.frameworks.paces import Pace, slower
from conn_lint.workers.graph import Graph
from conn_lint.workers.receivers import both
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import FunctionSymbol
from conn_lint.workers.variants import fills, is_variant


class Enlisting(Follower):
    """Follows code and keeps a list of what runs outside a request."""

    def __init__(self, graph: Graph, corrections: Corrections, frameworks: tuple[Framework, ...]) -> None:
        super().__init__(graph, corrections)
        self.frameworks = frameworks
        self.entries: dict[tuple[FunctionSymbol, str], Entry] = {}
        self.decorating: FunctionSymbol | None = None
        """The function whose decorators are being followed."""
        self.preparers: dict[str, list[v.Func]] = {}
        """Functions run before each entrypoint of those frameworks that name what these were given to."""
        self.preparing = Decorators(
            {each.name: framework for framework in frameworks for each in framework.preparers if not each.methods}
        )
        self.middleware: dict[str, list[tuple[str, v.Func]]] = {}
        """Functions called around entrypoints, by the name of the framework, each with the event of these."""
        self.sightings: dict[str, tuple[Sighting, ...]] = {}
        self._sightings = frozenset(name for framework in frameworks for name in framework.sightings)
        self._signs = {sign: framework for framework in frameworks for sign in framework.signs}

    def _decorate(self, symbol: FunctionSymbol, function: f.Function) -> v.Val:
        outer, self.decorating = self.decorating, symbol
        value = super()._decorate(symbol, function)
        self.decorating = outer
        return value

    def enlist(
        self,
        func: v.Func,
        framework: Framework,
        place: Place,
        pool: Pool = "",
        around: v.Func | None = None,
        pace: Pace | None = None,
    ) -> None:
        """Add ``func``, which ``framework`` runs because of ``place``, or what more is known of it now."""
        if self.decorating is not None and func.named is None and func.owner and func.closure:
            func = func._replace(named=self.decorating)  # a method that its decorator registers in its place
        key = (func.named or func.symbol, framework.kind)
        known = self.entries.get(key)
        if known is None:
            self.entries[key] = Entry(func, framework, (place,), pool=pool, around=around, pace=pace)
        else:
            others = known.others
            if fills(func, known.func, self.closures):
                known = known._replace(func=func)  # what it was first seen with is an argument of somebody else's
            elif is_variant(func, (known.func, *others), self.closures):
                others = (*others, func)
            places = known.registrations
            known = known._replace(signed=False)
            if place.span not in [each.span for each in places]:
                places = (*places, place)
            self.entries[key] = known._replace(
                registrations=places,
                pool=both(pool, known.pool),
                others=others,
                pace=slower(known.pace, pace),
            )

    def parts_of_others(self, framework: Framework) -> frozenset[FunctionSymbol]:
        """The functions that the entrypoints of ``framework`` call which something registers, as far as these were
        followed."""
        others = [each for each in self.entries.values() if each.framework is framework and not each.signed]
        return self.pausing.reached_from(func.symbol for each in others for func in (each.func, *each.others))

    def prepare(self, preparer: str, func: v.Func) -> None:
        """Note that ``func`` was given to ``preparer``, by the name that a framework has for it."""
        known = self.preparers.setdefault(preparer, [])
        if func.symbol not in [each.symbol for each in known]:
            known.append(func)

    def put_around(self, method: f.Expr, framework: Framework, func: v.Func) -> None:
        """Note that ``func`` was given to a ``method`` that has it called around entrypoints of ``framework``: to
        ``router.message.middleware``, or to ``register`` of that."""
        owners = f.written(method).split(".")[-2::-1]
        what = next((name for name in owners if not name.endswith("middleware")), "")
        known = self.middleware.setdefault(framework.name, [])
        if (what, func) not in known:
            known.append((what, func))

    def signed(self, callee: v.Ext, given: Given, expr: f.Call, scope: Scope) -> None:
        """Note what a call of ``callee`` says of a framework."""
        if callee.dotted in self._sightings:
            seen = self.sightings.get(callee.dotted, ())
            if expr.span not in [each.span for each in seen]:
                in_function = scope.function is not None and scope.function.qualname != MODULE
                sighting = Sighting(expr.span, expr, scope.facts, in_function)
                self.sightings[callee.dotted] = (*seen, sighting)
        preparer = self.preparing.pattern(callee.dotted)
        receiver = given.first("receiver") if preparer else None
        if isinstance(receiver, v.Func):
            self.prepare(preparer, receiver)
        framework = self._signs.get(callee.dotted)
        if framework is not None and scope.function is not None:
            symbol = FunctionSymbol(scope.facts.path, scope.function.qualname)
            key = (symbol, framework.kind)
            known = self.entries.get(key)
            self.enlist(v.Func(symbol, scope.owner), framework, Place(expr.span, f"calls {callee.dotted}()"))
            self.entries[key] = self.entries[key]._replace(signed=known is None or known.signed)
