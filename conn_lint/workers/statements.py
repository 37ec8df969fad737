"""Following statements: the paths through branches, ``try`` and ``with``."""

from __future__ import annotations

from functools import partial

from conn_lint.model import Place
from conn_lint.workers import django
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.conditions import counts_turns, filled, in_transaction, keys_asked, watches_the_clock
from conn_lint.workers.database import drops_connection
from conn_lint.workers.effects import Effect
from conn_lint.workers.extract import MODULE
from conn_lint.workers.facts import mentions
from conn_lint.workers.flags import stops
from conn_lint.workers.loops import Loops, assign, may_wait, unsettle
from conn_lint.workers.outside import EXIT_STACKS, is_dynamic
from conn_lint.workers.paths import CLOSE, EARLY, FAILED, Query
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import FunctionSymbol
from conn_lint.workers.tries import catches_all, failed, only_imports, probes, retries


class Statements(Loops):
    """Adds the other statements to ``Loops``."""

    def local(self, local: v.Func, scope: Scope) -> v.Val:
        """What the name of a function defined in another one stands for: the function inside its decorators."""
        raise NotImplementedError

    def body(self, statements: f.Body, scope: Scope) -> Effect:
        """The effect of statements in order."""
        total = fx.nothing()
        for statement in statements:
            if not total.normal:
                break  # what follows is never reached
            total = fx.sequence(total, self.statement(statement, scope))
        return total

    def statement(self, statement: f.Statement, scope: Scope) -> Effect:
        if not isinstance(statement, (f.Local, f.Define)):
            scope.at = statement.span
        if isinstance(statement, f.Do):
            self.observe_bare(statement, scope)
            effect, value = self.value(statement.value, scope)
            return effect
        if isinstance(statement, f.Let):
            effect, value = self.value(statement.value, scope)
            if len(statement.targets) > 1:
                effect = fx.sequence(effect, self.consumed(value, statement.value, scope))
            if in_transaction(statement.value) is not None and scope.atomic:
                value = v.Const(self.truth(statement.value, scope))
            if statement.hint and isinstance(value, (v.Anything, v.Ext)):
                told = self.annotated(scope, statement.hint)
                known = isinstance(told, v.Obj) or (isinstance(told, v.Ext) and isinstance(value, v.Anything))
                value = told if known else value
            assign(statement.targets, value, scope)
            scope.filled = scope.filled.difference(statement.targets)
            scope.ended = scope.ended.difference(statement.targets)
            found = effect.queries and not may_wait(effect.normal)
            scope.fetched = (scope.fetched.union if found else scope.fetched.difference)(statement.targets)
            if value == v.Const(None) and any(map(partial(self._drops_connection, scope), statement.targets)):
                effect = fx.sequence(effect, fx.cleanup(CLOSE))
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
        elif scope.name != MODULE and statement.qualname in scope.facts.functions:
            local = v.Func(FunctionSymbol(scope.facts.path, statement.qualname), None, self.closure(scope))
            self.nested[local.symbol] = local
            scope.names[statement.name] = self.local(local, scope)
        return fx.nothing()

    def _drops_connection(self, scope: Scope, target: str) -> bool:
        """Whether ``target = None`` makes Django open a new connection at the next query."""
        owner, _, name = target.rpartition(".")
        return bool(owner) and drops_connection(Given((self.name(owner, scope), v.Const(name), v.Const(None)), ()))

    def branch(self, statement: f.If, scope: Scope) -> Effect:
        holds, fails = self.outcomes(statement.test, scope)
        test = fx.either(holds, fails)
        truth = self.truth(statement.test, scope)
        child = self.child_branch(statement.test, scope)
        if self.importing and statement.mentions & {"TYPE_CHECKING", "__name__"}:
            return fx.sequence(test, self.body(statement.orelse, scope))
        guard = django.guards_a_close(statement.mentions) or bool(statement.mentions & scope.guards)
        periodic = watches_the_clock(statement) or counts_turns(statement)
        guard = guard or periodic or not django.EAGER.isdisjoint(keys_asked(statement.test))
        if truth is None and not statement.orelse and guard:
            guarded = self.guarded(statement, scope)
            if not guarded.queries and any(path.lead.before for path in guarded.normal.values()):
                return fx.sequence(test, guarded)
        before = dict(scope.names)
        known = scope.filled
        said = filled(statement.test)
        body = orelse = fx.Effect()
        if truth is not False:
            scope.filled = known | said.holds
            body = self.guarded(statement, scope)
        after, filled_after = scope.names, scope.filled
        scope.names, scope.filled = before, known | said.fails
        if truth is not True:
            orelse = self.body(statement.orelse, scope)
        else:
            scope.names = after
        if truth is None:
            scope.names = self.merged(after, scope.names)
        if orelse.normal and body.normal:
            scope.filled = scope.filled & filled_after
        elif body.normal:
            scope.filled = filled_after
        if child is not None and truth is None:
            return fx.sequence(test, self.in_both((body, orelse), child, scope))
        if periodic and body.queries != orelse.queries:
            body, orelse = fx.excused(body, EARLY), fx.excused(orelse, EARLY)
        if truth is None and stops(statement):
            body = fx.excused(body, FAILED)
        return fx.either(fx.sequence(holds, body), fx.sequence(fails, orelse))

    def guarded(self, statement: f.If, scope: Scope) -> Effect:
        """What is done where the test of a branch holds."""
        outer = self.streaming, self.lost
        if "is_usable" in statement.mentions:  # what a transaction or a cursor had is lost already
            self.streaming, self.lost = None, True
        effect = self.body(statement.body, scope)
        self.streaming, self.lost = outer
        return effect

    def merged(self, one: dict[str, v.Val], other: dict[str, v.Val]) -> dict[str, v.Val]:
        """The names after one of two branches: what both agree on, and code that one of them got by its name."""
        found = dict(one)
        for name, value in other.items():
            if name not in one or is_dynamic(value):
                found[name] = value
            elif one[name] != value and not is_dynamic(one[name]):
                found[name] = self.joined(one[name], value) or v.UNKNOWN  # and none of the module's of that name
        return found

    def joined(self, one: v.Val, other: v.Val) -> v.Val | None:
        """What is known of a name that holds one of two things: rows of some model, an object of the base of both,
        either function, the one where the other is None, or an object that takes the place of what is not given; None
        where that is nothing."""
        if v.Const(None) in (one, other):
            held = other if one == v.Const(None) else one
            return held if isinstance(held, (v.Model, v.Obj, v.QuerySet)) else None
        if isinstance(one, v.QuerySet) and isinstance(other, v.QuerySet):
            return v.QuerySet(None, manager=one.manager and other.manager)
        if isinstance(one, v.Obj) and isinstance(other, v.Obj):
            base = self.graph.common_base([one.symbol, other.symbol])
            return v.Obj(base) if base else None
        objects = [each for each in (one, other) if isinstance(each, v.Obj)]
        if objects and any(isinstance(each, v.Anything) for each in (one, other)):
            return objects[0]
        return v.either(one, other)

    def attempt(self, statement: f.Try, scope: Scope) -> Effect:
        if probes(statement):  # whoever does not answer is closed
            return fx.cleanup(CLOSE)
        tried = self.body(statement.body, scope)
        inner = tried
        if "raise" in tried.exits and catches_all(statement):
            exits = {kind: paths for kind, paths in tried.exits.items() if kind != "raise"}
            inner = fx.Effect(exits, tried.crossings)
        whole = fx.sequence(inner, self.body(statement.orelse, scope))
        if statement.handlers:
            unsettle(statement.body, scope)
        branches = [whole]
        retried = False
        for handler in () if only_imports(statement, django.IN_EVERY_RELEASE) else statement.handlers:
            outer, self.streaming = self.streaming, None  # after an error the rows are lost anyway
            rescue = self.body(handler.body, scope)
            self.streaming = outer
            retried = retried or retries(handler, rescue, statement, whole)
            arrived = {**tried.normal, **tried.leaving("return", "continue", "break", "raise")} or {
                fx.EMPTY.key: fx.EMPTY
            }
            reached = {
                key: path._replace(handled=True, excuse=FAILED if failed(path, handler, tried) else path.excuse)
                for key, path in arrived.items()
            }
            branches.append(fx.sequence(fx.Effect({"normal": reached}), rescue))
        effect = fx.either(*branches)
        if retried:  # what is lost at the start is made good
            effect = fx.sequence(fx.cleanup(CLOSE), effect)
        if statement.final:
            effect = fx.finally_(effect, self.body(statement.final, scope))
        return effect

    def managed(self, items: tuple[tuple[f.Expr, str | None], ...], statement: f.With, scope: Scope) -> Effect:
        """The body of a ``with`` inside the first of ``items``, and so on."""
        if not items:
            return self.body(statement.body, scope)
        (expr, name), rest = items[0], items[1:]
        entering, value = self.value(expr, scope, keep_generator=True)
        if name:
            scope.names[name] = value
            if scope.in_endless:
                scope.of_turn.add(name)
        if isinstance(value, v.Ext) and value.dotted in django.ATOMIC:
            outer, scope.atomic = scope.atomic, True
            opened = Place(statement.span, "opens a transaction")
            self.transactions.append(opened)
            inner = self.managed(rest, statement, scope)
            self.transactions.pop()
            scope.atomic = outer
            opening = fx.query(Query(*opened))
            return fx.sequence(entering, fx.sequence(opening, inner))
        if isinstance(value, v.Ext) and value.dotted in EXIT_STACKS:
            outer_exit, scope.at_exit = scope.at_exit, fx.nothing()
            inner = fx.finally_(self.managed(rest, statement, scope), scope.at_exit)
            scope.at_exit = outer_exit
            return fx.sequence(entering, inner)
        inner = self.managed(rest, statement, scope)
        if (
            isinstance(value, v.Ext)
            and value.dotted == "contextlib.closing"
            and isinstance(value.wrapped, v.Connection)
        ):
            return fx.sequence(entering, fx.finally_(inner, fx.cleanup(CLOSE)))
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
