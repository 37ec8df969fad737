"""Python's operators and truth on abstract values, and the folding of functions of constants."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Hashable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.choice import Guard
from conn_lint.settings.values import (
    ABSENT,
    FALSE,
    TRUE,
    Atom,
    Class,
    Const,
    External,
    Function,
    Instance,
    Items,
    Module,
    Native,
    Opaque,
    Sequence,
    Table,
    Tree,
    is_more,
    sequence,
)

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

LARGEST = 100_000
"""Characters or elements of the largest constant that is worked out."""

MOST_ITEMS = 5_000
"""Elements of the longest sequence that is kept."""


class TooLarge(Exception):
    """A constant that Python could work out, and that is not worth it."""


FOLDING_ERRORS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What a function of constants raises when Python would raise the same at run time."""

_WIDTH = re.compile(r"\d{5,}|\*")

BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "Add": operator.add,
    "BitAnd": operator.and_,
    "BitOr": operator.or_,
    "BitXor": operator.xor,
    "Divide": operator.truediv,
    "FloorDivide": operator.floordiv,
    "LeftShift": operator.lshift,
    "Modulo": operator.mod,
    "Multiply": operator.mul,
    "Power": operator.pow,
    "RightShift": operator.rshift,
    "Subtract": operator.sub,
}
"""By the name of libcst's operator; the augmented ones end in ``Assign``."""

COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "Equal": operator.eq,
    "GreaterThan": operator.gt,
    "GreaterThanEqual": operator.ge,
    "LessThan": operator.lt,
    "LessThanEqual": operator.le,
    "NotEqual": operator.ne,
}

UNARY: dict[str, Callable[[Any], Any]] = {
    "BitInvert": operator.invert,
    "Minus": operator.neg,
    "Plus": operator.pos,
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
    if isinstance(leaf, (Instance, Native)):
        return machine.choices.decide(("truth", id(leaf), machine.now))
    return True


def _filled(machine: Machine, table: Table) -> Guard:
    guard: Guard = False
    for _, there in machine.keys(table):
        guard = machine.choices.either(guard, there)
    more = machine.has_more(table)
    if more is not False:
        more = machine.choices.both(more, machine.choices.decide(("truth", id(table), machine.now)))
    return machine.choices.either(guard, more)


def identity(leaf: Atom) -> Hashable:
    """What tells ``leaf`` from other values, for the keys of what is derived from it."""
    if isinstance(leaf, Const):
        value = leaf.value
        return type(value).__name__, repr(value) if isinstance(value, (list, tuple, dict, set, slice)) else value
    if isinstance(leaf, Opaque):
        return leaf.key
    if isinstance(leaf, External):
        return leaf.name
    return id(leaf)


def fold(
    machine: Machine, node: cst.CSTNode, name: str, function: Callable[..., Any], *trees: Tree, frozen: bool = False
) -> Tree:
    """``function`` of the constants that ``trees`` are; unknown where one of them is not a constant.

    With ``frozen``, sequences and tables of constants are passed as Python's own. What the function raises
    (FOLDING_ERRORS) is raised in the linted program.
    """

    def step(done: tuple[Any, ...], left: tuple[Tree, ...]) -> Tree:
        if not left:
            return _apply(machine, node, name, function, done)
        if frozen:
            return machine.each(freeze(machine, left[0]), lambda leaf: step((*done, leaf), left[1:]))
        return machine.each(left[0], lambda leaf: step((*done, leaf), left[1:]))

    return step((), trees)


def _apply(
    machine: Machine, node: cst.CSTNode, name: str, function: Callable[..., Any], leaves: tuple[Atom, ...]
) -> Tree:
    if not machine.live:
        return ABSENT
    if all(isinstance(leaf, Const) for leaf in leaves):
        try:
            return wrap(function(*(leaf.value for leaf in leaves if isinstance(leaf, Const))))
        except FOLDING_ERRORS as error:
            return machine.throw(type(error).__name__)
        except TooLarge:
            return unknown(machine, node, "a huge constant", *leaves)
    return unknown(machine, node, name, *leaves)


def unknown(machine: Machine, node: cst.CSTNode, name: str, *leaves: Atom) -> Opaque:
    """What ``name`` makes of ``leaves`` when they are not all constants; the same leaves, the same value."""
    env, reasons = machine.origin(*leaves)
    key = (name, *(identity(leaf) for leaf in leaves))
    machine.may_fail()
    return Opaque(key, reasons[0] if reasons else f"{name} cannot be followed here", env)


def wrap(value: Any) -> Tree:
    """A Python value as settings code would hold it."""
    if isinstance(value, dict):
        return Table({key: wrap(item) for key, item in value.items()})
    if isinstance(value, (list, tuple, set, frozenset)):
        kind = "set" if isinstance(value, (set, frozenset)) else type(value).__name__
        return sequence(kind, [wrap(item) for item in value])
    return value if isinstance(value, Atom) else Const(value)


def freeze(machine: Machine, tree: Tree) -> Tree:
    """Sequences and tables as constants that hold Python's own lists, tuples, sets and dicts; else unknown."""
    return machine.each(tree, lambda leaf: _frozen(machine, leaf))


def _frozen(machine: Machine, leaf: Atom) -> Tree:
    if isinstance(leaf, Sequence):
        return machine.each(leaf.items, lambda items: _frozen_items(machine, leaf, items))
    if isinstance(leaf, Table) and not isinstance(leaf, Module) and machine.has_more(leaf) is False:
        result: Tree = Const({})
        for key, guard in machine.keys(leaf):
            with_key = _extended(machine, result, freeze(machine, machine.read(leaf, key)), key)
            result = machine.choices.ite(guard, with_key, result)
        return result
    if isinstance(leaf, (Const, Opaque)):
        return leaf
    return Opaque(("frozen", identity(leaf)), "its contents cannot be known")


def _frozen_items(machine: Machine, target: Sequence, items: Atom) -> Tree:
    if not isinstance(items, Items):
        return items
    if all(isinstance(tree, Const) for tree in items.trees):
        plain: Any = [tree.value for tree in items.trees if isinstance(tree, Const)]
        result: Tree = Const(plain)
    else:
        result = Const([])
        for tree in items.trees:
            result = _extended(machine, result, freeze(machine, tree), None)
    if target.kind in ("tuple", "set"):
        make: Callable[[Any], Any] = tuple if target.kind == "tuple" else _as_set
        return machine.each(result, lambda leaf: Const(make(leaf.value)) if isinstance(leaf, Const) else leaf)
    return result


def _as_set(values: list[Any]) -> Any:
    try:
        return set(values)
    except TypeError:
        return tuple(values)


def _extended(machine: Machine, container: Tree, item: Tree, key: Any) -> Tree:
    def add(left: Atom, right: Atom) -> Atom:
        if not isinstance(left, Const):
            return left
        if not isinstance(right, Const):
            return right
        if isinstance(left.value, list):
            return Const([*left.value, right.value])
        return Const({**left.value, key: right.value})

    return machine.each(container, lambda left: machine.each(item, lambda right: add(left, right)))


def binary(machine: Machine, node: cst.CSTNode, name: str, left: Tree, right: Tree) -> Tree:
    """``left <operator> right``, by the name of libcst's operator."""
    return machine.each(left, lambda a: machine.each(right, lambda b: _binary(machine, node, name, a, b)))


def _binary(machine: Machine, node: cst.CSTNode, name: str, left: Atom, right: Atom) -> Tree:
    if isinstance(left, Const) and isinstance(left.value, str) and name == "Modulo":
        if _WIDTH.search(left.value):
            return unknown(machine, node, "a format", left, right)
        return fold(machine, node, "%", operator.mod, left, right, frozen=True)
    if isinstance(left, Const) and isinstance(right, Const):
        return fold(machine, node, name, _bounded(name), left, right)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and name == "Add" and left.kind == right.kind:
        return machine.each(
            left.items, lambda a: machine.each(right.items, lambda b: _joined(machine, node, left.kind, a, b))
        )
    if isinstance(left, Table) and isinstance(right, Table) and name == "BitOr":
        from conn_lint.settings.methods import copied, merge

        result = copied(machine, left)
        merge(machine, node, result, right)
        return result
    if isinstance(left, Sequence) and isinstance(right, (Sequence, Const)):
        return fold(machine, node, name, _bounded(name), left, right, frozen=True)
    return unknown(machine, node, name, left, right)


def _joined(machine: Machine, node: cst.CSTNode, kind: str, left: Atom, right: Atom) -> Tree:
    if isinstance(left, Items) and isinstance(right, Items) and len(left.trees) + len(right.trees) <= MOST_ITEMS:
        return sequence(kind, left.trees + right.trees, node)
    return Sequence(kind, unknown(machine, node, "the joined sequence", left, right), node)


def _bounded(name: str) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if _too_large(name, left, right):
            raise TooLarge
        return BINARY[name](left, right)

    return apply


def _too_large(name: str, left: Any, right: Any) -> bool:
    if name == "Multiply":
        return (
            any(
                isinstance(many, (str, bytes, list, tuple)) and isinstance(times, int) and len(many) * times > LARGEST
                for many, times in ((left, right), (right, left))
            )
            or _bits(left) + _bits(right) > LARGEST
        )
    if name in ("Power", "LeftShift"):
        return isinstance(left, int) and isinstance(right, int) and abs(right) * max(_bits(left), 1) > LARGEST
    if name == "Add":
        return isinstance(left, (str, bytes)) and len(left) > LARGEST
    return False


def _bits(value: Any) -> int:
    return value.bit_length() if isinstance(value, int) else 0


def unary(machine: Machine, node: cst.CSTNode, name: str, tree: Tree) -> Tree:
    """``-x``, ``+x`` or ``~x``."""
    return fold(machine, node, name, UNARY[name], tree)


def compare(machine: Machine, node: cst.CSTNode, name: str, left: Tree, right: Tree) -> Tree:
    """``left <comparison> right``, by the name of libcst's comparison operator."""
    return machine.each(left, lambda a: machine.each(right, lambda b: _compare(machine, node, name, a, b)))


def _compare(machine: Machine, node: cst.CSTNode, name: str, left: Atom, right: Atom) -> Tree:
    if name in ("In", "NotIn"):
        guard = contains(machine, right, left)
        return boolean(machine, machine.choices.negate(guard) if name == "NotIn" else guard)
    if name in ("Is", "IsNot", "Equal", "NotEqual"):
        same = _same(machine, left, right, by_identity=name.startswith("Is"))
        return boolean(machine, machine.choices.negate(same) if name in ("IsNot", "NotEqual") else same)
    return fold(machine, node, name, COMPARISONS[name], left, right, frozen=True)


def _same(machine: Machine, left: Atom, right: Atom, *, by_identity: bool) -> Guard:
    if isinstance(left, Const) and isinstance(right, Const):
        if by_identity:
            return left.alike(right)
        return bool(left.value == right.value)
    if left is right or (isinstance(left, (Opaque, External)) and left.alike(right)):
        return True
    if isinstance(right, Opaque) and not isinstance(left, Opaque):
        left, right = right, left
    if isinstance(left, Opaque):
        if is_text(left) and (not isinstance(right, (Const, Opaque)) or _not_text(right)):
            return False
        if names_a_test_run(left, right):
            return False
        return machine.choices.decide(("same", left.key, identity(right)), left.env)
    if isinstance(left, External) or isinstance(right, External):
        return machine.choices.decide(("same", identity(left), identity(right)))
    if by_identity or not (_is_container(left) and _is_container(right)):
        return False
    return _same_contents(machine, left, right)


def is_text(leaf: Opaque) -> bool:
    """Whether an unknown is the bare text of an environment variable."""
    return isinstance(leaf.key, tuple) and leaf.key[:1] == ("env",)


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
        return Opaque(("same", identity(a), identity(b)), "it compares unknown contents")

    one, other = freeze(machine, left), freeze(machine, right)
    return machine.truth(machine.each(one, lambda a: machine.each(other, lambda b: equal(a, b))))


def contains(machine: Machine, container: Atom, item: Atom) -> Guard:
    """The worlds in which ``item in container``."""
    choices = machine.choices
    if isinstance(container, Table) and isinstance(item, Const):
        guard: Guard = choices.map(machine.read(container, item.value), lambda leaf: _there(machine, leaf))
        return guard
    if isinstance(container, Sequence):
        among: Guard = choices.map(
            choices.under(container.items, machine.pc),
            lambda items: (
                _among(machine, items, item)
                if isinstance(items, Items)
                else choices.decide(("in", identity(items), identity(item)))
            ),
        )
        return among
    if isinstance(container, Const) and isinstance(item, Const):
        try:
            return bool(item.value in container.value)
        except TypeError:
            machine.throw("TypeError")
            return False
    if isinstance(container, Native):
        found = container.contains(machine, item)
        if found is not None:
            return found
    env, _ = machine.origin(container, item)
    return choices.decide(("in", identity(container), identity(item)), env)


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
