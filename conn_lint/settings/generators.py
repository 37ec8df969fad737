"""Generator functions: run to their end where something takes what they yield."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.containers import Sequence, sequence
from conn_lint.settings.loops import iterate
from conn_lint.settings.objects import Args, Function, Native
from conn_lint.settings.subscripts import appended
from conn_lint.settings.values import NONE, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

TAKERS = frozenset("all any dict enumerate filter frozenset list map max min set sorted sum tuple zip".split())
"""Builtins that take every element at once."""


class Generator(Native):
    """A generator that nothing was taken from yet; ``taken`` once something was."""

    __slots__ = ("args", "function", "taken")

    def __init__(self, function: Function, args: Args) -> None:
        self.function = function
        self.args = args
        self.taken = False

    def take(self, machine: Machine, node: cst.CSTNode) -> Tree:
        """All that it yields; unknown the second time, when it is exhausted where the first was run."""
        from conn_lint.settings.calls import run_body

        if self.taken:
            return machine.opaque(node, "a generator that was used before is not followed")
        self.taken = True
        found = sequence("list", [], node)
        run_body(machine, self.function, self.args, node, yielded=found)
        return found


def taken(machine: Machine, tree: Tree, node: cst.CSTNode) -> Tree:
    """``tree``, with what a generator yields in the place of it."""
    return machine.each(tree, lambda leaf: leaf.take(machine, node) if isinstance(leaf, Generator) else leaf)


def all_taken(machine: Machine, args: Args, node: cst.CSTNode) -> Args:
    """``args`` of something that takes every element of each."""
    if not any(isinstance(tree, Generator) for tree in args.positional):
        return args
    return args._replace(positional=tuple(taken(machine, tree, node) for tree in args.positional)).checked()


def evaluate_yield(machine: Machine, node: cst.Yield) -> Tree:
    """``yield value`` and ``yield from values``; nothing is ever sent."""
    found = machine.frames[-1].yielded if machine.frames else None
    if not isinstance(found, Sequence):
        machine.may_fail()
        return machine.opaque(node, "yield is not followed")
    result = found

    def add(value: Tree) -> None:
        machine.replace(result, appended(machine, result, value))

    if isinstance(node.value, cst.From):
        iterate(machine, taken(machine, machine.evaluate(node.value.item), node), add, node)
    else:
        add(machine.evaluate(node.value) if node.value is not None else NONE)
    return NONE
