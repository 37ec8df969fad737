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

from conn_lint.settings.nodes import Guard, Leaf, Node, at_no, at_yes, larger, numbers, support


class Decision(NamedTuple):
    """One open question. ``default`` is its answer where nothing is set, None when nothing says."""

    env: tuple[str, ...]
    default: bool | None


class Exhausted(Exception):
    """The bounds of an evaluation were reached; the message says which."""


WORK = 400_000
"""Steps of all operations on trees together; jumpserver needs most of it, nearly all others a tenth."""


class Choices:
    """The decisions of one evaluation, and the operations on the trees that hang on them.

    What an operation made of the same trees before is kept. One that goes on for too long raises Exhausted, once:
    what is left to say can then be said.
    """

    def __init__(self) -> None:
        self._limit = WORK
        self._work = 0
        self.decisions: list[Decision] = []
        self._numbers: dict[Hashable, int] = {}
        self._nodes: dict[tuple[int, Any, Any], Node] = {}
        self._ite: dict[tuple[Node, Any, Any], Any] = {}
        self._both: dict[tuple[Node, Node], Guard] = {}
        self._negated: dict[Node, Guard] = {}
        self._disjoint: dict[tuple[Node, Node], bool] = {}
        self._unders: dict[tuple[Node, Node], Any] = {}
        self._cases: dict[Node, dict[Any, Guard]] = {}
        self._envs: dict[int, tuple[str, ...]] = {}

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
        if no is False:
            return self.both(guard, yes)
        if yes is False and no is True:
            return self.negate(guard)
        key = (guard, yes, no)
        found = self._ite.get(key)
        if found is None:
            self._spend()
            found = self._ite[key] = self._split(guard, yes, no)
        return found

    def _split(self, guard: Node, yes: Any, no: Any) -> Any:
        """``ite`` by its first decision."""
        top = guard.decision
        if type(yes) is Node and yes.decision < top:
            top = yes.decision
        if type(no) is Node and no.decision < top:
            top = no.decision
        guard_yes, guard_no = (guard.yes, guard.no) if guard.decision == top else (guard, guard)
        yes_yes, yes_no = (yes.yes, yes.no) if type(yes) is Node and yes.decision == top else (yes, yes)
        no_yes, no_no = (no.yes, no.no) if type(no) is Node and no.decision == top else (no, no)
        return self._node(top, self.ite(guard_yes, yes_yes, no_yes), self.ite(guard_no, yes_no, no_no))

    def both(self, one: Guard, other: Guard) -> Guard:
        """The worlds of ``one`` that are worlds of ``other``."""
        if one is True or one is other:
            return other
        if other is True:
            return one
        if one is False or other is False:
            return False
        if one.decision > other.decision:
            one, other = other, one
        key = (one, other)
        found = self._both.get(key)
        if found is None:
            self._spend()
            top = one.decision
            other_yes, other_no = (other.yes, other.no) if other.decision == top else (other, other)
            found = self._node(top, self.both(one.yes, other_yes), self.both(one.no, other_no))
            self._both[key] = found
        return found

    def either(self, one: Guard, other: Guard) -> Guard:
        """The worlds of ``one`` and those of ``other``."""
        result: Guard = self.ite(one, True, other)
        return result

    def negate(self, guard: Guard) -> Guard:
        """All other worlds."""
        if not isinstance(guard, Node):
            return not guard
        found = self._negated.get(guard)
        if found is None:
            self._spend()
            found = self._node(guard.decision, self.negate(guard.yes), self.negate(guard.no))
            self._negated[guard] = found
        return found

    def disjoint(self, one: Guard, other: Guard) -> bool:
        """Whether no world is one of both. What ``both`` would give is False then; one world ends the search."""
        if one is False or other is False:
            return True
        if one is True or other is True or not one.support & other.support:
            return False
        if one.decision > other.decision:
            one, other = other, one
        key = (one, other)
        found = self._disjoint.get(key)
        if found is None:
            self._spend()
            top = one.decision
            other_yes, other_no = (other.yes, other.no) if other.decision == top else (other, other)
            found = self.disjoint(one.yes, other_yes) and self.disjoint(one.no, other_no)
            self._disjoint[key] = found
        return found

    def _spend(self) -> None:
        """Count one step of an operation; raises Exhausted when there were too many."""
        self._work += 1
        if self._work > self._limit:
            self._limit *= 2
            raise Exhausted("too many things depend on each other")

    def abbreviated(self, guard: Guard, limit: int) -> Guard:
        """``guard``; one decision in its place when it has more than ``limit`` parts.

        Nothing is lost but what the guard had to do with others: for every world there is one in which the
        decision is answered as the guard would be.
        """
        if not larger(guard, limit):
            return guard
        default = self.by_default(guard, True)
        answer = default if isinstance(default, bool) else None
        return self.decide(("abbreviated", id(guard)), self.env_of(guard), answer)

    def under(self, tree: Any, care: Guard) -> Any:
        """``tree`` without the ends that no world of ``care`` reaches."""
        if type(tree) is not Node or type(care) is not Node or not tree.support & care.support:
            return tree
        key = (tree, care)
        found = self._unders.get(key)
        if found is None:
            self._spend()
            top = tree.decision
            if care.decision < top:
                top = care.decision
            when_yes, when_no = at_yes(care, top), at_no(care, top)
            if when_yes is False:
                found = self.under(at_no(tree, top), when_no)
            elif when_no is False:
                found = self.under(at_yes(tree, top), when_yes)
            elif tree.decision > top:
                found = self.under(tree, self.either(when_yes, when_no))
            else:
                found = self._node(top, self.under(tree.yes, when_yes), self.under(tree.no, when_no))
            self._unders[key] = found
        return found

    def cases(self, tree: Any) -> list[tuple[Any, Guard]]:
        """Every distinct leaf of ``tree`` with the worlds in which it holds, in the order of first reach."""
        return list(self._worlds_of(tree).items())

    def _worlds_of(self, tree: Any) -> dict[Any, Guard]:
        if type(tree) is not Node:
            return {tree: True}
        found = self._cases.get(tree)
        if found is None:
            yes, no = self._worlds_of(tree.yes), self._worlds_of(tree.no)
            found = {leaf: self._node(tree.decision, guard, no.get(leaf, False)) for leaf, guard in yes.items()}
            for leaf, guard in no.items():
                if leaf not in yes:
                    found[leaf] = self._node(tree.decision, False, guard)
            self._cases[tree] = found
        return found

    def map(self, tree: Any, change: Callable[[Any], Any]) -> Any:
        """``tree`` with every leaf replaced by ``change`` of it."""
        return self._map(tree, change, {}) if type(tree) is Node else change(tree)

    def _map(self, tree: Any, change: Callable[[Any], Any], seen: dict[Any, Any]) -> Any:
        found = seen.get(tree)
        if found is None:
            if type(tree) is Node:
                yes, no, top = self._map(tree.yes, change, seen), self._map(tree.no, change, seen), tree.decision
                if (type(yes) is Node and yes.decision <= top) or (type(no) is Node and no.decision <= top):
                    found = self.ite(self._node(top, True, False), yes, no)
                else:
                    found = self._node(top, yes, no)
            else:
                found = change(tree)
            seen[tree] = found
        return found

    def usual(self, tree: Any) -> tuple[Guard, Any]:
        """The leaf of ``tree`` where each decision on the way to it is answered with its default, and the worlds of
        that way; the whole tree in no world where one has none."""
        way: list[tuple[int, bool]] = []
        part = tree
        while type(part) is Node:
            default = self.decisions[part.decision].default
            if default is None:
                return False, tree
            way.append((part.decision, default))
            part = part.yes if default else part.no
        guard: Guard = True
        for number, default in reversed(way):
            guard = self._node(number, guard, False) if default else self._node(number, False, guard)
        return guard, part

    def by_default(self, tree: Any, alive: Guard) -> Any:
        """What is left of ``tree`` when every decision that has a default is answered with it.

        None when no world of ``alive`` answers that way: then the settings cannot be loaded so.
        """
        for number in numbers(support(tree)):
            default = self.decisions[number].default
            if default is not None:
                choose = at_yes if default else at_no
                tree, alive = self._fixed(tree, number, choose), self._fixed(alive, number, choose)
        return None if alive is False else self.under(tree, alive)

    def _fixed(self, tree: Any, number: int, choose: Callable[[Any, int], Any]) -> Any:
        if not isinstance(tree, Node) or tree.decision > number:
            return tree
        if tree.decision == number:
            return choose(tree, number)
        return self._node(tree.decision, self._fixed(tree.yes, number, choose), self._fixed(tree.no, number, choose))

    def env_of(self, tree: Any) -> tuple[str, ...]:
        """The environment variables that decide between the leaves of ``tree``."""
        hangs_on = support(tree)
        found = self._envs.get(hangs_on)
        if found is None:
            found = tuple(dict.fromkeys(name for n in numbers(hangs_on) for name in self.decisions[n].env))
            self._envs[hangs_on] = found
        return found

    def _node(self, decision: int, yes: Any, no: Any) -> Any:
        if yes is no or (isinstance(yes, Leaf) and yes.alike(no)):
            return yes
        key = (decision, yes, no)
        found = self._nodes.get(key)
        if found is None:
            found = self._nodes[key] = Node(decision, yes, no)
        return found
