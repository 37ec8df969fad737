"""The parts of decision diagrams, and what can be told of them without making new ones.

A tree is either a leaf or a Node that leads on by one decision; Choices (``choice``) makes them.
"""

from __future__ import annotations

from typing import Any


class Node:
    """``yes`` where decision number ``decision`` is answered with yes, else ``no``.

    Nodes are made by Choices alone, which keeps them: the same node is the same object as long as it lives.
    """

    __slots__ = ("decision", "least", "most", "no", "support", "yes")

    def __init__(self, decision: int, yes: Any, no: Any) -> None:
        self.decision = decision
        self.yes = yes
        self.no = no
        most = 3
        support = 1 << decision
        if type(yes) is Node:
            most += yes.most - 1
            support |= yes.support
        if type(no) is Node:
            most += no.most - 1
            support |= no.support
        self.least = 3
        self.most: int = most
        """It has from ``least`` to ``most`` parts, as far as they were counted (see ``larger``)."""
        self.support: int = support
        """The decisions that it hangs on: bit n stands for decision number n."""


Guard = Node | bool


class Leaf:
    """What can stand at the end of a tree; ``alike`` says when two leaves need not be told apart."""

    __slots__ = ()

    def alike(self, other: object) -> bool:
        return self is other


def support(tree: Any) -> int:
    """The decisions that ``tree`` hangs on: bit n stands for decision number n."""
    return tree.support if type(tree) is Node else 0


def numbers(bits: int) -> list[int]:
    """The decisions that ``bits`` stands for, the first one first."""
    found = []
    while bits:
        lowest = bits & -bits
        found.append(lowest.bit_length() - 1)
        bits ^= lowest
    return found


def leaves(tree: Any) -> list[Any]:
    """The distinct leaves of ``tree``, yes before no."""
    if type(tree) is not Node:
        return [tree]
    found: list[Any] = []
    seen: set[Any] = set()
    pending: list[Any] = [tree]
    while pending:
        part = pending.pop()
        if part not in seen:
            seen.add(part)
            if type(part) is Node:
                pending += (part.no, part.yes)
            else:
                found.append(part)
    return found


def larger(tree: Any, limit: int) -> bool:
    """Whether ``tree`` has more than ``limit`` parts."""
    if type(tree) is not Node or tree.most <= limit:
        return False
    if tree.least > limit:
        return True
    seen: set[Any] = set()
    pending = [tree]
    while pending:
        part = pending.pop()
        if part not in seen:
            seen.add(part)
            if len(seen) > limit:
                tree.least = limit + 1
                return True
            if type(part) is Node:
                pending += (part.no, part.yes)
    tree.most = len(seen)
    return False


def at_yes(tree: Any, decision: int) -> Any:
    """``tree`` where the decision is answered with yes, if it is the first one that ``tree`` hangs on."""
    return tree.yes if type(tree) is Node and tree.decision == decision else tree


def at_no(tree: Any, decision: int) -> Any:
    """Likewise with no."""
    return tree.no if type(tree) is Node and tree.decision == decision else tree
