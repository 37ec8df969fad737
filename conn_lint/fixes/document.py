"""One Python file that may be changed: its text, its syntax, and edits of it."""

from __future__ import annotations

import ast
import io
import os
import tokenize
from collections.abc import Iterator
from functools import cached_property

from conn_lint.model import Edit, Span
from conn_lint.project.source import decode
from conn_lint.project.syntaxtree import LINE_END
from conn_lint.project.tree import Tree, Unreadable

Function = ast.FunctionDef | ast.AsyncFunctionDef
Block = list[ast.stmt]


class Document:
    """The file ``path`` as ``text``, parsed whole, with the way from each node to what it lies in. ``own`` are the
    modules at the top of the project."""

    def __init__(self, path: str, text: str, tree: ast.Module, own: frozenset[str] = frozenset()) -> None:
        self.path = path
        self.own = own
        self.text = text
        self.tree = tree
        self._parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}

    # --- from places to syntax -----------------------------------------------------------------

    def statement(self, span: Span) -> ast.stmt | None:
        """The statement that starts where ``span`` does; a function or class without its decorators."""
        return self._statements.get((span.line, span.column))

    def enclosing(self, span: Span) -> ast.stmt | None:
        """The innermost statement that holds all of ``span``."""
        best: ast.stmt | None = None
        for node in self._statements.values():
            if holds(self.span(node), span) and (best is None or holds(self.span(best), self.span(node))):
                best = node
        return best

    @cached_property
    def _statements(self) -> dict[tuple[int, int], ast.stmt]:
        found: dict[tuple[int, int], ast.stmt] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.stmt):
                span = self.span(node)
                found[span.line, span.column] = node
        return found

    def around(self, node: ast.AST) -> Iterator[ast.AST]:
        """What ``node`` lies in, the nearest first."""
        while (parent := self._parents.get(node)) is not None:
            yield parent
            node = parent

    def function(self, node: ast.AST) -> Function | ast.Lambda | None:
        """The function whose body ``node`` is run in."""
        inside = node
        for each in self.around(node):
            if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
                body = each.body if isinstance(each.body, list) else [each.body]
                if inside in body:
                    return each
            inside = each
        return None

    def block(self, node: ast.stmt) -> Block:
        """The statements that ``node`` is one of."""
        parent = self._parents[node]
        blocks = [getattr(parent, name, None) for name in ("body", "orelse", "finalbody")]
        return next(block for block in blocks if isinstance(block, list) and node in block)

    def handler(self, span: Span) -> ast.ExceptHandler | None:
        """The ``except`` clause that starts where ``span`` does."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ExceptHandler) and self.span(node)[:3] == span[:3]:
                return node
        return None

    @cached_property
    def inside_strings(self) -> frozenset[int]:
        """The lines that start inside of a string."""
        return frozenset(
            line
            for node in ast.walk(self.tree)
            if isinstance(node, (ast.Constant, ast.JoinedStr))
            for line in range(node.lineno + 1, (node.end_lineno or node.lineno) + 1)
            if isinstance(node, ast.JoinedStr) or isinstance(node.value, (str, bytes))
        )

    # --- places --------------------------------------------------------------------------------

    def span(self, node: ast.stmt | ast.expr | ast.excepthandler | ast.alias) -> Span:
        """Where ``node`` stands, in characters."""
        end_line, end_column = node.end_lineno or node.lineno, node.end_col_offset or node.col_offset
        start = self._characters(node.lineno, node.col_offset)
        return Span(self.path, node.lineno, start + 1, end_line, self._characters(end_line, end_column) + 1)

    def _characters(self, line: int, offset: int) -> int:
        """The characters before ``offset``, which ``ast`` counts in bytes of UTF-8."""
        return len(self.line(line).encode(errors="surrogatepass")[:offset].decode(errors="surrogatepass"))

    @cached_property
    def _lines(self) -> list[str]:
        return LINE_END.split(self.text)

    def line(self, number: int) -> str:
        """Line ``number``, counted from 1, without its end."""
        return self._lines[number - 1]

    @cached_property
    def newline(self) -> str:
        """How the lines of the file end."""
        first = LINE_END.search(self.text)
        return first[0] if first else "\n"

    @cached_property
    def indent(self) -> str:
        """One level of indentation, as the file has it."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.ClassDef, *_FUNCTIONS)):
                own, inner = self.indentation(node), self.indentation(node.body[0])
                if own is not None and inner is not None and inner.startswith(own) and inner != own:
                    return inner[len(own) :]
        return "    "

    def indentation(self, node: ast.stmt) -> str | None:
        """The whitespace before ``node``; None where other code stands before it on its line."""
        line = first_line(node)
        number = node.col_offset if line == node.lineno else None
        before = self.line(line)
        if number is not None:
            before = before[: self._characters(node.lineno, number)]
            return before if not before.strip() else None
        return before[: len(before) - len(before.lstrip())]

    # --- edits ---------------------------------------------------------------------------------

    def replaced(self, span: Span, content: str) -> Edit:
        return Edit(span, content)

    def inserted(self, line: int, content: str, column: int = 1) -> Edit:
        """``content`` before ``column`` of ``line``."""
        return Edit(Span(self.path, line, column, line, column), content)

    def between(self, item: ast.expr | ast.alias) -> str:
        """What parts ``item`` from another one of its list: a comma, and a new line where it has a line of its own."""
        place = self.span(item)
        before = self.line(place.line)[: place.column - 1]
        return ", " if before.strip() else f",{self.newline}{before}"

    def lines_before(self, node: ast.stmt, lines: list[str]) -> Edit | None:
        """``lines`` as lines of their own before ``node``, above the comments that belong to it; None where ``node``
        does not start its line."""
        indentation = self.indentation(node)
        if indentation is None:
            return None
        content = "".join(f"{indentation}{line}".rstrip(" \t") + self.newline for line in lines)
        return self.inserted(self.first_own_line(node), content)

    def first_own_line(self, node: ast.stmt) -> int:
        """The first line of ``node``, with the comments right above it, which are taken to be about it."""
        number, indentation = first_line(node), self.indentation(node)
        while number > 1 and self.line(number - 1).startswith(f"{indentation}#"):
            number -= 1
        return number


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def open_document(tree: Tree, path: str, own: frozenset[str]) -> Document | None:
    """The file ``path`` of ``tree``; None where it cannot be parsed or written back as it is, and for a link, whose
    target is a file of the tree itself or none of its business."""
    if path not in tree or not path.endswith(".py") or os.path.islink(os.path.join(tree.root, path)):
        return None
    try:
        data = tree.read(path)
        text = decode(path, data)
        parsed = ast.parse(text)
    except (Unreadable, SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    if "\f" in text or "\v" in text or encoded(text, data) != data:
        return None
    return Document(path, text, parsed, own)


def top_modules(tree: Tree) -> frozenset[str]:
    """The modules and packages of ``tree`` that lie in no package."""
    found: set[str] = set()
    for path in tree.paths:
        if path.endswith(".py"):
            folder, _, name = path.rpartition("/")
            while folder and f"{folder}/__init__.py" in tree:
                folder, _, name = folder.rpartition("/")
            found.add(name.removesuffix(".py"))
    return frozenset(found)


def encoded(text: str, like: bytes) -> bytes:
    """``text`` in the encoding that the Python file ``like`` declares: that has room for it, as all that is put into a
    file is ASCII, or was there already."""
    encoding, _ = tokenize.detect_encoding(io.BytesIO(like).readline)
    return text.encode(encoding)


def first_line(node: ast.stmt) -> int:
    """The first line of ``node``, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def holds(outer: Span, inner: Span) -> bool:
    """Whether all of ``inner`` lies in ``outer``."""
    end = (inner.end_line, inner.end_column) if inner.end_line else (inner.line, inner.column)
    return (outer.line, outer.column) <= (inner.line, inner.column) and end <= (outer.end_line, outer.end_column)
