"""How a name of a library is written in a file, and the import that makes it so."""

from __future__ import annotations

import ast
import sys
from typing import NamedTuple

from conn_lint.fixes.document import Document, first_line
from conn_lint.model import Edit


class Written(NamedTuple):
    """``words`` say how each name that was asked for is written; ``edits`` import what was not there."""

    words: tuple[str, ...]
    edits: tuple[Edit, ...]


def written(document: Document, at: ast.AST, module: str, names: tuple[str, ...]) -> Written | None:
    """How ``names`` of ``module`` are written at the node ``at``; None where one of them means something else there."""
    bound, through = _bound(document, at, module)
    stored = _stored(document.tree)
    words: list[str] = []
    missing: list[str] = []
    for name in names:
        if bound.get(name, name) in stored:
            return None
        if name in bound:
            words.append(bound[name])
        elif through and through not in stored:
            words.append(f"{through}.{name}")
        else:
            words.append(name)
            missing.append(name)
    edit = _import(document, module, missing) if missing else None
    if missing and edit is None:
        return None
    return Written(tuple(words), (edit,) if edit else ())


def closing_call(document: Document, at: ast.stmt) -> Written | None:
    """The call that closes old connections at ``at``; in a coroutine it is run in the thread of the ORM."""
    close = written(document, at, "django.db", ("close_old_connections",))
    if close is None or not isinstance(document.function(at), ast.AsyncFunctionDef):
        return close and Written((f"{close.words[0]}()",), close.edits)
    wrapper = written(document, at, "asgiref.sync", ("sync_to_async",))
    return wrapper and Written((f"await {wrapper.words[0]}({close.words[0]})()",), wrapper.edits + close.edits)


def instead(document: Document, target: ast.expr, module: str, name: str) -> Written | None:
    """As ``written`` for one ``name`` that is to stand in place of ``target``: where that is a name of ``module`` which
    nothing else uses, its import becomes that of ``name``."""
    found = written(document, target, module, (name,))
    if found is None or not found.edits or not isinstance(target, ast.Name):
        return found
    uses = [node for node in ast.walk(document.tree) if isinstance(node, ast.Name) and node.id == target.id]
    for node in document.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == module and not node.level and uses == [target]:
            for alias in node.names:
                if alias.asname is None and alias.name == target.id:
                    return Written(found.words, (document.replaced(document.span(alias), name),))
    return found


def _bound(document: Document, at: ast.AST, module: str) -> tuple[dict[str, str], str | None]:
    """What the names of ``module`` are called at ``at``, and the module itself, by imports that are run in any case
    before it: those at the top of the file, and those of the functions around it that stand above it."""
    scopes: list[tuple[list[ast.stmt], int]] = [(document.tree.body, 0)]
    scopes += [
        (each.body, getattr(at, "lineno", 0))
        for each in document.around(at)
        if isinstance(each, (ast.FunctionDef, ast.AsyncFunctionDef))
    ]
    found: dict[str, str] = {}
    through: str | None = None
    package, _, last = module.rpartition(".")
    for body, until in scopes:
        for node in body:
            if until and node.lineno >= until:
                break
            if not isinstance(node, ast.ImportFrom) or node.level:
                continue
            for alias in node.names:
                if node.module == module:
                    found[alias.name] = alias.asname or alias.name
                elif node.module == package and alias.name == last:
                    through = alias.asname or last
    return found, through


def _stored(tree: ast.Module) -> frozenset[str]:
    """Every name that the file binds by something else than an import."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            found.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, ast.arg):
            found.add(node.arg)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
    return frozenset(found)


def free_name(document: Document, names: tuple[str, ...]) -> str | None:
    """The first of ``names`` that nothing in the file is called."""
    taken = {node.id for node in ast.walk(document.tree) if isinstance(node, ast.Name)} | _imported(document)
    return next((name for name in names if name not in taken | _stored(document.tree)), None)


def _imported(document: Document, but: str = "") -> frozenset[str]:
    """The names that the imports of the file bind, anywhere in it; those of the module ``but`` left out."""
    return frozenset(
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(document.tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
        if not (but and isinstance(node, ast.ImportFrom) and node.module == but)
    )


def _import(document: Document, module: str, names: list[str]) -> Edit | None:
    """The edit that imports ``names``: into an import of ``module`` at the top, else as a line beside its like."""
    body = document.tree.body
    for node in body:
        if isinstance(node, ast.ImportFrom) and node.module == module and node.level == 0:
            return _into(document, node, names)
    if _imported(document, but=module).intersection(names):
        return None  # another thing of that name
    line = f"from {module} import {', '.join(sorted(names))}"
    block = _leading_imports(body)
    libraries = [node for node in block if _section(document, node) == _LIBRARY]
    libraries = [node for node in libraries if isinstance(node, ast.ImportFrom)] or libraries
    later = next((node for node in libraries if isinstance(node, ast.ImportFrom) and _module(node) > module), None)
    if later is not None:
        return document.lines_before(later, [line])
    own = next((node for node in block if _section(document, node) == _OWN), None)
    if libraries or own is None:
        after = libraries[-1] if libraries else block[-1] if block else _docstring(body)
        if after is None:
            return document.inserted(first_line(body[0]), line + document.newline * 2)
        return _line_after(document, after, line, apart=not libraries)
    return document.lines_before(own, [line, ""])


def _into(document: Document, node: ast.ImportFrom, names: list[str]) -> Edit | None:
    """``names`` put into the import ``node``, in order where its names are in order."""
    aliases = node.names
    if aliases[0].name == "*":
        return _line_after(document, node, f"from {node.module} import {', '.join(sorted(names))}", apart=False)
    present = [alias.name for alias in aliases]
    new = sorted(names)
    later = next((alias for alias in aliases if alias.name > new[-1]), None)
    if present == sorted(present) and later is not None:
        place, between = document.span(later), document.between(later)
        return document.inserted(place.line, "".join(name + between for name in new), place.column)
    place, between = document.span(aliases[-1]), document.between(aliases[-1])
    return document.inserted(place.end_line, "".join(between + name for name in new), place.end_column)


def _leading_imports(body: list[ast.stmt]) -> list[ast.stmt]:
    """The imports at the top of the file, ``__future__`` among them."""
    found: list[ast.stmt] = []
    for node in body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.append(node)
        elif node is not _docstring(body):
            break
    return found


_STANDARD, _LIBRARY, _OWN = range(3)
"""The sections of imports (PEP 8), in their order."""


def _section(document: Document, node: ast.stmt) -> int:
    top = _module(node).partition(".")[0]
    if top in sys.stdlib_module_names or top == "__future__":
        return _STANDARD
    return _OWN if not top or top in document.own else _LIBRARY


def _module(node: ast.stmt) -> str:
    if isinstance(node, ast.ImportFrom):
        return "." * node.level + (node.module or "")
    return node.names[0].name if isinstance(node, ast.Import) else ""


def _docstring(body: list[ast.stmt]) -> ast.stmt | None:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return first
    return None


def _line_after(document: Document, node: ast.stmt, line: str, *, apart: bool) -> Edit | None:
    """``line`` below ``node``; None where something else follows on its last line."""
    end = document.span(node)
    rest = document.line(end.end_line)[end.end_column - 1 :].strip()
    if rest and not rest.startswith("#"):
        return None
    start = document.newline * (2 if apart else 1)
    column = len(document.line(end.end_line)) + 1
    return document.inserted(end.end_line, start + line, column)
