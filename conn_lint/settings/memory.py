"""What tables and sequences hold in the live worlds: reading and writing them, and what may have changed them unseen.

A write under ``pc`` leaves every other world as it was.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from conn_lint.settings.containers import MORE, SHAKEN, Scope, Sequence, Table, is_shaken, is_view, latest, named
from conn_lint.settings.iterators import Iterating
from conn_lint.settings.nodes import Guard, leaves
from conn_lint.settings.objects import Instance, Native
from conn_lint.settings.slicing import Needed
from conn_lint.settings.values import ABSENT, At, Atom, Opaque, Tree, holders, is_unchanging
from conn_lint.settings.worlds import TEST_SIZE, Worlds

MOST_SHAKEN = 3
"""How often code that cannot be followed may have changed a table before what it held is given up: each time
doubles the worlds to be told apart."""


def _tables(atom: Atom) -> list[Table]:
    """The tables that ``atom`` is made of."""
    parts = (atom.fields, atom.content) if isinstance(atom, Instance) else (atom,)
    return [part for part in parts if isinstance(part, Table)]


class Journal:
    """What a stretch of code wrote into the tables and sequences that were there when it began, and what stood
    there before."""

    __slots__ = ("began", "cells", "sequences")

    def __init__(self) -> None:
        self.began = latest()
        self.cells: dict[tuple[int, Any], tuple[Table, Tree]] = {}
        self.sequences: dict[int, tuple[Sequence, Tree]] = {}


class Memory(Worlds):
    """The contents of everything that settings code changes in place."""

    def __init__(self) -> None:
        super().__init__()
        self.journals: list[Journal] = []

    def begin_journal(self) -> Journal:
        """A journal of what is written from now on, until it is removed from ``journals``."""
        self.journals.append(Journal())
        return self.journals[-1]

    def read(self, table: Table, key: Any) -> Tree:
        """What ``key`` holds in the live worlds; ABSENT in those where it is not there.

        Raises Needed for a name whose statements were left out."""
        cell = table.cell(key)
        if key in table.dropped:
            raise Needed(key)
        tree: Tree = self.choices.under(table.missing(key, self.choices) if cell is None else cell, self.pc)
        return tree

    def write(self, table: Table, key: Any, value: Tree, at: At | None = None) -> None:
        """Set ``key`` in the live worlds."""
        if not self.live:
            return
        cell = table.cell(key)
        old = table.missing(key, self.choices) if cell is None else cell
        for journal in self.journals:
            if table.serial < journal.began:
                journal.cells.setdefault((table.serial, key), (table, old))
        new = value if self.pc is table.born else self.either_or(value, old, self.pc)
        if cell is not None and old is not ABSENT and value is not ABSENT:
            self._place(table, key, old)
        table.put(key, new)
        if at is not None:
            table.written[key] = at

    def _place(self, table: Table, key: Any, old: Tree) -> None:
        """``key``, which held ``old``, is being set: where it was not there, it comes behind the keys that are."""
        choices = self.choices
        gone: Guard = choices.map(choices.under(old, self.pc), lambda leaf: leaf is ABSENT)
        if gone is False:
            return
        new = choices.abbreviated(choices.both(self.pc, gone), TEST_SIZE)
        places = table.places
        for number, (other, guard) in reversed(list(enumerate(places))):
            if other == key:
                if guard is not True:
                    table.stand(key, number, new, choices)
                return
            if not choices.disjoint(new, self._stands(table, other, guard)):
                break
        table.stand(key, len(places), new, choices)

    def _stands(self, table: Table, key: Any, place: Guard) -> Guard:
        there: Guard = self.choices.map(table.cell(key), lambda leaf: leaf is not ABSENT)
        return self.choices.both(place, there)

    def replace(self, target: Sequence, items: Tree) -> None:
        """Give a sequence new elements in the live worlds."""
        if not self.live:
            return
        before = leaves(target.items)
        cause = next((leaf for leaf in leaves(items) if isinstance(leaf, Opaque) and leaf not in before), None)
        if cause is not None:  # an element that is taken from it later is one of those it had
            self.escape_parts(target, cause)
        self._put(target, items)

    def _put(self, target: Sequence, items: Tree) -> None:
        for journal in self.journals:
            if target.serial < journal.began:
                journal.sequences.setdefault(target.serial, (target, target.items))
        target.put(self.either_or(items, target.items, self.pc))

    def keys(self, table: Table) -> list[tuple[Any, Guard]]:
        """The keys that ``table`` is known to have, with the live worlds that have them, in order: one that stands
        elsewhere in other worlds more than once.

        Raises Needed for a module of which anything was left out."""
        if table.dropped:
            raise Needed(None)
        return self.present(table)

    def present(self, table: Table) -> list[tuple[Any, Guard]]:
        """As ``keys``, but for what was left out of a module."""
        found: list[tuple[Any, Guard]] = []
        for key, place in [place for place in table.places if place[0] not in table.dropped]:
            tree = self.read(table, key)
            guard = self.choices.both(place, self.choices.map(tree, lambda leaf: leaf is not ABSENT))
            if guard is not False:
                found.append((key, guard))
        return found

    def has_more(self, table: Table) -> Guard:
        """The live worlds in which ``table`` may have keys that cannot be named."""
        guard: Guard = self.choices.map(self.choices.under(table.rest, self.pc), lambda leaf: leaf is not ABSENT)
        return guard

    def havoc(self, table: Table, cause: Opaque, guard: Guard = True) -> None:
        """Any key of ``table`` may have been set to anything (``cause`` says by what)."""
        often = len(table.shakes) >= MOST_SHAKEN
        changed = True if often else self.choices.decide(("changed", cause.key, table.serial))
        worlds = self.choices.both(self.pc, self.choices.both(guard, changed))
        if worlds is False:
            return

        def shake(cell: Tree, key: Any) -> Tree:
            if isinstance(self.choices.under(cell, worlds), Opaque):
                return cell  # as unknown as it can be
            value, everywhere = self._merged(cell, (SHAKEN, cause.key, table.serial, key), cause, worlds)
            if cell is ABSENT and not isinstance(table, Scope):
                value = Opaque(
                    (MORE, (SHAKEN, cause.key, table.serial), key), value.why, value.env, value.at, value.parents
                )
            return value if worlds is table.born else self.either_or(value, cell, everywhere)

        table.shakes.append(shake)
        self.bring(table, cause, worlds)

    def bring(self, table: Table, cause: Opaque, worlds: Guard) -> None:
        """``table`` may have keys that cannot be named in ``worlds``; ``cause`` says by what."""
        rest, everywhere = self._merged(table.rest, (SHAKEN, cause.key, table.serial), cause, worlds)
        table.rest = self.choices.ite(self.choices.abbreviated(everywhere, TEST_SIZE), rest, ABSENT)

    def _merged(self, held: Tree, key: Hashable, cause: Opaque, worlds: Guard) -> tuple[Opaque, Guard]:
        """The unknown ``key``, which ``cause`` explains, for ``worlds`` and for those where ``held`` is such an
        unknown already: to tell them apart helps nobody and costs a tree of decisions."""
        before = [leaf for leaf in leaves(held) if is_shaken(leaf)]
        if not before:
            return Opaque(key, cause.why, cause.env, cause.at, holders((cause,))), worlds
        env = tuple(dict.fromkeys(name for leaf in (*before, cause) for name in leaf.env))
        there: Guard = self.choices.map(held, is_shaken)
        return Opaque(key, before[0].why, env, before[0].at, holders((*before, cause))), self.choices.either(
            worlds, there
        )

    def escape(self, tree: Tree, cause: Opaque) -> None:
        """Code that cannot be followed got hold of ``tree``: whatever it can reach may have been changed."""
        if not all(map(is_unchanging, leaves(tree))):
            cause.held.append(tree)
            self._escape([tree], cause)

    def escape_again(self, holder: Atom, cause: Opaque) -> None:
        """``holder`` itself is changed: an unknown may be any part of what it, or what it is made of, got hold of."""
        if isinstance(holder, Opaque):
            self._escape([holder], cause, through_unknowns=True)

    def escape_parts(self, atom: Atom, cause: Opaque) -> None:
        """As ``escape``, for what ``atom`` holds: ``cause`` may be any of it."""
        if isinstance(atom, Table):
            for cell in atom.holders():
                self.escape(cell, cause)
        for item in named(atom.items if isinstance(atom, Sequence) else atom):
            self.escape(item, cause)

    def _escape(self, pending: list[Tree], cause: Opaque, *, through_unknowns: bool = False) -> None:
        """Everything that the trees ``pending`` can reach may have been changed.

        ``through_unknowns``: also what an unknown may be a part of. Code that is merely given one is not taken to
        change that: of what such code gets, nearly all is unknown, and nearly none of it is changed."""
        reached: dict[int, Atom] = {}
        changed: set[tuple[int, int]] = set()
        while pending:
            for atom, guard in self.choices.cases(self.choices.under(pending.pop(), self.pc)):
                if id(atom) not in reached:
                    reached[id(atom)] = atom
                    if through_unknowns or not isinstance(atom, Opaque):
                        pending += self._reached(atom)
                if (id(atom), id(guard)) not in changed:
                    changed.add((id(atom), id(guard)))
                    self._change(atom, cause, guard)

    def _reached(self, atom: Atom) -> list[Tree]:
        """What can be got at through ``atom``, but for what nothing can change."""
        if isinstance(atom, Iterating):
            return list(atom.sources())
        if isinstance(atom, Sequence):
            return [item for item in atom.parts() if not is_unchanging(item)]
        if isinstance(atom, Opaque):
            return [tree for one in (atom, *atom.parents) for tree in one.held]
        return [cell for table in _tables(atom) for cell in table.holders()]

    def _change(self, atom: Atom, cause: Opaque, guard: Guard) -> None:
        """``atom`` itself may have been changed."""
        if isinstance(atom, Iterating):
            atom.used = True
        elif isinstance(atom, Native):
            atom.given_away()
        if isinstance(atom, Sequence) and atom.kind != "tuple" and not is_view(atom):
            self._shake(atom, cause, guard)
        for table in _tables(atom):
            self.havoc(table, cause, guard)

    def _shake(self, target: Sequence, cause: Opaque, guard: Guard) -> None:
        """The elements of ``target`` may have been changed to anything.

        One decision says so of all that ``cause`` got hold of: what is unknown may also be what it was, so that
        nothing is lost by it, and data files hold lists by the hundred.
        """
        worlds = self.choices.both(self.pc, self.choices.both(guard, self.choices.decide(("changed", cause.key))))

        def shake(items: Tree) -> Tree:
            if isinstance(self.choices.under(items, worlds), Opaque):
                return items  # as unknown as it can be
            return self.either_or(
                Opaque((cause.key, target.serial), cause.why, cause.env, cause.at, holders((cause,))), items, worlds
            )

        if worlds is not False:
            target.shakes.append(shake)
