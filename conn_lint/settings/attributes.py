"""What ``value.name`` is, and setting it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.settings import libraries
from conn_lint.settings.containers import TYPES, Imported, Module, Sequence, Table
from conn_lint.settings.folding import fold, unknown
from conn_lint.settings.members import Member
from conn_lint.settings.nodes import leaves
from conn_lint.settings.objects import Args, Bound, Class, Function, Instance, Method, Native, Super, Wrapped
from conn_lint.settings.textpath import TextPath
from conn_lint.settings.values import ABSENT, At, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

PATH_ATTRIBUTES = frozenset("name parent parents parts stem suffix suffixes anchor root drive".split())
DELTA_ATTRIBUTES = frozenset("days seconds microseconds".split())


OF_MEMBERS = frozenset("_name_ _value_ label name value".split())
"""What a constant in a class has where a base that is not followed makes the class an enum."""


def attribute(machine: Machine, leaf: Atom, name: str, node: cst.CSTNode) -> Tree:
    """What ``leaf.name`` holds; raises AttributeError in the linted program where there is none."""
    found = find(machine, leaf, name, node)
    if not any(part is ABSENT for part in leaves(found)):
        return found
    return machine.each(found, lambda part: machine.throw("AttributeError") if part is ABSENT else part)


def find(machine: Machine, leaf: Atom, name: str, node: cst.CSTNode) -> Tree:
    """As ``attribute``, ABSENT where there is none."""
    if isinstance(leaf, Imported):
        return _of_module(machine, leaf.module, name)
    if isinstance(leaf, Instance):
        return _or_of_all(machine, _of_instance(machine, leaf, name, node), object, name, node)
    if isinstance(leaf, Class):
        own = machine.each(
            _in_ancestry(machine, leaf.ancestry(), name), lambda found: _from_class(found, leaf, name, machine, node)
        )
        return _or_of_all(machine, own, type, name, node)
    if isinstance(leaf, Super):
        ancestry = (leaf.receiver.cls if isinstance(leaf.receiver, Instance) else leaf.owner).ancestry()
        after = ancestry[ancestry.index(leaf.owner) + 1 :] if leaf.owner in ancestry else []
        return machine.each(
            _in_ancestry(machine, after, name), lambda found: _on_instance(machine, found, leaf.receiver, name, node)
        )
    if isinstance(leaf, External):
        return libraries.value(machine, f"{leaf.name}.{name}")
    if isinstance(leaf, Native):
        found = leaf.attribute(machine, name)
        return found if found is not None else unknown(machine, node, f"the attribute {name}", leaf)
    if isinstance(leaf, Const) and isinstance(leaf.value, PurePath) and name in PATH_ATTRIBUTES:
        return fold(machine, node, name, lambda path: _plain(getattr(path, name)), leaf)
    if isinstance(leaf, Const) and isinstance(leaf.value, TextPath) and not hasattr(str, name):
        if name in leaf.value.PROPERTIES:
            return fold(machine, node, name, lambda path: getattr(path, name), leaf)
        return Method(leaf, name)  # what is not known of its library is told when it is called
    if isinstance(leaf, Const) and isinstance(leaf.value, timedelta) and name in DELTA_ATTRIBUTES:
        return fold(machine, node, name, lambda delta: getattr(delta, name), leaf)
    if isinstance(leaf, Const) and isinstance(leaf.value, Member):
        return _of_member(machine, leaf, leaf.value, name, node)
    if isinstance(leaf, Const) and name in OF_MEMBERS and not hasattr(leaf.value, name):
        return unknown(machine, node, f"the attribute {name}", leaf)
    if isinstance(leaf, Table) and not hasattr(dict, name) and not isinstance(leaf.site, (cst.Dict, cst.DictComp)):
        return unknown(machine, node, f"the attribute {name}", leaf)  # it may be of a class of its own
    if isinstance(leaf, (Const, Table, Sequence)):
        return Method(leaf, name) if _is_there(leaf, name) else ABSENT
    if isinstance(leaf, Function) and name == "__name__":
        return Const(leaf.node.name.value if isinstance(leaf.node, cst.FunctionDef) else "<lambda>")
    if leaf is ABSENT:
        return ABSENT
    return unknown(machine, node, f"the attribute {name}", leaf)


def _or_of_all(machine: Machine, found: Tree, kind: type, name: str, node: cst.CSTNode) -> Tree:
    """``found``, and an unknown in the place of ABSENT for an attribute that all of a ``kind`` have."""
    if name in ("__call__", "__init__", "__new__") or not (hasattr(kind, name) or name == "__module__"):
        return found
    return machine.each(found, lambda part: unknown(machine, node, f"the attribute {name}") if part is ABSENT else part)


def _is_there(leaf: Const | Table | Sequence, name: str) -> bool:
    """Whether a builtin value has the attribute ``name``."""
    if isinstance(leaf, Sequence):
        return hasattr(TYPES.get(leaf.kind, list), name)
    if isinstance(leaf, Table):
        return hasattr(dict, name)
    return hasattr(Path if isinstance(leaf.value, PurePath) else leaf.value, name)


def _of_member(machine: Machine, leaf: Const, member: Member, name: str, node: cst.CSTNode) -> Tree:
    if name in ("name", "_name_"):
        return Const(member.name)
    if name in ("value", "_value_"):
        return Const(member.value, leaf.at)
    return unknown(machine, node, f"the attribute {name} of an enum member", leaf)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (str, PurePath)) else tuple(value)


def _of_module(machine: Machine, module: Module, name: str) -> Tree:
    from conn_lint.settings.imports import load

    if name == "__dict__":
        return module
    tree = machine.read(module, name)
    if any(part is ABSENT for part in leaves(tree)):
        inner = load(machine, f"{module.name}.{name}")
        if inner is not None:
            return machine.or_else(tree, Imported(inner))
    return tree


def _of_instance(machine: Machine, leaf: Instance, name: str, node: cst.CSTNode) -> Tree:
    if name == "__dict__":
        return leaf.fields
    if name == "__class__":
        return leaf.cls

    def from_class() -> Tree:
        found = _in_ancestry(machine, leaf.cls.ancestry(), name)
        return machine.each(found, lambda part: _on_instance(machine, part, leaf, name, node))

    return machine.each(machine.read(leaf.fields, name), lambda part: from_class() if part is ABSENT else part)


def _in_ancestry(machine: Machine, ancestry: list[Atom], name: str) -> Tree:
    """The first class of ``ancestry`` that has ``name``; an Opaque once it comes to a class it cannot see into."""
    for position, ancestor in enumerate(ancestry):
        if isinstance(ancestor, Class):
            tree = machine.read(ancestor.scope, name)
            if tree is ABSENT:
                continue
            return _or_inherited(machine, tree, ancestry[position + 1 :], name)
        if isinstance(ancestor, External) and ancestor.name == "builtins.object":
            continue
        if isinstance(ancestor, External) and ancestor.name == "builtins.dict":
            return External(f"builtins.dict.{name}")
        if isinstance(ancestor, External):
            inherited = libraries.inherited(machine, ancestor.name, name)
            if inherited is ABSENT:
                continue
            if inherited is not None:
                return inherited
        return Opaque(("inherited", ancestor.serial, name), f"{name} may be inherited from outside the project")
    return ABSENT


def _or_inherited(machine: Machine, tree: Tree, rest: list[Atom], name: str) -> Tree:
    return machine.each(tree, lambda part: _in_ancestry(machine, rest, name) if part is ABSENT else part)


def _from_class(found: Atom, cls: Class, name: str, machine: Machine, node: cst.CSTNode) -> Tree:
    if isinstance(found, Native):
        return found.on(machine, cls, name)
    if isinstance(found, Wrapped):
        if found.kind == "property":
            return unknown(machine, node, "a property of a class", found)
        return _receive(found.function, cls) if found.kind == "classmethod" else found.function
    return found


def _on_instance(machine: Machine, found: Atom, receiver: Atom, name: str, node: cst.CSTNode) -> Tree:
    from conn_lint.settings.calls import call

    if isinstance(found, Function):
        return _receive(found, receiver)
    if isinstance(found, Native):
        return found.on(machine, receiver, name)
    if isinstance(found, Wrapped):
        if found.kind == "property":
            return call(machine, _receive(found.function, receiver), Args((), {}), node)
        cls = receiver.cls if isinstance(receiver, Instance) else receiver
        return _receive(found.function, cls) if found.kind == "classmethod" else found.function
    if isinstance(found, External) and found.name.startswith("builtins.dict.") and isinstance(receiver, Instance):
        if hasattr(dict, name):
            return Method(receiver.content or Table(), name)
        found = ABSENT
    if found is ABSENT and isinstance(receiver, Instance) and not name.startswith("__"):
        hook = _in_ancestry(machine, receiver.cls.ancestry(), "__getattr__")
        return machine.each(
            hook,
            lambda part: (
                call(machine, _receive(part, receiver), Args((Const(name),), {}), node)
                if isinstance(part, Function)
                else ABSENT
            ),
        )
    return found


def _receive(function: Atom, receiver: Atom) -> Atom:
    return Bound(receiver, function) if isinstance(function, Function) else function


def set_attribute(machine: Machine, target: Tree, name: str, value: Tree, at: At) -> None:
    """``target.name = value``."""

    def assign(leaf: Atom) -> Tree:
        if isinstance(leaf, Instance):
            machine.write(leaf.fields, name, value, at)
        elif isinstance(leaf, Class):
            machine.write(leaf.scope, name, value, at)
        elif isinstance(leaf, Imported):
            machine.write(leaf.module, name, value, at)
        elif not (isinstance(leaf, Native) and leaf.assign(name, value)):
            cause = unknown(machine, at.node, f"setting the attribute {name}", leaf)
            machine.escape(value, cause)
            machine.escape_again(leaf, cause)
            machine.alter(leaf)
        return ABSENT

    machine.each(target, assign)
