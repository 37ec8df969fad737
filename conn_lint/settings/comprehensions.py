"""List, set and dict comprehensions, and generator expressions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings import comparisons
from conn_lint.settings.containers import ComprehensionScope, Table, sequence
from conn_lint.settings.generators import lazily
from conn_lint.settings.iterators import Turn
from conn_lint.settings.loops import iterate
from conn_lint.settings.subscripts import appended, store
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def generator_expression(machine: Machine, node: cst.GeneratorExp) -> Tree:
    source = machine.evaluate(node.for_in.iter)

    def run(turn: Turn) -> None:
        _loop(machine, node.for_in, source, lambda: turn(machine.evaluate(node.elt)))

    return lazily(machine, run, source)


def comprehension(machine: Machine, node: cst.ListComp | cst.SetComp) -> Tree:
    kind = "set" if isinstance(node, cst.SetComp) else "list"
    result = sequence(kind, [], node)

    def add() -> None:
        element = machine.evaluate(node.elt)
        with machine.only(comparisons.lacks(machine, result, element) if kind == "set" else True):
            machine.replace(result, appended(machine, result, element))

    _loop(machine, node.for_in, machine.evaluate(node.for_in.iter), add)
    return result


def dict_comprehension(machine: Machine, node: cst.DictComp) -> Tree:
    table = Table(site=node, born=machine.pc)

    def add() -> None:
        key = machine.evaluate(node.key)
        store(machine, table, key, machine.placed(machine.evaluate(node.value), node.value), node.value)

    _loop(machine, node.for_in, machine.evaluate(node.for_in.iter), add)
    return table


def _loop(machine: Machine, clause: cst.CompFor, source: Tree, act: Callable[[], None]) -> None:
    from conn_lint.settings.targets import assign

    scope = ComprehensionScope(machine.scope, machine.pc)

    def turn(value: Tree) -> None:
        assign(machine, clause.target, value)
        with_tests(0)

    def with_tests(number: int) -> None:
        if number == len(clause.ifs):
            inner = clause.inner_for_in
            if inner is not None:
                _loop(machine, inner, machine.evaluate(inner.iter), act)
            else:
                act()
            return
        with machine.only(machine.truth(machine.evaluate(clause.ifs[number].test))):
            if machine.live:
                with_tests(number + 1)

    with machine.inside(scope, machine.source):
        iterate(machine, source, turn, clause)
