"""Edits put into the text of files, and files written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Mapping

from conn_lint.fixes.document import encoded
from conn_lint.model import Edit, Fix
from conn_lint.project.source import decode
from conn_lint.project.syntaxtree import LINE_END
from conn_lint.project.tree import Tree


def compatible(fixes: Iterable[Fix]) -> list[Fix]:
    """Those of ``fixes`` that can be made at once, the earlier ones first: what two of them change is either the same
    edit or lies apart."""
    taken: set[Edit] = set()
    chosen = []
    for fix in fixes:
        if all(edit in taken or not any(_meet(edit, other) for other in taken) for edit in fix.edits):
            taken.update(fix.edits)
            chosen.append(fix)
    return chosen


def _meet(one: Edit, other: Edit) -> bool:
    if one.span.path != other.span.path:
        return False
    (start, end), (begin, stop) = _extent(one), _extent(other)
    return start <= stop and begin <= end


def _extent(edit: Edit) -> tuple[tuple[int, int], tuple[int, int]]:
    span = edit.span
    return (span.line, span.column), (span.end_line, span.end_column)


def applied(fixes: Iterable[Fix], tree: Tree) -> dict[str, bytes]:
    """The files that ``fixes`` change, as they are afterwards."""
    edits: dict[str, list[Edit]] = {}
    for fix in fixes:
        for edit in fix.edits:
            of_file = edits.setdefault(edit.span.path, [])
            if edit not in of_file:
                of_file.append(edit)
    return {path: edited(path, tree.read(path), of_file) for path, of_file in edits.items()}


def edited(path: str, data: bytes, edits: list[Edit]) -> bytes:
    """The file ``path``, which holds ``data``, with ``edits`` made."""
    text = decode(path, data)
    starts = [0, *(end.end() for end in LINE_END.finditer(text)), len(text)]
    parts: list[str] = []
    reached = 0
    for edit in sorted(edits, key=_extent):
        (line, column), (end_line, end_column) = _extent(edit)
        parts += [text[reached : starts[line - 1] + column - 1], edit.content]
        reached = min(starts[min(end_line, len(starts)) - 1] + end_column - 1, len(text))
    return encoded("".join(parts) + text[reached:], data)


def write(root: str, files: Mapping[str, bytes]) -> None:
    """Write ``files`` below ``root``, each whole or not at all. Raises OSError."""
    for path, data in files.items():
        target = os.path.join(root, path)
        mode = os.stat(target).st_mode
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=".conn-lint-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(temporary, mode & 0o7777)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
