"""Whether a ``while`` runs as long as its process, by the words of its test."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Literal

from conn_lint.workers.prefilter import FLAG_METHODS, STOP_WORDS

_WORD = re.compile("[A-Z]?[a-z]+|[A-Z]+")


def mentioned(test: ast.expr) -> Iterator[str]:
    """Every identifier in ``test``."""
    pending: list[ast.AST] = [test]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Attribute):
            yield node.attr
        pending.extend(ast.iter_child_nodes(node))


def endless(test: ast.expr) -> Literal["always", "flag", "no"]:
    """Whether a ``while`` with this test runs as long as the process: by a true constant, or by a flag."""
    if isinstance(test, ast.Constant) and isinstance(test.value, int) and test.value:
        return "always"
    while isinstance(test, ast.UnaryOp):
        test = test.operand
    if isinstance(test, ast.BoolOp):
        sides = {endless(value) for value in test.values}
        if isinstance(test.op, ast.Or):
            return "no" if sides == {"no"} and not any(map(_means_no_limit, test.values)) else "flag"
        return "no" if "no" in sides else "flag"
    if isinstance(test, (ast.Name, ast.Attribute, ast.Call)):
        names = set(mentioned(test.func if isinstance(test, ast.Call) else test))
        if any(map(names_a_flag, names)) or (isinstance(test, ast.Call) and names & FLAG_METHODS):
            return "flag"
    return "no"


def _means_no_limit(test: ast.expr) -> bool:
    """``limit <= 0``, ``limit is None`` or ``not limit``: before ``or``, by which a limit of 0 is none at all."""
    if isinstance(test, ast.UnaryOp):
        return isinstance(test.op, ast.Not) and isinstance(test.operand, (ast.Name, ast.Attribute))
    if not isinstance(test, ast.Compare) or len(test.ops) != 1:
        return False
    other = test.comparators[0]
    if not isinstance(test.ops[0], (ast.Eq, ast.Is, ast.Lt, ast.LtE)) or not isinstance(other, ast.Constant):
        return False
    return other.value in (0, None) and isinstance(test.left, (ast.Name, ast.Attribute))


_COLLECTIONS = frozenset("backlog batch buffer heap list queue set stack".split())


def names_a_flag(name: str) -> bool:
    """Whether one word of ``name`` is a form of a stop word: ``isRunning``, ``stop_requested``, not ``pending``, nor
    ``active_ids`` or ``run_queue``, which are many and come to an end."""
    words = [word.lower() for word in _WORD.findall(name)]
    many = words and words[-1].endswith("s") and not words[-1].endswith(("ss", "us", "is"))
    if len(words) > 1 and (many or words[-1] in _COLLECTIONS):
        words = words[-1:]
    return any(word.startswith(stop) and len(word) <= len(stop) + 4 for word in words for stop in STOP_WORDS)
