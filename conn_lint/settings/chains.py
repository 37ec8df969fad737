"""The words in an expression: its names, each with the attributes that are read from it."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def chains(node: ast.AST) -> Iterator[list[str]]:
    """The names in an expression, each with the attributes read from it: ``f(a.b)`` gives [f] and [a, b]."""
    if isinstance(node, ast.Call) and _is_environ_get(node.func):  # a text, not what it was taken from
        for arg in node.args:
            yield from chains(arg)
        return
    if isinstance(node, ast.Subscript) and is_environ(node.value):
        yield from chains(node.slice)
        return
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "getattr":
        named = [
            each.value for each in node.args[1:2] if isinstance(each, ast.Constant) and isinstance(each.value, str)
        ]
        yield from ([*chain, *named] for chain in _chains_within(node))
        return
    words: list[str] = []
    part = node
    while isinstance(part, ast.Attribute):
        words.append(part.attr)
        part = part.value
    if isinstance(part, ast.Name):
        yield [part.id, *reversed(words)]
        return
    inner = list(_chains_within(part))
    if words and inner:
        inner[0] = [*inner[0], *reversed(words)]
    elif words:
        inner = [list(reversed(words))]
    yield from inner


def is_environ(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _is_environ_get(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "get" and is_environ(node.value)


def _chains_within(node: ast.AST) -> Iterator[list[str]]:
    for child in ast.iter_child_nodes(node):
        yield from chains(child)


def root(node: ast.expr) -> str:
    """The name that a chain of attributes, calls and subscripts starts from; empty when it is no name."""
    part: ast.expr = node
    while True:
        if isinstance(part, (ast.Attribute, ast.Subscript)):
            part = part.value
        elif isinstance(part, ast.Call):
            part = part.func
        else:
            return part.id if isinstance(part, ast.Name) else ""


def carried(node: ast.expr) -> set[str]:
    """The words whose objects an expression may pass on as they are; of a call, those it is given."""
    if isinstance(node, ast.Call):
        inner: list[ast.expr] = [*node.args, *(keyword.value for keyword in node.keywords)]
        return set[str]().union(*(carried(each) for each in inner))
    if isinstance(node, (ast.Name, ast.Attribute)):
        return {word for chain in chains(node) for word in chain}
    if isinstance(node, ast.Compare):
        return set()
    return set[str]().union(*(carried(child) for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)))
