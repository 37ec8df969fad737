"""Truth, equality and containment of abstract values, as guards: the worlds in which they hold."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import SETS, Items, Sequence, Table, is_more, is_set, is_view
from conn_lint.settings.folding import fold, freeze, hashed, identity, is_text, moment, unknown
from conn_lint.settings.iterators import Iterating
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Bound, Class, Function, Instance, Native
from conn_lint.settings.values import ABSENT, FALSE, TRUE, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Equal": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "NotEqual": operator.ne,
}


def boolean(machine: Machine, guard: Guard) -> Tree:
    """True in the worlds of ``guard``, False in the others."""
    tree: Tree = machine.choices.ite(guard, TRUE, FALSE)
    return tree


def truth(machine: Machine, leaf: Atom) -> Guard:
    """The worlds in which ``leaf`` is true."""
    if isinstance(leaf, Const):
        return bool(leaf.value)
    if isinstance(leaf, Opaque):
        return machine.choices.decide(("truth", leaf.key), leaf.env)
    if leaf is ABSENT:
        return False
    if isinstance(leaf, Table):
        return _filled(machine, leaf)
    if isinstance(leaf, Sequence):
        guard: Guard = machine.choices.map(
            leaf.items, lambda items: bool(items.trees) if isinstance(items, Items) else truth(machine, items)
        )
        return guard
    if isinstance(leaf, External):
        return machine.choices.decide(("truth", leaf.name))
    if isinstance(leaf, Native) and (held := leaf.listed()) is not None:
        return truth(machine, held)
    if isinstance(leaf, (Instance, Native)) and not isinstance(leaf, Iterating):
        return machine.choices.decide(("truth", leaf.serial, machine.steps))
    return True


def _filled(machine: Machine, table: Table) -> Guard:
    guard: Guard = False
    for _, there in machine.keys(table):
        guard = machine.choices.either(guard, there)
    more = machine.has_more(table)
    if more is not False:
        more = machine.choices.both(more, machine.choices.decide(("truth", table.serial, machine.steps)))
    return machine.choices.either(guard, more)


def compare(machine: Machine, node: cst.CSTNode, name: str, left: Tree, right: Tree) -> Tree:
    """``left <comparison> right``, by the name of libcst's comparison operator."""
    return machine.each(left, lambda a: machine.each(right, lambda b: _compare(machine, node, name, a, b)))


def _compare(machine: Machine, node: cst.CSTNode, name: str, left: Atom, right: Atom) -> Tree:
    if name in ("In", "NotIn"):
        if isinstance(right, Iterating):
            return machine.each(right.take(machine, node), lambda held: _compare(machine, node, name, left, held))
        guard = contains(machine, right, left)
        return boolean(machine, machine.choices.negate(guard) if name == "NotIn" else guard)
    if name in ("Is", "IsNot", "Equal", "NotEqual"):
        same = _same(machine, left, right, by_identity=name.startswith("Is"))
        return boolean(machine, machine.choices.negate(same) if name in ("IsNot", "NotEqual") else same)
    if is_view(left) or is_view(right):
        one, other = as_keys(left), as_keys(right)
        if one is None or other is None:
            machine.may_fail()
            return unknown(machine, node, "a comparison", left, right)
        left, right = one, other
    return fold(machine, node, name, COMPARISONS[name], left, right, frozen=True)


def as_keys(leaf: Atom, *, listed: bool = False) -> Sequence | None:
    """The keys of a dict, or a set, as the set that other sets are held against; with ``listed`` also what a list or
    tuple holds, as that of a dict's keys may be combined with. None for anything else."""
    kinds = ("dict_keys", *SETS, "list", "tuple") if listed else ("dict_keys", *SETS)
    return Sequence("set", leaf.items) if isinstance(leaf, Sequence) and leaf.kind in kinds else None


def _same(machine: Machine, left: Atom, right: Atom, *, by_identity: bool) -> Guard:
    if isinstance(left, Const) and isinstance(right, Const):
        if by_identity:
            return left.alike(right) and (_is_single(left.value) or machine.choices.decide(("one object", object())))
        return bool(left.value == right.value)
    if left is right or (isinstance(left, (Opaque, External)) and left.alike(right)):
        told = by_identity and isinstance(left, Opaque) and is_text(left)  # the environment is read anew each time
        return machine.choices.decide(("one object", object())) if told else True
    if isinstance(right, Opaque) and not isinstance(left, Opaque):
        left, right = right, left
    if isinstance(left, Opaque):
        if is_text(left) and (not isinstance(right, (Const, Opaque)) or _not_text(right)):
            return False
        if names_a_test_run(left, right):
            return False
        return machine.choices.decide(("same", left.key, moment(machine, right)), left.env)
    if isinstance(left, External) or isinstance(right, External):
        return machine.choices.decide(("same", identity(left), identity(right)))
    if by_identity and all(isinstance(leaf, Sequence) and leaf.kind == "tuple" for leaf in (left, right)):
        return machine.choices.decide(("one object", object()))  # as CPython sees fit, where they hold constants
    if by_identity or not (_is_container(left) and _is_container(right)):
        return False
    if is_view(left) or is_view(right):
        return _same_view(machine, left, right)
    return _same_contents(machine, left, right)


def _same_view(machine: Machine, left: Atom, right: Atom) -> Guard:
    one, other = as_keys(left), as_keys(right)
    if one is not None and other is not None:
        return _same_contents(machine, one, other)
    if all(isinstance(leaf, Sequence) and leaf.kind in ("dict_items", "dict_keys", *SETS) for leaf in (left, right)):
        return machine.choices.decide(("same", moment(machine, left), moment(machine, right)))
    return False


def _is_single(value: object) -> bool:
    """Whether there is but one object of that value: CPython keeps the integers from -5 to 256; of others, and of
    strings, it makes one or several as it sees fit."""
    return value is None or value is ... or isinstance(value, bool) or (type(value) is int and -5 <= value <= 256)


TEST_WORDS = frozenset("jenkins pytest py.test test tests testserver unittest".split())


def names_a_test_run(argument: Opaque, word: Atom) -> bool:
    """Whether a word of the command line is compared with one that starts a test run.

    What is judged is the processes that serve and work; no connection of a test run lives long enough to die.
    """
    is_argument = isinstance(argument.key, tuple) and argument.key[:1] == ("argument",)
    return is_argument and isinstance(word, Const) and word.value in TEST_WORDS


def _not_text(leaf: Atom) -> bool:
    return isinstance(leaf, Const) and not isinstance(leaf.value, str)


def _is_container(leaf: Atom) -> bool:
    return isinstance(leaf, (Sequence, Table))


def _same_contents(machine: Machine, left: Atom, right: Atom) -> Guard:
    def equal(a: Atom, b: Atom) -> Tree:
        if isinstance(a, Const) and isinstance(b, Const):
            return TRUE if a.value == b.value else FALSE
        return Opaque(("same", moment(machine, a), moment(machine, b)), "it compares unknown contents")

    one, other = freeze(machine, left), freeze(machine, right)
    return machine.truth(machine.each(one, lambda a: machine.each(other, lambda b: equal(a, b))))


def contains(machine: Machine, container: Atom, item: Atom) -> Guard:
    """The worlds in which ``item in container``."""
    choices = machine.choices
    if isinstance(container, Table) or (isinstance(container, Sequence) and container.kind in ("dict_keys", *SETS)):
        if not (is_set(item) and is_set(container)):  # a set looks for another one as for a frozenset
            hashed(machine, item)
        if not machine.live:
            return False
    if isinstance(container, Table) and isinstance(item, Const):
        guard: Guard = choices.map(machine.read(container, item.value), lambda leaf: _there(machine, leaf))
        return guard
    if isinstance(container, Sequence):
        among: Guard = choices.map(
            choices.under(container.items, machine.pc),
            lambda items: (
                _among(machine, items, item)
                if isinstance(items, Items)
                else choices.decide(("in", identity(items), moment(machine, item)))
            ),
        )
        return among
    if isinstance(container, Const) and isinstance(item, Const):
        try:
            return bool(item.value in container.value)
        except (TypeError, ValueError) as error:
            machine.throw(type(error).__name__)
            return False
    if isinstance(container, Const) and not isinstance(item, (Opaque, External)):
        if not isinstance(container.value, range):
            machine.throw("TypeError")  # constants hold nothing but text and numbers
        return False
    if isinstance(container, Native):
        found = container.contains(machine, item)
        if found is not None:
            return found
    if not isinstance(container, Opaque) or not is_text(container) or not isinstance(item, Const):
        machine.may_fail()  # not everything can be looked into
    if isinstance(container, (Function, Bound)):
        machine.throw("TypeError")
    env, _ = machine.origin(container, item)
    return choices.decide(("in", moment(machine, container), moment(machine, item)), env)


def lacks(machine: Machine, container: Atom, item: Tree) -> Guard:
    """The worlds in which ``item not in container``."""
    held = machine.each(item, lambda leaf: boolean(machine, contains(machine, container, leaf)))
    return machine.choices.negate(machine.truth(held))


def _there(machine: Machine, leaf: Atom) -> Guard:
    """A key that some unknown update may have brought holds an unknown: whether it is there is unknown too."""
    if isinstance(leaf, Opaque) and is_more(leaf):
        return machine.choices.decide(("there", leaf.key))
    return leaf is not ABSENT


def _among(machine: Machine, items: Items, item: Atom) -> Guard:
    guard: Guard = False
    for tree in items.trees:
        same: Guard = machine.choices.map(
            machine.choices.under(tree, machine.pc), lambda leaf: _same(machine, leaf, item, by_identity=False)
        )
        guard = machine.choices.either(guard, same)
        if guard is True:
            break
    return guard


def is_callable(leaf: Atom) -> bool | None:
    """What ``callable(leaf)`` says; None when that cannot be known."""
    if isinstance(leaf, (Function, Class)):
        return True
    if isinstance(leaf, (Const, Table, Sequence)):
        return False
    return None
