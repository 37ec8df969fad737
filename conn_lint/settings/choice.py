"""Values that hang on decisions the source leaves open.

A settings module asks questions that only a deployment answers: is this environment variable set, is that
unknown value true, did this call fail. Each question is a decision, numbered in the order it was first
asked. A tree is either a leaf (what holds, whatever the answers) or a Node that leads on by one decision;
decisions only grow from the root down and a Node with two equal ends is replaced by the end, so that a tree
(Bryant's ordered decision diagram) is as small as what really differs. A guard is such a tree over True and
False: the worlds in which something happens.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple


class Decision(NamedTuple):
    """One open question. ``default`` is its answer where nothing is set, None when nothing says."""

    env: tuple[str, ...]
    default: bool | None


class Node:
    """``yes`` where decision number ``decision`` is answered with yes, else ``no``.

    Nodes are made by Choices alone, which keeps them: the same node is the same object as long as it lives.
    """

    __slots__ = ("decision", "no", "size", "yes")

    def __init__(self, decision: int, yes: Any, no: Any) -> None:
        self.decision = decision
        self.yes = yes
        self.no = no
        self.size: int = 1 + (yes.size if type(yes) is Node else 1) + (no.size if type(no) is Node else 1)
        """Its parts, those that are shared counted again."""


Guard = Node | bool


class Leaf:
    """What can stand at the end of a tree; ``alike`` says when two leaves need not be told apart."""

    __slots__ = ()

    def alike(self, other: object) -> bool:
        return self is other


class Exhausted(Exception):
    """The bounds of an evaluation were reached; the message says which."""


WORK = 400_000
"""Steps of all operations on trees together; jumpserver needs most of it, nearly all others a tenth."""


class Choices:
    """The decisions of one evaluation, and the operations on the trees that hang on them.

    An operation that goes on for too long raises Exhausted, once: what is left to say can then be said.
    """

    def __init__(self) -> None:
        self._limit = WORK
        self.decisions: list[Decision] = []
        self._numbers: dict[Hashable, int] = {}
        self._nodes: dict[tuple[int, int, int], Node] = {}
        self._ite: dict[tuple[int, int, int], Any] = {}
        self._kept: list[Any] = []  # what the ids in _ite belong to
        self._unders: dict[tuple[int, int], Any] = {}
        self._supports: dict[int, frozenset[int]] = {}

    @property
    def size(self) -> int:
        """Nodes that were made so far."""
        return len(self._nodes)

    def decide(self, key: Hashable, env: tuple[str, ...] = (), default: bool | None = None) -> Guard:
        """The worlds in which the question ``key`` is answered with yes; the same key is the same question."""
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.decisions)
            self.decisions.append(Decision(env, default))
        guard: Guard = self._node(number, True, False)
        return guard

    def ite(self, guard: Guard, yes: Any, no: Any) -> Any:
        """``yes`` in the worlds of ``guard``, ``no`` in all others."""
        if guard is True or yes is no:
            return yes
        if guard is False:
            return no
        if yes is True and no is False:
            return guard
        key = (id(guard), id(yes), id(no))
        found = self._ite.get(key)
        if found is None:
            if len(self._ite) > self._limit:
                self._limit *= 2
                raise Exhausted("too many things depend on each other")
            found = self._ite[key] = self._split(guard, yes, no)
            self._kept += (yes, no)
        return found

    def _split(self, guard: Node, yes: Any, no: Any) -> Any:
        """``ite`` by its first decision; written out, for nearly all the time of an evaluation goes by here."""
        top = guard.decision
        if type(yes) is Node and yes.decision < top:
            top = yes.decision
        if type(no) is Node and no.decision < top:
            top = no.decision
        guard_yes, guard_no = (guard.yes, guard.no) if guard.decision == top else (guard, guard)
        yes_yes, yes_no = (yes.yes, yes.no) if type(yes) is Node and yes.decision == top else (yes, yes)
        no_yes, no_no = (no.yes, no.no) if type(no) is Node and no.decision == top else (no, no)
        if guard_yes is True or yes_yes is no_yes:
            one = yes_yes
        else:
            one = no_yes if guard_yes is False else self.ite(guard_yes, yes_yes, no_yes)
        if guard_no is True or yes_no is no_no:
            other = yes_no
        else:
            other = no_no if guard_no is False else self.ite(guard_no, yes_no, no_no)
        return one if one is other else self._node(top, one, other)

    def both(self, one: Guard, other: Guard) -> Guard:
        result: Guard = self.ite(one, other, False)
        return result

    def either(self, one: Guard, other: Guard) -> Guard:
        result: Guard = self.ite(one, True, other)
        return result

    def negate(self, guard: Guard) -> Guard:
        result: Guard = self.ite(guard, False, True)
        return result

    def abbreviated(self, guard: Guard, limit: int) -> Guard:
        """``guard``; one decision in its place when it has more than ``limit`` parts.

        Nothing is lost but what the guard had to do with others: for every world there is one in which the
        decision is answered as the guard would be.
        """
        if not larger(guard, limit):
            return guard
        self._kept.append(guard)
        default = self.by_default(guard, True)
        answer = default if isinstance(default, bool) else None
        return self.decide(("abbreviated", id(guard)), self.env_of(guard), answer)

    def under(self, tree: Any, care: Guard) -> Any:
        """``tree`` without the ends that no world of ``care`` reaches."""
        if care is True or not isinstance(tree, Node) or not isinstance(care, Node):
            return tree
        key = (id(tree), id(care))
        found = self._unders.get(key)
        if found is None:
            if len(self._ite) > self._limit:
                self._limit *= 2
                raise Exhausted("too many things depend on each other")
            top = min(tree.decision, care.decision)
            when_yes, when_no = _yes(care, top), _no(care, top)
            if when_yes is False:
                found = self.under(_no(tree, top), when_no)
            elif when_no is False:
                found = self.under(_yes(tree, top), when_yes)
            elif tree.decision > top:
                found = self.under(tree, self.either(when_yes, when_no))
            else:
                found = self._node(top, self.under(tree.yes, when_yes), self.under(tree.no, when_no))
            self._unders[key] = found
        return found

    def cases(self, tree: Any) -> list[tuple[Any, Guard]]:
        """Every distinct leaf of ``tree`` with the worlds in which it holds, in the order of first reach."""
        if not isinstance(tree, Node):
            return [(tree, True)]
        return [(leaf, self._where(tree, leaf, {})) for leaf in leaves(tree)]

    def _where(self, tree: Any, leaf: object, seen: dict[int, Guard]) -> Guard:
        if not isinstance(tree, Node):
            return tree is leaf
        found = seen.get(id(tree))
        if found is None:
            found = self._node(tree.decision, self._where(tree.yes, leaf, seen), self._where(tree.no, leaf, seen))
            seen[id(tree)] = found
        return found

    def map(self, tree: Any, change: Callable[[Any], Any]) -> Any:
        """``tree`` with every leaf replaced by ``change`` of it."""
        return self._map(tree, change, {})

    def _map(self, tree: Any, change: Callable[[Any], Any], seen: dict[int, Any]) -> Any:
        found = seen.get(id(tree))
        if found is None:
            if isinstance(tree, Node):
                guard = self._node(tree.decision, True, False)
                found = self.ite(guard, self._map(tree.yes, change, seen), self._map(tree.no, change, seen))
            else:
                found = change(tree)
            seen[id(tree)] = found
        return found

    def by_default(self, tree: Any, alive: Guard) -> Any:
        """What is left of ``tree`` when every decision that has a default is answered with it.

        None when no world of ``alive`` answers that way: then the settings cannot be loaded so.
        """
        for number in sorted(self.support(tree)):
            default = self.decisions[number].default
            if default is not None:
                choose = _yes if default else _no
                tree, alive = self._fixed(tree, number, choose), self._fixed(alive, number, choose)
        return None if alive is False else self.under(tree, alive)

    def _fixed(self, tree: Any, number: int, choose: Callable[[Any, int], Any]) -> Any:
        if not isinstance(tree, Node) or tree.decision > number:
            return tree
        if tree.decision == number:
            return choose(tree, number)
        return self._node(tree.decision, self._fixed(tree.yes, number, choose), self._fixed(tree.no, number, choose))

    def support(self, tree: Any) -> frozenset[int]:
        """The numbers of the decisions that ``tree`` hangs on."""
        if not isinstance(tree, Node):
            return frozenset()
        found = self._supports.get(id(tree))
        if found is None:
            found = self.support(tree.yes) | self.support(tree.no) | {tree.decision}
            self._supports[id(tree)] = found
        return found

    def env_of(self, tree: Any) -> tuple[str, ...]:
        """The environment variables that decide between the leaves of ``tree``."""
        return tuple(dict.fromkeys(name for n in sorted(self.support(tree)) for name in self.decisions[n].env))

    def _node(self, decision: int, yes: Any, no: Any) -> Any:
        if yes is no or (isinstance(yes, Leaf) and yes.alike(no)):
            return yes
        key = (decision, id(yes), id(no))
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(decision, yes, no)
        return found


def leaves(tree: Any) -> list[Any]:
    """The distinct leaves of ``tree``, yes before no."""
    if type(tree) is not Node:
        return [tree]
    found: list[Any] = []
    seen: set[int] = set()
    pending = [tree]
    while pending:
        part = pending.pop()
        if id(part) not in seen:
            seen.add(id(part))
            if type(part) is Node:
                pending += (part.no, part.yes)
            else:
                found.append(part)
    return found


def larger(tree: Any, limit: int) -> bool:
    """Whether ``tree`` has more than ``limit`` parts."""
    if type(tree) is not Node or tree.size <= limit:
        return False
    seen: set[int] = set()
    pending = [tree]
    while pending:
        part = pending.pop()
        if id(part) not in seen:
            seen.add(id(part))
            if len(seen) > limit:
                return True
            if type(part) is Node:
                pending += (part.no, part.yes)
    return False


def _yes(tree: Any, decision: int) -> Any:
    return tree.yes if type(tree) is Node and tree.decision == decision else tree


def _no(tree: Any, decision: int) -> Any:
    return tree.no if type(tree) is Node and tree.decision == decision else tree
