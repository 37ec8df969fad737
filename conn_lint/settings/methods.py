"""Subscripts and the methods of Python's own values: dicts, lists, sets, strings, numbers, paths."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from conn_lint.settings.loops import iterate
from conn_lint.settings.operators import MOST_ITEMS, boolean, contains, fold, freeze, identity, is_text, unknown
from conn_lint.settings.values import (
    ABSENT,
    NONE,
    Args,
    At,
    Atom,
    Const,
    External,
    Instance,
    Items,
    Native,
    Opaque,
    OpenItems,
    Sequence,
    Table,
    Tree,
    is_more,
    sequence,
)

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

MOST_KEYS = 24
"""Keys of the largest table that is looked through for an unknown key."""

FEW_KEYS = 4
"""Keys of the largest table of which each is told apart when an unknown key is set."""

TEXT_METHODS = frozenset(
    "capitalize casefold count decode encode endswith find format format_map index isalnum isalpha isdecimal isdigit"
    " islower isnumeric isspace istitle isupper join lower lstrip partition removeprefix removesuffix replace rfind"
    " rindex rpartition rsplit rstrip split splitlines startswith strip swapcase title translate upper".split()
)
"""Methods of str and bytes that are pure and cannot make much of little."""

PATH_METHODS = frozenset("as_posix joinpath relative_to with_name with_suffix with_stem is_absolute match".split())
SAME_PATH = frozenset("resolve absolute expanduser".split())

_WIDTH = re.compile(r"\{[^}]*:[^}]*\d{4,}|\{[^}]*:[^}]*\{")


def item(machine: Machine, target: Tree, key: Tree, node: cst.CSTNode) -> Tree:
    """``target[key]``; raises KeyError and the like in the linted program."""
    return machine.each(target, lambda leaf: machine.each(key, lambda part: _item(machine, leaf, part, node)))


def _item(machine: Machine, leaf: Atom, key: Atom, node: cst.CSTNode) -> Tree:
    if isinstance(leaf, Instance):
        return _dunder(machine, leaf, "__getitem__", (key,), node)
    if isinstance(leaf, Table):
        return machine.each(entry(machine, leaf, key, node), lambda part: _present(machine, part))
    if isinstance(leaf, Sequence):
        return machine.each(leaf.items, lambda items: _element(machine, leaf.kind, items, key, node))
    if isinstance(leaf, Native):
        found = leaf.item(machine, key)
        return found if found is not None else unknown(machine, node, "a subscript", leaf, key)
    return fold(machine, node, "a subscript", lambda value, index: value[index], leaf, key, frozen=True)


def _present(machine: Machine, part: Atom) -> Tree:
    if part is ABSENT:
        return machine.throw("KeyError")
    if isinstance(part, Opaque) and is_more(part):
        machine.may_fail()
    return part


def entry(machine: Machine, table: Table, key: Atom, node: cst.CSTNode) -> Tree:
    """What ``table`` holds under ``key``; ABSENT where it does not have it."""
    if isinstance(key, Sequence):
        return machine.each(freeze(machine, key), lambda part: entry(machine, table, part, node))
    if isinstance(key, Const):
        try:
            return machine.read(table, key.value)
        except TypeError:
            return machine.throw("TypeError")
    known = machine.keys(table)
    if not isinstance(key, Opaque) or len(known) > MOST_KEYS or machine.has_more(table) is not False:
        return unknown(machine, node, "a look-up", key)
    tree: Tree = ABSENT
    for name, guard in reversed(known):
        if is_text(key) and not isinstance(name, str):
            continue
        same = machine.choices.decide(("same", key.key, identity(Const(name))), key.env)
        tree = machine.choices.ite(machine.choices.both(same, guard), machine.read(table, name), tree)
    return tree


def _element(machine: Machine, kind: str, items: Atom, key: Atom, node: cst.CSTNode) -> Tree:
    if isinstance(items, Items) and isinstance(key, Const):
        try:
            found = items.trees[key.value]
        except (IndexError, TypeError) as error:
            return machine.throw(type(error).__name__)
        return sequence(kind, found) if isinstance(found, tuple) else found
    return unknown(machine, node, "an element", items, key)


def _dunder(machine: Machine, leaf: Instance, name: str, args: tuple[Tree, ...], node: cst.CSTNode) -> Tree:
    from conn_lint.settings.attributes import find
    from conn_lint.settings.calls import call

    method = find(machine, leaf, name, node)
    if method is ABSENT:
        return machine.throw("TypeError")
    return call(machine, method, Args(args, {}), node)


def store(machine: Machine, target: Tree, key: Tree, value: Tree, node: cst.CSTNode) -> None:
    """``target[key] = value``, decided at ``node``."""
    machine.each(target, lambda leaf: machine.each(key, lambda part: _store(machine, leaf, part, value, node)))


def _store(machine: Machine, leaf: Atom, key: Atom, value: Tree, node: cst.CSTNode) -> Tree:
    if isinstance(leaf, Instance):
        _dunder(machine, leaf, "__setitem__", (key, value), node)
    elif isinstance(leaf, Table) and isinstance(key, Sequence):
        machine.each(freeze(machine, key), lambda part: _store(machine, leaf, part, value, node))
    elif isinstance(leaf, Table) and isinstance(key, Const):
        try:
            hash(key.value)
        except TypeError:
            return machine.throw("TypeError")
        machine.write(leaf, key.value, value, At(machine.source, node))
    elif isinstance(leaf, Table):
        _store_somewhere(machine, leaf, key, value, node)
    elif isinstance(leaf, Sequence):
        machine.replace(leaf, machine.each(leaf.items, lambda items: _with(machine, items, key, value, node)))
    elif not isinstance(leaf, Const):
        machine.escape(value, machine.opaque(node, "it was put into something unknown", leaf))
    return ABSENT


def _store_somewhere(machine: Machine, table: Table, key: Atom, value: Tree, node: cst.CSTNode) -> None:
    """Store under a key that is unknown: under one of those that are there, or under another one."""
    known = machine.keys(table)
    if len(known) > FEW_KEYS or machine.has_more(table) is not False:
        cause = machine.opaque(node, "a key that is unknown here was set", key, value)
        machine.escape(value, cause)
        machine.havoc(table, cause)
        return
    elsewhere = machine.pc
    env, _ = machine.origin(key)
    for name, _guard in known:
        if isinstance(key, Opaque) and is_text(key) and not isinstance(name, str):
            continue
        same = machine.choices.decide(("same", identity(key), identity(Const(name))), env)
        with machine.only(same):
            machine.write(table, name, value, At(machine.source, node))
        elsewhere = machine.choices.both(elsewhere, machine.choices.negate(same))
    with machine.only(elsewhere):
        if machine.live:
            rest = machine.opaque(node, "a key that is unknown here", key, value)
            machine.escape(value, rest)  # what is read back under any key later is this very object
            table.rest = machine.choices.ite(machine.pc, rest, table.rest)


def _with(machine: Machine, items: Atom, key: Atom, value: Tree, node: cst.CSTNode) -> Tree:
    if isinstance(items, Items) and isinstance(key, Const):
        trees = list(items.trees)
        try:
            trees[key.value] = value
        except (IndexError, TypeError, ValueError) as error:
            return machine.throw(type(error).__name__)
        if all(isinstance(tree, Atom) or tree is value or tree in items.trees for tree in trees):
            return Items(tuple(trees))
    return unknown(machine, node, "a changed sequence", items, key)


def remove(machine: Machine, target: Tree, key: Tree, node: cst.CSTNode) -> None:
    """``del target[key]``."""

    def act(leaf: Atom, part: Atom) -> Tree:
        if isinstance(leaf, Table) and isinstance(part, Const):
            machine.each(machine.read(leaf, part.value), lambda held: _present(machine, held))
            machine.write(leaf, part.value, ABSENT)
        elif isinstance(leaf, Table):
            machine.havoc(leaf, machine.opaque(node, "a key that is unknown here was deleted", part))
        elif isinstance(leaf, Sequence):
            machine.replace(leaf, machine.opaque(node, "an element was deleted", leaf))
        return ABSENT

    machine.each(target, lambda leaf: machine.each(key, lambda part: act(leaf, part)))


def merge(machine: Machine, node: cst.CSTNode, table: Table, other: Atom) -> Tree:
    """``table.update(other)``."""
    if isinstance(other, Instance) and other.content is not None:
        other = other.content
    if isinstance(other, Table):
        for key, guard in machine.keys(other):
            value = machine.read(other, key)
            with machine.only(guard):
                machine.write(table, key, value, other.written.get(key) or At(machine.source, node))
        more = machine.has_more(other)
        if more is not False:
            machine.havoc(table, machine.opaque(node, "keys that cannot be named", other.rest), more)
    elif isinstance(other, Sequence):

        def add(pair: Tree) -> None:
            key = item(machine, pair, Const(0), node)
            store(machine, table, key, item(machine, pair, Const(1), node), node)

        iterate(machine, other, add, node)
    elif isinstance(other, Const):
        return machine.throw("TypeError")
    else:
        machine.havoc(table, unknown(machine, node, "an update", other))
    return NONE


def merge_each(machine: Machine, node: cst.CSTNode, table: Table, other: Tree) -> None:
    """``table.update(other)``, for whatever ``other`` may be."""
    machine.each(other, lambda leaf: merge(machine, node, table, leaf))


def copied(machine: Machine, table: Table) -> Table:
    """``table.copy()``."""
    result = Table({key: machine.read(table, key) for key, _ in machine.keys(table)}, table.site)
    result.rest = table.rest
    result.written = dict(table.written)
    return result


def call_method(machine: Machine, leaf: Atom, name: str, args: Args, node: cst.CSTNode) -> Tree:
    """Call the method ``name`` of a builtin value."""
    if not args.open:
        if isinstance(leaf, Table) and name in TABLE_METHODS:
            return TABLE_METHODS[name](machine, leaf, args, node)
        if isinstance(leaf, Sequence) and name in SEQUENCE_METHODS:
            return SEQUENCE_METHODS[name](machine, leaf, args, node)
        if isinstance(leaf, Const):
            return _of_constant(machine, leaf, name, args, node)
    result = machine.opaque(node, f"the method {name} is not followed", leaf, *args.all())
    for tree in (leaf, *args.all()):
        machine.escape(tree, result)
    machine.may_fail()
    return result


def _of_constant(machine: Machine, leaf: Const, name: str, args: Args, node: cst.CSTNode) -> Tree:
    value = leaf.value
    if isinstance(value, (str, bytes)) and name in TEXT_METHODS:
        if name.startswith("format") and (isinstance(value, bytes) or _WIDTH.search(value)):
            return unknown(machine, node, "a format", leaf)
        names = tuple(args.keywords)
        count = len(args.positional)

        def apply(*values: Any) -> Any:
            return getattr(value, name)(*values[:count], **dict(zip(names, values[count:], strict=True)))

        return fold(machine, node, f"the method {name}", apply, *args.all(), frozen=True)
    if isinstance(value, PurePath):
        return _of_path(machine, value, name, args, node)
    if isinstance(value, timedelta) and name == "total_seconds":
        return Const(value.total_seconds())
    if isinstance(value, (int, float)) and name in ("bit_length", "is_integer", "as_integer_ratio"):
        return fold(machine, node, name, lambda plain: getattr(plain, name)(), leaf)
    if not hasattr(value, name):
        return machine.throw("AttributeError")
    return unknown(machine, node, f"the method {name}", leaf)


def _of_path(machine: Machine, path: PurePath, name: str, args: Args, node: cst.CSTNode) -> Tree:
    from conn_lint.settings.libraries.standard import is_there, read_text

    if name in SAME_PATH:
        return Const(path)
    if name in PATH_METHODS:
        return fold(machine, node, name, lambda *values: getattr(path, name)(*values), *args.positional)
    if name in ("exists", "is_file", "is_dir"):
        return boolean(machine, is_there(machine, path, name))
    if name == "read_text":
        return read_text(machine, path, node)
    return machine.opaque(node, f"the path method {name} is not followed")


# --- dict -----------------------------------------------------------------------------------------


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


def appended(machine: Machine, target: Sequence, one: Tree) -> Tree:
    """The elements of ``target`` and ``one`` after them."""
    return machine.each(target.items, lambda held: Items((*held.trees, one)) if isinstance(held, Items) else held)


def _contents(machine: Machine, table: Table, make: Callable[[Any], Tree]) -> Tree:
    result = sequence("list", [])
    for key, guard in machine.keys(table):
        with machine.only(guard):
            one = make(key)
            machine.replace(result, appended(machine, result, one))
    more = machine.has_more(table)
    if more is not False:

        def opened(held: Atom) -> Tree:
            if isinstance(held, Items):
                rest = machine.each(table.rest, lambda leaf: leaf)
                cause = rest if isinstance(rest, Opaque) else Opaque(("rest", id(table)), "keys that cannot be named")
                return OpenItems(held.trees, cause)
            return held

        with machine.only(more):
            machine.replace(result, machine.each(result.items, opened))
    return result


def _items(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return _contents(machine, table, lambda key: sequence("tuple", [Const(key), machine.read(table, key)]))


def _keys(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return _contents(machine, table, Const)


def _values(machine: Machine, table: Table, args: Args, node: cst.CSTNode) -> Tree:
    return _contents(machine, table, lambda key: machine.read(table, key))


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


def _contains(machine: Machine, target: Atom, args: Args, node: cst.CSTNode) -> Tree:
    return machine.each(args.positional[0], lambda key: boolean(machine, contains(machine, target, key)))


TABLE_METHODS: dict[str, Callable[[Machine, Table, Args, cst.CSTNode], Tree]] = {
    "__contains__": _contains,
    "__getitem__": _getitem,
    "__setitem__": _setitem,
    "clear": _clear,
    "copy": _copy,
    "get": _get,
    "items": _items,
    "keys": _keys,
    "pop": _pop,
    "setdefault": _setdefault,
    "update": _update,
    "values": _values,
}

# --- list and set ---------------------------------------------------------------------------------


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
    return _change(machine, target, node, lambda trees: (*trees, args.positional[0]))


def _insert(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    where = args.positional[0]
    if not isinstance(where, Const) or not isinstance(where.value, int):
        machine.replace(target, machine.opaque(node, "an insertion at an unknown place", where))
        return NONE

    def insert(trees: tuple[Tree, ...]) -> tuple[Tree, ...]:
        changed = list(trees)
        changed.insert(where.value, args.positional[1])
        return tuple(changed)

    return _change(machine, target, node, insert)


def _extend(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    def spread(leaf: Atom) -> Tree:
        if isinstance(leaf, Sequence):
            return machine.each(leaf.items, spread)
        if isinstance(leaf, Items):
            return _change(machine, target, node, lambda trees: trees + leaf.trees)
        if isinstance(leaf, Table) and machine.has_more(leaf) is False:
            return machine.each(_keys(machine, leaf, args, node), spread)
        machine.replace(target, machine.opaque(node, "it was extended by something unknown", leaf))
        return NONE

    for other in args.positional:
        machine.each(other, spread)
    return NONE


def _list_copy(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return Sequence(target.kind, target.items, target.site)


def _remove(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    """``remove`` and ``discard``, of a constant from constants; anything else makes the elements unknown."""

    def without(items: Atom) -> Tree:
        wanted = args.positional[0]
        if isinstance(items, Items) and isinstance(wanted, Const) and all(isinstance(t, Const) for t in items.trees):
            trees = list(items.trees)
            for index, tree in enumerate(trees):
                if isinstance(tree, Const) and tree.value == wanted.value:
                    del trees[index]
                    return Items(tuple(trees))
            return machine.throw("ValueError") if target.kind == "list" else items
        machine.may_fail()
        return machine.opaque(node, "an element was removed", items, wanted)

    machine.replace(target, machine.each(target.items, without))
    return NONE


def _add(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    held = machine.each(args.positional[0], lambda leaf: boolean(machine, contains(machine, target, leaf)))
    with machine.only(machine.choices.negate(machine.truth(held))):
        _append(machine, target, args, node)
    return NONE


def _index(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    return fold(
        machine, node, "index", lambda held, wanted: held.index(wanted), target, args.positional[0], frozen=True
    )


def _pop_element(machine: Machine, target: Sequence, args: Args, node: cst.CSTNode) -> Tree:
    where: Tree = args.positional[0] if args.positional else Const(-1)
    value = item(machine, target, where, node)
    if isinstance(where, Const):
        index = where.value
        _change(machine, target, node, lambda trees: tuple(t for n, t in enumerate(trees) if n != index % len(trees)))
    else:
        machine.replace(target, machine.opaque(node, "an element was taken out", where))
    return value


SEQUENCE_METHODS: dict[str, Callable[[Machine, Sequence, Args, cst.CSTNode], Tree]] = {
    "__contains__": _contains,
    "add": _add,
    "append": _append,
    "copy": _list_copy,
    "discard": _remove,
    "extend": _extend,
    "index": _index,
    "insert": _insert,
    "pop": _pop_element,
    "remove": _remove,
    "update": _extend,
}

__all__ = ["External", "call_method", "copied", "entry", "item", "merge", "remove", "store"]
