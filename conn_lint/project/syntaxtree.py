"""One Python file as ``ast`` has it: its tree, and where the parts of it stand in the text.

``ast`` reads ten times as fast as libcst, and says where everything stands. Of a file that it refuses because it is
written for a newer Python than the running one, the newer syntax is replaced (``recent``), or libcst reads it and
its tree becomes the same one (``newer``); a file of Python 2 is read as far as Python 3 has the same (``python2``).
"""

from __future__ import annotations

import ast
import re
from functools import cached_property

from conn_lint.model import Problem, Span
from conn_lint.project.tree import Unreadable

Definition = ast.FunctionDef | ast.AsyncFunctionDef

LINE_END = re.compile("\r\n|\r|\n")
"""Where ``ast`` ends a line; ``str.splitlines`` knows more ends."""


class SyntaxTree:
    """The tree of the file ``path``. ``older``: the file is Python 2 source, and what that means for what was read."""

    def __init__(self, path: str, data: bytes) -> None:
        """Raises Unreadable when the file cannot be decoded or is not Python."""
        from conn_lint.project.source import decode

        self.path = path
        self.older: Problem | None = None
        self._text = decode(path, data)
        try:
            self.tree = _parsed(path, self._text)
        except Unreadable:
            from conn_lint.project.python2 import ASYNC, as_python3, rename

            text = as_python3(self._text)
            if text == self._text:
                raise
            try:
                self.tree = _parsed(path, text)
            except Unreadable:
                pass
            else:
                self._text = text.replace(ASYNC, "async")
                if self._text != text:
                    rename(self.tree)
                self.older = Problem(Span(path, 1), "is Python 2 source, read as far as Python 3 has the same")
            if self.older is None:
                raise

    @cached_property
    def _lines(self) -> list[str]:
        return LINE_END.split(self._text)

    @cached_property
    def _is_ascii(self) -> bool:
        return self._text.isascii()

    @cached_property
    def functions(self) -> dict[int, Definition]:
        """The functions that are not defined in another one, by the line of their ``def``."""
        found: dict[int, Definition] = {}
        pending: list[ast.AST] = [self.tree]
        while pending:
            node = pending.pop()
            if isinstance(node, Definition):
                found[node.lineno] = node
            else:
                for field in ("body", "orelse", "handlers", "finalbody", "cases"):
                    inner = getattr(node, field, ())
                    if isinstance(inner, list):
                        pending.extend(inner)
        return found

    def text(self, first: int, last: int) -> str:
        """The lines ``first`` to ``last``, counted from 1, the last one included."""
        starts = self._line_starts
        return self._text[starts[first - 1] : starts[min(last, len(starts) - 1)]]

    @cached_property
    def outside_functions(self) -> str:
        """The lines that are not part of a function."""
        parts: list[str] = []
        line = 1
        for _, definition in sorted(self.functions.items()):
            first = first_line(definition)
            if first > line:
                parts.append(self.text(line, first - 1))
            line = max(line, (definition.end_lineno or definition.lineno) + 1)
        parts.append(self.text(line, len(self._line_starts)))
        return "".join(parts)

    @cached_property
    def _line_starts(self) -> list[int]:
        """Where each line starts, and the end of the text."""
        return [0, *(end.end() for end in LINE_END.finditer(self._text)), len(self._text)]

    def span(self, node: ast.stmt | ast.expr | ast.excepthandler) -> Span:
        """Where ``node`` stands, in characters; a function or class without its decorators."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        if self._is_ascii:
            return Span(self.path, node.lineno, node.col_offset + 1, end_line, end_column + 1)
        return Span(
            self.path,
            node.lineno,
            self._characters(node.lineno, node.col_offset) + 1,
            end_line,
            self._characters(end_line, end_column) + 1,
        )

    def _characters(self, line: int, offset: int) -> int:
        """The characters before ``offset``, which ``ast`` counts in bytes of UTF-8."""
        return len(self._lines[line - 1].encode(errors="replace")[:offset].decode(errors="replace"))


def first_line(definition: Definition) -> int:
    """The first line of a function, decorators included."""
    return min([definition.lineno, *(decorator.lineno for decorator in definition.decorator_list)])


def _parsed(path: str, text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return _parsed_with_help(path, text)


def _parsed_with_help(path: str, text: str) -> ast.Module:
    """What ``ast`` reads once newer syntax is replaced, or else libcst; raises Unreadable where neither can."""
    from conn_lint.project.recent import as_older

    try:
        return ast.parse(as_older(text))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        from conn_lint.project.newer import as_ast
        from conn_lint.project.source import parse_text

        return as_ast(parse_text(path, text))
