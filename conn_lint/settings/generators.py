"""Generator functions: run to their end where something takes what they yield."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.containers import Sequence, sequence
from conn_lint.settings.exits import Raised
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

    def in_turn(self, machine: Machine, turn: Turn, node: cst.CSTNode) -> bool:
        """``turn`` runs where a value is yielded, as part of the code that takes it: its ``return``, ``break`` and
        exceptions leave that, and of the generator run only what ``finally`` holds."""
        from conn_lint.settings.calls import run_body

        scope, source, loops = machine.scope, machine.source, machine.loops
        frames, tries = list(machine.frames), list(machine.tries)

        def there(value: Tree) -> None:
            here = machine.frames, machine.loops, machine.tries
            machine.frames, machine.loops, machine.tries = frames, loops, tries
            with machine.inside(scope, source):
                turn(value)
            machine.frames, machine.loops, machine.tries = here

        run_body(machine, self.function, self.args, node, yielded=there)
        return True

    def made(self, machine: Machine, node: cst.CSTNode, *, whole: bool) -> Tree:
        """What it does on the way may be done or not where it is not taken as a ``whole``."""
        found = sequence("list", [], node)
        add = partial(_append, machine, found)
        if whole:
            self.in_turn(machine, add, node)
            return found
        journal, raised = machine.begin_journal(), Raised()
        machine.tries.append(raised)
        self.in_turn(machine, add, node)
        machine.tries.remove(raised)
        machine.journals.remove(journal)
        after = machine.pc
        for guard, exception in raised.exits:
            machine.pc = guard
            machine.throw_in(machine.choices.decide(("reached", self.serial, guard)), exception)
            after = machine.choices.either(after, machine.pc)
        machine.go_on(after)
        if machine.live:
            elements = found.items
            widen(machine, journal, machine.opaque(node, "how far a generator is followed is not known"))
            machine.replace(found, elements)
        return found

    def sources(self) -> tuple[Tree, ...]:
        return self.args.all()


def lazily(machine: Machine, make_each: Callable[[Turn], None], *held: Tree) -> Lazy:
    """The elements that ``make_each`` makes, one after the other, out of ``held``: here, whoever takes them."""
    scope, source = machine.scope, machine.source

    def run(turn: Turn) -> None:
        taker = machine.scope, machine.source

        def there(value: Tree) -> None:
            with machine.inside(*taker):
                turn(value)

        with machine.inside(scope, source):
            make_each(there)

    def make() -> Tree:
        result = sequence("list", [])
        run(partial(_append, machine, result))
        return result

    return Lazy(make, *held, run=run)


def _append(machine: Machine, result: Sequence, value: Tree) -> None:
    machine.replace(result, appended(machine, result, value))


def evaluate_yield(machine: Machine, node: cst.Yield) -> Tree:
    """``yield value`` and ``yield from values``; nothing is ever sent."""
    turn = machine.frames[-1].yielded if machine.frames else None
    if turn is None:
        machine.may_fail()
        return machine.opaque(node, "yield is not followed")
    if isinstance(node.value, cst.From):
        iterate(machine, machine.evaluate(node.value.item), turn, node)
    else:
        turn(machine.evaluate(node.value) if node.value is not None else NONE)
    return NONE
