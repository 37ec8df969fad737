"""What dicts can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from conn_lint.settings.comparisons import contains
from conn_lint.settings.containers import Items, OrderedTable, Sequence, Table, is_more, sequence
from conn_lint.settings.folding import MOST_ITEMS, in_any_order, part, unknown
from conn_lint.settings.iterators import Iterating
from conn_lint.settings.loops import iterate
from conn_lint.settings.objects import Args, Instance, Native
from conn_lint.settings.subscripts import contains_method, entry, item, store
from conn_lint.settings.values import ABSENT, NONE, At, Atom, Const, Opaque, Tree
from conn_lint.settings.views import View

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def merge(machine: Machine, node: cst.CSTNode, table: Table, other: Atom) -> Tree:
    """``table.update(other)``."""
    if isinstance(other, Iterating):
        return machine.each(other.take(machine, node, whole=True), lambda leaf: merge(machine, node, table, leaf))
    if isinstance(other, Instance) and other.content is not None:
        other = other.content
    if isinstance(other, Native):
        other = other.mapping(machine) or other
    if isinstance(other, Table):
        for key, guard in machine.keys(other):
            value = machine.read(other, key)
            with machine.only(guard):
                machine.write(table, key, value, other.written.get(key) or At(machine.source, node))
        more = machine.has_more(other)
        if more is not False:
            machine.havoc(table, machine.opaque(node, "keys that cannot be named", other.rest), more)
    elif isinstance(other, Sequence):

        def put(pair: Atom) -> Tree:
            if not isinstance(pair, Items):
                machine.may_fail()
                machine.havoc(table, unknown(machine, node, "an update", pair))
                return ABSENT
            if len(pair.trees) != 2:
                return machine.throw("ValueError")
            store(machine, table, pair.trees[0], pair.trees[1], node)
            return ABSENT

        def add(pair: Tree) -> None:
            machine.each(machine.each(pair, lambda leaf: spread(machine, leaf, node)), put)

        iterate(machine, other, add, node)
    elif isinstance(other, Const):
        if other.value in ("", b"") or (isinstance(other.value, range) and not other.value):
            return NONE
        return machine.throw("ValueError" if isinstance(other.value, str) else "TypeError")
    else:
        machine.havoc(table, unknown(machine, node, "an update", other))
    return NONE


def spread(machine: Machine, leaf: Atom, at: cst.CSTNode) -> Tree:
    """The elements of ``leaf``: a tree of Items, or of something unknown."""
    if isinstance(leaf, Iterating):
        return machine.each(leaf.take(machine, at), lambda part: spread(machine, part, at))
    if isinstance(leaf, Native):
        leaf = leaf.listed() or leaf
    if isinstance(leaf, Table):
        return machine.each(key_list(machine, leaf, Args((), {}), at), lambda keys: spread(machine, keys, at))
    if isinstance(leaf, Sequence):
        return in_any_order(machine, leaf, at)
    if isinstance(leaf, Const):
        if isinstance(leaf.value, (str, bytes, tuple, range)):
            if len(leaf.value) > MOST_ITEMS:
                return unknown(machine, at, "a long sequence", leaf)
            return Items(tuple(map(Const, leaf.value)))
        return machine.throw("TypeError")
    return part(machine, at, "an element", leaf)


def merge_each(machine: Machine, node: cst.CSTNode, table: Table, other: Tree) -> None:
    """``table.update(other)``, for whatever ``other`` may be."""
    machine.each(other, lambda leaf: merge(machine, node, table, leaf))


def copied(machine: Machine, table: Table, *, ordered: bool = False) -> Table:
    """``table.copy()``; an ``OrderedDict`` where ``table`` is one or it is asked for."""
    make = OrderedTable if ordered or isinstance(table, OrderedTable) else Table
    result = make({key: machine.read(table, key) for key, _ in machine.keys(table)}, table.site)
    result.arrange(table)
    result.rest = table.rest
    result.written = dict(table.written)
    return result


def _get(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return machine.each(args.positional[0], lambda key: _or_default(machine, table, key, args, node))


def _or_default(machine: Machine, table: Table, key: Atom, args: Args, node: cst.CSTNode) -> Tree:
    default = args.get(1, "default")
    fallback = NONE if default is None else default

    def choose(part: Atom) -> Tree:
        if part is ABSENT:
            return fallback
        if isinstance(part, Opaque) and is_more(part):
            tree: Tree = machine.choices.ite(machine.choices.decide(("there", part.key)), part, fallback)
            return tree
        return part

    return machine.each(entry(machine, table, key, node), choose)


def _setdefault(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    value = args.positional[1] if len(args.positional) > 1 else NONE

    def choose(key: Atom) -> Tree:
        there = contains(machine, table, key)
        with machine.only(machine.choices.negate(there)):
            store(machine, table, key, machine.placed(value, node), node)
        return item(machine, table, key, node)

    return machine.each(args.positional[0], choose)


def _pop(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    def take(key: Atom) -> Tree:
        if len(args.positional) > 1 and not machine.keys(table) and machine.has_more(table) is False:
            return args.positional[1]  # an empty dict does not look whether the key can be one
        value = (
            _or_default(machine, table, key, args, node)
            if len(args.positional) > 1
            else item(machine, table, key, node)
        )
        if isinstance(key, Const):
            machine.write(table, key.value, ABSENT)
        else:
            machine.havoc(table, machine.opaque(node, "a key that is unknown here was taken out", key))
        return value

    return machine.each(args.positional[0], take)


def _update(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    for other in args.positional:
        merge_each(machine, node, table, other)
    for name, value in args.keywords.items():
        machine.write(table, name, value, At(machine.source, node))
    return NONE


def _items(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return View(machine, "dict_items", table, lambda key: sequence("tuple", [Const(key), machine.read(table, key)]))


def key_list(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return View(machine, "dict_keys", table, Const)


def _values(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return View(machine, "dict_values", table, lambda key: machine.read(table, key))


def _copy(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return copied(machine, table)


def _clear(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    for key in list(table.cells):
        machine.write(table, key, ABSENT)
    table.rest = machine.choices.ite(machine.pc, ABSENT, table.rest)
    return NONE


def _getitem(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return item(machine, table, args.positional[0], node)


def _setitem(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    store(machine, table, args.positional[0], args.positional[1], node)
    return NONE


TABLE_METHODS: dict[str, Callable[[Machine, Table, Args, cst.CSTNode], Tree]] = {
    "__contains__": contains_method,
    "__getitem__": _getitem,
    "__init__": _update,
    "__setitem__": _setitem,
    "clear": _clear,
    "copy": _copy,
    "get": _get,
    "items": _items,
    "keys": key_list,
    "pop": _pop,
    "setdefault": _setdefault,
    "update": _update,
    "values": _values,
}
