"""Texts of which no more is known than how they begin: ``f"shard_{number}"``."""

from __future__ import annotations

from conn_lint.settings.folding import is_text
from conn_lint.settings.nodes import leaves
from conn_lint.settings.values import Atom, Const, Opaque, Tree


def joined_text(left: Tree, made: Tree) -> Tree:
    """``made``, a text that ``left`` and something else were joined to: it begins as ``left`` does."""
    beginnings = [_beginning(leaf) for leaf in leaves(left)]
    start = min(beginnings, key=len)
    while not all(each.startswith(start) for each in beginnings):
        start = start[:-1]
    for leaf in leaves(made) if start else ():
        if isinstance(leaf, Opaque):
            leaf.starts = start
    return made


def _beginning(leaf: Atom) -> str:
    if isinstance(leaf, Opaque):
        return leaf.starts
    return leaf.value if isinstance(leaf, Const) and isinstance(leaf.value, str) else ""


def may_be(leaf: Atom, key: object) -> bool:
    """Whether ``leaf``, of which little is known, may be the constant ``key``."""
    if not isinstance(leaf, Opaque):
        return True
    if isinstance(key, str):
        return key.startswith(leaf.starts)
    return not leaf.starts and not is_text(leaf)
