"""django-split-settings: ``include`` and ``optional`` (read in 1.3.2, ``split_settings/tools.py``).

The files are run in the scope of the including module, in order, patterns in sorted order.
"""

from __future__ import annotations

import posixpath
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from conn_lint.settings import imports
from conn_lint.settings.containers import Scope
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.files import inside
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import NONE, Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class Optional(Native):
    """``optional(pattern)``."""

    __slots__ = ("pattern",)

    def __init__(self, pattern: Tree) -> None:
        self.pattern = pattern


def _optional(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Optional(args.positional[0])


def _include(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    scope: Scope = machine.scope
    while scope.outer is not None:
        scope = scope.outer
    with machine.inside(scope, machine.source):
        for part in args.positional:
            machine.each(part, lambda leaf: _include_one(machine, leaf, node))
    return NONE


def _include_one(machine: Machine, leaf: Atom, node: cst.CSTNode) -> Tree:
    if isinstance(leaf, Optional):
        machine.each(leaf.pattern, lambda pattern: _run(machine, pattern, node, needed=False))
        return NONE
    return _run(machine, leaf, node, needed=True)


def _run(machine: Machine, pattern: Atom, node: cst.CSTNode, *, needed: bool) -> Tree:
    if not isinstance(pattern, Const):
        machine.havoc(machine.scope, machine.opaque(node, "it includes a file that is not known", pattern))
        return NONE
    if not pattern.value:
        return NONE
    folder = posixpath.join(machine.project.tree.root, posixpath.dirname(machine.source.path))
    wanted = inside(machine, posixpath.join(folder, str(pattern.value)))
    found = [path for path in machine.project.tree.paths if wanted is not None and _matches(path, wanted)]
    if not found and needed:
        machine.complain(node, f"includes {pattern.value}, which is not in the tree")
        machine.havoc(machine.scope, machine.opaque(node, f"{pattern.value} is not in the tree"))
    for path in found:
        _run_once(machine, path)
    return NONE


def _run_once(machine: Machine, path: str) -> None:
    """Run a file in the worlds that have not included it before."""
    key = (machine.scope.serial, path)
    done = machine.included.get(key, False)
    with machine.only(machine.choices.negate(done)):
        if machine.live:
            machine.included[key] = machine.choices.either(done, machine.pc)
            imports.run_text(machine, path)


def _matches(path: str, pattern: str) -> bool:
    return path.count("/") == pattern.count("/") and fnmatchcase(path, pattern)


MODELS: dict[str, Model] = {
    "split_settings.tools.include": _include,
    "split_settings.tools.optional": _optional,
}
