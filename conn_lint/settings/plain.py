"""Names that only ever hold what cannot be changed in place: nothing reaches a setting through them."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

from conn_lint.settings.purity import BUILTINS, GIVES_CONTAINERS, PLAIN_BUILTINS, PLAIN_MODULES
from conn_lint.settings.units import Unit


class Plain:
    """``names``: those that ``units`` only ever bind to texts, numbers, paths and readers of variables.

    ``bound`` are all names that the units bind; ``outside`` those that only imports bind, with the modules these
    come from. A name that is imported from another module of the project is what it is there.
    """

    def __init__(self, units: Iterable[Unit], bound: frozenset[str], outside: Mapping[str, set[str]]) -> None:
        self._bound = bound
        self._outside = outside
        self.names = self._never_changed([unit for unit in units if unit.binds and not _is_passed_on(unit)])

    def _never_changed(self, binders: list[Unit]) -> set[str]:
        plain = set[str]().union(*(unit.binds for unit in binders))
        while True:
            ruled_out = {
                name
                for unit in binders
                if not (unit.binds <= self._outside.keys() or self._binds_plain(unit, plain))
                for name in unit.binds & plain
            }
            if not ruled_out:
                return plain
            plain -= ruled_out

    def _binds_plain(self, unit: Unit, plain: set[str]) -> bool:
        return unit.value is not None and self._is_plain(unit.value, plain)

    def _is_plain(self, node: ast.expr, plain: set[str]) -> bool:
        if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Compare)):
            return True
        if isinstance(node, ast.Name):
            return node.id in plain and node.id not in self._outside
        if isinstance(node, ast.UnaryOp):
            return self._is_plain(node.operand, plain)
        if isinstance(node, ast.BinOp):
            return self._is_plain(node.left, plain) and self._is_plain(node.right, plain)
        if isinstance(node, ast.BoolOp):
            return all(self._is_plain(value, plain) for value in node.values)
        if isinstance(node, ast.IfExp):
            return self._is_plain(node.body, plain) and self._is_plain(node.orelse, plain)
        if isinstance(node, ast.Subscript):
            return isinstance(node.value, ast.Attribute) and node.value.attr == "environ"
        if isinstance(node, ast.Attribute):
            return self._is_plain(node.value, plain)
        if not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Name):
            name = node.func.id
            if name in BUILTINS and name not in self._bound:
                return name in PLAIN_BUILTINS
            return (
                name not in GIVES_CONTAINERS and self.comes_from(name, PLAIN_MODULES) and self._plain_given(node, plain)
            )
        if isinstance(node.func, ast.Attribute):
            part: ast.expr = node.func
            while isinstance(part, (ast.Attribute, ast.Call)):
                part = part.value if isinstance(part, ast.Attribute) else part.func
            if node.func.attr in GIVES_CONTAINERS or not isinstance(part, ast.Name):
                return False
            known = self.comes_from(part.id, PLAIN_MODULES) or (part.id in plain and part.id not in self._outside)
            return known and self._plain_given(node, plain)
        return False

    def _plain_given(self, node: ast.Call, plain: set[str]) -> bool:
        """Whether nothing it is given comes back as something that can be changed: a default, or what a cast makes."""
        return all(
            self._is_plain(each, plain) or isinstance(each, ast.Tuple) or self._is_harmless(each)
            for each in (*node.args, *(keyword.value for keyword in node.keywords))
        )

    def _is_harmless(self, node: ast.expr) -> bool:
        root = node
        while isinstance(root, ast.Attribute):
            root = root.value
        if not isinstance(root, ast.Name):
            return False
        if root is node and root.id not in self._bound:
            return root.id in PLAIN_BUILTINS or root.id.startswith("__")
        return self.comes_from(root.id, frozenset(("logging", "os", "socket", "sys")))

    def comes_from(self, name: str, modules: frozenset[str]) -> bool:
        """Whether ``name`` is imported from one of the top-level ``modules``, and nothing else."""
        return name in self._outside and self._outside[name] <= modules


def _is_passed_on(unit: Unit) -> bool:
    """Whether all it does is to import names of other modules as they are."""
    names = [name for _, _, imported in unit.imports for name in imported]
    return bool(unit.imports) and not unit.mentions and unit.binds == frozenset(names)
