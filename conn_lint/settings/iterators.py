"""Iterators: what they give is worked out where something takes it, and only once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.nodes import leaves
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


Turn = Callable[[Tree], None]
"""What is done with an element."""


class Iterating(Native):
    """What gives its elements once; ``used`` where some of them may be gone already."""

    __slots__ = ("used",)

    def __init__(self) -> None:
        self.used = False

    def made(self, machine: Machine, node: cst.CSTNode, *, whole: bool) -> Tree:
        """A list of all the elements, made now; ``whole``: whoever takes them takes all."""
        raise NotImplementedError

    def in_turn(self, machine: Machine, turn: Turn, node: cst.CSTNode) -> bool:
        """Make an element, have its ``turn`` done, and make the next one, in the worlds that are still there for it;
        False, with nothing done, where the elements are only ``made`` all together."""
        return False

    def sources(self) -> tuple[Tree, ...]:
        """What the elements are made of."""
        raise NotImplementedError

    def give(self, machine: Machine, turn: Turn, node: cst.CSTNode) -> bool:
        """As ``in_turn``; False, too, where it is ``used``."""
        if self.used:
            return False
        self.used = True
        self.used = self.in_turn(machine, turn, node)
        return self.used

    def take(self, machine: Machine, node: cst.CSTNode, *, whole: bool = False) -> Tree:
        """All that is left of the elements: unknown once it is ``used``, and what making them does may have been
        done."""
        if not self.used:
            self.used = True
            return self.made(machine, node, whole=whole)
        rest = machine.opaque(node, "an iterator that may have been used before is not followed")
        with machine.only(machine.choices.decide(("left", self.serial, machine.steps))):
            if machine.live:
                machine.escape(self.made(machine, node, whole=False), rest)
        return rest

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        self.used = True
        return None


class Lazy(Iterating):
    """The result of ``map`` and the like, and of a generator expression.

    ``make`` gives a list of the elements; ``run``, where there is one, is ``in_turn``.
    """

    __slots__ = ("held", "make", "run")

    def __init__(self, make: Callable[[], Tree], *held: Tree, run: Callable[[Turn], None] | None = None) -> None:
        super().__init__()
        self.make = make
        self.held = held
        self.run = run

    def in_turn(self, machine: Machine, turn: Turn, node: cst.CSTNode) -> bool:
        if self.run is None:
            return False
        self.run(turn)
        return True

    def made(self, machine: Machine, node: cst.CSTNode, *, whole: bool) -> Tree:
        return self.make()

    def sources(self) -> tuple[Tree, ...]:
        return self.held


def may_be_one(tree: Tree) -> bool:
    """Whether ``tree`` may be an iterator."""
    return any(isinstance(leaf, Iterating) for leaf in leaves(tree))


def taken(machine: Machine, tree: Tree, node: cst.CSTNode) -> Tree:
    """``tree``, with what is left of an iterator in the place of it."""
    return machine.each(
        tree, lambda leaf: leaf.take(machine, node, whole=True) if isinstance(leaf, Iterating) else leaf
    )


def all_taken(machine: Machine, args: Args, node: cst.CSTNode) -> Args:
    """``args`` of something that takes every element of each."""
    if not any(map(may_be_one, args.positional)):
        return args
    return args._replace(positional=tuple(taken(machine, tree, node) for tree in args.positional)).checked()


def keep(tree: Tree) -> None:
    """``tree`` is given to code that may use it unseen: a name that statements which are left out can read, too."""
    for leaf in leaves(tree):
        if isinstance(leaf, Iterating):
            leaf.used = True
