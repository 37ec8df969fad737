"""Following expressions: what they stand for, and what evaluating them does to the connection."""

from __future__ import annotations

from functools import reduce

from conn_lint.model import Observation, Place, Span
from conn_lint.workers import django
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.conditions import in_transaction
from conn_lint.workers.connections import RAW
from conn_lint.workers.effects import Effect
from conn_lint.workers.iterations import Iterations
from conn_lint.workers.paths import CLOSE
from conn_lint.workers.persistence import CACHES
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import FunctionSymbol


class Expressions(Iterations):
    """Evaluates expressions; ``Calls`` and ``Follower`` build on it and fill in what it leaves open."""

    def call(self, expr: f.Call, scope: Scope, *, keep_generator: bool = False) -> tuple[Effect, v.Val]:
        raise NotImplementedError

    def since(self, before: int) -> Effect:
        """What the properties do, one after the other, that were read after the first ``before`` ones."""
        if len(self.read) == before:
            return fx.nothing()
        effects = self.read[before:]
        del self.read[before:]
        return reduce(fx.sequence, effects)

    def truth(self, test: f.Expr, scope: Scope) -> bool | None:
        """Whether a test holds; None when that cannot be decided."""
        if isinstance(test, f.Constant):
            return bool(test.value)
        if self.goes_on(test, scope):
            return True
        within = in_transaction(test)
        if within is not None:
            self.particular += 1
            return within if scope.atomic else None
        if isinstance(test, f.Choice) and test.test is None:
            parts = [self.truth(item, scope) for item in test.items]
            decisive = not test.every  # of "or" what holds, of "and" what does not
            return decisive if decisive in parts else None if None in parts else test.every
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

    @staticmethod
    def goes_on(test: f.Expr, scope: Scope) -> bool:
        """Whether ``test`` is that of the endless loop around it, which would end if it did not hold."""
        return type(test) is type(scope.going) and test == scope.going

    def test(self, test: f.Expr, scope: Scope) -> Effect:
        """The effect of evaluating a condition: a queryset in it queries."""
        effect, value = self.value(test, scope)
        return fx.sequence(effect, self.consumed(value, test, scope))

    def outcomes(self, test: f.Expr, scope: Scope) -> tuple[Effect, Effect]:
        """What evaluating a condition does where it holds, and where it does not: the second part of ``and`` and
        ``or`` is evaluated only where the first one leaves it open."""
        if isinstance(test, f.Not):
            holds, fails = self.outcomes(test.value, scope)
            return fails, holds
        if isinstance(test, f.Choice) and test.test is None:
            holds, fails = self.outcomes(test.items[0], scope)
            known = self.truth(test.items[0], scope)
            if known is not None:
                holds, fails = (holds, fx.Effect()) if known else (fx.Effect(), fails)
            then, otherwise = self.outcomes(test.items[1], scope)
            if test.every:
                return fx.sequence(holds, then), fx.either(fails, fx.sequence(holds, otherwise))
            return fx.either(holds, fx.sequence(fails, then)), fx.sequence(fails, otherwise)
        effect = self.test(test, scope)
        asked = test.value if isinstance(test, f.IsNone) else test
        if isinstance(asked, (f.Name, f.Attr)) and self.value(asked, scope)[1] == RAW:
            none_open = fx.sequence(effect, fx.cleanup(CLOSE))  # as after a close
            return (effect, none_open) if asked is test else (none_open, effect)
        return effect, effect

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
                parts[0] = fx.sequence(parts[0][0], self.consumed(parts[0][1], expr.items[0], scope)), parts[0][1]
                if self.goes_on(expr.items[0], scope):
                    rest = parts[1][0] if expr.every else fx.nothing()
                else:
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
            return self.comprehension(expr, scope), v.UNKNOWN
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
        if expr.display == "dict":
            return total, v.table(values)
        if expr.display in ("sum", "difference", "other"):
            for value in values:
                total = fx.sequence(total, self.consumed(value, expr, scope))
        return total, v.joined(values) if expr.display == "sum" else v.UNKNOWN

    def item(self, expr: f.Item, scope: Scope) -> tuple[Effect, v.Val]:
        effect, value = self.value(expr.value, scope)
        key_effect, key = self.value(expr.key, scope)
        effect = fx.sequence(effect, key_effect)
        if isinstance(value, v.Connections):
            known = isinstance(key, v.Const) and isinstance(key.value, str)
            return effect, v.Connection(str(key.value) if known and isinstance(key, v.Const) else None)
        if value == v.Ext(CACHES) and isinstance(key, v.Const) and isinstance(key.value, str):
            return effect, v.Ext(f"{CACHES}.{key.value}", made=True)
        if isinstance(value, v.QuerySet) and not value.manager:
            if isinstance(expr.key, f.Several) and expr.key.display == "slice":
                return effect, value  # as lazy as the whole
            row = v.Obj(value.symbol) if value.symbol else v.Model()
            return fx.sequence(effect, self.consumed(value, expr, scope)), row
        return effect, v.one_of(value) if isinstance(value, (v.Table, v.Items)) else v.UNKNOWN

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


def _agreed(values: list[v.Val]) -> v.Val:
    """What several parts of an expression stand for, of which one is chosen: the only one that is known, or either of
    two functions."""
    known = list(dict.fromkeys(value for value in values if value not in (v.UNKNOWN, v.PARAM, v.Const(None))))
    if len(known) == 2 and len(values) == 2:
        return v.either(*known) or v.UNKNOWN
    return known[0] if len(known) == 1 else v.UNKNOWN
