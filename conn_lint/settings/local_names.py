"""Which names a function binds: they are its own everywhere in it, before it binds them too."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from conn_lint.project.source import children


def local_names(function: cst.FunctionDef | cst.Lambda) -> frozenset[str]:
    """The names that the body of ``function`` binds, without its parameters and those declared ``global`` or
    ``nonlocal``."""
    bound: set[str] = set()
    elsewhere: set[str] = set()
    pending: list[cst.CSTNode] = [function.body]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.Global, cst.Nonlocal)):
            elsewhere.update(name.name.value for name in node.names)
        bound.update(_bound_by(node))
        if not isinstance(node, (cst.FunctionDef, cst.ClassDef, cst.Lambda)):
            pending.extend(children(node))
    return frozenset(bound - elsewhere)


def _bound_by(node: cst.CSTNode) -> Iterator[str]:
    """The names that ``node`` itself binds; the ``for`` of a comprehension binds none of the function's."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            yield from _names(target.target)
    elif isinstance(node, (cst.AnnAssign, cst.AugAssign, cst.For, cst.NamedExpr, cst.Del)):
        yield from _names(node.target)
    elif isinstance(node, (cst.With, cst.Try, cst.TryStar)):
        for part in node.items if isinstance(node, cst.With) else node.handlers:
            asname = part.asname if isinstance(part, cst.WithItem) else part.name
            if asname is not None:
                yield from _names(asname.name)
    elif isinstance(node, (cst.Import, cst.ImportFrom)) and not isinstance(node.names, cst.ImportStar):
        for alias in node.names:
            yield alias.evaluated_alias or alias.evaluated_name.partition(".")[0]
    elif isinstance(node, (cst.FunctionDef, cst.ClassDef)):
        yield node.name.value
    elif isinstance(node, cst.MatchCase):
        yield from _captured(node.pattern)


def _names(target: cst.CSTNode) -> Iterator[str]:
    if isinstance(target, cst.Name):
        yield target.value
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _names(element.value)


def _captured(pattern: cst.CSTNode) -> Iterator[str]:
    if isinstance(pattern, (cst.MatchAs, cst.MatchStar)) and pattern.name is not None:
        yield pattern.name.value
    if isinstance(pattern, cst.MatchMapping) and pattern.rest is not None:
        yield pattern.rest.value
    for part in pattern.children:
        yield from _captured(part)
