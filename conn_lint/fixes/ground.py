"""Where a connection may be closed: nothing that a fix puts in may lose data or break what is being read."""

from __future__ import annotations

import ast
import re

from conn_lint.fixes.document import Document

_TRANSACTION = re.compile(r"atomic|commit_on_success|commit_manually|transaction|xact", re.I)
"""What opens a transaction: a close in it rolls back what it wrote (django/db/transaction.py)."""

_CURSOR = re.compile(r"\b(?:cursor|chunked_cursor|iterator|aiterator|fetchmany|fetchone|SSCursor|connection)\b")
"""What reads from an open connection while it is held or gone through."""

_TEST_FILE = re.compile(r"(?:^|/)(?:tests?|testing|test_[^/]*|[^/]*_tests?)(?:/|\.py$)|(?:^|/)conftest\.py$")


def is_test(path: str) -> bool:
    """Whether ``path`` is run by the tests, inside of their transactions."""
    return _TEST_FILE.search(path) is not None


def may_close(document: Document, node: ast.AST) -> bool:
    """Whether a close beside ``node`` meets no transaction, no open cursor, no test and no generator that is seen."""
    if is_test(document.path):
        return False
    inside: ast.AST = node
    for each in document.around(node):
        if _forbids(each, inside):
            return False
        inside = each
    return True


def _forbids(around: ast.AST, inside: ast.AST) -> bool:
    """Whether what is run of ``inside``, right in ``around``, may not close."""
    if isinstance(around, (ast.With, ast.AsyncWith)):
        return inside in around.body and any(_holds_connection(item.context_expr) for item in around.items)
    if isinstance(around, (ast.For, ast.AsyncFor)):
        return inside in around.body and _CURSOR.search(ast.unparse(around.iter)) is not None
    if isinstance(around, (ast.FunctionDef, ast.AsyncFunctionDef)):
        decorators = map(ast.unparse, around.decorator_list)
        return any(map(_TRANSACTION.search, decorators)) or _is_generator(around)
    if isinstance(around, ast.ClassDef):
        return any("TestCase" in ast.unparse(base) for base in around.bases)
    return isinstance(around, ast.Lambda)


def _holds_connection(expr: ast.expr) -> bool:
    text = ast.unparse(expr)
    return bool(_TRANSACTION.search(text) or _CURSOR.search(text))


def _is_generator(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether ``function`` hands out items, between which its caller may be in a transaction."""
    pending: list[ast.AST] = list(function.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Yield, ast.YieldFrom)):
            return True
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)):
            pending.extend(ast.iter_child_nodes(node))
    return False
