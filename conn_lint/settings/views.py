"""``keys()``, ``values()`` and ``items()`` of dicts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Items, OpenItems, Sequence, Table, named, sequence
from conn_lint.settings.subscripts import appended
from conn_lint.settings.values import Atom, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


class View(Sequence):
    """``table.keys()``, ``.values()`` or ``.items()``: what is in the table when somebody looks."""

    __slots__ = ("machine", "make", "table")

    def __init__(self, machine: Machine, kind: str, table: Table, make: Callable[[Any], Tree]) -> None:
        self.kind = kind
        self.site = None
        self.machine = machine
        self.table = table
        self.make = make

    @property
    def items(self) -> Tree:
        return _contents(self.machine, self.table, self.make).items

    def parts(self) -> list[Tree]:
        return named(self.items)


def _contents(machine: Machine, table: Table, make: Callable[[Any], Tree]) -> Sequence:
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
                cause = (
                    rest if isinstance(rest, Opaque) else Opaque(("rest", table.serial), "keys that cannot be named")
                )
                return OpenItems(held.trees, cause)
            return held

        with machine.only(more):
            machine.replace(result, machine.each(result.items, opened))
    return result
