"""Code that nests too deeply to be parsed with libcst: its parser overflows the stack and takes the process with it
(1.9.2: between 3 000 and 8 000 levels of most constructs), and takes time with the square of the levels before."""

from __future__ import annotations

import ast
from itertools import accumulate

LEVELS = 1000
"""Levels of the deepest code that is parsed: terms of a sum, calls of a chain, branches of an ``elif``."""

BRACKETS = 200
"""Levels of brackets that CPython reads (MAXLEVEL in Parser/lexer)."""


def nests_too_deeply(text: str) -> bool:
    """Whether some part of the module ``text`` lies more than LEVELS deep in others."""
    if len(text) < LEVELS:
        return False
    try:
        tree = ast.parse(text)
    except (RecursionError, MemoryError):
        return True
    except (SyntaxError, ValueError):
        return _brackets_nest(text)
    return _is_deep(tree, [0, *accumulate(len(line) + 1 for line in text.split("\n"))])


def _is_deep(tree: ast.Module, line_starts: list[int]) -> bool:
    """Looks only into what is long enough: every level takes one character at least."""
    pending: list[tuple[ast.AST, int]] = [(tree, 0)]
    while pending:
        node, depth = pending.pop()
        if depth > LEVELS:
            return True
        if isinstance(node, (ast.expr, ast.stmt)) and node.end_lineno is not None and node.end_col_offset is not None:
            begin = line_starts[node.lineno - 1] + node.col_offset
            end = line_starts[node.end_lineno - 1] + node.end_col_offset  # in bytes on that line: never too small
            if depth + end - begin < LEVELS:
                continue
        if isinstance(node, ast.alias) and node.name.count(".") > LEVELS:
            return True
        levels = len(node.values) if isinstance(node, ast.BoolOp) else 1  # libcst has one for every ``and``
        pending.extend((child, depth + levels) for child in ast.iter_child_nodes(node))
    return False


def _brackets_nest(text: str) -> bool:
    """Whether brackets seem to nest more than BRACKETS deep, strings and comments not told apart."""
    brackets = text.encode(errors="replace").translate(None, _NO_BRACKETS)
    for _ in range(BRACKETS):
        inner = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(inner) == len(brackets):
            break
        brackets = inner
    return sum(map(brackets.count, b"([{")) > BRACKETS


_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))
