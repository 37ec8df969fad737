"""Named tuples: ``typing.NamedTuple`` and ``collections.namedtuple`` (Python 3.11, ``Lib/typing.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.settings.containers import Items, Scope, Sequence, Table
from conn_lint.settings.libraries.records import FIELDS, Init, Slot, declare
from conn_lint.settings.objects import Args, Class, Instance, Native
from conn_lint.settings.values import ABSENT, Atom, Const, External, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

NAMED_TUPLE = "typing.NamedTuple"


class AsDict(Native):
    """``_asdict`` of a named tuple: the values as they are."""

    __slots__ = ("receiver",)

    def __init__(self, receiver: Atom | None = None) -> None:
        self.receiver = receiver

    def on(self, machine: Machine, receiver: Atom, name: str) -> Tree:
        return AsDict(receiver)

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if not isinstance(self.receiver, Instance):
            return None
        fields = self.receiver.fields
        return Table({name: machine.read(fields, name) for name, _ in machine.keys(fields)}, born=machine.pc)


def complete_named_tuple(machine: Machine, cls: Class, node: cst.CSTNode) -> Atom | None:
    """``class Name(NamedTuple)``."""
    return declare(machine, cls)


def inherit_named_tuple(machine: Machine, name: str) -> Tree | None:
    """What a named tuple gives its instances."""
    if name == "_asdict":
        return AsDict()
    return ABSENT if name in ("__post_init__", "__getattr__", FIELDS) else None


def named_tuple(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if len(args.positional) != 2 or set(args.keywords) - {"defaults"}:
        return None
    title, names = args.positional
    words = _field_names(names)
    defaults = args.keywords.get("defaults")
    values = _trees(defaults) if defaults is not None else ()
    if words is None or values is None or not isinstance(title, Const):
        return None
    held = (*(ABSENT for _ in range(len(words) - len(values))), *values)
    cls = Class(str(title.value), (External(NAMED_TUPLE),), Scope(born=machine.pc))
    machine.write(cls.scope, "__init__", Init({name: Slot(one) for name, one in zip(words, held, strict=False)}))
    return cls


def _trees(tree: Tree) -> tuple[Tree, ...] | None:
    return tree.items.trees if isinstance(tree, Sequence) and isinstance(tree.items, Items) else None


def _field_names(tree: Tree) -> list[str] | None:
    if isinstance(tree, Const) and isinstance(tree.value, str):
        return tree.value.replace(",", " ").split()
    trees = _trees(tree)
    if trees is None or not all(isinstance(one, Const) and isinstance(one.value, str) for one in trees):
        return None
    return [str(one.value) for one in trees if isinstance(one, Const)]
