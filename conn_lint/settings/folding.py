"""Functions of constants: worked out where everything is known, an unknown of their own elsewhere."""

from __future__ import annotations

import sys
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from itertools import permutations
from typing import TYPE_CHECKING, Any

from conn_lint.model import Unknown
from conn_lint.settings.containers import SETS, Items, Module, OpenItems, OrderedTable, Sequence, Table, sequence
from conn_lint.settings.frozen import Declined, Entries, as_frozenset, as_set, elements_of
from conn_lint.settings.nodes import Guard, larger, leaves
from conn_lint.settings.values import ABSENT, CONTAINERS, Atom, Const, External, Opaque, Tree, holders, shape
from conn_lint.settings.wording import described, of
from conn_lint.settings.worlds import PATH_SIZE

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


LARGEST = 100_000
"""Characters or elements of the largest constant that is worked out."""


MOST_ITEMS = 5_000
"""Elements of the longest sequence that is kept."""


MOST_CASES = 64
"""Ways to combine the values of arguments that are worked out one by one."""


MOST_IN_ANY_ORDER = 3
"""Elements of the largest set of which every order is followed."""


FOLDING_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a function of constants raises when Python would raise the same at run time."""


def identity(leaf: Atom) -> Hashable:
    """What tells ``leaf`` from other values, for the keys of what is derived from it."""
    if isinstance(leaf, Const):
        value = leaf.value
        return type(value).__name__, shape(value) if isinstance(value, (*CONTAINERS, slice)) else value
    if isinstance(leaf, Opaque):
        return leaf.key
    if isinstance(leaf, External):
        return leaf.name
    return leaf.serial


def moment(machine: Machine, leaf: Atom) -> Hashable:
    """As ``identity``, for what is derived from ``leaf`` as it is just now, where it can change."""
    changes = not isinstance(leaf, (Const, Opaque, External, Items, OpenItems))
    return (leaf.serial, machine.steps) if changes else identity(leaf)


def fold(
    machine: Machine, node: cst.CSTNode, name: str, function: Callable[..., Any], *trees: Tree, frozen: bool = False
) -> Tree:
    """``function`` of the constants that ``trees`` are; unknown where one of them is not a constant.

    With ``frozen``, sequences and tables of constants are passed as Python's own. What the function raises
    (FOLDING_ERRORS) is raised in the linted program.
    """

    def step(done: tuple[Any, ...], left: tuple[Tree, ...]) -> Tree:
        if not left:
            result = _apply(machine, node, name, function, done)
            if not (frozen and isinstance(result, Const) and _shares(result.value, done)):
                return wrap(result.value) if isinstance(result, Const) else result
            shared = unknown(machine, node, name, *done)
            for tree in trees:
                machine.escape(tree, shared)
            return shared
        if frozen:
            return machine.each(freeze(machine, left[0]), lambda leaf: step((*done, leaf), left[1:]))
        return machine.each(left[0], lambda leaf: step((*done, leaf), left[1:]))

    if machine.ways(*trees) > MOST_CASES:
        machine.may_fail()
        rest = machine.opaque(node, f"{name} of too many values", *trees)
        return _usual(machine, node, name, function, trees, rest)
    return step((), trees)


def _usual(
    machine: Machine,
    node: cst.CSTNode,
    name: str,
    function: Callable[..., Any],
    trees: tuple[Tree, ...],
    otherwise: Opaque,
) -> Tree:
    """``function`` of the constants that ``trees`` are by default, in the worlds where they are; else ``otherwise``."""
    worlds: Guard = True
    given: list[Atom] = []
    for tree in trees:
        guard, leaf = machine.choices.usual(machine.choices.under(tree, machine.pc))
        worlds = machine.choices.both(worlds, guard)
        if not isinstance(leaf, Const) or larger(worlds, PATH_SIZE):
            return otherwise
        given.append(leaf)
    made: Tree = otherwise
    with machine.only(worlds):
        if machine.live:
            made = _apply(machine, node, name, function, tuple(given))
    result: Tree = machine.choices.ite(worlds, made if isinstance(made, Const) else otherwise, otherwise)
    return result


def _apply(
    machine: Machine, node: cst.CSTNode, name: str, function: Callable[..., Any], given: tuple[Atom, ...]
) -> Tree:
    if not machine.live:
        return ABSENT
    if all(isinstance(leaf, Const) for leaf in given):
        try:
            return Const(function(*(leaf.value for leaf in given if isinstance(leaf, Const))))
        except FOLDING_ERRORS as error:
            return machine.throw(type(error).__name__)
        except Declined as declined:
            return unknown(machine, node, str(declined), *given)
    return unknown(machine, node, name, *given)


def _shares(result: Any, leaves: tuple[Atom, ...]) -> bool:
    """Whether ``result`` is, or holds, something of what the function was given that can be changed in place."""
    if not isinstance(result, CONTAINERS):
        return False
    given = {id(each) for leaf in leaves if isinstance(leaf, Const) for each in _changeable(leaf.value)}
    return any(id(each) in given for each in _changeable(result))


def _changeable(value: Any) -> Iterator[Any]:
    if isinstance(value, (dict, list, set)):
        yield value
    if isinstance(value, CONTAINERS):
        for each in value.values() if isinstance(value, dict) else elements_of(value):
            yield from _changeable(each)


def unknown(machine: Machine, node: cst.CSTNode, name: str, *leaves: Atom) -> Opaque:
    """What ``name`` makes of ``leaves`` when they are not all constants; the same leaves, the same value."""
    env, reasons = machine.origin(*leaves)
    key = (name, *(moment(machine, leaf) for leaf in leaves))
    machine.may_fail()
    if not reasons:
        reasons = list(filter(None, map(out_of_reach, leaves)))
    why = reasons[0] if reasons else f"{of(name, leaves)} cannot be followed"
    return Opaque(key, why, env, parents=holders(leaves))


def out_of_reach(leaf: Atom) -> str:
    """Why nothing is known of ``leaf``, where it is of a package that is installed beside the project; "" elsewhere."""
    if isinstance(leaf, External) and leaf.name.partition(".")[0] not in sys.stdlib_module_names:
        return f"{leaf.name} is not in the project"
    return ""


def part(machine: Machine, node: cst.CSTNode, name: str, *leaves: Atom) -> Opaque:
    """As ``unknown``, for what may be, or hold, something that ``leaves`` hold: it may be changed through it."""
    result = unknown(machine, node, name, *leaves)
    for leaf in leaves:
        machine.escape_parts(leaf, result)
    return result


def in_any_order(machine: Machine, held: Sequence, node: cst.CSTNode) -> Tree:
    """The elements of ``held`` in the order in which they are met; that of a set differs from run to run."""

    def ordered(items: Atom) -> Tree:
        if held.kind not in SETS or not isinstance(items, Items) or len(items.trees) < 2:
            return items
        if len(items.trees) > MOST_IN_ANY_ORDER:
            return part(machine, node, "the order of a set", items)
        tree: Tree = items
        for number, trees in enumerate(permutations(items.trees)):
            order = machine.choices.decide(("order", items.serial, number))
            tree = machine.choices.ite(order, Items(trees), tree) if number else tree
        return tree

    return machine.each(held.items, ordered)


def fold_parts(machine: Machine, node: cst.CSTNode, name: str, function: Callable[..., Any], *held: Atom) -> Tree:
    """As ``fold`` of ``held``, for a function that gives back parts of it: an unknown result may be any of them."""
    made = fold(machine, node, name, function, *held, frozen=True)
    for result in leaves(made):
        if isinstance(result, Opaque):
            for atom in held:
                machine.escape_parts(atom, result)
    return made


def wrap(value: Any) -> Tree:
    """A Python value as settings code would hold it."""
    if isinstance(value, dict):
        make = OrderedTable if isinstance(value, OrderedDict) else Table
        return make({key: wrap(item) for key, item in value.items()})
    if isinstance(value, (list, tuple, set, frozenset)):
        kind = next(kind.__name__ for kind in (list, tuple, set, frozenset) if isinstance(value, kind))
        return sequence(kind, [wrap(item) for item in elements_of(value)])
    return value if isinstance(value, Atom) else Const(value)


def freeze(machine: Machine, tree: Tree, *, partly: bool = False) -> Tree:
    """Sequences and tables as constants that hold Python's own lists, tuples, sets and dicts; else unknown.

    ``partly``: what is unknown inside of one is a ``model.Unknown`` in it, and does not make all of it unknown."""
    return machine.each(tree, lambda leaf: _frozen(machine, leaf, partly))


def _inside(machine: Machine, tree: Tree, partly: bool) -> Tree:
    """``tree`` frozen as a part of a sequence or table."""
    frozen = freeze(machine, tree, partly=partly)
    if not partly:
        return frozen
    return machine.each(frozen, lambda leaf: Const(Unknown(leaf.why, leaf.env)) if isinstance(leaf, Opaque) else leaf)


def _frozen(machine: Machine, leaf: Atom, partly: bool) -> Tree:
    if isinstance(leaf, Sequence):
        return machine.each(leaf.items, lambda items: _frozen_items(machine, leaf, items, partly))
    if isinstance(leaf, Table) and not isinstance(leaf, Module) and machine.has_more(leaf) is False:
        result: Tree = Const(OrderedDict() if isinstance(leaf, OrderedTable) else {})
        for key, guard in machine.keys(leaf):
            with_key = _extended(machine, result, _inside(machine, machine.read(leaf, key), partly), key)
            result = machine.choices.ite(guard, with_key, result)
        return result
    if isinstance(leaf, (Const, Opaque)):
        return leaf
    why = out_of_reach(leaf) or f"what {described(leaf)} holds is not worked out"
    if isinstance(leaf, Table):
        why = next((part.why for part in leaves(leaf.rest) if isinstance(part, Opaque)), why)
    return Opaque(("frozen", moment(machine, leaf)), why)


def _frozen_items(machine: Machine, target: Sequence, items: Atom, partly: bool) -> Tree:
    if not isinstance(items, Items):
        return items
    if all(isinstance(tree, Const) for tree in items.trees):
        plain: Any = [tree.value for tree in items.trees if isinstance(tree, Const)]
        result: Tree = Const(plain)
    else:
        result = Const([])
        for tree in items.trees:
            result = _extended(machine, result, _inside(machine, tree, partly), None)
    if target.kind != "list":
        kinds: dict[str, Callable[[Any], Any]] = {"tuple": tuple, "set": as_set, "frozenset": as_frozenset}
        make = kinds.get(target.kind, Entries)
        return machine.each(result, lambda leaf: Const(make(leaf.value)) if isinstance(leaf, Const) else leaf)
    return result


def _extended(machine: Machine, container: Tree, item: Tree, key: Any) -> Tree:
    def add(left: Atom, right: Atom) -> Atom:
        if not isinstance(left, Const):
            return left
        if not isinstance(right, Const):
            return right
        if isinstance(left.value, list):
            return Const([*left.value, right.value])
        return Const(type(left.value)({**left.value, key: right.value}))

    return machine.each(container, lambda left: machine.each(item, lambda right: add(left, right)))


def hashed(machine: Machine, tree: Tree) -> Tree:
    """``tree`` as a key of a dict or an element of a set; raises TypeError where it cannot be one."""
    return machine.each(tree, lambda leaf: _hashed(machine, leaf))


def _hashed(machine: Machine, leaf: Atom) -> Tree:
    if isinstance(leaf, Sequence) and leaf.kind == "tuple":
        machine.each(leaf.items, lambda items: _all_hashed(machine, items))
    elif isinstance(leaf, Opaque) and not is_text(leaf):
        machine.may_fail()
    elif isinstance(leaf, Sequence) and leaf.kind == "dict_values":
        return Opaque(("itself", leaf.serial), "it is told from others as an object")
    elif isinstance(leaf, Table) or (isinstance(leaf, Sequence) and leaf.kind != "frozenset"):
        return machine.throw("TypeError")
    elif isinstance(leaf, Const):
        try:
            hash(leaf.value)
        except TypeError:
            return machine.throw("TypeError")
    return leaf


def _all_hashed(machine: Machine, items: Atom) -> Tree:
    for tree in items.trees if isinstance(items, Items) else (items,):
        hashed(machine, tree)
    return ABSENT


def is_text(leaf: Opaque) -> bool:
    """Whether an unknown is the bare text of an environment variable."""
    return isinstance(leaf.key, tuple) and leaf.key[:1] == ("env",)
