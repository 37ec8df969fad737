"""What can be changed so that a finding goes away, as edits of the files; nothing is written here.

A fix is made only where the file can be parsed whole and nothing that is seen could lose data by it: no close goes
into a transaction, the body of an iterator over open results, a generator or a test, and none bare into a coroutine.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from conn_lint.fixes import closes, hooks, rewrites
from conn_lint.fixes.document import Document, open_document, top_modules
from conn_lint.model import Fix, Repair, RepairKind
from conn_lint.project.tree import Tree, Unreadable

_MAKERS: dict[RepairKind, Callable[[Document, Repair], Iterator[Fix]]] = {
    "close-each-turn": closes.each_turn,
    "close-after-wait": closes.after_wait,
    "close-in-handler": closes.in_handler,
    "close-before-fork": closes.before_fork,
    "call": rewrites.call,
    "run-in-thread": rewrites.run_in_thread,
    "close-all": rewrites.close_all,
    "close-instead": rewrites.close_instead,
    "rename-removed": rewrites.rename_removed,
    "value": rewrites.value,
    "key": rewrites.key,
    "comment": rewrites.comment,
    "decorator": hooks.decorator,
    "first-item": hooks.first_item,
}

_OF_FUNCTIONS: dict[RepairKind, Callable[[Document, Repair, bool], Iterator[Fix]]] = {
    "close-at-start": closes.at_start,
    "close-at-end": closes.at_end,
}
"""Those to whom it matters whether the function is called by others than what it is registered with."""

_IMPORT = re.compile(rb"\s*(?:from\b.*\bimport\b|import\b|[\w, ]*,?\s*\)?\s*$)")
"""A line that imports, or one of a list of names in brackets."""


class Fixer:
    """Makes the fixes of one run over ``tree``; each file is parsed once."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self._own = top_modules(tree)
        self._documents: dict[str, Document | None] = {}

    def fixes(self, repair: Repair) -> tuple[Fix, ...]:
        """The ways to do ``repair``, the best one first; none where it cannot be done, or not without danger."""
        document = self._document(repair.span.path)
        if document is None:
            return ()
        of_function = _OF_FUNCTIONS.get(repair.kind)
        if of_function:
            return tuple(of_function(document, repair, self._called_elsewhere(document, repair)))
        return tuple(_MAKERS[repair.kind](document, repair))

    def _document(self, path: str) -> Document | None:
        if path not in self._documents:
            self._documents[path] = open_document(self._tree, path, self._own)
        return self._documents[path]

    def _called_elsewhere(self, document: Document, repair: Repair) -> bool:
        """Whether the function of ``repair`` is named anywhere but where it is defined, imported and registered."""
        function = document.statement(repair.span)
        if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return True
        if function.name == "run" and isinstance(next(document.around(function), None), ast.ClassDef):
            return False  # of a thread: start() calls it
        own = {(span.path, line) for span in repair.registrations for line in range(span.line, span.end_line + 1)}
        own.update((document.path, line) for line in range(function.lineno, function.body[0].lineno))
        name = function.name.encode()
        return any(
            (path, number) not in own and not _IMPORT.match(line)
            for path in self._tree.paths
            if path.endswith(".py")
            for number, line in _lines_with(name, self._data(path))
        )

    def _data(self, path: str) -> bytes:
        try:
            return self._tree.read(path)
        except Unreadable:
            return b""


def _lines_with(name: bytes, data: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines of ``data`` that hold ``name`` as a word, with their numbers, without what may be their comments."""
    if name not in data:
        return
    for found in re.finditer(rb"(?<![\w\x80-\xff])%s(?![\w\x80-\xff])" % re.escape(name), data):
        start = data.rfind(b"\n", 0, found.start()) + 1
        end = data.find(b"\n", found.end())
        yield data.count(b"\n", 0, start) + 1, data[start : end if end >= 0 else len(data)].partition(b"#")[0]
