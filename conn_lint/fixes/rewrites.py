"""What stands in a file written another way: calls, names, values and comments."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from conn_lint.fixes.document import Document
from conn_lint.fixes.ground import may_close
from conn_lint.fixes.names import closing_call, instead
from conn_lint.model import Edit, Fix, Repair, Span

_REMOVED, _IN_ITS_PLACE = "close_connection", "close_old_connections"


def call(document: Document, repair: Repair) -> Iterator[Fix]:
    """The parentheses that a statement lacks; not in a coroutine, where the call does nothing."""
    node = document.enclosing(repair.span)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, (ast.Name, ast.Attribute)):
        return
    if may_close(document, node) and not isinstance(document.function(node), ast.AsyncFunctionDef):
        end = document.span(node.value)
        edit = document.inserted(end.end_line, "()", end.end_column)
        yield Fix("safe", f"call {ast.unparse(node.value)}()", (edit,))


def run_in_thread(document: Document, repair: Repair) -> Iterator[Fix]:
    """A close of a coroutine, run in the thread of the ORM, which looks its connections up itself."""
    node = document.enclosing(repair.span)
    if not isinstance(node, ast.Expr) or not isinstance(document.function(node), ast.AsyncFunctionDef):
        return
    if not may_close(document, node):
        return
    call = closing_call(document, node)
    if call:
        edit = document.replaced(document.span(node.value), call.words[0])
        yield Fix("safe", "close in the thread of the ORM", (*call.edits, edit))


def close_all(document: Document, repair: Repair) -> Iterator[Fix]:
    """``connections.close_all()`` for the close at ``repair.span``, or the only one in the function there: unsafe, as
    a transaction of another alias may be open."""
    node = document.statement(repair.span) or document.enclosing(repair.span)
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
        closes = [each for each in ast.walk(node) if isinstance(each, ast.Expr) and _closes_old(each)]
        node = closes[0] if len(closes) == 1 else None
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return
    if not may_close(document, node) or isinstance(document.function(node), ast.AsyncFunctionDef):
        return
    names = instead(document, node.value.func, "django.db", "connections")
    if names:
        edit = document.replaced(document.span(node.value), f"{names.words[0]}.close_all()")
        yield Fix("unsafe", "close the connections of every alias", (*names.edits, edit))


def close_instead(document: Document, repair: Repair) -> Iterator[Fix]:
    """``close_old_connections()`` in place of a statement that is to revive a connection: unsafe, as a caller may be in
    a transaction."""
    node = document.enclosing(repair.span)
    if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
        return
    if not may_close(document, node) or isinstance(document.function(node), ast.AsyncFunctionDef):
        return
    call = closing_call(document, node)
    if call:
        edit = document.replaced(document.span(node.value), call.words[0])
        yield Fix("unsafe", "call close_old_connections() in its place", (*call.edits, edit))


def _closes_old(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Call) and ast.unparse(node.value.func).endswith("close_old_connections")


def rename_removed(document: Document, repair: Repair) -> Iterator[Fix]:
    """``close_old_connections`` wherever the file says ``close_connection`` of ``django.db``."""
    edits: list[Edit] = []
    imported: set[str] = set()
    for node in ast.walk(document.tree):
        if isinstance(node, ast.ImportFrom) and node.module == "django.db" and not node.level:
            names = {alias.name for alias in node.names}
            if {_REMOVED, _IN_ITS_PLACE} <= names:
                return
            for alias in node.names:
                if alias.name == _REMOVED:
                    imported.add(alias.asname or alias.name)
                    edits.append(_renamed(document, document.span(alias), at_start=True))
        elif isinstance(node, ast.Attribute) and node.attr == _REMOVED and ast.unparse(node.value).endswith("db"):
            edits.append(_renamed(document, document.span(node), at_start=False))
    for node in ast.walk(document.tree):
        if isinstance(node, ast.Name) and node.id == _REMOVED:
            if not isinstance(node.ctx, ast.Load) or _REMOVED not in imported:
                return
            edits.append(_renamed(document, document.span(node), at_start=True))
    if any(edit.span.line == repair.span.line for edit in edits):
        yield Fix("safe", "write close_old_connections, its name since Django 1.6", tuple(edits))


def _renamed(document: Document, span: Span, *, at_start: bool) -> Edit:
    """The new name at the start or at the end of ``span``."""
    length = len(_REMOVED)
    if at_start:
        place = span._replace(end_line=span.line, end_column=span.column + length)
    else:
        place = span._replace(line=span.end_line, column=span.end_column - length)
    return document.replaced(place, _IN_ITS_PLACE)


def value(document: Document, repair: Repair) -> Iterator[Fix]:
    """Another value for a setting: ``repair.text``, in which ``{}`` stands for the one that is there. A literal that
    is turned into a number becomes that number. Unsafe where it replaces what somebody chose."""
    node = _expression(document, repair.span)
    if node is None:
        return
    span = document.span(node)
    text = repair.text
    keeps = "{}" in text
    if not keeps and not _is_literal(node):
        return
    if keeps:
        digits = node.value.strip() if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        text = digits if re.fullmatch(r"[0-9]+", digits) else text.replace("{}", _source(document, span))
    yield Fix("safe" if keeps else "unsafe", repair.title, (document.replaced(span, text),))


def _is_literal(node: ast.expr) -> bool:
    """Whether ``node`` is a constant, or figures with constants."""
    return all(
        isinstance(each, (ast.Constant, ast.BinOp, ast.UnaryOp, ast.operator, ast.unaryop)) for each in ast.walk(node)
    )


def _expression(document: Document, span: Span) -> ast.expr | None:
    """The value that stands at ``span``, or that the assignment there assigns."""
    statement = document.statement(span)
    if isinstance(statement, (ast.Assign, ast.AnnAssign)):
        return statement.value
    for node in ast.walk(document.tree):
        if isinstance(node, ast.expr) and document.span(node) == span:
            return node
    return None


def key(document: Document, repair: Repair) -> Iterator[Fix]:
    """The key ``repair.text`` in place of the misspelt one of the value at ``repair.span``."""
    node = _key(document, repair.span, repair.text)
    if node is None:
        return
    span = document.span(node)
    source = _source(document, span)
    if source[1:-1] == node.value:
        edit = document.replaced(span, source[0] + repair.text + source[-1])
        yield Fix("safe", f"write {repair.text}", (edit,))


def _key(document: Document, span: Span, meant: str) -> ast.Constant | None:
    """The string under which the value at ``span`` is put into a dictionary that has none under ``meant``."""
    statement = document.statement(span)
    found: ast.expr | None = None
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Subscript):
        found = statement.targets[0].slice
    for node in ast.walk(document.tree) if statement is None else ():
        if isinstance(node, ast.Dict) and not any(
            isinstance(key, ast.Constant) and key.value == meant for key in node.keys
        ):
            pairs = zip(node.keys, node.values, strict=True)
            found = next((key for key, each in pairs if document.span(each) == span), found)
    return found if isinstance(found, ast.Constant) and isinstance(found.value, str) else None


def comment(document: Document, repair: Repair) -> Iterator[Fix]:
    """A suppression with the codes ``repair.text`` left; without any it goes, and what is said after it."""
    span = repair.span
    line = document.line(span.line)
    if repair.text:
        directive = re.sub(r"\[[^\]]*\]", f"[{repair.text}]", line[span.column - 1 : span.end_column - 1])
        yield Fix("safe", "drop what suppresses nothing", (document.replaced(span, directive),))
        return
    before = line[: span.column - 1].rstrip()
    if before:
        gone = Span(document.path, span.line, len(before) + 1, span.line, len(line) + 1)
    else:
        gone = Span(document.path, span.line, 1, span.line + 1, 1)
    yield Fix("safe", "drop the suppression", (document.replaced(gone, ""),))


def _source(document: Document, span: Span) -> str:
    lines = [document.line(number) for number in range(span.line, span.end_line + 1)]
    lines[-1] = lines[-1][: span.end_column - 1]
    lines[0] = lines[0][span.column - 1 :]
    return document.newline.join(lines)
