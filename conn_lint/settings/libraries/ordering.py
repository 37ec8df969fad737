"""``sorted`` and ``reversed``: lists of the same elements in another order."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Items, Sequence, Table, is_set, sequence
from conn_lint.settings.folding import fold, fold_parts, part
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.tables import key_list
from conn_lint.settings.values import FALSE, Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def in_reverse(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    given = machine.each(
        args.positional[0],
        lambda leaf: machine.throw("TypeError") if is_set(leaf) else leaf,
    )
    return _arranged(machine, given, node, lambda values: range(len(values) - 1, -1, -1))


def in_order(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    backwards = args.keywords.get("reverse", FALSE)
    if not isinstance(backwards, Const) or args.keywords.keys() - {"reverse"}:
        return None
    if not isinstance(backwards.value, int):
        return machine.throw("TypeError")

    def order(values: list[Any]) -> list[int]:
        return sorted(range(len(values)), key=values.__getitem__, reverse=bool(backwards.value))

    return _arranged(machine, args.positional[0], node, order)


def _arranged(machine: Machine, tree: Tree, node: cst.CSTNode, order: Callable[[list[Any]], Iterable[int]]) -> Tree:
    """A list of the elements of ``tree``, themselves, in the ``order`` that their values have."""

    def indexes(values: Any) -> Any:
        return tuple(order(list(values)))

    def put_in_order(values: Any) -> list[Any]:
        held = list(values)
        return [held[index] for index in order(held)]

    def arranged(leaf: Atom) -> Tree:
        if isinstance(leaf, Native):
            leaf = leaf.listed() or leaf
        if isinstance(leaf, Table):
            return machine.each(key_list(machine, leaf, Args((), {}), node), arranged)
        if isinstance(leaf, Sequence):
            return machine.each(leaf.items, arranged)
        if isinstance(leaf, Items):
            found = fold(machine, node, "a list in order", indexes, Sequence("list", leaf), frozen=True)
            return machine.each(found, lambda held: _taken_in(machine, leaf, held, node))
        return fold_parts(machine, node, "a list in order", put_in_order, leaf)

    return machine.each(tree, arranged)


def _taken_in(machine: Machine, items: Items, order: Atom, node: cst.CSTNode) -> Tree:
    if isinstance(order, Sequence) and isinstance(order.items, Items):
        known = [tree.value for tree in order.items.trees if isinstance(tree, Const)]
        return sequence("list", [items.trees[index] for index in known], node)
    return Sequence("list", part(machine, node, "a list in order", items), node)
