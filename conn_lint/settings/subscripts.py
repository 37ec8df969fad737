"""Reading, setting and deleting ``target[key]``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conn_lint.settings.beginnings import may_be
from conn_lint.settings.comparisons import boolean, contains
from conn_lint.settings.containers import SETS, VIEWS, Items, OpenItems, Sequence, Table, is_more, sequence
from conn_lint.settings.folding import MOST_ITEMS, fold, freeze, hashed, identity, part, unknown
from conn_lint.settings.objects import Args, Instance, Method, Native
from conn_lint.settings.values import ABSENT, At, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


MOST_KEYS = 24
"""Keys of the largest table that is looked through for an unknown key."""


FEW_KEYS = 4
"""Keys of the largest table of which each is told apart when an unknown key is set."""


def item(machine: Machine, target: Tree, key: Tree, node: cst.CSTNode) -> Tree:
    """``target[key]``; raises KeyError and the like in the linted program."""
    return machine.each(target, lambda leaf: machine.each(key, lambda part: _item(machine, leaf, part, node)))


def _item(machine: Machine, leaf: Atom, key: Atom, node: cst.CSTNode) -> Tree:
    if isinstance(leaf, Instance):
        return _of_instance(machine, leaf, key, node)
    if isinstance(leaf, Table):
        return machine.each(entry(machine, leaf, key, node), lambda part: _present(machine, part))
    if isinstance(leaf, Sequence):
        return machine.each(leaf.items, lambda items: _element(machine, leaf.kind, items, key, node))
    if isinstance(leaf, Native):
        found = leaf.item(machine, key)
        return found if found is not None else unknown(machine, node, "a subscript", leaf, key)
    return fold(machine, node, "a subscript", lambda value, index: value[index], leaf, key, frozen=True)


def _of_instance(machine: Machine, leaf: Instance, key: Atom, node: cst.CSTNode) -> Tree:
    """By ``__getitem__``; a dictionary of the project's own kind asks its ``__missing__`` for a key it has not got."""
    from conn_lint.settings.attributes import find

    content = leaf.content
    missing = find(machine, leaf, "__missing__", node) if content is not None else ABSENT
    if content is None or missing is ABSENT or not isinstance(find(machine, leaf, "__getitem__", node), Method):
        return _dunder(machine, leaf, "__getitem__", (key,), node)

    def held(part: Atom) -> Tree:
        return _dunder(machine, leaf, "__missing__", (key,), node) if part is ABSENT else part

    return machine.each(entry(machine, content, key, node), held)


def _present(machine: Machine, part: Atom) -> Tree:
    if part is ABSENT:
        return machine.throw("KeyError")
    if isinstance(part, Opaque) and is_more(part):
        machine.may_fail()
    return part


def entry(machine: Machine, table: Table, key: Atom, node: cst.CSTNode) -> Tree:
    """What ``table`` holds under ``key``; ABSENT where it does not have it."""
    return machine.each(hashed(machine, key), lambda part: _entry(machine, table, part, node))


def _entry(machine: Machine, table: Table, key: Atom, node: cst.CSTNode) -> Tree:
    if not machine.live:
        return ABSENT
    if isinstance(key, Sequence):
        return machine.each(freeze(machine, key), lambda part: _entry(machine, table, _as_key(part), node))
    if isinstance(key, Const):
        return machine.read(table, key.value)
    known = machine.keys(table)
    if not isinstance(key, Opaque) or len(known) > MOST_KEYS or machine.has_more(table) is not False:
        found = unknown(machine, node, "a look-up", key)
        machine.escape_parts(table, found)
        return found
    tree: Tree = ABSENT
    for name, guard in reversed(known):
        if not may_be(key, name):
            continue
        same = machine.choices.decide(("same", key.key, identity(Const(name))), key.env)
        tree = machine.choices.ite(machine.choices.both(same, guard), machine.read(table, name), tree)
    return tree


def _as_key(frozen: Atom) -> Atom:
    """A sequence of constants that is hashed: sets, in it too, were made by ``frozenset``."""

    def hashable(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(hashable(one) for one in value)
        return frozenset(value) if isinstance(value, set) else value

    return Const(hashable(frozen.value)) if isinstance(frozen, Const) else frozen


def _element(machine: Machine, kind: str, items: Atom, key: Atom, node: cst.CSTNode) -> Tree:
    if kind in SETS or kind in VIEWS:
        return machine.throw("TypeError")
    if isinstance(items, Items) and isinstance(key, Const):
        try:
            found = items.trees[key.value]
        except (IndexError, TypeError) as error:
            return machine.throw(type(error).__name__)
        return sequence(kind, found) if isinstance(found, tuple) else found
    return part(machine, node, "an element", items, key)


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
    elif isinstance(leaf, Table):
        machine.each(hashed(machine, key), lambda part: _store_under(machine, leaf, part, value, node))
    elif isinstance(leaf, Const) or (isinstance(leaf, Sequence) and leaf.kind != "list"):
        return machine.throw("TypeError")
    elif isinstance(leaf, Sequence):
        machine.replace(leaf, machine.each(leaf.items, lambda items: _with(machine, items, key, value, node)))
    else:
        machine.may_fail()
        cause = machine.opaque(node, "it was put into something unknown", leaf)
        machine.escape(value, cause)
        machine.escape_again(leaf, cause)
        machine.alter(leaf)
    return ABSENT


def _store_under(machine: Machine, table: Table, key: Atom, value: Tree, node: cst.CSTNode) -> Tree:
    if isinstance(key, Sequence):
        machine.each(freeze(machine, key), lambda part: _store_under(machine, table, _as_key(part), value, node))
    elif isinstance(key, Const):
        machine.write(table, key.value, value, At(machine.source, node))
    elif machine.live:
        _store_somewhere(machine, table, key, value, node)
    return ABSENT


def _store_somewhere(machine: Machine, table: Table, key: Atom, value: Tree, node: cst.CSTNode) -> None:
    """Store under a key that is unknown: under one of those that are there, or under another one.

    What was left out of a module is run before it is read, after which it may be overwritten here as any other."""
    known = [(name, guard) for name, guard in machine.present(table) if may_be(key, name)]
    begins = isinstance(key, Opaque) and key.starts
    if known and (len(known) > FEW_KEYS or (machine.has_more(table) is not False and not begins)):
        cause = machine.opaque(node, "a key that is unknown here was set", key, value)
        machine.escape(value, cause)
        machine.havoc(table, cause)
        return
    elsewhere = machine.pc
    env, _ = machine.origin(key)
    for name, _guard in known:
        same = machine.choices.decide(("same", identity(key), identity(Const(name))), env)
        with machine.only(same):
            machine.write(table, name, value, At(machine.source, node))
        elsewhere = machine.choices.both(elsewhere, machine.choices.negate(same))
    with machine.only(elsewhere):
        if machine.live:
            rest = machine.opaque(node, "a key that is unknown here", key, value)
            machine.escape(value, rest)  # what is read back under any key later is this very object
            machine.bring(table, rest, machine.pc)


def _with(machine: Machine, items: Atom, key: Atom, value: Tree, node: cst.CSTNode) -> Tree:
    if isinstance(items, Items) and isinstance(key, Const):
        trees = list(items.trees)
        new = value.items if isinstance(key.value, slice) and isinstance(value, Sequence) else value
        if isinstance(key.value, slice) and not isinstance(new, Items):
            machine.may_fail()
            return part(machine, node, "a changed sequence", items, key)
        try:
            trees[key.value] = new.trees if isinstance(new, Items) else value
        except (IndexError, TypeError, ValueError) as error:
            return machine.throw(type(error).__name__)
        if all(isinstance(tree, Atom) or tree is value or tree in items.trees for tree in trees):
            return Items(tuple(trees))
    return part(machine, node, "a changed sequence", items, key)


def remove(machine: Machine, target: Tree, key: Tree, node: cst.CSTNode) -> None:
    """``del target[key]``."""

    def act(leaf: Atom, part: Atom) -> Tree:
        if isinstance(leaf, Table) and isinstance(part, Sequence):
            return machine.each(freeze(machine, hashed(machine, part)), lambda key: act(leaf, _as_key(key)))
        if isinstance(leaf, Table) and hashed(machine, part) is ABSENT:
            return ABSENT
        if isinstance(leaf, Table) and isinstance(part, Const):
            machine.each(machine.read(leaf, part.value), lambda held: _present(machine, held))
            machine.write(leaf, part.value, ABSENT)
        elif isinstance(leaf, Table):
            machine.havoc(leaf, machine.opaque(node, "a key that is unknown here was deleted", part))
        elif isinstance(leaf, Sequence) and leaf.kind == "list":
            machine.may_fail()
            machine.replace(leaf, machine.opaque(node, "an element was deleted", leaf))
        elif isinstance(leaf, (Const, Sequence)):
            return machine.throw("TypeError")
        elif isinstance(leaf, Opaque):
            machine.may_fail()
            machine.escape_again(leaf, machine.opaque(node, "something was deleted from it", leaf))
        return ABSENT

    machine.each(target, lambda leaf: machine.each(key, lambda part: act(leaf, part)))


def contains_method(machine: Machine, target: Atom, args: Args, node: cst.CSTNode) -> Tree:
    """``target.__contains__(key)``."""
    return machine.each(args.positional[0], lambda key: boolean(machine, contains(machine, target, key)))


def appended(machine: Machine, target: Sequence, one: Tree) -> Tree:
    """The elements of ``target`` and ``one`` after them."""

    def add(held: Atom) -> Atom:
        if not isinstance(held, Items):
            rest = held.rest if isinstance(held, OpenItems) else held
            machine.escape(one, rest if isinstance(rest, Opaque) else Opaque(("long", held.serial), "a long sequence"))
            return held
        if len(held.trees) >= MOST_ITEMS:
            return OpenItems(held.trees, Opaque(("long", held.serial), f"it has more than {MOST_ITEMS} elements"))
        return Items((*held.trees, one))

    return machine.each(target.items, add)
