"""How values and code are named in the reasons why something is unknown."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import libcst as cst

from conn_lint.settings.containers import Imported, Items, Module, OpenItems, Sequence, Table
from conn_lint.settings.objects import Bound, Class, Function, Instance, Method, Native, Wrapped
from conn_lint.settings.values import Atom, Const, External

SYMBOLS = {
    "Add": "+",
    "BitAnd": "&",
    "BitInvert": "~",
    "BitOr": "|",
    "BitXor": "^",
    "Divide": "/",
    "FloorDivide": "//",
    "LeftShift": "<<",
    "MatrixMultiply": "@",
    "Minus": "-",
    "Modulo": "%",
    "Multiply": "*",
    "Plus": "+",
    "Power": "**",
    "RightShift": ">>",
    "Subtract": "-",
}
"""Operators as they are written, by libcst's names."""

_CONSTANTS: dict[type, str] = {
    bool: "a truth value",
    bytes: "bytes",
    float: "a number",
    int: "a number",
    str: "a text",
    type(None): "None",
}


def described(leaf: Atom) -> str:
    """What kind of thing ``leaf`` is."""
    if isinstance(leaf, Const):
        kind: Any = type(leaf.value)
        return _CONSTANTS.get(kind) or ("a path" if isinstance(leaf.value, PurePath) else f"a {kind.__name__}")
    if isinstance(leaf, Imported):
        return f"the module {leaf.module.name}"
    if isinstance(leaf, Module):
        return f"the names of {leaf.name}"
    if isinstance(leaf, Table):
        return f"a {leaf.kind}"
    if isinstance(leaf, Sequence):
        return f"a {leaf.kind}"
    if isinstance(leaf, (Items, OpenItems)):
        return "a sequence"
    if isinstance(leaf, External):
        return leaf.name.removeprefix("builtins.")
    if isinstance(leaf, Instance):
        return f"an object of {leaf.cls.name}"
    if isinstance(leaf, Native):
        return leaf.called
    name = _name(leaf)
    return f"the {'class' if isinstance(leaf, Class) else 'function'} {name}" if name else "something unknown"


def of(name: str, leaves: tuple[Atom, ...]) -> str:
    """``name`` of the first two of ``leaves``."""
    return f"{name} of {' and '.join(map(described, leaves[:2]))}" if leaves else name


def _name(leaf: Atom) -> str:
    """The name of what can be called; empty where it has none."""
    if isinstance(leaf, Class):
        return leaf.name
    if isinstance(leaf, Method):
        return leaf.name
    if isinstance(leaf, (Bound, Wrapped)):
        return _name(leaf.function)
    if isinstance(leaf, Function):
        return leaf.node.name.value if isinstance(leaf.node, cst.FunctionDef) else "lambda"
    return ""


def called(leaf: Atom, node: cst.CSTNode) -> str:
    """What is called at ``node``, by its name or as it is written."""
    if isinstance(leaf, External):
        return leaf.name.removeprefix("builtins.")
    return _name(leaf) or (written(node.func) if isinstance(node, cst.Call) else "a call")


def written(node: cst.CSTNode) -> str:
    """An expression as the source has it, what stands in brackets left out: ``parser.items``, ``load(...).get``."""
    if isinstance(node, cst.Name):
        return node.value
    if isinstance(node, cst.Attribute):
        return f"{written(node.value)}.{node.attr.value}"
    if isinstance(node, cst.Call):
        return f"{written(node.func)}({'...' if node.args else ''})"
    if isinstance(node, cst.Subscript):
        return f"{written(node.value)}[...]"
    return "(...)"
