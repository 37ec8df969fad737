"""Builtin functions that look into values and scopes."""

from __future__ import annotations

import builtins
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings import attributes
from conn_lint.settings.comparisons import boolean, is_callable
from conn_lint.settings.containers import (
    Imported,
    Items,
    Module,
    OrderedTable,
    Scope,
    Sequence,
    Table,
    is_more,
    sequence,
)
from conn_lint.settings.folding import is_text, part, unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.objects import Args, Class, Instance, Super
from conn_lint.settings.subscripts import appended
from conn_lint.settings.values import ABSENT, FALSE, NONE, At, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def model_isinstance(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    kinds = args.positional[1]
    wanted = kinds.items.trees if isinstance(kinds, Sequence) and isinstance(kinds.items, Items) else (kinds,)

    def check(leaf: Atom) -> Tree:
        answers = [_is_a(leaf, kind) for kind in wanted]
        if True in answers:
            return boolean(machine, True)
        if None not in answers:
            return FALSE
        return unknown(machine, node, "isinstance()", leaf, *(kind for kind in wanted if isinstance(kind, Atom)))

    return machine.each(args.positional[0], check)


_TYPES = {**vars(builtins), "OrderedDict": OrderedDict, "collections.OrderedDict": OrderedDict}
"""By their names; those outside of ``builtins`` also by their dotted names."""


def _is_a(leaf: Atom, kind: Tree) -> bool | None:
    if isinstance(kind, Class):
        if isinstance(leaf, Instance):
            return kind in leaf.cls.ancestry()
        return None if isinstance(leaf, (Opaque, External)) else False
    name = kind.name.removeprefix("builtins.") if isinstance(kind, External) else ""
    own = _type_name(leaf)
    if not name or own is None:
        return None
    if name in ("Mapping", "collections.abc.Mapping", "typing.Mapping"):
        return isinstance(leaf, Table)
    made, asked = _TYPES.get(own), _TYPES.get(name)
    return issubclass(made, asked) if isinstance(made, type) and isinstance(asked, type) else None


def _type_name(leaf: Atom) -> str | None:
    if isinstance(leaf, Const):
        return type(leaf.value).__name__
    if isinstance(leaf, Table):
        return leaf.kind
    if isinstance(leaf, Sequence):
        return leaf.kind
    if isinstance(leaf, Opaque) and is_text(leaf):
        return "str"
    return None


def model_getattr(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    target, name = args.positional[0], args.positional[1]
    if not isinstance(name, Const):
        return None
    if not isinstance(name.value, str):
        return machine.throw("TypeError")
    default = args.positional[2] if len(args.positional) > 2 else None

    def get(leaf: Atom) -> Tree:
        if default is None:
            return attributes.attribute(machine, leaf, name.value, node)
        found = attributes.find(machine, leaf, name.value, node)
        return machine.each(found, lambda part: _or_default(machine, part, default))

    return machine.each(target, get)


def _or_default(machine: Machine, part: Atom, default: Tree) -> Tree:
    if part is ABSENT:
        return default
    if isinstance(part, Opaque) and is_more(part):
        tree: Tree = machine.choices.ite(machine.choices.decide(("there", part.key)), part, default)
        return tree
    return part


def model_hasattr(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    target, name = args.positional[0], args.positional[1]
    if not isinstance(name, Const):
        return None
    if not isinstance(name.value, str):
        return machine.throw("TypeError")

    def has(leaf: Atom) -> Tree:
        found = attributes.find(machine, leaf, name.value, node)
        return machine.each(
            found,
            lambda part: (
                unknown(machine, node, "hasattr()", part)
                if isinstance(part, (Opaque, External))
                else boolean(machine, part is not ABSENT)
            ),
        )

    return machine.each(target, has)


def model_setattr(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    target, name, value = args.positional[0], args.positional[1], args.positional[2]
    if not isinstance(name, Const):
        return None
    if not isinstance(name.value, str):
        return machine.throw("TypeError")
    attributes.set_attribute(machine, target, name.value, machine.placed(value, node), At(machine.source, node))
    return NONE


def model_globals(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    scope = machine.scope
    while scope.outer is not None:
        scope = scope.outer
    return scope


def model_locals(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if not args.positional:
        return machine.scope
    return machine.each(args.positional[0], lambda leaf: attributes.attribute(machine, leaf, "__dict__", node))


def model_dir(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """The names in a module of the project, or here."""

    def names(leaf: Atom) -> Tree:
        held = leaf.module if isinstance(leaf, Imported) else leaf
        # what goes over the module at hand nearly always notes what is in it, for which all of it would have to be run
        partly = isinstance(held, Module) and held.running and held.dropped
        if partly or not isinstance(held, Scope):
            return unknown(machine, node, "dir()", leaf)
        return _listed(machine, held, node, Const)

    return machine.each(args.positional[0] if args.positional else machine.scope, names)


def model_getmembers(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``inspect.getmembers(module)`` of a module of the project: its names and what they hold."""

    def members(leaf: Atom) -> Tree:
        if not isinstance(leaf, Imported):
            return part(machine, node, "inspect.getmembers()", leaf)
        module = leaf.module
        return _listed(machine, module, node, lambda name: sequence("tuple", [Const(name), machine.read(module, name)]))

    return machine.each(args.positional[0], members) if len(args.all()) == 1 else None


def _listed(machine: Machine, scope: Scope, node: cst.CSTNode, make: Callable[[Any], Tree]) -> Tree:
    """A list of what ``make`` makes of each name in ``scope``, in the order of the alphabet."""
    result = sequence("list", [], node)
    for name, guard in sorted(machine.keys(scope), key=lambda each: str(each[0])):
        if name == "__annotations__":
            continue
        with machine.only(guard):
            if machine.live:
                machine.replace(result, appended(machine, result, make(name)))
    with machine.only(machine.has_more(scope)):
        if machine.live:
            machine.replace(result, part(machine, node, "dir()", scope))
    return result


def model_super(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if len(args.positional) == 2 and isinstance(args.positional[0], Class) and isinstance(args.positional[1], Atom):
        return Super(args.positional[0], args.positional[1])
    first = next(iter(machine.scope.cells.values()), None)
    if not isinstance(first, (Instance, Class)):
        return None
    cls = first.cls if isinstance(first, Instance) else first
    return Super(machine.frames[-1].function.owner or cls, first)


def model_callable(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    def check(leaf: Atom) -> Tree:
        answer = is_callable(leaf)
        return unknown(machine, node, "callable()", leaf) if answer is None else boolean(machine, answer)

    return machine.each(args.positional[0], check)


def model_type(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    def of(leaf: Atom) -> Tree:
        if isinstance(leaf, Instance):
            return leaf.cls
        name = _type_name(leaf)
        if isinstance(leaf, OrderedTable):
            return External("collections.OrderedDict")
        return External(f"builtins.{name}") if name else unknown(machine, node, "type()", leaf)

    return machine.each(args.positional[0], of) if len(args.positional) == 1 else None


MODELS: dict[str, Model] = {"inspect.getmembers": model_getmembers}
