"""Parsing one Python file with libcst, and the walk over its parts; where they stand is in ``positions``."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conn_lint.model import Problem, Span
from conn_lint.project.nesting import nests_too_deeply
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
        """Where ``node`` stands: cheaply for statements, calls, dicts and what they are given; exactly for the rest."""
        if self._spans is None:
            from conn_lint.project.positions import paired

            self._spans = paired(self)
        found = self._spans.get(id(node))
        return found or self.exact(node)

    def exact(self, node: cst.CSTNode) -> Span:
        """Where ``node`` stands, by libcst's own positions (dear: computed once for the whole file)."""
        if self._exact is None:
            from conn_lint.project.positions import by_libcst

            self._exact = by_libcst(self)
        return self._exact.get(id(node), Span(self.path, 1))


class Written(Source):
    """Source that another one writes out and runs: all of it stands at the ``place`` where that is done."""

    def __init__(self, source: Source, place: Span) -> None:
        super().__init__(source.path, source.text, source.module)
        self.place = place

    def span(self, node: cst.CSTNode) -> Span:  # noqa: ARG002
        return self.place

    def exact(self, node: cst.CSTNode) -> Span:  # noqa: ARG002
        return self.place


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
    if nests_too_deeply(text):
        raise Unreadable(Problem(Span(path, 1), "cannot be parsed: nested too deeply"))
    try:
        return Source(path, text, cst.parse_module(text), first_line)
    except cst.ParserSyntaxError as error:
        place = _syntax_error(path, text) or Span(path, error.raw_line, error.raw_column + 1)
        raise Unreadable(Problem(place, _reason(text))) from error
    except cst.CSTValidationError as error:  # b"a" "b", which Python 2 takes
        raise Unreadable(Problem(_syntax_error(path, text) or Span(path, 1), _reason(text))) from error
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


def children(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The parts of ``node`` that can hold statements or calls, in source order, whitespace left out."""
    for field in CHILDREN.get(type(node).__name__, ()):
        value = getattr(node, field)
        if isinstance(value, (tuple, list)):
            yield from value
        elif value is not None and not isinstance(value, str):
            yield value
