"""What lists and sets can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.comparisons import lacks
from conn_lint.settings.containers import Items, OpenItems, Sequence, Table
from conn_lint.settings.folding import MOST_ITEMS, fold, hashed, in_any_order
from conn_lint.settings.iterators import Iterating
from conn_lint.settings.loops import has_no_elements
from conn_lint.settings.nodes import leaves
from conn_lint.settings.objects import Args
from conn_lint.settings.subscripts import contains_method, item
from conn_lint.settings.tables import key_list
from conn_lint.settings.values import NONE, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def _change(
    machine: Machine, target: Sequence, node: cst.CSTNode, change: Callable[[tuple[Tree, ...]], tuple[Tree, ...]]
) -> Tree:
    def apply(items: Atom) -> Tree:
        if not isinstance(items, Items):
            return items
        changed = Items(change(items.trees))
        return changed if len(changed.trees) <= MOST_ITEMS else machine.opaque(node, "a long sequence")

    machine.replace(target, machine.each(target.items, apply))
    return NONE


def _append(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    _hidden(machine, target, args.positional[0])
    return _change(machine, target, node, lambda trees: (*trees, args.positional[0]))


def _hidden(machine: Machine, target: Sequence, tree: Tree) -> None:
    """``tree`` is put into ``target``, and where that is unknown may be taken out again as any element of it."""
    for leaf in leaves(target.items):
        if not isinstance(leaf, Items):
            rest = leaf.rest if isinstance(leaf, OpenItems) else leaf
            if isinstance(rest, Opaque):
                machine.escape(tree, rest)


def _insert(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    where = args.positional[0]
    if not isinstance(where, Const) or not isinstance(where.value, int):
        machine.replace(target, machine.opaque(node, "an insertion at an unknown place", where))
        _hidden(machine, target, args.positional[1])
        return NONE
    _hidden(machine, target, args.positional[1])

    def insert(trees: tuple[Tree, ...]) -> tuple[Tree, ...]:
        changed = list(trees)
        changed.insert(where.value, args.positional[1])
        return tuple(changed)

    return _change(machine, target, node, insert)


def _extend(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    def spread(leaf: Atom) -> Tree:
        if isinstance(leaf, Iterating):
            return machine.each(leaf.take(machine, node, whole=True), spread)
        if isinstance(leaf, Sequence):
            return machine.each(in_any_order(machine, leaf, node), spread)
        if isinstance(leaf, Items) and target.kind == "set":
            for tree in leaf.trees:
                _add(machine, target, Args((tree,), {}), node)
            return NONE
        if isinstance(leaf, Items):
            for tree in leaf.trees:
                _hidden(machine, target, tree)
            return _change(machine, target, node, lambda trees: trees + leaf.trees)
        if isinstance(leaf, Table) and machine.has_more(leaf) is False:
            return machine.each(key_list(machine, leaf, args, node), spread)
        if has_no_elements(leaf):
            return machine.throw("TypeError")
        machine.may_fail()
        more = machine.opaque(node, "it was extended by something unknown", leaf)
        machine.escape_parts(leaf, more)
        machine.replace(target, more)
        return NONE

    for other in args.positional:
        machine.each(other, spread)
    return NONE


def _clear(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    machine.replace(target, Items(()))
    return NONE


def _reverse(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return _change(machine, target, node, lambda trees: trees[::-1])


def _list_copy(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return Sequence(target.kind, target.items, target.site)


def _remove(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return _without(machine, target, args, node, "KeyError" if target.kind == "set" else "ValueError")


def _discard(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return _without(machine, target, args, node, None)


def _without(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode, missing: str | None) -> Tree:
    """Take a constant out of constants, ``missing`` is raised where it is not there; of anything else the elements
    become unknown."""

    def without(items: Atom) -> Tree:
        wanted = args.positional[0]
        if isinstance(items, Items) and isinstance(wanted, Const) and all(isinstance(t, Const) for t in items.trees):
            trees = list(items.trees)
            for index, tree in enumerate(trees):
                if isinstance(tree, Const) and tree.value == wanted.value:
                    del trees[index]
                    return Items(tuple(trees))
            return items if missing is None else machine.throw(missing)
        machine.may_fail()
        return machine.opaque(node, "an element was removed", items, wanted)

    machine.replace(target, machine.each(target.items, without))
    return NONE


def _add(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    hashed(machine, args.positional[0])
    if not machine.live:
        return NONE
    with machine.only(lacks(machine, target, args.positional[0])):
        _append(machine, target, args, node)
    return NONE


def _index(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return fold(
        machine, node, "index", lambda held, wanted: held.index(wanted), target, args.positional[0], frozen=True
    )


def _pop_element(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    if target.kind == "set":
        machine.may_fail()
        taken = machine.opaque(node, "which element of a set is taken out is not known", target)
        machine.replace(target, machine.opaque(node, "an element was taken out", target))
        return taken
    where: Tree = args.positional[0] if args.positional else Const(-1)
    if isinstance(where, Const) and not isinstance(where.value, int):
        return machine.throw("TypeError")
    value = item(machine, target, where, node)
    if isinstance(where, Const) and machine.live:
        index: int = where.value
        _change(machine, target, node, lambda trees: tuple(t for n, t in enumerate(trees) if n != index % len(trees)))
    else:
        machine.replace(target, machine.opaque(node, "an element was taken out", where))
    return value


SEQUENCE_METHODS: dict[str, Callable[[Machine, Sequence, Args, cst.CSTNode], Tree]] = {
    "__contains__": contains_method,
    "add": _add,
    "append": _append,
    "clear": _clear,
    "copy": _list_copy,
    "discard": _discard,
    "extend": _extend,
    "index": _index,
    "insert": _insert,
    "pop": _pop_element,
    "remove": _remove,
    "reverse": _reverse,
    "update": _extend,
}
