"""Parsing one Python file with libcst, and saying where its nodes stand.

libcst's own positions cost more than its parser does. Statements and calls are therefore located by
running ``ast`` over the same text and pairing both trees in source order; libcst alone says what the
code means. Where ``ast`` cannot read the text (syntax newer than the running interpreter) libcst's
positions are used.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conn_lint.model import Problem, Span
from conn_lint.project.tree import Tree, Unreadable

if TYPE_CHECKING:
    import libcst as cst

_PYTHON_2 = re.compile(r"^\s*(?:print\s+[\"'\w]|exec\s+[\"'\w]|except\s+[\w.]+\s*,\s*\w+\s*:|raise\s+[\w.]+\s*,)", re.M)


class Source:
    """One parsed file: ``path``, its ``text``, its libcst ``module`` and the places of its nodes.

    ``first_line`` is the line of the file that ``text`` starts at, where it is a part of one."""

    def __init__(self, path: str, text: str, module: cst.Module, first_line: int = 1) -> None:
        self.path = path
        self.first_line = first_line
        self.text = text
        self.module = module
        self._spans: dict[int, Span] | None = None
        self._exact: dict[int, Span] | None = None

    def span(self, node: cst.CSTNode) -> Span:
        """Where ``node`` stands: for statements and calls cheaply, for other nodes exactly at a cost."""
        if self._spans is None:
            self._spans = _paired(self)
        found = self._spans.get(id(node))
        return found or self.exact(node)

    def exact(self, node: cst.CSTNode) -> Span:
        """Where ``node`` stands, by libcst's own positions (dear: computed once for the whole file)."""
        if self._exact is None:
            self._exact = _by_libcst(self)
        return self._exact.get(id(node), Span(self.path, 1))


def load(tree: Tree, path: str) -> Source:
    """Read and parse ``path``; raises Unreadable with the line that cannot be decoded or parsed."""
    return parse(path, tree.read(path))


def parse(path: str, data: bytes) -> Source:
    """Parse ``data`` as the Python file ``path``; raises Unreadable."""
    return parse_text(path, decode(path, data))


def parse_text(path: str, text: str, first_line: int = 1) -> Source:
    """Parse ``text``, which starts at ``first_line`` of the file ``path``; raises Unreadable."""
    import libcst as cst

    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Unreadable(Problem(Span(path, line), "cannot be parsed: holds a NUL byte"))
    if _nests_deeply(text.encode(errors="replace")) and not _python_reads(text):
        raise Unreadable(Problem(Span(path, 1), "cannot be parsed: nested too deeply"))
    try:
        return Source(path, text, cst.parse_module(text), first_line)
    except cst.ParserSyntaxError as error:
        place = _syntax_error(path, text) or Span(path, error.raw_line, error.raw_column + 1)
        raise Unreadable(Problem(place, _reason(text))) from error
    except RecursionError as error:
        raise Unreadable(Problem(Span(path, 1), "cannot be parsed: nested too deeply")) from error


def _syntax_error(path: str, text: str) -> Span | None:
    """Where ``ast`` stops; libcst, which reads on to the next token, often names the line after."""
    try:
        ast.parse(text)
    except SyntaxError as error:
        return Span(path, error.lineno, error.offset or 1) if error.lineno else None
    except (ValueError, RecursionError):
        return None
    return None


def _nests_deeply(data: bytes) -> bool:
    """Whether brackets seem to nest more than 200 deep, strings and comments not told apart.

    CPython refuses such a file (MAXLEVEL in Parser/lexer); libcst's parser overflows the stack and takes the
    process with it from about 1500 on."""
    brackets = data.translate(None, _NO_BRACKETS)
    for _ in range(200):
        inner = brackets.replace(b"()", b"").replace(b"[]", b"").replace(b"{}", b"")
        if len(inner) == len(brackets):
            break
        brackets = inner
    return sum(map(brackets.count, b"([{")) > 200


_NO_BRACKETS = bytes(set(range(256)) - set(b"()[]{}"))


def _python_reads(text: str) -> bool:
    try:
        ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def decode(path: str, data: bytes) -> str:
    """The text of a Python file by its own coding line; raises Unreadable."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return io.TextIOWrapper(io.BytesIO(data), encoding, newline="").read()
    except (SyntaxError, LookupError) as error:
        raise Unreadable(Problem(Span(path, 1), f"cannot be decoded: {error}")) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        reason = f"cannot be decoded as {error.encoding}: byte 0x{data[error.start]:02x}"
        raise Unreadable(Problem(Span(path, line), reason)) from error


def _reason(text: str) -> str:
    if _PYTHON_2.search(text):
        return "cannot be parsed: this is Python 2 source"
    return "cannot be parsed: invalid syntax"


CHILDREN: dict[str, tuple[str, ...]] = {
    name: tuple(fields.split())
    for name, fields in {
        "AnnAssign": "target annotation value",
        "Annotation": "annotation",
        "Arg": "value",
        "Assert": "test msg",
        "Assign": "targets value",
        "AssignTarget": "target",
        "Attribute": "value",
        "AugAssign": "target value",
        "Await": "expression",
        "BinaryOperation": "left right",
        "BooleanOperation": "left right",
        "Call": "func args",
        "ClassDef": "bases keywords body",
        "CompFor": "target iter ifs inner_for_in",
        "CompIf": "test",
        "Comparison": "left comparisons",
        "ComparisonTarget": "comparator",
        "Decorator": "decorator",
        "Del": "target",
        "Dict": "elements",
        "DictComp": "key value for_in",
        "DictElement": "key value",
        "Element": "value",
        "Else": "body",
        "ExceptHandler": "type body",
        "ExceptStarHandler": "type body",
        "Expr": "value",
        "Finally": "body",
        "For": "target iter body orelse",
        "From": "item",
        "FunctionDef": "params returns body",
        "GeneratorExp": "elt for_in",
        "If": "test body orelse",
        "IfExp": "body test orelse",
        "Index": "value",
        "IndentedBlock": "body",
        "Lambda": "params body",
        "List": "elements",
        "ListComp": "elt for_in",
        "Match": "subject cases",
        "MatchCase": "pattern guard body",
        "Module": "body",
        "NamedExpr": "target value",
        "Param": "annotation default",
        "Parameters": "posonly_params params star_arg kwonly_params star_kwarg",
        "Raise": "exc cause",
        "Return": "value",
        "Set": "elements",
        "SetComp": "elt for_in",
        "SimpleStatementLine": "body",
        "SimpleStatementSuite": "body",
        "Slice": "lower upper step",
        "StarredDictElement": "value",
        "StarredElement": "value",
        "Subscript": "value slice",
        "SubscriptElement": "slice",
        "Try": "body handlers orelse finalbody",
        "TryStar": "body handlers orelse finalbody",
        "Tuple": "elements",
        "UnaryOperation": "expression",
        "While": "test body orelse",
        "With": "items body",
        "WithItem": "item asname",
        "Yield": "value",
    }.items()
}
"""The fields of each libcst node that can hold a statement or a call, in source order; decorators, which
come before the node they belong to, and the insides of f-strings are left out."""

_STATEMENTS = frozenset(
    "AnnAssign Assert Assign AugAssign Break ClassDef Continue Del Expr For FunctionDef Global If Import"
    " ImportFrom Match Nonlocal Pass Raise Return Try TryStar TypeAlias While With".split()
)


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of ``node`` that can hold statements or calls, in source order, whitespace left out."""
    for field in CHILDREN.get(type(node).__name__, ()):
        value = getattr(node, field)
        if isinstance(value, (tuple, list)):
            yield from value
        elif value is not None and not isinstance(value, str):
            yield value


def _paired(source: Source) -> dict[int, Span]:
    """Spans of every statement and call by the id of its node, or all of libcst's when pairing fails."""
    try:
        tree = ast.parse(source.text)
    except (SyntaxError, ValueError, RecursionError):
        return _by_libcst(source)
    theirs = _ast_nodes(tree)
    ours = _statements_and_calls(source.module)
    if len(theirs) != len(ours) or any(
        isinstance(a, ast.Call) != (type(b).__name__ == "Call") for a, b in zip(theirs, ours, strict=True)
    ):
        return _by_libcst(source)
    lines = None if source.text.isascii() else source.text.split("\n")
    spans = {id(b): _ast_span(source.path, a, lines) for a, b in zip(theirs, ours, strict=True)}
    return _shifted(spans, source.first_line - 1)


def _shifted(spans: dict[int, Span], lines: int) -> dict[int, Span]:
    if not lines:
        return spans
    return {key: span._replace(line=span.line + lines, end_line=span.end_line + lines) for key, span in spans.items()}


def _ast_nodes(tree: ast.Module) -> list[ast.stmt | ast.Call]:
    found: list[ast.stmt | ast.Call] = []
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.stmt, ast.Call)):
            found.append(node)
        elif type(node).__name__ in ("JoinedStr", "TemplateStr"):
            continue
        pending.extend(ast.iter_child_nodes(node))
    found.sort(key=_source_order)
    return found


def _source_order(node: ast.stmt | ast.Call) -> tuple[int, int, int, int, bool]:
    end_line, end_column = node.end_lineno or 0, node.end_col_offset or 0
    return node.lineno, node.col_offset, -end_line, -end_column, isinstance(node, ast.Call)


def _statements_and_calls(module: cst.Module) -> list[cst.CSTNode]:
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
        if name in _STATEMENTS or name == "Call":
            found.append(node)
        pending += [(child, True) for child in reversed(tuple(children(node)))]
    return found


def _ast_span(path: str, node: ast.stmt | ast.Call, lines: list[str] | None) -> Span:
    end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
    column = node.col_offset
    if lines is not None:  # ast counts bytes of UTF-8
        column = len(lines[node.lineno - 1].encode()[:column].decode(errors="replace"))
        end_column = len(lines[end_line - 1].encode()[:end_column].decode(errors="replace"))
    return Span(path, node.lineno, column + 1, end_line, end_column + 1)


def _by_libcst(source: Source) -> dict[int, Span]:
    from libcst.metadata import MetadataWrapper, PositionProvider

    try:
        ranges = MetadataWrapper(source.module, unsafe_skip_copy=True).resolve(PositionProvider)
    except RecursionError:  # every node is then placed at the top of the file
        return {}
    spans = {
        id(node): Span(source.path, at.start.line, at.start.column + 1, at.end.line, at.end.column + 1)
        for node, at in ranges.items()
    }
    return _shifted(spans, source.first_line - 1)
