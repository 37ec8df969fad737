"""Calls that wait: sleeps, and what comes from outside when it comes."""

from __future__ import annotations

import re

from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers import waits
from conn_lint.workers.arguments import Given
from conn_lint.workers.callsites import names_read
from conn_lint.workers.effects import Effect
from conn_lint.workers.expressions import Expressions
from conn_lint.workers.frameworks.shells import SHELLS
from conn_lint.workers.paths import UNBOUNDED
from conn_lint.workers.pauses import Spot, usual_pause
from conn_lint.workers.scope import Scope


class Blocking(Expressions):
    """Adds to ``Expressions`` what calls that wait do to an open connection: time passes."""

    def on_wait(self, dotted: str, given: Given, expr: f.Call, scope: Scope) -> tuple[Effect, v.Val] | None:
        """A call of ``dotted``, a function that waits; None where it does not."""
        if dotted in waits.SLEEPS:
            return self.pause(given.first("seconds"), expr, scope), v.UNKNOWN
        if dotted == "select.select":
            return self.bounded(waits.Bound("timeout", 3), given, expr, scope), v.UNKNOWN
        if dotted in waits.PROMPTS:
            self.pausing.note()
            return fx.asking(expr.span), v.UNKNOWN
        if dotted in waits.BLOCKING_FUNCTIONS or dotted in SHELLS:
            self.pausing.note()
            return fx.waiting(UNBOUNDED, expr.span), v.UNKNOWN
        return None

    def pause(self, length: v.Val, expr: f.Call, scope: Scope) -> Effect:
        """A sleep of ``length`` seconds."""
        self.pausing.note()
        if isinstance(length, v.Const):
            return fx.waiting(waits.seconds_of(length.value), expr.span)
        written = expr.args[0] if expr.args else f.OPAQUE
        seconds = None if self.shallow else self.usual(written, scope)
        return fx.waiting(UNBOUNDED if seconds is None else seconds, expr.span, unsure=seconds is None)

    def blocking(self, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope) -> Effect:
        """A call that may wait for something from outside, by its name."""
        target, method = receiver
        if method == "sleep":  # somebody's clock, or a function that was given: it can hardly do anything else
            return self.pause(given.first("seconds"), expr, scope)
        if method == "join" or self.usually(receiver, given, expr):
            self.pausing.note()
        if method in ("get", "get_nowait") and self._is_queue(target, expr):
            if _fills_itself(expr.func, scope) or f.written(expr.func) in scope.filled:
                return fx.nothing()
            at_once = method == "get_nowait" or v.Const(False) in (dict(given.keywords).get("block"), given.first())
            return _or_raises(fx.nothing() if at_once else self.bounded(waits.Bound("timeout", 1), given, expr, scope))
        bound = waits.BLOCKING_METHODS.get(method)
        process = f.written(expr.func).rpartition(".")[0]
        if method in waits.ENDING:
            scope.ended |= {process}
        if bound is None or (method == "wait" and process in scope.ended):
            return fx.nothing()
        if method.startswith(("accept", "recv")) and self._is_polled(process, scope):
            return fx.nothing()
        if method == "poll" and any(word in process.rpartition(".")[2].lower() for word in waits.PROCESSES):
            return fx.nothing()
        if f"{bound.keyword}_ms" in dict(given.keywords):
            bound = bound._replace(keyword=f"{bound.keyword}_ms", unit=0.001)
        elif isinstance(target, v.Ext) and target.dotted.partition(".")[0] in waits.MILLISECONDS:
            bound = bound._replace(unit=0.001)
        waiting = self.bounded(bound, given, expr, scope)
        return _or_raises(waiting) if method in waits.RAISING else waiting

    def usual(self, expr: f.Expr, scope: Scope) -> float | None:
        """The number that ``expr`` stands for by default; None where nothing says."""
        return usual_pause(self.graph, Spot(scope.facts, scope.function, scope.owner, expr))

    def bounded(self, bound: waits.Bound, given: Given, expr: f.Call, scope: Scope) -> Effect:
        """A call that waits no longer than the argument ``bound`` says."""
        self.pausing.note()
        value, written = dict(given.keywords).get(bound.keyword), dict(expr.keywords).get(bound.keyword)
        if value is None and bound.position is not None and bound.keyword and len(given.args) > bound.position:
            value, written = given.args[bound.position], expr.args[bound.position]
        if value is None:
            seconds: float | None = bound.default
        elif isinstance(value, v.Const):
            seconds = waits.seconds_of(value.value)
            seconds = UNBOUNDED if bound.endless and not seconds else seconds * bound.unit
        else:
            seconds = UNBOUNDED if self.shallow else self.usual(written or f.OPAQUE, scope)
            seconds = seconds * bound.unit if seconds is not None else None
        if seconds is None:
            return fx.waiting(UNBOUNDED, expr.span, unsure=True)
        return fx.waiting(seconds, expr.span) if seconds else fx.nothing()

    def _is_polled(self, socket: str, scope: Scope) -> bool:
        """Whether the file of ``scope`` has a poller watch ``socket``, by the name it is read by: what is read from it
        is there already."""
        data = self.graph.project.data(scope.facts.path)
        if b"register(" not in data and b"select(" not in data:
            return False
        name = re.escape(socket.encode())
        return re.search(rb"\b(?:register\(\s*(?:\w+=)?|select\(\s*\[[^]]*\b)%s\s*[],)]" % name, data) is not None

    def usually(self, receiver: tuple[v.Val, str], given: Given, expr: f.Call) -> float:
        """The seconds that a method takes at most in practice that is known to take long; 0 for any other."""
        target, method = receiver
        if method in waits.SLOW_METHODS:
            return waits.SLOW_METHODS[method]
        if self.runs_any_sql(receiver, given):
            return waits.HOUR
        keywords = dict(given.keywords)
        if method == "get" and keywords.get("blocking") == v.Const(True):  # the result of a job of huey 1.0 to 3.5
            return waits.HOUR
        if not isinstance(target, (v.Anything, v.Ext)) or keywords.get("detach") == v.Const(True):
            return 0.0
        owner = target.dotted if isinstance(target, v.Ext) else f.written(expr.func).rpartition(".")[0]
        return waits.SLOW_PARTS.get(f"{owner.rpartition('.')[2]}.{method}", 0.0)

    @staticmethod
    def runs_any_sql(receiver: tuple[v.Val, str], given: Given) -> bool:
        """Whether a call runs SQL that is not written out here on a connection of the project's own."""
        target, method = receiver
        own = isinstance(target, v.Ext) and target.dotted.partition(".")[0] in waits.DRIVERS
        return own and method in waits.RUNS_SQL and not isinstance(given.first("query"), v.Const)

    @staticmethod
    def _is_queue(target: v.Val, call: f.Call) -> bool:
        """Whether the object of ``call`` is a queue: by its type, by its name, or as no other ``get`` can ``block``."""
        if isinstance(target, v.Ext):
            return target.dotted in waits.QUEUE_TYPES
        written = f.written(call.func)
        name = written.split(".")[-2].lower() if written.count(".") else ""
        named = name in ("q", "queue") or name.endswith(("_q", "queue")) or "block" in dict(call.keywords)
        return isinstance(target, v.Anything) and named


def _or_raises(waiting: Effect) -> Effect:
    """``waiting`` for something that came in time, or that raises when it did not; what has no bound waits on."""
    wait = next(iter(waiting.normal.values())).lead.wait
    if wait is not None and wait.seconds == UNBOUNDED and not wait.unsure:
        return waiting
    return fx.either(waiting, fx.sequence(waiting, fx.leave("raise")))


def _fills_itself(get: f.Expr, scope: Scope) -> bool:
    """Whether the queue of ``queue.get()`` is a variable that nothing but the function around it can put into: waiting
    for it would be waiting for ever."""
    queue = get.path.rpartition(".")[0] if isinstance(get, f.Name) else ""
    function = scope.function
    if function is None or not queue or "." in queue or queue in function.params or queue not in scope.names:
        return False
    inner = [each for name, each in scope.facts.functions.items() if name.startswith(f"{function.qualname}.")]
    if any(path.partition(".")[0] == queue for each in inner for path in names_read(each.body)):
        return False
    paths = [path for path in names_read(function.body) if path.partition(".")[0] == queue]
    return f"{queue}.put" in paths and all(path.startswith(f"{queue}.") for path in paths)
