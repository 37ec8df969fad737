"""Where the nodes of a libcst tree stand, without paying for libcst's own positions.

libcst's positions cost more than its parser does. Statements, calls and dicts are therefore located by running
``ast`` over the same text and pairing both trees in source order; libcst alone says what the code means. Where
``ast`` cannot read the text (syntax newer than the running interpreter) libcst's positions are used.
"""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from conn_lint.model import Span
from conn_lint.project.source import children

if TYPE_CHECKING:
    from collections.abc import Mapping

    import libcst as cst
    from libcst.metadata import CodeRange

    from conn_lint.project.source import Source

_STATEMENTS = frozenset(
    "AnnAssign Assert Assign AugAssign Break ClassDef Continue Del Expr For FunctionDef Global If Import"
    " ImportFrom Match Nonlocal Pass Raise Return Try TryStar TypeAlias While With".split()
)


def paired(source: Source) -> dict[int, Span]:
    """Spans of every statement, call and dict, and of what they assign or hold, by the id of the node; all of
    libcst's when pairing fails."""
    try:
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return by_libcst(source)
    theirs = _ast_nodes(tree)
    ours = _landmarks(source.module)
    if len(theirs) != len(ours) or any(_kind(a) != _kind(b) for a, b in zip(theirs, ours, strict=True)):
        return by_libcst(source)
    lines = None if source.text.isascii() else source.text.split("\n")
    spans: dict[int, Span] = {}
    for a, b in zip(theirs, ours, strict=True):
        spans[id(b)] = _ast_span(source.path, a, lines)
        for value_a, value_b in zip(_ast_values(a), _values(b), strict=True):
            spans.setdefault(id(value_b), _ast_span(source.path, value_a, lines))
    return _shifted(spans, source.first_line - 1)


def _shifted(spans: dict[int, Span], lines: int) -> dict[int, Span]:
    if not lines:
        return spans
    return {key: span._replace(line=span.line + lines, end_line=span.end_line + lines) for key, span in spans.items()}


def _kind(node: ast.AST | cst.CSTNode) -> str:
    name = type(node).__name__
    return name if name in ("Call", "Dict", "Assign", "AnnAssign") else ""


def _values(node: cst.CSTNode) -> list[cst.BaseExpression]:
    """The expressions that ``node`` assigns or holds, in source order."""
    kind = _kind(node)
    if kind == "Call":
        return [arg.value for arg in node.args]  # type: ignore[attr-defined]
    if kind == "Dict":
        return [element.value for element in node.elements]  # type: ignore[attr-defined]
    value = node.value if kind else None  # type: ignore[attr-defined]
    return [value] if value is not None else []


def _ast_values(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        inner = [arg.value if isinstance(arg, ast.Starred) else arg for arg in given]
        return sorted(inner, key=lambda value: (value.lineno, value.col_offset))
    if isinstance(node, ast.Dict):
        return node.values
    value = node.value if isinstance(node, (ast.Assign, ast.AnnAssign)) else None
    return [value] if value is not None else []


def _ast_nodes(tree: ast.Module) -> list[ast.stmt | ast.Call | ast.Dict]:
    found: list[ast.stmt | ast.Call | ast.Dict] = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.stmt, ast.Call, ast.Dict)):
            found.append(node)
        elif type(node).__name__ in ("JoinedStr", "TemplateStr"):
            continue
        pending.extend(ast.iter_child_nodes(node))
    found.sort(key=_source_order)
    return found


def _source_order(node: ast.stmt | ast.expr) -> tuple[int, int, int, int, bool]:
    end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
    return node.lineno, node.col_offset, -end_line, -end_column, isinstance(node, ast.expr)


def _landmarks(module: cst.Module) -> list[cst.CSTNode]:
    """In source order; without recursion, for sums of a thousand terms nest a thousand deep."""
    found: list[cst.CSTNode] = []
    pending: list[tuple[cst.CSTNode, bool]] = [(module, True)]
    while pending:
        node, entering = pending.pop()
        name = type(node).__name__
        if entering and name in ("FunctionDef", "ClassDef"):
            pending.append((node, False))
            pending += [(decorator, True) for decorator in reversed(node.decorators)]  # type: ignore[attr-defined]
            continue
        if name in _STATEMENTS or name in ("Call", "Dict"):
            found.append(node)
        pending += [(child, True) for child in reversed(tuple(children(node)))]
    return found


def _ast_span(path: str, node: ast.stmt | ast.expr, lines: list[str] | None) -> Span:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    column = node.col_offset
    if lines is not None:  # ast counts bytes of UTF-8
        column = len(lines[node.lineno - 1].encode()[:column].decode(errors="replace"))
        end_column = len(lines[end_line - 1].encode()[:end_column].decode(errors="replace"))
    return Span(path, node.lineno, column + 1, end_line, end_column + 1)


def by_libcst(source: Source) -> dict[int, Span]:
    """The span of every node, by its id; none where the file nests too deeply to be told."""
    lines = source.first_line - 1
    return {
        id(node): Span(source.path, at.start.line + lines, at.start.column + 1, at.end.line + lines, at.end.column + 1)
        for node, at in ranges(source).items()
    }


def ranges(source: Source) -> Mapping[cst.CSTNode, CodeRange]:
    """As ``by_libcst``, in libcst's own terms: columns count from 0, lines from the beginning of the text."""
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        return MetadataWrapper(source.module, unsafe_skip_copy=True).resolve(PositionProvider)
    except RecursionError:
        return {}
