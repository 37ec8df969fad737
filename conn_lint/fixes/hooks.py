"""What makes a framework close by itself: its decorator that closes, its middleware in the settings."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from conn_lint.fixes.document import Document
from conn_lint.fixes.names import instead
from conn_lint.model import Edit, Fix, Repair


def decorator(document: Document, repair: Repair) -> Iterator[Fix]:
    """The decorator of ``repair.module`` that closes in place of the one that does not."""
    function = document.statement(repair.span)
    if not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return
    closing = dict(repair.renamed)
    for expr in function.decorator_list:
        target = expr.func if isinstance(expr, ast.Call) else expr
        edits = _closing(document, target, repair.module, closing)
        if edits:
            name = ast.unparse(target).rpartition(".")[2]
            yield Fix("safe", f"make it a task that closes, in place of {name}", edits)
            return


def _closing(document: Document, target: ast.expr, module: str, closing: dict[str, str]) -> tuple[Edit, ...]:
    """The edits that write ``target`` as the decorator that closes; none where it is another one."""
    if isinstance(target, ast.Attribute) and target.attr in closing and isinstance(target.value, ast.Name):
        place = document.span(target)
        if _imports(document, target.value.id, *_split(module)):
            place = place._replace(line=place.end_line, column=place.end_column - len(target.attr))
            return (document.replaced(place, closing[target.attr]),)
        if not _imports(document, target.value.id, module, "HUEY"):
            return ()
        name = closing[target.attr]
    elif isinstance(target, ast.Name):
        source = next((each for each in closing if _imports(document, target.id, module, each)), None)
        if source is None:
            return ()
        place, name = document.span(target), closing[source]
    else:
        return ()
    found = instead(document, target, module, name)
    return (*found.edits, document.replaced(place, found.words[0])) if found else ()


def _imports(document: Document, word: str, module: str, name: str) -> bool:
    """Whether ``word`` is ``name`` of ``module``, by an import at the top of the file."""
    return any(
        isinstance(node, ast.ImportFrom)
        and node.module == module
        and not node.level
        and any(alias.name == name and (alias.asname or name) == word for alias in node.names)
        for node in document.tree.body
    )


def _split(module: str) -> tuple[str, str]:
    package, _, last = module.rpartition(".")
    return package, last


def first_item(document: Document, repair: Repair) -> Iterator[Fix]:
    """``repair.text`` as the first string of the list under the key ``repair.title`` of the dictionary there."""
    statement = document.statement(repair.span)
    if not isinstance(statement, ast.Assign) or not isinstance(statement.value, ast.Dict):
        return
    for key, value in zip(statement.value.keys, statement.value.values, strict=True):
        named = isinstance(key, ast.Constant) and key.value == repair.title
        if named and isinstance(value, (ast.List, ast.Tuple)) and value.elts:
            place = document.span(value.elts[0])
            edit = document.inserted(place.line, f'"{repair.text}"{document.between(value.elts[0])}', place.column)
            yield Fix("safe", f"add {repair.text.rpartition('.')[2]} to {repair.title}", (edit,))
