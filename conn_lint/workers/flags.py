"""The flag that an endless loop goes by: who sets it, and whether that ends the work or the program."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.endless import names_a_flag
from conn_lint.workers.prefilter import FLAG_METHODS
from conn_lint.workers.scope import Scope


def is_set_elsewhere(loop: f.Loop) -> bool:
    """Whether the flag of a loop is an attribute that nothing in its body assigns: a signal or another thread does."""
    name = _flag(loop)
    if name is None or "." not in name:
        return False
    lets = (each for each in flat(loop.body) if isinstance(each, f.Let))
    return not any(name in each.targets for each in lets)


def outlasts_the_work(test: f.Expr) -> bool:
    """Whether the flag in a test says when the process is to stop, and not when some work is done: it is one of the
    code's own, or an event."""
    if isinstance(test, f.Not):
        return outlasts_the_work(test.value)
    if isinstance(test, f.Choice):
        return test.test is None and any(map(outlasts_the_work, test.items))
    is_call = isinstance(test, f.Call)
    name = test.func if isinstance(test, f.Call) else test
    if not isinstance(name, f.Name):
        return False
    owner, _, last = name.path.rpartition(".")
    if is_call and last in FLAG_METHODS:
        return True
    return owner in ("", "self", "cls") and not _WORK_ENDS.search(last)


_WORK_ENDS = re.compile("alive|complet|done|end|finish|success", re.IGNORECASE)


def ends_itself(loop: f.Loop, scope: Scope) -> bool:
    """Whether the flag of a loop is a variable that a turn sets when the work is done, by itself or in a function
    beside it that it calls. What a function sets that a signal calls, or an ``except`` but that of something that has
    come to its end, ends the program."""
    flag = _flag(loop)
    if flag is None or "." in flag:
        return False
    called = {
        f"{scope.name}.{statement.value.func.path}"
        for statement in flat(loop.body)
        if isinstance(statement, (f.Do, f.Let))
        and isinstance(statement.value, f.Call)
        and isinstance(statement.value.func, f.Name)
    }
    beside = [scope.facts.functions[name].body for name in called if name in scope.facts.functions]
    steps = [loop.body, *beside]
    return any(isinstance(each, f.Let) and flag in each.targets for body in steps for each in _in_turn(body))


def left_by_flag(loop: f.Loop) -> bool:
    """Whether a loop whose head never ends it is left only where a flag says so that something else sets:
    ``if self.stopped: return``."""
    turn = [each for each in loop.body if not (isinstance(each, f.If) and _asks_flag(each, loop))]
    return len(turn) < len(loop.body) and not any(_may_leave(each) for each in turn)


def _asks_flag(branch: f.If, loop: f.Loop) -> bool:
    test = _asked(branch)
    last = f.written(test).rpartition(".")[2]
    named = isinstance(test, f.Name) and (names_a_flag(last) or (last in FLAG_METHODS and branch.test is not test))
    return named and outlasts_the_work(branch.test) and is_set_elsewhere(loop._replace(source=test))


def _asked(branch: f.If) -> f.Expr:
    """The flag that a branch asks, or its method."""
    return branch.test.func if isinstance(branch.test, f.Call) else branch.test


def stops(branch: f.If) -> bool:
    """Whether a branch is taken when the program is told to stop: ``if self.exiting: return``."""
    test = _asked(branch)
    leaves = any(isinstance(each, f.Exit) and each.kind in ("break", "return") for each in branch.body)
    if not isinstance(test, f.Name) or not leaves:
        return False
    owner, _, last = test.path.rpartition(".")
    if isinstance(branch.test, f.Call) and last in FLAG_METHODS:
        return _STOPS.search(owner.rpartition(".")[2]) is not None
    return bool(owner) and outlasts_the_work(branch.test) and _STOPS.search(last) is not None


_STOPS = re.compile("abort|exit|halt|interrupt|quit|shut|sigint|sigterm|stop|terminat", re.IGNORECASE)


def _may_leave(statement: f.Statement) -> bool:
    """Whether ``statement`` may end the loop that it stands in."""
    own = tuple(flat((statement,)))
    inner = {id(each) for loop in own if isinstance(loop, f.Loop) for each in flat(loop.body)}
    return any(
        isinstance(each, f.Exit) and (each.kind == "return" or (each.kind == "break" and id(each) not in inner))
        for each in own
    )


def _flag(loop: f.Loop) -> str | None:
    """The name that the test of a loop asks, and nothing else."""
    test = loop.source.value if isinstance(loop.source, f.Not) else loop.source
    return test.path if isinstance(test, f.Name) else None


def _in_turn(body: f.Body) -> Iterator[f.Statement]:
    """As ``flat``, but what an ``except`` holds, save where nothing is left to do: ``except queue.Empty``."""
    handlers = (handler for one in flat(body) if isinstance(one, f.Try) for handler in one.handlers)
    failed = (handler for handler in handlers if not any(name.endswith(_RUN_OUT) for name in handler.types))
    rescued = {id(each) for handler in failed for each in flat(handler.body)}
    return (statement for statement in flat(body) if id(statement) not in rescued)


_RUN_OUT = ("Empty", "EOFError", "StopIteration", "StopAsyncIteration")
"""Ends of the names of exceptions that say that there is nothing more to come."""
