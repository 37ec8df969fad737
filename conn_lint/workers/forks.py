"""New processes that inherit the connections of the one that makes them.

A fork copies the socket of every open connection: two processes then talk to one session. Measured on MariaDB
10.11 with mysqlclient and PyMySQL: a child that closes ends the session of the parent (2013), several that
query at once mix up their answers. The start methods spawn and forkserver inherit nothing
(Python 3.11 ``multiprocessing/popen_spawn_posix.py``, ``popen_forkserver.py``).
"""

from __future__ import annotations

import re
from functools import cached_property

from conn_lint.model import Place, Span
from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.calls import Calls
from conn_lint.workers.effects import Effect
from conn_lint.workers.frameworks.base import Registrar
from conn_lint.workers.handing import handed_on
from conn_lint.workers.paths import Fork
from conn_lint.workers.scope import Scope

PROCESSES = tuple(
    f"{package}.{name}"
    for package in ("multiprocessing", "billiard")
    for name in ("Process", "context.ForkProcess", "context.Process", "process.Process")
)

PROCESS = Registrar("Process", 1, "target", packed=(("args", 3), ("kwargs", 4)))

POOLS = frozenset(("multiprocessing.Pool", "multiprocessing.pool.Pool", "billiard.Pool", "billiard.pool.Pool"))
"""Fork all their processes when they are made."""

EXECUTORS = frozenset(("concurrent.futures.ProcessPoolExecutor", "concurrent.futures.process.ProcessPoolExecutor"))
"""Fork their processes at the first job (Python 3.9 to 3.13)."""

HANDOVERS = frozenset("apply apply_async imap imap_unordered map map_async starmap starmap_async submit".split())
"""Methods of both that run their first argument in the new processes."""

CONTEXT = "multiprocessing.get_context"
FRESH = "multiprocessing.fresh"
"""Stands for everything made by a start method that does not fork."""

RECYCLED = "multiprocessing.recycled"
"""Stands for a pool that makes a new process for every job."""

ENDS = frozenset(
    "os._exit os.abort os.execl os.execle os.execlp os.execlpe os.execv os.execve os.execvp os.execvpe"
    " sys.exit builtins.exit builtins.quit".split()
)
"""Calls that nothing comes after in this process."""

_CHOSEN = re.compile(rb"set_start_method\(\s*(?:method\s*=\s*)?[\"'](?:spawn|forkserver)[\"']")


class Forks(Calls):
    """Adds new processes to ``Calls``."""

    def perform(self, func: v.Func, given: Given | None = None) -> Effect:
        raise NotImplementedError

    @cached_property
    def afresh(self) -> bool:
        """Whether the project chooses a start method for all its processes that inherits nothing."""
        graph = self.graph
        return any(_CHOSEN.search(graph.project.data(each)) for each in graph.index.words.files(b"set_start_method"))

    def invoke(
        self, callee: v.Val, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        target, method = receiver
        if method == "start" and not self.shallow and not isinstance(callee, v.Func) and not self.afresh:
            started = self._started(target, scope)
            if started:
                children = [self._child(func, None, self._fork(expr.span, scope), expr.span) for func in started]
                return fx.either(*children), v.UNKNOWN
        return super().invoke(callee, receiver, given, expr, scope)

    def _started(self, target: v.Val, scope: Scope) -> list[v.Func]:
        """What the process ``target`` runs; where it is not known, what those may run that were made here."""
        if isinstance(target, v.Obj):
            run = self.graph.method(target.symbol, "run") if self.graph.is_a(target.symbol, *PROCESSES) else None
            return [v.Func(run, target.symbol, target.state)] if run else []
        if isinstance(target, v.Ext) and target.made:
            known = target.wrapped if target.dotted in PROCESSES else None
            return [known] if isinstance(known, v.Func) else []
        return list(scope.processes)

    def outside(
        self, callee: v.Ext, receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
    ) -> tuple[Effect, v.Val]:
        dotted, span = callee.dotted, expr.span
        if dotted in ENDS:
            return fx.leave("raise"), v.UNKNOWN
        recycled = dotted in POOLS and dict(given.keywords).get("maxtasksperchild") == v.Const(1)
        made = v.Ext(RECYCLED if recycled else dotted, made=True)
        if self.shallow:
            return (fx.nothing(), made) if recycled else super().outside(callee, receiver, given, expr, scope)
        if dotted == "os.fork":
            scope.forked = span
            return fx.nothing(), v.Ext(dotted, made=True)
        if self.afresh:
            return super().outside(callee, receiver, given, expr, scope)
        if dotted == CONTEXT:
            method = given.first("method")
            fresh = isinstance(method, v.Const) and method.value in ("spawn", "forkserver")
            return fx.nothing(), v.Ext(FRESH if fresh else "multiprocessing")
        if dotted in PROCESSES:
            target = self.now(given.first("target", 1))
            if isinstance(target, v.Func):
                [(args, keywords)] = handed_on(PROCESS, given, expr, lambda part: self.value(part, scope)[1])
                target = self.bind(target, args, keywords)
                scope.processes.append(target)
            return fx.nothing(), v.Ext(dotted, made=True, wrapped=target)
        if dotted in EXECUTORS:
            fresh = dict(given.keywords).get("mp_context") == v.Ext(FRESH)
            return fx.nothing(), v.Ext(FRESH if fresh else dotted, made=True)
        if dotted in POOLS:
            return fx.forking(self._fork(span, scope)._replace(several=True)), made
        owner, _, method_name = dotted.rpartition(".")
        if callee.made and method_name in HANDOVERS and (owner in POOLS or owner in EXECUTORS):
            job = self.now(given.first("func" if owner in POOLS else "fn"))
            if isinstance(job, v.Func):
                arguments = Given(given.args[1:], ()) if method_name == "submit" else None
                at = self._fork(span, scope)._replace(several=True) if owner in EXECUTORS else None
                return self._child(job, arguments, at, span), v.UNKNOWN
        return super().outside(callee, receiver, given, expr, scope)

    def _fork(self, span: Span, scope: Scope, *, inline: bool = False) -> Fork:
        return Fork(span, scope.name, several=scope.repeats > 0, inline=inline)

    def _child(self, func: v.Func, given: Given | None, at: Fork | None, span: Span) -> Effect:
        """A new process that runs ``func``, with ``given`` where that is known, and leaves its parent alone; made
        before where ``at`` is None."""
        effect = self.perform(func, given)
        if not any(path.first for paths in effect.exits.values() for path in paths.values()):
            return fx.nothing()
        place = Place(span, f"runs {func.symbol.qualname}() in a new process")
        return fx.in_child(fx.called(Effect(effect.exits), place), at)

    def child_branch(self, test: f.Expr, scope: Scope) -> bool | None:
        """Whether it is the new process for which ``test`` of what os.fork() returned holds; None for any other."""
        if isinstance(test, (f.Not, f.IsZero)):
            inner = self.child_branch(test.value, scope)
            return None if inner is None else not inner
        known = self.value(test, scope)[1] if isinstance(test, (f.Name, f.Call, f.Named)) and scope.forked else None
        return False if known == v.Ext("os.fork", made=True) else None

    def in_both(self, branches: tuple[Effect, Effect], child: bool, scope: Scope) -> Effect:
        """The two branches of a test that tells the new process from its parent; ``child``: it takes the first."""
        assert scope.forked is not None
        start = fx.forking(self._fork(scope.forked, scope, inline=True))
        body, orelse = branches
        return fx.either(fx.sequence(start, body), orelse) if child else fx.either(body, fx.sequence(start, orelse))
