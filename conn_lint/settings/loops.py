"""Running code once per element, or any number of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.choice import Guard, leaves
from conn_lint.settings.values import (
    ABSENT,
    Atom,
    Const,
    Items,
    Opaque,
    OpenItems,
    Sequence,
    Table,
    Tree,
)
from conn_lint.settings.views import View

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Journal, Machine

MOST_TURNS = 2_000
"""Turns of a loop that are run one by one."""

ROUNDS = 5
"""Times a loop over something unknown is run until nothing new comes of it."""


def iterate(machine: Machine, source: Tree, turn: Callable[[Tree], None], node: cst.CSTNode) -> None:
    """Run ``turn`` with each element of ``source``, in order; any number of times where they are unknown."""

    def walk(leaf: Atom) -> Tree:
        known, rest = elements(machine, leaf, node)
        if len(known) > MOST_TURNS:
            known, rest = [], machine.opaque(node, f"a loop of more than {MOST_TURNS} turns")
        for value, guard in known:
            with machine.only(guard):
                if machine.live:
                    turn(value)
        if rest is not None and machine.live:
            unknown = rest
            repeat(machine, node, unknown, lambda: turn(machine.opaque(node, unknown.why, unknown)))
        return ABSENT

    def walk_table(table: Table, read: Callable[[Any], Tree]) -> None:
        keys = machine.keys(table)
        for key, guard in keys:
            with machine.only(guard):
                if machine.live:
                    turn(read(key))
                    machine.throw_in(_resized(machine, table, keys), "RuntimeError")

    def walk_sequence(leaf: Atom) -> Tree:
        table = leaf.table if isinstance(leaf, View) else leaf
        if isinstance(table, Table) and machine.has_more(table) is False:
            walk_table(table, leaf.make if isinstance(leaf, View) else Const)
            return ABSENT
        if isinstance(leaf, Sequence):
            return machine.each(leaf.items, walk, statements=True)
        return walk(leaf)

    machine.each(source, walk_sequence, statements=True)


def _resized(machine: Machine, table: Table, before: list[tuple[Any, Guard]]) -> Guard:
    """The worlds in which ``table`` has other keys than it had."""
    choices = machine.choices
    now = dict(machine.keys(table))
    changed: Guard = False
    for key, guard in before:
        changed = choices.either(changed, choices.both(guard, choices.negate(now.pop(key, False))))
    for guard in now.values():
        changed = choices.either(changed, guard)
    return choices.either(changed, machine.has_more(table))


def elements(machine: Machine, leaf: Atom, node: cst.CSTNode) -> tuple[list[tuple[Tree, Guard]], Opaque | None]:
    """The elements of ``leaf`` with the worlds that have them; and the unknown they may go on with, if any."""
    if isinstance(leaf, Items):
        return [(tree, True) for tree in leaf.trees], None
    if isinstance(leaf, OpenItems):
        return [(tree, True) for tree in leaf.trees], leaf.rest
    if isinstance(leaf, Table):
        known: list[tuple[Tree, Guard]] = [(Const(key), guard) for key, guard in machine.keys(leaf)]
        rest = next((part for part in leaves(leaf.rest) if isinstance(part, Opaque)), None)
        return known, rest if machine.has_more(leaf) is not False else None
    if isinstance(leaf, Const) and isinstance(leaf.value, (str, tuple, range)):
        if len(leaf.value) > MOST_TURNS:
            return [], machine.opaque(node, f"a loop of more than {MOST_TURNS} turns")
        return [(Const(value), True) for value in leaf.value], None
    return [], leaf if isinstance(leaf, Opaque) else machine.opaque(node, "a loop over something unknown", leaf)


def repeat(machine: Machine, node: cst.CSTNode, cause: Opaque, act: Callable[[], None]) -> None:
    """Run ``act`` any number of times, none included.

    It is run until it brings nothing new; what still changes from turn to turn is made unknown.
    """
    from conn_lint.settings.machine import Journal

    runs = machine.choices.decide(("runs", id(node), cause.key), cause.env)
    with machine.only(runs):
        if not machine.live:
            return
        act()
        for left in reversed(range(ROUNDS)):
            journal = Journal()
            machine.journals.append(journal)
            with machine.only(machine.choices.decide(("runs again", id(node), cause.key, left), cause.env)):
                if machine.live:
                    act()
            machine.journals.remove(journal)
            if not machine.live or not _widen(machine, journal, cause, everything=left == 0):
                return


def _widen(machine: Machine, journal: Journal, cause: Opaque, *, everything: bool) -> bool:
    changed = False
    for (_, key), (table, old) in journal.cells.items():
        if everything or not _settled(old, table.cells[key]):
            value = Opaque(("loop", cause.key, table.serial, key), cause.why, cause.env)
            machine.write(table, key, value)
            changed = True
    for target, old in journal.sequences.values():
        if everything or not _settled(old, target.items):
            machine.replace(target, Opaque(("loop", cause.key, target.serial), cause.why, cause.env))
            changed = True
    return changed


def _settled(old: Tree, new: Tree) -> bool:
    before = leaves(old)
    return all(any(_similar(one, other, 4) for other in before) for one in leaves(new))


def _similar(one: Any, other: Any, depth: int) -> bool:
    if one.alike(other):
        return True
    if depth == 0:
        return False
    if isinstance(one, Opaque) and isinstance(other, Opaque):
        return True
    if isinstance(one, Table) and isinstance(other, Table) and one.site is not None and one.site is other.site:
        return one.cells.keys() == other.cells.keys() and all(
            _among(tree, other.cells[key], depth) for key, tree in one.cells.items()
        )
    if isinstance(one, Sequence) and isinstance(other, Sequence) and one.kind == other.kind:
        return _among(one.items, other.items, depth)
    if isinstance(one, Items) and isinstance(other, Items) and len(one.trees) == len(other.trees):
        return all(_among(a, b, depth) for a, b in zip(one.trees, other.trees, strict=True))
    return False


def _among(new: Tree, old: Tree, depth: int) -> bool:
    before = leaves(old)
    return all(any(_similar(one, other, depth - 1) for other in before) for one in leaves(new))
