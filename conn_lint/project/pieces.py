"""A Python file cut into its frame and the functions in it, so that only what is asked for is parsed.

libcst reads about 0.7 MB a second, and most of a file is bodies of functions that nothing leads to.
``ast`` says where they lie; libcst then reads the frame (the file with these bodies blanked out, line for
line) and single functions. What the code means is libcst's to say in both.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Problem, Span
from conn_lint.project.python2 import as_python3
from conn_lint.project.source import Source, decode, parse_text
from conn_lint.project.tree import Unreadable


class Piece(NamedTuple):
    """A function at module or class level. Lines and columns count from 1 and are inclusive."""

    first_line: int
    """Of its first decorator, or of ``def``."""
    line: int
    """Of ``def``."""
    body_line: int
    last_line: int
    last_column: int
    indent: int


class Pieces:
    """The frame and the functions of one file, each parsed when it is asked for."""

    def __init__(self, path: str, data: bytes) -> None:
        """Raises Unreadable when the file cannot be decoded or is not Python."""
        self.path = path
        self.older: Problem | None = None
        """Where the file is Python 2, which is read as far as Python 3 has the same."""
        text = decode(path, data)
        try:
            self._read(text)
        except Unreadable as error:
            newer = as_python3(text)
            if newer == text:
                raise
            try:
                self._read(newer)
            except Unreadable:
                raise error from None
            reason = "is Python 2 source, read as far as Python 3 has the same"
            self.older = Problem(Span(path, 1), reason)

    def _read(self, text: str) -> None:
        self._lines = text.split("\n")
        self.pieces = {piece.line: piece for piece in _functions(text, self._lines)}
        self.frame = parse_text(self.path, self._blanked() if self.pieces else text)

    def _blanked(self) -> str:
        lines = list(self._lines)
        for piece in self.pieces.values():
            body = lines[piece.body_line - 1]
            indent = body[: len(body) - len(body.lstrip(" \t\f"))]
            kept = "\r" if body.endswith("\r") else ""
            lines[piece.body_line - 1] = f"{indent}...{kept}"
            for line in range(piece.body_line, piece.last_line):
                lines[line] = kept
        return "\n".join(lines)

    def text(self, piece: Piece) -> str:
        """The lines of a function, its decorators included."""
        return "\n".join(self._lines[piece.first_line - 1 : piece.last_line])

    def function(self, piece: Piece) -> Source | None:
        """A function, parsed by itself; None when it cannot be read without its surroundings."""
        text = self.text(piece) + "\n"
        first_line = piece.first_line
        if piece.indent:
            text = "if 1:\n" + text
            first_line -= 1
        try:
            return parse_text(self.path, text, first_line)
        except Unreadable:
            return None


def _functions(text: str, lines: list[str]) -> Iterator[Piece]:
    """The functions at module and class level whose bodies can be blanked; none when ``ast`` cannot read."""
    if text.count("\r") != text.count("\r\n"):  # ast ends lines at lone carriage returns
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    pending: list[ast.stmt] = list(tree.body)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            piece = _piece(node, lines)
            if piece is not None:
                yield piece
        elif isinstance(node, ast.ClassDef):
            pending.extend(node.body)
        else:  # if TYPE_CHECKING, try/except ImportError
            for field in ("body", "orelse", "handlers", "finalbody"):
                for inner in getattr(node, field, ()):
                    pending.extend(inner.body if isinstance(inner, ast.ExceptHandler) else [inner])


def _piece(node: ast.FunctionDef | ast.AsyncFunctionDef, lines: list[str]) -> Piece | None:
    first = node.body[0]
    body_line = min([first.lineno, *(d.lineno for d in getattr(first, "decorator_list", ()))])
    before = lines[body_line - 1].encode()[: first.col_offset] if body_line == first.lineno else b""
    if before.strip() or node.end_lineno is None or node.end_col_offset is None:
        return None  # the body shares a line with the head
    last = lines[node.end_lineno - 1].encode()
    rest = last[node.end_col_offset :].strip()
    if rest and not rest.startswith((b"#", b";")):
        return None
    first_line = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    last_column = len(last[: node.end_col_offset].decode())
    return Piece(first_line, node.lineno, body_line, node.end_lineno, last_column, node.col_offset)
