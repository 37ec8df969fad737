"""Following loops: what their turns do one after the other, and which of them never end."""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

from conn_lint.model import Place, Span
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.callsites import flat
from conn_lint.workers.conditions import collection, drains, filled, follows_links, leaves_by_the_clock
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.effects import Effect
from conn_lint.workers.flags import ends_itself, is_set_elsewhere, left_by_flag, outlasts_the_work
from conn_lint.workers.forks import Forks
from conn_lint.workers.graph import Graph
from conn_lint.workers.lookup import Guess
from conn_lint.workers.paths import EARLY, FAILED, UNBOUNDED, Crossing, Path, Stretch, Wait, join
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import FunctionSymbol
from conn_lint.workers.transactions import lasts

GOES_ON = "this loop, as long as it goes on"
"""What idles where each of its turns is short."""


class EndlessLoop(NamedTuple):
    """A loop that runs as long as its process, and the idle times its repetition makes."""

    symbol: FunctionSymbol
    span: Span
    crossings: tuple[Crossing, ...]
    turn: Effect
    daemon: bool
    """Nothing in its body leaves it."""
    lasts: bool
    """Nothing in its body leaves it, or its test is a flag that somebody else sets."""


class Loops(Forks):
    """Adds loops to ``Forks``, and keeps the endless ones."""

    def __init__(self, graph: Graph, corrections: Corrections, guess: Guess = "nothing") -> None:
        super().__init__(graph, corrections, guess)
        self.loops: dict[tuple[str, int], EndlessLoop] = {}

    def body(self, statements: f.Body, scope: Scope) -> Effect:
        """The effect of statements in order."""
        raise NotImplementedError

    def loop(self, loop: f.Loop, scope: Scope) -> Effect:
        entered = loop.kind == "while" and self.truth(loop.source, scope) is True  # while success: of one just set
        unsettle(loop.body, scope)
        if loop.kind != "while":
            return self.iteration(loop, scope)
        if loop.endless == "flag" and ends_itself(loop, scope):
            loop = loop._replace(endless="no")
        first = self.test(loop.source, scope)
        outer, scope.in_endless = scope.in_endless, scope.in_endless or loop.endless != "no"
        going = scope.going
        if loop.endless == "flag" and is_set_elsewhere(loop):
            scope.going = loop.source
        known, scope.filled = scope.filled, scope.filled.union(filled(loop.source).holds)
        scope.repeats += 1
        outside, scope.unresolved = scope.unresolved, False
        body = self.body(loop.body, scope)
        scope.repeats -= 1
        scope.in_endless, scope.going, scope.filled = outer, going, known.intersection(scope.filled)
        scope.at = loop.span
        if loop.endless == "always" and _soon_done(loop, scope):
            loop = loop._replace(endless="no")
        turn = fx.sequence(fx.renamed(body, {"continue": "normal"}), self.test(loop.source, scope))
        rounds = self.repetition(loop, turn, scope, endless=loop.endless != "no")
        scope.unresolved = scope.unresolved or outside
        if entered and loop.endless == "no":
            rounds = fx.renamed(fx.sequence(turn, rounds), {"break": "normal"})
        return fx.sequence(first, rounds)

    def iteration(self, loop: f.Loop, scope: Scope) -> Effect:
        source = self.iterate(loop.source, scope)
        assign(loop.targets, source.item, scope)
        literal = isinstance(loop.source, f.Several) and loop.source.display == "list"
        inside = collection(loop.source) in scope.filled  # so are those in it: nobody hands on nothing
        never_empty = literal or inside or source.filled
        scope.filled = scope.filled.union(loop.targets) if inside else scope.filled.difference(loop.targets)
        if source.generator is not None:
            func, args, keywords, _ = source.generator
            values = self.run(func, args, keywords)[1]
            assign(loop.targets, values.items[0] if isinstance(values, v.Items) else v.UNKNOWN, scope)
            outer, scope.in_endless = scope.in_endless, True
            body = self.body(loop.body, scope)
            scope.in_endless = outer
            return fx.sequence(source.effect, self.generate(source.generator, body, scope, (loop, scope)))
        outer, scope.in_endless = scope.in_endless, scope.in_endless or source.waits or source.endless
        scope.repeats += 1
        outside, scope.unresolved = scope.unresolved, False
        turns = [self.turn(loop, source.streamed, scope)] if not source.items else []
        for item in source.items:
            assign(loop.targets, item, scope)
            turns.append(self.body(loop.body, scope))
        turn = fx.either(*turns)
        scope.repeats -= 1
        scope.in_endless = outer
        within, scope.unresolved = scope.unresolved, scope.unresolved or outside
        leaves = any(each.leaving("break", "return") for each in turns)
        if source.items and source.filled and not leaves:  # each once, in order
            steps = (fx.renamed(each, {"continue": "normal"}) for each in turns)
            return fx.sequence(reduce(fx.sequence, steps, source.effect), self.body(loop.orelse, scope))
        if source.every:  # e.g. connections.all(): never empty when there is something to close
            rounds = fx.Effect({"normal": {**turn.normal, **turn.leaving("continue", "break")}}, turn.crossings)
            return fx.sequence(source.effect, rounds)
        if source.waits:
            self.pausing.note()
        head = fx.waiting(UNBOUNDED, loop.span) if source.waits else source.step
        counting = source.endless and not _soon_done(loop, scope)
        if counting:
            loop = loop._replace(endless="always")
        scope.unresolved = within
        rounds = self.repetition(loop, fx.sequence(head, turn), scope, endless=source.waits or counting)
        scope.unresolved = within or outside
        if never_empty:
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
        if endless and turn.queries and not self.shallow:
            self.particular += 1
            lasting = lasts(loop, leaves=bool(leaves), waits=may_wait(again)) if scope.atomic else ""
            if lasting:
                self.note("transaction-around-loop", loop.span, scope, lasting)
        blocks = loop.endless == "always" and scope.unresolved and not _yields(scope) and not turn.leaving("raise")
        if daemon and blocks and turn.queries and not may_wait(again):  # something in it must wait, or it would spin
            self.pausing.note()
            turn = fx.sequence(fx.waiting(UNBOUNDED, loop.span), turn)
        effect, made = fx.repeat(_idle_turns(turn, loop.span) if endless else turn, endless=loop.endless == "always")
        if endless:
            home = scope.home or (scope, loop.span)
            flag = left_by_flag(loop) if loop.endless == "always" else outlasts_the_work(loop.source)
            self._keep(home, made, turn, daemon, loop.endless != "no" and flag)
        if loop.orelse:
            effect = fx.sequence(effect, self.body(loop.orelse, scope))
        return effect

    def _keep(
        self, home: tuple[Scope, Span], made: dict[tuple[object, ...], Crossing], turn: Effect, daemon: bool, flag: bool
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
        symbol = FunctionSymbol(span.path, qualname)
        self.loops[key] = EndlessLoop(symbol, span, tuple(crossings.values()), turn, daemon, daemon or flag)


def _soon_done(loop: f.Loop, scope: Scope) -> bool:
    """Whether a loop whose head never ends it is left when nothing more is found, when nothing is left to go on to, or
    after some time."""
    return drains(loop, scope.fetched) or leaves_by_the_clock(loop) or follows_links(loop)


def assign(targets: tuple[str, ...], value: v.Val, scope: Scope) -> None:
    """Bind ``targets`` to ``value``, or each to its part of it."""
    parts = value.items if isinstance(value, v.Items) and len(value.items) == len(targets) else ()
    for position, target in enumerate(targets):
        scope.names[target] = value if len(targets) == 1 else parts[position] if parts else v.UNKNOWN


def unsettle(body: f.Body, scope: Scope) -> None:
    """Constants that ``body`` assigns are not known where it may have run any number of times, or in part."""
    for statement in flat(body):
        for target in statement.targets if isinstance(statement, f.Let) else ():
            if isinstance(scope.names.get(target), v.Const):
                scope.names[target] = v.UNKNOWN


def _yields(scope: Scope) -> bool:
    """Whether the function gives to whoever goes over it, and so rests for as long as that one takes."""
    return scope.on_yield is not None or (scope.function is not None and scope.function.is_generator)


def may_wait(paths: fx.Paths) -> bool:
    """Whether any of ``paths`` waits before its first query or after its last one."""
    return any(path.lead.wait or path.tail.wait for path in paths.values())


def _cleans(path: Path) -> bool:
    """Whether a path closes before its first query or after its last one."""
    return any((path.lead.before, path.lead.after, path.tail.before, path.tail.after))


def _idle_turns(turn: Effect, span: Span) -> Effect:
    """``turn`` of a loop at ``span``, its waits unbounded on paths without a query: such turns may follow each other
    for ever, those aside in which something failed. Of waits that are alike one stands for all."""
    witnesses: dict[tuple[object, ...], Wait] = {}

    def idle(path: Path) -> Path:
        wait = path.lead.wait
        if path.first is not None or wait is None or path.excuse == FAILED:
            return path
        wait = _repeated(wait, span, early=path.excuse == EARLY)
        wait = witnesses.setdefault((wait.seconds, wait.unsure, wait.usual), wait)
        return path._replace(lead=path.lead._replace(wait=wait))

    exits = dict(turn.exits)
    kinds = exits.keys() & {"normal", "continue"}
    for path in sorted((path for kind in kinds for path in exits[kind].values()), key=_is_exceptional):
        idle(path)
    for kind in kinds:
        exits[kind] = {path.key: path for path in map(idle, exits[kind].values())}
    return Effect(exits, turn.crossings)


def _is_exceptional(path: Path) -> tuple[bool, bool]:
    """What makes a path a bad witness of what turns without a query wait for: an error, a pause of unknown length."""
    return path.handled, path.lead.wait is not None and path.lead.wait.unsure


def idle_runs(job: Effect, span: Span) -> Effect:
    """``job``, with an unbounded wait at the end of each run without a query: more such runs may follow for ever, those
    aside in which something failed."""

    def idling(path: Path) -> Path:
        if path.first is not None or path.excuse == FAILED:
            return path
        wait = Wait(UNBOUNDED, span, unsure=path.excuse == EARLY)
        return path._replace(lead=join(path.lead, Stretch(wait=wait)))

    return fx.mapped(job, idling)


def _repeated(wait: Wait, span: Span, *, early: bool) -> Wait:
    """``wait`` any number of times, in a loop at ``span``; where the turns come ``early``, for as long as the time
    says that is not known."""
    bounded = wait.seconds != UNBOUNDED or wait.unsure
    if bounded and wait.what:
        wait = Wait(UNBOUNDED, span, GOES_ON)
    return wait._replace(seconds=UNBOUNDED, unsure=wait.person or (early and bounded))
