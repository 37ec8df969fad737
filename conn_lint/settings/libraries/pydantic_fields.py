"""The fields of pydantic's models: how they are declared, and what a value becomes in one of a type.

Checked against pydantic 2.14.3; ``Field(env=)`` is that of pydantic 1.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.settings.containers import Items, Sequence, Table
from conn_lint.settings.folding import fold, unknown
from conn_lint.settings.libraries.casts import FALSE_WORDS
from conn_lint.settings.objects import Args, Instance, Native
from conn_lint.settings.values import ABSENT, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

TRUE_WORDS = frozenset("1 on t true y yes".split())


def _integer(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"\s*[+-]?\d+\.0+\s*", value):
        return int(float(value))
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(value)
    return int(value)


def _truth(value: Any) -> bool:
    word = str(value).lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise ValueError(value)


CASTS: dict[str, Callable[[Any], Any]] = {"bool": _truth, "float": float, "int": _integer}
TEXTS = frozenset(["Literal", "str"])
AROUND = frozenset(["Annotated", "Final", "None", "Optional", "Union"])


class FieldInfo(Native):
    """``Field(...)``: the default or what makes it (ABSENT where there is none), and the names it is read under."""

    __slots__ = ("default", "factory", "names")

    def __init__(self, default: Tree, factory: Tree = ABSENT, names: tuple[str, ...] = ()) -> None:
        self.default = default
        self.factory = factory
        self.names = names


class Aliases(Native):
    """``AliasChoices("A", "B")``."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


def declare_field(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    default = args.get(0, "default") or ABSENT
    if isinstance(default, Const) and default.value is ...:
        default = ABSENT
    names: tuple[str, ...] | None = ()
    for key in ("env", "validation_alias", "alias"):  # the later ones give way
        if key in args.keywords and not names:
            names = texts(args.keywords[key])
    return None if names is None else FieldInfo(default, args.keywords.get("default_factory", ABSENT), names)


def texts(tree: Tree) -> tuple[str, ...] | None:
    if isinstance(tree, Aliases):
        return tree.names
    if isinstance(tree, Const) and isinstance(tree.value, str):
        return (tree.value,)
    if isinstance(tree, Sequence) and isinstance(tree.items, Items):
        found = [texts(one) for one in tree.items.trees]
        return None if None in found else tuple(name for names in found if names for name in names)
    return None


def choose_alias(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    names = [texts(tree) for tree in args.positional]
    return None if None in names else Aliases(tuple(name for one in names if one for name in one))


def heads_of(annotation: cst.BaseExpression) -> list[str]:
    """The names an annotation is made of, what merely wraps another left out: ``int | None`` is ``["int"]``."""
    if isinstance(annotation, cst.Name):
        return [] if annotation.value in AROUND else [annotation.value]
    if isinstance(annotation, cst.Attribute):
        return heads_of(annotation.attr)
    if isinstance(annotation, cst.BinaryOperation):
        return heads_of(annotation.left) + heads_of(annotation.right)
    if isinstance(annotation, cst.SimpleString):
        text = annotation.raw_value
        return [word for word in re.findall(r"\w+", text) if word not in AROUND]
    if isinstance(annotation, cst.Subscript):
        head = heads_of(annotation.value)
        if head:
            return head
        inner = [part.slice.value for part in annotation.slice if isinstance(part.slice, cst.Index)]
        if isinstance(annotation.value, cst.Name) and annotation.value.value == "Annotated":
            inner = inner[:1]
        return [name for part in inner for name in heads_of(part)]
    return ["?"]


def cast_field(machine: Machine, node: cst.CSTNode, heads: list[str], tree: Tree) -> Tree:
    kind = heads[0] if len(heads) == 1 else ""

    def convert(leaf: Atom) -> Tree:
        if isinstance(leaf, (Const, Opaque)) and kind in TEXTS:
            return leaf
        if isinstance(leaf, Const) and (leaf.value is None or type(leaf.value).__name__ == kind):
            return leaf
        if kind in CASTS:
            return machine.placed(fold(machine, node, kind, CASTS[kind], leaf), node)
        if isinstance(leaf, (Instance, Sequence, Table)):
            return leaf
        return unknown(machine, node, f"a field of type {' | '.join(heads)}", leaf)

    return machine.each(tree, convert)
