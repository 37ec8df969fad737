"""``enum``: members by name and by value (Python 3.11, ``Lib/enum.py``)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from conn_lint.settings.folding import unknown
from conn_lint.settings.members import Member
from conn_lint.settings.objects import Args, Class, Function, Native, Wrapped
from conn_lint.settings.values import ABSENT, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

MIXED = frozenset(["builtins.float", "builtins.int", "builtins.str", "enum.IntEnum", "enum.IntFlag", "enum.StrEnum"])
"""Bases that make a member equal to its value."""


def complete(machine: Machine, cls: Class, node: cst.CSTNode) -> Atom | None:
    """``class Engine(Enum)``: its plain names become members."""
    mixed = any(isinstance(base, External) and base.name in MIXED for base in cls.ancestry())
    for name, tree in list(cls.scope.cells.items()):
        if isinstance(name, str) and not name.startswith("_"):
            machine.write(cls.scope, name, machine.each(tree, partial(_member, cls, name, mixed)))
    return cls


def _member(cls: Class, name: str, mixed: bool, leaf: Atom) -> Atom:
    if not isinstance(leaf, Const):
        kept = isinstance(leaf, (Function, Native, Opaque, Wrapped)) or leaf is ABSENT
        return leaf if kept else Opaque(("member", id(cls), name), f"the enum member {name} is not followed")
    return Const(Member(f"{cls.name}@{id(cls)}", name, leaf.value, mixed=mixed), leaf.at)


def _made(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Tree | None:
    """``Engine("mysql")``: the member with this value."""
    if len(args.positional) != 1 or args.keywords:
        return None

    def pick(leaf: Atom) -> Tree:
        if not isinstance(leaf, Const):
            return unknown(machine, node, f"a member of {cls.name}", leaf)
        members = [tree for tree in cls.scope.cells.values() if isinstance(tree, Const)]
        for member in members:
            if isinstance(member.value, Member) and member.value.value == leaf.value:
                return member
        known = all(isinstance(tree, (Const, Function, Native, Wrapped)) for tree in cls.scope.cells.values())
        return machine.throw("ValueError") if known else unknown(machine, node, f"a member of {cls.name}", leaf)

    return machine.each(args.positional[0], pick)


def _inherited(machine: Machine, name: str) -> Tree | None:
    return ABSENT if name in ("__getattr__", "__init__") else None


KINDS = ("Enum", "Flag", "IntEnum", "IntFlag", "StrEnum")

COMPLETED: dict[str, Callable[[Machine, Class, cst.CSTNode], Atom | None]] = {
    f"enum.{name}": complete for name in KINDS
}

SUBCLASSED: dict[str, Callable[[Machine, Class, Args, cst.CSTNode], Tree | None]] = {
    f"enum.{name}": _made for name in KINDS
}

INHERITED: dict[str, Callable[[Machine, str], Tree | None]] = {f"enum.{name}": _inherited for name in KINDS}
