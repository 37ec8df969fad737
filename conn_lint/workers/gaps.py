"""Long idle times inside one unit of work: a query, something slow, another query, and no close between.

Every close around the unit comes too early or too late for these. The code is followed once more with what takes
long beside the waits: programs, transfers, loops that poll until something is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conn_lint.model import CLEANUPS, Gap, Observation, Place, Span
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers import waits
from conn_lint.workers.arguments import Given, Keywords
from conn_lint.workers.callsites import flat
from conn_lint.workers.conditions import follows_links
from conn_lint.workers.effects import Effect
from conn_lint.workers.follow import Follower
from conn_lint.workers.graph import Graph
from conn_lint.workers.loops import GOES_ON
from conn_lint.workers.paths import UNBOUNDED, Crossing, Wait
from conn_lint.workers.prefilter import may_idle
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol


class SlowFollower(Follower):
    """Follows code with everything that takes long as a wait; what only the turns of an endless loop make is
    left to the loop. What does not pause does here what ``follower`` found that it does."""

    def __init__(self, follower: Follower) -> None:
        super().__init__(follower.graph, follower.corrections)
        self.share(follower)
        self._follower = follower
        self._quiet = follower.pausing.quiet()

    def run(
        self,
        func: v.Func,
        args: tuple[v.Val, ...] = (),
        keywords: Keywords = (),
        *,
        is_async: bool = False,
        atomic: bool = False,
        entry: bool = False,
    ) -> tuple[Effect, v.Val]:
        if func.symbol not in self._quiet:
            return super().run(func, args, keywords, is_async=is_async, atomic=atomic, entry=entry)
        before = self._follower.particular
        result = self._follower.run(func, args, keywords, is_async=is_async, atomic=atomic, entry=entry)
        self.particular += self._follower.particular - before
        return result

    def outside(
        self, callee: v.Ext, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        usual = 0.0 if callee.made else waits.SLOW_FUNCTIONS.get(callee.dotted, 0.0)
        if usual:
            return self._slow(usual, f"{callee.dotted}()", given, expr.span), v.Ext(callee.dotted, made=True)
        effect, value = super().outside(callee, receiver, given, expr, scope)
        if callee.dotted in waits.SLEEPS:
            effect = _named(effect, f"{callee.dotted}()")
        return effect, value

    def blocking(self, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope) -> Effect:
        target, method = receiver
        usual = self.usually(receiver, given, expr)
        if usual:
            return self._slow(usual, f".{method}()", given, expr.span)
        if method == "join" and not given.values and not isinstance(target, v.Const):
            return fx.waiting(UNBOUNDED, expr.span, ".join()", waits.HOUR)
        return super().blocking(receiver, given, expr, scope)

    @staticmethod
    def _slow(usual: float, what: str, given: Given, span: Span) -> Effect:
        bound = given.first("timeout", position=len(given.args))
        seconds = waits.seconds_of(bound.value) if isinstance(bound, v.Const) else UNBOUNDED
        known = dict(given.keywords).get("timeout")
        if seconds == UNBOUNDED and known is not None and known != v.Const(None):
            return fx.nothing()  # bounded by something that is not known
        return fx.waiting(seconds, span, what, usual if seconds == UNBOUNDED else 0)

    def repetition(self, loop: f.Loop, turn: Effect, scope: Scope, *, endless: bool) -> Effect:
        if loop.kind == "while" and (loop.endless != "always" or turn.leaving("break", "return")):
            if _watches_the_clock(loop) or _counts(loop) or follows_links(loop):
                endless = False
            elif scope.on_yield is None or not scope.on_yield.queries:  # else not without a query to its end
                turn = _polling(turn, loop.span)
        effect = super().repetition(loop, turn, scope, endless=endless)
        if not endless:
            return effect
        return Effect(effect.exits, {key: each for key, each in effect.crossings.items() if key in turn.crossings})


def _named(effect: Effect, what: str) -> Effect:
    """``effect`` of a pause; one of unknown length is no long one by itself."""
    paths = {
        path.key: path._replace(lead=path.lead._replace(wait=path.lead.wait._replace(what=what)))
        if path.lead.wait and path.lead.wait.seconds != UNBOUNDED
        else path
        for path in effect.normal.values()
    }
    return Effect({"normal": paths}, effect.crossings)


def _counts(loop: f.Loop) -> bool:
    """Whether the test of a ``while``, or of an ``if`` that leaves it, looks at something that its body counts."""
    names = {name for statement in _leaving(loop) for name in statement.mentions}
    pending = [loop.source]
    while pending:
        expr = pending.pop()
        if isinstance(expr, f.Name):
            names.add(expr.path)
        elif isinstance(expr, (f.Several, f.Choice)):
            pending.extend(expr.items)
        elif isinstance(expr, (f.Not, f.Named, f.IsNone)):
            pending.append(expr.value)
    lets = (statement for statement in flat(loop.body) if isinstance(statement, f.Let))
    return any(
        target in names and isinstance(let.value, f.Several) and let.value.items[:1] == (f.Name(target),)
        for let in lets
        for target in let.targets
    )


def _watches_the_clock(loop: f.Loop) -> bool:
    """Whether a ``while`` is left after some time: by its own test, or by an ``if`` that leaves it."""
    if not waits.CLOCKS.isdisjoint(f.mentions(loop.source)):
        return True
    return any(not waits.CLOCKS.isdisjoint(statement.mentions) for statement in _leaving(loop))


def _leaving(loop: f.Loop) -> Iterator[f.If]:
    """Each ``if`` in the body that leaves the loop."""
    for statement in flat(loop.body):
        if isinstance(statement, f.If) and any(
            isinstance(each, f.Exit) and each.kind != "continue" for each in statement.body
        ):
            yield statement


def _polling(turn: Effect, span: Span) -> Effect:
    """``turn`` of a loop that goes on until something is done: turns that wait and do not query may follow each
    other for as long as that takes, those after an exception aside."""
    exits = dict(turn.exits)
    for kind in ("normal", "continue"):
        exits[kind] = {}
        for path in turn.exits.get(kind, {}).values():
            wait = path.lead.wait
            if path.first is None and wait and not (path.handled or wait.person):
                wait = Wait(UNBOUNDED, span, GOES_ON)
                path = path._replace(lead=path.lead._replace(wait=wait))
            exits[kind].setdefault(path.key, path)
    return Effect(exits, turn.crossings)


def long_gaps(slow: SlowFollower, functions: Iterable[v.Func]) -> Iterator[Observation]:
    """The long gaps of units of work, each once, where what lies between the two queries is called: by the function
    that calls all three, or by another method of its class on the way."""
    seen: list[Span] = []
    for function in functions:
        crossings = [each for each in slow.perform(function).crossings.values() if each.stretch.wait is not None]
        for crossing in sorted(crossings, key=_weight, reverse=True):
            found = _observation(crossing, slow.graph)
            if found is not None and not any(_within(found.span, each) for each in seen):
                seen.append(found.span)
                yield found


def _weight(crossing: Crossing) -> tuple[float, bool, bool, bool, float]:
    wait = crossing.stretch.wait
    return wait.weight if wait else (0.0, False, False, False, 0.0)


def _within(span: Span, outer: Span) -> bool:
    """Whether ``span`` begins inside ``outer``: the pause of a loop in that loop."""
    return span.path == outer.path and (outer.line, outer.column) <= (span.line, span.column) <= outer[3:5]


def _observation(crossing: Crossing, graph: Graph) -> Observation | None:
    wait = crossing.stretch.wait
    if wait is None or not wait.what or crossing.child:
        return None
    common = 0
    paths = (crossing.before.calls, wait.calls, crossing.after.calls)
    while all(len(path) > common for path in paths) and len({path[common].span for path in paths}) == 1:
        common += 1
    ways = [*wait.calls, Place(wait.span, wait.what)]
    at = common
    while at + 1 < len(ways) and _is_part(ways[at + 1].span, ways[at].span, graph):
        at += 1
    span = ways[at].span
    places = (
        *(Place(each.span, each.label) for each in ways[at + 1 :]),
        Place([*crossing.before.places][min(common, len(crossing.before.calls))].span, "a query before it"),
        Place([*crossing.after.places][min(common, len(crossing.after.calls))].span, "a query after it"),
    )
    seconds = None if wait.seconds == UNBOUNDED else wait.seconds
    stretch = crossing.stretch
    gap = Gap(seconds, wait.usual, CLEANUPS[stretch.before], CLEANUPS[stretch.after], stretch.late)
    function = graph.function_at(span)
    return Observation("long-gap", span, function.qualname if function else None, places, wait.what, gap)


def _is_part(span: Span, caller: Span, graph: Graph) -> bool:
    """Whether ``span`` lies in a method of the class in whose methods ``caller`` does: a part of the same work, which
    knows better what takes long."""
    functions = [graph.function_at(each) for each in (span, caller)]
    owners = {each.owner if each else None for each in functions}
    return span.path == caller.path and len(owners) == 1 and None not in owners


def commands(graph: Graph) -> Iterator[v.Func]:
    """``handle`` of every management command that may wait."""
    for path in graph.project.tree.paths:
        if may_idle(path, graph.project):
            command = ClassSymbol(path, "Command")
            handle = graph.handle(command)
            if handle is not None:
                yield v.Func(handle, command)
