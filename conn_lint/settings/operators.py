"""Python's arithmetic on abstract values."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.beginnings import joined_text
from conn_lint.settings.comparisons import as_keys
from conn_lint.settings.containers import Items, OrderedTable, Sequence, Table, is_view, sequence
from conn_lint.settings.folding import LARGEST, MOST_ITEMS, fold, fold_parts, part, unknown
from conn_lint.settings.frozen import TooLarge, filled_in
from conn_lint.settings.objects import Bound, Function
from conn_lint.settings.values import ABSENT, Atom, Const, Opaque, Tree
from conn_lint.settings.wording import SYMBOLS

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


_WIDTH = re.compile(r"%(?:\([^)]*\))?[-+ #0]*(?:\d{5,}|\*|\d*\.(?:\d{5,}|\*))")


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


OF_SETS = frozenset({"BitAnd", "BitOr", "BitXor", "Subtract"})
"""What the keys of a dict can do with other elements."""


UNARY: dict[str, Callable[[Any], Any]] = {
    "BitInvert": operator.invert,
    "Minus": operator.neg,
    "Plus": operator.pos,
}


def binary(machine: Machine, node: cst.CSTNode, name: str, left: Tree, right: Tree) -> Tree:
    """``left <operator> right``, by the name of libcst's operator."""
    return machine.each(left, lambda a: machine.each(right, lambda b: _binary(machine, node, name, a, b)))


def _binary(machine: Machine, node: cst.CSTNode, name: str, left: Atom, right: Atom) -> Tree:
    if isinstance(left, Const) and isinstance(left.value, str) and name == "Modulo":
        if _WIDTH.search(left.value) or is_view(right):
            return unknown(machine, node, "a format", left, right)
        made = fold(machine, node, "%", filled_in, left, right, frozen=True)
        return joined_text(Const(left.value.partition("%")[0]), made)
    if isinstance(left, Const) and isinstance(right, Const):
        return fold(machine, node, SYMBOLS[name], _bounded(name), left, right)
    if isinstance(left, Sequence) and isinstance(right, Sequence) and name == "Add" and left.kind == right.kind:
        return machine.each(
            left.items, lambda a: machine.each(right.items, lambda b: _joined(machine, node, left.kind, a, b))
        )
    if isinstance(left, Table) and isinstance(right, Table) and name == "BitOr":
        from conn_lint.settings.tables import copied, merge

        result = copied(machine, left, ordered=isinstance(right, OrderedTable))
        merge(machine, node, result, right)
        return result
    if is_view(left) or is_view(right):
        one, other = as_keys(left, listed=True), as_keys(right, listed=True)
        if one is None or other is None or name not in OF_SETS:
            machine.may_fail()
            return part(machine, node, SYMBOLS[name], left, right)
        return fold_parts(machine, node, SYMBOLS[name], _bounded(name), one, other)
    if _refused(name, left, right):
        return machine.throw("TypeError")
    if name == "Add" and isinstance(left, (Const, Opaque)):
        return joined_text(left, part(machine, node, SYMBOLS[name], left, right))
    if isinstance(left, (Sequence, Const)) and isinstance(right, (Sequence, Const)):
        return fold_parts(machine, node, SYMBOLS[name], _bounded(name), left, right)
    return part(machine, node, SYMBOLS[name], left, right)


def _refused(name: str, left: Atom, right: Atom) -> bool:
    """Whether Python's own types have no such operator, whatever they hold."""
    one, other = _sample(left), _sample(right)
    if one is ABSENT or other is ABSENT:
        return False
    try:
        BINARY[name](one, other)
    except TypeError:
        return True
    except (ArithmeticError, ValueError):
        return False
    return False


def _sample(leaf: Atom) -> Any:
    """A value of the type of ``leaf``; ABSENT where that is not one of Python's own."""
    if isinstance(leaf, Table) and leaf.kind == "dict":
        return {}
    if isinstance(leaf, Sequence) and leaf.kind in _EMPTY:
        return _EMPTY[leaf.kind]
    if isinstance(leaf, Const) and type(leaf.value) in _NUMBERS:
        return type(leaf.value)(1)
    if isinstance(leaf, Const) and (leaf.value is None or isinstance(leaf.value, (str, bytes))):
        return None if leaf.value is None else leaf.value[:0]
    return _sample if isinstance(leaf, (Function, Bound)) else ABSENT


_EMPTY: dict[str, Any] = {"frozenset": frozenset(), "list": [], "set": set(), "tuple": ()}
_NUMBERS = (bool, int, float)


def _joined(machine: Machine, node: cst.CSTNode, kind: str, left: Atom, right: Atom) -> Tree:
    if isinstance(left, Items) and isinstance(right, Items) and len(left.trees) + len(right.trees) <= MOST_ITEMS:
        return sequence(kind, left.trees + right.trees, node)
    return Sequence(kind, part(machine, node, "the joined sequence", left, right), node)


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
    return fold(machine, node, SYMBOLS[name], UNARY[name], tree)
