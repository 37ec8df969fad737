"""Generator functions: run to their end where something takes what they yield."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.containers import Sequence, sequence
from conn_lint.settings.iterators import Iterating, Lazy, Turn
from conn_lint.settings.loops import iterate, widen
from conn_lint.settings.objects import Args, Function
from conn_lint.settings.subscripts import appended
from conn_lint.settings.values import NONE, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


class Generator(Iterating):
    """A call of a generator function."""

    __slots__ = ("args", "function")

    def __init__(self, function: Function, args: Args) -> None:
        super().__init__()
        self.function = function
        self.args = args

    def made(self, machine: Machine, node: cst.CSTNode, *, whole: bool) -> Tree:
        """What it does on the way may be done or not where it is not taken as a ``whole``."""
        from conn_lint.settings.calls import run_body

        found = sequence("list", [], node)
        journal = machine.begin_journal()
        run_body(machine, self.function, self.args, node, yielded=found)
        machine.journals.remove(journal)
        if not whole and machine.live:
            widen(machine, journal, machine.opaque(node, "how far a generator is followed is not known"))
        return found

    def sources(self) -> tuple[Tree, ...]:
        return self.args.all()


def lazily(machine: Machine, run: Callable[[Turn], None], *held: Tree) -> Lazy:
    """The elements that ``run`` makes, one after the other, out of ``held``: here, whoever takes them."""
    scope, source = machine.scope, machine.source

    def in_turn(turn: Turn) -> None:
        taker = machine.scope, machine.source

        def there(value: Tree) -> None:
            with machine.inside(*taker):
                turn(value)

        with machine.inside(scope, source):
            run(there)

    def make() -> Tree:
        result = sequence("list", [])
        in_turn(lambda value: machine.replace(result, appended(machine, result, value)))
        return result

    return Lazy(make, *held, in_turn=in_turn)


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
        iterate(machine, machine.evaluate(node.value.item), add, node)
    else:
        add(machine.evaluate(node.value) if node.value is not None else NONE)
    return NONE
