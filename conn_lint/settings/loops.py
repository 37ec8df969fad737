"""Running code once per element, or any number of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Items, OpenItems, Sequence, Table
from conn_lint.settings.exits import Loop
from conn_lint.settings.folding import in_any_order
from conn_lint.settings.iterators import Iterating
from conn_lint.settings.nodes import Guard, leaves
from conn_lint.settings.objects import Bound, Function, Native
from conn_lint.settings.values import ABSENT, Atom, Const, Opaque, Tree, holders
from conn_lint.settings.views import View

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine
    from conn_lint.settings.memory import Journal

MOST_TURNS = 2_000
"""Turns of a loop that are run one by one."""

WIDENED = "loop"
"""The first part of the key of an unknown that stands for whatever any number of turns may make of something."""

ROUNDS = 3
"""Times a loop over something unknown is run until nothing new comes of it."""


def iterate(
    machine: Machine, source: Tree, act: Callable[[Tree], None], node: cst.CSTNode, *, whole: bool = True
) -> None:
    """Run ``act`` with each element of ``source``, in order; any number of times where they are unknown.

    Without ``whole``, a turn may be the last one."""

    def turn(value: Tree) -> None:
        machine.tick()
        act(value)

    goes_on: list[tuple[Guard, Opaque]] = []

    def walk(leaf: Atom) -> Tree:
        known, rest = elements(machine, leaf, node)
        if len(known) > MOST_TURNS:
            known, rest = [], machine.opaque(node, f"a loop of more than {MOST_TURNS} turns")
        for value, guard in known:
            with machine.only(guard):
                if machine.live:
                    turn(value)
        if rest is not None and machine.live:
            goes_on.append((machine.pc, rest))
        return ABSENT

    def walk_table(table: Table, read: Callable[[Any], Tree]) -> None:
        keys = machine.keys(table)
        for key, guard in keys:
            with machine.only(guard):
                if machine.live:
                    turn(read(key))
                    machine.throw_in(_resized(machine, table, keys), "RuntimeError")

    def walk_either(leaf: Atom) -> Tree:
        table = leaf.table if isinstance(leaf, View) else leaf
        if isinstance(table, Table) and machine.has_more(table) is False:
            walk_table(table, leaf.make if isinstance(leaf, View) else Const)
            return ABSENT
        return machine.each(leaf.items, walk, statements=True) if isinstance(leaf, View) else walk(leaf)

    def walk_any(leaf: Atom) -> Tree:
        if isinstance(leaf, Iterating):
            if leaf.give(machine, turn, node):
                return ABSENT
            return machine.each(leaf.take(machine, node, whole=whole), walk_any, statements=True)
        if isinstance(leaf, Native):
            leaf = leaf.listed() or leaf
        items: Tree = leaf
        if isinstance(leaf, Sequence) and not isinstance(leaf, View):
            items = in_any_order(machine, leaf, node)
        return machine.each(items, walk_either, statements=True)

    machine.each(source, walk_any, statements=True)
    if goes_on:
        worlds, rest = goes_on[0] if len(goes_on) == 1 else _joined(machine, goes_on)
        with machine.only(worlds):
            if machine.live:
                repeat(machine, node, rest, lambda: turn(machine.opaque(node, rest.why, rest)))


def iterate_until(machine: Machine, source: Tree, stops: Callable[[Tree], Guard], node: cst.CSTNode) -> Guard:
    """Look at each element of ``source``, in order, up to the first that ``stops``; the worlds that have one."""
    entry, loop = machine.pc, Loop()
    machine.loops.append(loop)

    def turn(value: Tree) -> None:
        with machine.only(stops(value)):
            if machine.live:
                loop.broken = machine.choices.either(loop.broken, machine.pc)
                machine.pc = False

    iterate(machine, source, turn, node, whole=False)
    machine.loops.remove(loop)
    machine.rejoin(entry, machine.choices.either(machine.pc, loop.broken), left=True)
    return loop.broken


def _joined(machine: Machine, parts: list[tuple[Guard, Opaque]]) -> tuple[Guard, Opaque]:
    """The worlds of all ``parts``, and one unknown for all of theirs: the loop need not be run for each of them."""
    worlds: Guard = False
    for guard, _ in parts:
        worlds = machine.choices.either(worlds, guard)
    unknown = [rest for _, rest in parts]
    env = tuple(dict.fromkeys(name for rest in unknown for name in rest.env))
    return worlds, Opaque(
        ("joined", *(rest.key for rest in unknown)), unknown[0].why, env, unknown[0].at, holders(unknown)
    )


def _resized(machine: Machine, table: Table, before: list[tuple[Any, Guard]]) -> Guard:
    """The worlds in which ``table`` has other keys than it had."""
    choices = machine.choices
    was, now = _having(machine, before), _having(machine, machine.keys(table))
    changed: Guard = False
    for key, guard in was.items():
        changed = choices.either(changed, choices.both(guard, choices.negate(now.pop(key, False))))
    for guard in now.values():
        changed = choices.either(changed, guard)
    more = machine.has_more(table)
    if more is not False:  # it may have got other keys, which is not to say that it has
        more = choices.both(more, choices.decide(("resized", table.serial, machine.steps)))
    return choices.either(changed, more)


def _having(machine: Machine, keys: list[tuple[Any, Guard]]) -> dict[Any, Guard]:
    """The worlds that have each of ``keys``, wherever it stands."""
    found: dict[Any, Guard] = {}
    for key, guard in keys:
        found[key] = machine.choices.either(found.get(key, False), guard)
    return found


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
    if has_no_elements(leaf):
        machine.throw("TypeError")
        return [], None
    machine.may_fail()  # it may be nothing to loop over
    return [], leaf if isinstance(leaf, Opaque) else machine.opaque(node, "a loop over something unknown", leaf)


def has_no_elements(leaf: Atom) -> bool:
    """Whether ``leaf`` is nothing that can be looped over."""
    return (isinstance(leaf, Const) and not hasattr(leaf.value, "__iter__")) or isinstance(leaf, (Function, Bound))


def repeat(machine: Machine, node: cst.CSTNode, cause: Opaque, act: Callable[[], None]) -> None:
    """Run ``act`` any number of times, none included.

    It is run until it brings nothing new; what still changes from turn to turn is made unknown.
    """
    runs = machine.choices.decide(("runs", id(node), cause.key), cause.env)
    with machine.only(runs):
        if not machine.live:
            return
        act()
        for left in reversed(range(ROUNDS)):
            journal = machine.begin_journal()
            with machine.only(machine.choices.decide(("runs again", id(node), cause.key, left), cause.env)):
                if machine.live:
                    act()
            machine.journals.remove(journal)
            if not machine.live or not widen(machine, journal, cause, everything=left == 0):
                return


def widen(machine: Machine, journal: Journal, cause: Opaque, *, everything: bool = True) -> bool:
    """Make unknown what the last turn changed; whether there was anything. What an unknown stands for from now on
    may be changed through it unseen."""
    changed = False
    for (_, key), (table, old) in journal.cells.items():
        if everything or not _settled(old, table.cells[key], journal.began):
            value = Opaque((WIDENED, cause.key, table.serial, key), cause.why, cause.env)
            machine.escape(table.cells[key], value)
            machine.write(table, key, value)
            changed = True
    for target, old in journal.sequences.values():
        if everything or not _settled(old, target.items, journal.began):
            value = Opaque((WIDENED, cause.key, target.serial), cause.why, cause.env)
            machine.escape(target, value)
            machine.replace(target, value)
            changed = True
    return changed


def _settled(old: Tree, new: Tree, began: int) -> bool:
    """Whether ``new`` holds nothing that ``old`` did not hold already; ``began``: serials from there on are new."""
    before = leaves(old)
    widened = any(isinstance(one, Opaque) and isinstance(one.key, tuple) and one.key[0] == WIDENED for one in before)
    return all(
        (widened and not _is_older(one, began)) or any(_similar(one, other, 4) for other in before)
        for one in leaves(new)
    )


def _is_older(leaf: Atom, began: int) -> bool:
    """Whether ``leaf`` can be changed and was there before."""
    return not isinstance(leaf, (Const, Opaque, Items, OpenItems)) and leaf.serial < began


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
