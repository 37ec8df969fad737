"""Classes whose fields are declared: ``dataclasses`` and attrs; ``SimpleNamespace``.

Checked against Python 3.11 (``Lib/dataclasses.py``) and attrs 26.1.0 (``attr/_make.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.attributes import find
from conn_lint.settings.calls import call, invoke
from conn_lint.settings.containers import Items, Scope, Sequence, Table
from conn_lint.settings.libraries import Model
from conn_lint.settings.objects import Args, Bound, Class, Instance, Native
from conn_lint.settings.values import ABSENT, NONE, Atom, Const, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

FIELDS = "__dataclass_fields__"
NO_FIELDS = frozenset(["ClassVar"])
NOT_FOLLOWED = frozenset(["InitVar", "KW_ONLY"])


class Slot(Native):
    """One field: its default or what makes it (ABSENT where there is none), and whether ``__init__`` takes it."""

    __slots__ = ("default", "factory", "init")

    def __init__(self, default: Tree, factory: Tree = ABSENT, *, init: bool = True) -> None:
        self.default = default
        self.factory = factory
        self.init = init

    def made(self, machine: Machine, node: cst.CSTNode) -> Tree:
        """What the field holds when nothing was given for it."""
        if self.factory is not ABSENT:
            return call(machine, self.factory, Args((), {}), node)
        return machine.each(self.default, lambda leaf: machine.throw("TypeError") if leaf is ABSENT else leaf)


class Fields(Native):
    """The fields of a class, in order."""

    __slots__ = ("slots",)

    def __init__(self, slots: dict[str, Slot]) -> None:
        self.slots = slots


class Init(Native):
    """The ``__init__`` that sets the declared fields."""

    __slots__ = ("receiver", "slots")

    def __init__(self, slots: dict[str, Slot], receiver: Atom | None = None) -> None:
        self.slots = slots
        self.receiver = receiver

    def on(self, machine: Machine, receiver: Atom, name: str) -> Tree:
        return Init(self.slots, receiver)

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        instance = self.receiver
        if not isinstance(instance, Instance) or args.open:
            return None
        left, keywords = list(args.positional), dict(args.keywords)
        for name, slot in self.slots.items():
            if slot.init and left:
                value = left.pop(0)
            elif slot.init and name in keywords:
                value = keywords.pop(name)
            else:
                value = slot.made(machine, node)
            machine.write(instance.fields, name, value)
        if left or keywords:
            return machine.throw("TypeError")
        after = find(machine, instance, "__post_init__", node)
        if isinstance(after, Bound):
            invoke(machine, after.function, Args((instance,), {}), node)
        return NONE


class Decorator(Native):
    """``@dataclass(frozen=True)``, not applied yet; ``annotated``: an annotation makes a field."""

    __slots__ = ("annotated",)

    def __init__(self, *, annotated: bool) -> None:
        self.annotated = annotated

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        cls = args.positional[0] if args.positional else None
        return declare(machine, cls, annotated=self.annotated) if isinstance(cls, Class) else None


def declare(machine: Machine, cls: Class, *, annotated: bool = True) -> Atom | None:
    """``cls`` with the ``__init__`` that its annotations ask for; None for a field that is not followed."""
    slots: dict[str, Slot] = {}
    for base in reversed(cls.ancestry()[1:]):
        held = base.scope.cells.get(FIELDS) if isinstance(base, Class) else None
        if isinstance(held, Fields):
            slots.update(held.slots)
    # attrs takes its own fields without an annotation, too
    annotations: dict[str, cst.BaseExpression | None] = {**cls.annotations} if annotated else {}
    for name, tree in cls.scope.cells.items():
        if isinstance(tree, Slot):
            annotations.setdefault(name, None)
    for name, annotation in annotations.items():
        words = _words(annotation) if annotation is not None else frozenset()
        if words & NO_FIELDS:
            continue
        if words & NOT_FOLLOWED or name.startswith("_"):
            return None
        held = machine.read(cls.scope, name)
        slots[name] = held if isinstance(held, Slot) else Slot(held)
        if isinstance(held, Slot):
            machine.write(cls.scope, name, held.default)
    machine.write(cls.scope, FIELDS, Fields(slots))
    if "__init__" not in cls.scope.cells:
        machine.write(cls.scope, "__init__", Init(slots))
    return cls


def _words(annotation: cst.CSTNode) -> frozenset[str]:
    """Every name in an annotation, those of one written as text too."""
    found = set()
    pending = [annotation]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name):
            found.add(node.value)
        elif isinstance(node, cst.SimpleString):
            found.update(node.raw_value.replace("[", " ").replace(".", " ").split())
        pending.extend(node.children)
    return frozenset(found)


def _dataclass(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if any(name in args.keywords for name in ("init", "these", "field_transformer", "converter")):
        return None
    return _decorate(machine, args, node, annotated=True)


def _attrs(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``attr.s``: only its own fields count, but with ``auto_attribs``."""
    wanted = args.keywords.get("auto_attribs")
    return _decorate(machine, args, node, annotated=isinstance(wanted, Const) and bool(wanted.value))


def _decorate(machine: Machine, args: Args, node: cst.CSTNode, *, annotated: bool) -> Tree | None:
    decorator = Decorator(annotated=annotated)
    return decorator.call(machine, args, node) if args.positional else decorator


def _field(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if "converter" in args.keywords or args.positional:
        return None
    init = args.keywords.get("init")
    if init is not None and not isinstance(init, Const):
        return None
    default = args.keywords.get("default", ABSENT)
    factory = args.keywords.get("default_factory", args.keywords.get("factory", ABSENT))
    return Slot(default, factory, init=init is None or bool(init.value))


def _as_dict(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if len(args.all()) != 1:
        return None
    return machine.each(args.all()[0], lambda leaf: as_table(machine, leaf))


def as_table(machine: Machine, leaf: Atom) -> Tree:
    """``asdict(leaf)``: declared classes as dicts, at any depth; anything else as it is, containers copied."""
    if isinstance(leaf, Instance):
        held = find(machine, leaf, FIELDS, machine.source.module)
        if not isinstance(held, Fields):
            return leaf
        names = tuple(held.slots)
        return Table({name: _inside(machine, machine.read(leaf.fields, name)) for name in names}, born=machine.pc)
    if isinstance(leaf, Table) and not isinstance(leaf, Scope):
        table = Table({key: _inside(machine, cell) for key, cell in leaf.cells.items()}, leaf.site)
        table.arrange(leaf)
        table.rest = leaf.rest
        table.written = dict(leaf.written)
        return table
    if isinstance(leaf, Sequence):
        items = machine.choices.map(
            leaf.items,
            lambda held: Items(tuple(_inside(machine, one) for one in held.trees)) if isinstance(held, Items) else held,
        )
        return Sequence(leaf.kind, items, leaf.site)
    return leaf


def _inside(machine: Machine, tree: Tree) -> Tree:
    converted: Tree = machine.choices.map(tree, lambda leaf: as_table(machine, leaf))
    return converted


def _replace(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    old = args.positional[0] if args.positional else None
    if not isinstance(old, Instance):
        return None
    return changed(machine, old, args.keywords)


def changed(machine: Machine, old: Instance, keywords: dict[str, Tree]) -> Instance:
    """A copy of ``old`` with other values in some fields."""
    new = Instance(old.cls)
    for name, guard in machine.keys(old.fields):
        with machine.only(guard):
            machine.write(new.fields, name, machine.read(old.fields, name), old.fields.written.get(name))
    for name, value in keywords.items():
        machine.write(new.fields, name, value)
    return new


def _namespace(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if args.positional:
        return None
    made = Instance(Class("SimpleNamespace", (), Scope(born=machine.pc)))
    for name, value in args.keywords.items():
        machine.write(made.fields, name, value)
    return made


MODELS: dict[str, Model] = {
    "attr.asdict": _as_dict,
    "attr.evolve": _replace,
    "dataclasses.asdict": _as_dict,
    "dataclasses.dataclass": _dataclass,
    "dataclasses.field": _field,
    "dataclasses.replace": _replace,
    "types.SimpleNamespace": _namespace,
    **{f"attr.{name}": _dataclass for name in ("dataclass", "define", "frozen", "mutable")},
    **{f"attr.{name}": _attrs for name in ("attrs", "s")},
    **{f"attr.{name}": _field for name in ("attrib", "field", "ib")},
    **{f"attrs.{name}": _dataclass for name in ("define", "frozen", "mutable")},
    "attrs.asdict": _as_dict,
    "attrs.evolve": _replace,
    "attrs.field": _field,
}
