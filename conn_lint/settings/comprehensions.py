"""List, set and dict comprehensions, and generators as the lists they would yield."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings import comparisons
from conn_lint.settings.containers import ComprehensionScope, Table, sequence
from conn_lint.settings.generators import taken
from conn_lint.settings.loops import iterate
from conn_lint.settings.subscripts import appended, store
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def comprehension(machine: Machine, node: cst.ListComp | cst.SetComp | cst.GeneratorExp) -> Tree:
    kind = "set" if isinstance(node, cst.SetComp) else "list"
    result = sequence(kind, [], node)

    def add() -> None:
        element = machine.evaluate(node.elt)
        with machine.only(comparisons.lacks(machine, result, element) if kind == "set" else True):
            machine.replace(result, appended(machine, result, element))

    _loop(machine, node.for_in, add)
    return result


def dict_comprehension(machine: Machine, node: cst.DictComp) -> Tree:
    table = Table(site=node, born=machine.pc)

    def add() -> None:
        key = machine.evaluate(node.key)
        store(machine, table, key, machine.placed(machine.evaluate(node.value), node.value), node.value)

    _loop(machine, node.for_in, add)
    return table


def _loop(machine: Machine, clause: cst.CompFor, act: Callable[[], None]) -> None:
    from conn_lint.settings.targets import assign

    source = taken(machine, machine.evaluate(clause.iter), clause)
    scope = ComprehensionScope(machine.scope, machine.pc)

    def turn(value: Tree) -> None:
        assign(machine, clause.target, value)
        with_tests(0)

    def with_tests(number: int) -> None:
        if number == len(clause.ifs):
            if clause.inner_for_in is not None:
                _loop(machine, clause.inner_for_in, act)
            else:
                act()
            return
        with machine.only(machine.truth(machine.evaluate(clause.ifs[number].test))):
            if machine.live:
                with_tests(number + 1)

    with machine.inside(scope, machine.source):
        iterate(machine, source, turn, clause)
