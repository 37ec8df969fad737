"""The names of classes that type hints and ``except`` clauses write."""

from __future__ import annotations

import ast
import builtins
import typing
from collections import abc


def dotted(node: ast.AST) -> str | None:
    """The dotted name that an expression is; None when it is none."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        return ".".join([node.id, *reversed(parts)])
    return None


_CONTAINERS = frozenset((*typing.__all__, *abc.__all__, *dir(builtins), "BaseManager", "Manager", "QuerySet"))
"""Names of generic classes that tell nothing of an object but what it holds, or what calling it gives."""


def hinted(node: ast.expr) -> str | None:
    """The dotted name of the one class that a type hint allows beside None; None when it is no such hint."""
    if isinstance(node, ast.BinOp):
        sides = {hinted(side) for side in (node.left, node.right)} - {"None"}
        return sides.pop() if len(sides) == 1 else None
    if isinstance(node, ast.Subscript):
        wrapper = (dotted(node.value) or "").rpartition(".")[2]
        index = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) and node.slice.elts else node.slice
        if wrapper in ("Annotated", "Optional"):
            return hinted(index)
        return None if wrapper in _CONTAINERS else dotted(node.value)  # a generic class of somebody else's
    if isinstance(node, ast.Constant):
        return "None" if node.value is None else _quoted(node.value) if isinstance(node.value, str) else None
    return dotted(node)


def _quoted(hint: str) -> str | None:
    """As ``hinted``, of a hint in quotes."""
    if hint.replace(".", "").isidentifier():
        return hint
    if hint.startswith("Optional[") and hint.endswith("]"):
        hint = hint[len("Optional[") : -1]
    named = {side.strip() for side in hint.split("|")} - {"None"}
    return named.pop() if len(named) == 1 else None


def types(node: ast.expr | None) -> tuple[str, ...]:
    """The names of the exceptions that an ``except`` names; "?" for one that is no name."""
    if node is None:
        return ()
    if isinstance(node, ast.Tuple):
        return tuple(name for name in map(dotted, node.elts) if name)
    name = dotted(node)
    return (name,) if name else ("?",)
