"""Branches, loops and ``match``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.project.source import children
from conn_lint.settings.comparisons import compare
from conn_lint.settings.exits import Loop
from conn_lint.settings.iterators import may_be_one
from conn_lint.settings.loops import iterate, repeat
from conn_lint.settings.nodes import Guard
from conn_lint.settings.targets import assign
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


MOST_TURNS = 120
"""Turns of a ``while`` that are run one by one."""

MOST_PARTINGS = 12
"""Turns of a ``while`` that some worlds leave and others do not, before it may run any number of times."""


def run_if(machine: Machine, node: cst.If) -> None:
    test = machine.truth(machine.evaluate(node.test))
    with machine.only(test):
        if machine.live:
            machine.execute(node.body)
    if node.orelse is None:
        return
    with machine.only(machine.choices.negate(test)):
        if machine.live:
            if isinstance(node.orelse, cst.If):
                run_if(machine, node.orelse)
            else:
                machine.execute(node.orelse.body)


def run_for(machine: Machine, node: cst.For) -> None:
    source = machine.evaluate(node.iter)
    entry = machine.pc
    loop = Loop()
    machine.loops.append(loop)

    def turn(value: Tree) -> None:
        assign(machine, node.target, value, node)
        _body(machine, loop, node.body)

    if node.asynchronous is not None:
        source = machine.opaque(node, "an asynchronous loop is not followed", source)
    iterate(machine, source, turn, node, whole=not (may_be_one(source) and _may_leave(node.body)))
    _leave(machine, loop, node.orelse, entry)


def _may_leave(body: cst.CSTNode) -> bool:
    """Whether a loop with this ``body`` may end before what it loops over does."""
    return isinstance(body, (cst.Break, cst.Raise, cst.Return)) or any(map(_may_leave, children(body)))


def run_while(machine: Machine, node: cst.While) -> None:
    entry = machine.pc
    loop = Loop()
    machine.loops.append(loop)
    choices = machine.choices
    done: Guard = False
    parted = 0
    for _ in range(MOST_TURNS):
        if parted > MOST_PARTINGS:
            break
        test = machine.truth(machine.evaluate(node.test))
        if not isinstance(test, bool):
            break
        if not test:
            done = choices.either(done, machine.pc)
            machine.pc = False
        if not machine.live:
            break
        before = machine.pc
        _body(machine, loop, node.body)
        parted += machine.pc is not before

    def turn() -> None:
        with machine.only(machine.truth(machine.evaluate(node.test))):
            if machine.live:
                _body(machine, loop, node.body)

    if machine.live:
        repeat(machine, node, machine.opaque(node, "a loop that may run any number of times"), turn)
    machine.pc = choices.either(machine.pc, done)
    _leave(machine, loop, node.orelse, entry)


def _body(machine: Machine, loop: Any, body: cst.BaseSuite) -> None:
    machine.execute(body)
    machine.pc = machine.choices.either(machine.pc, loop.continued)
    loop.continued = False


def _leave(machine: Machine, loop: Any, orelse: cst.Else | None, entry: Guard) -> None:
    machine.loops.remove(loop)
    if orelse is not None and machine.live:
        machine.execute(orelse.body)
    machine.rejoin(entry, machine.choices.either(machine.pc, loop.broken), left=True)


def run_break(machine: Machine, node: cst.Break) -> None:
    if not machine.loops:
        machine.throw("SyntaxError")
        return
    loop = machine.loops[-1]
    loop.broken = machine.choices.either(loop.broken, machine.pc)
    machine.pc = False


def run_continue(machine: Machine, node: cst.Continue) -> None:
    if not machine.loops:
        machine.throw("SyntaxError")
        return
    loop = machine.loops[-1]
    loop.continued = machine.choices.either(loop.continued, machine.pc)
    machine.pc = False


def run_match(machine: Machine, node: cst.Match) -> None:
    subject = machine.evaluate(node.subject)
    choices = machine.choices
    after: Guard = False
    for case in node.cases:
        entry = machine.pc
        if entry is False:
            break
        taken = _pattern(machine, case.pattern, subject)
        machine.pc = choices.both(entry, taken)
        if case.guard is not None and machine.live:
            taken = choices.both(taken, machine.truth(machine.evaluate(case.guard)))
            machine.pc = choices.both(entry, taken)
        if machine.live:
            machine.execute(case.body)
        after = choices.either(after, machine.pc)
        machine.pc = choices.both(entry, choices.negate(taken))
    machine.pc = choices.either(after, machine.pc)


def _pattern(machine: Machine, pattern: cst.MatchPattern, subject: Tree) -> Guard:
    """The worlds in which ``subject`` matches, its names bound there."""
    if isinstance(pattern, cst.MatchAs):
        taken = True if pattern.pattern is None else _pattern(machine, pattern.pattern, subject)
        if pattern.name is not None:
            with machine.only(taken):
                machine.bind(pattern.name.value, subject)
        return taken
    if isinstance(pattern, cst.MatchOr):
        guard: Guard = False
        for element in pattern.patterns:
            guard = machine.choices.either(guard, _pattern(machine, element.pattern, subject))
        return guard
    if isinstance(pattern, (cst.MatchValue, cst.MatchSingleton)):
        value = machine.evaluate(pattern.value)
        return machine.truth(compare(machine, pattern, "Equal", subject, value))
    for name in _captured(pattern):
        machine.bind(name, machine.opaque(pattern, "a pattern that is not followed", subject))
    return machine.choices.decide(("match", id(pattern), machine.steps))


def _captured(pattern: cst.CSTNode) -> list[str]:
    found = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
            found.append(node.name.value)
        pending.extend(node.children)
    return found
