"""Binding names, keys and attributes; changing and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings import operators
from conn_lint.settings.attributes import set_attribute
from conn_lint.settings.containers import Items, Sequence, Table, sequence
from conn_lint.settings.expressions import subscript_key
from conn_lint.settings.folding import part
from conn_lint.settings.iterators import keep
from conn_lint.settings.objects import Args
from conn_lint.settings.subscripts import remove, store
from conn_lint.settings.tables import merge, spread
from conn_lint.settings.values import ABSENT, At, Atom, Opaque, Tree
from conn_lint.settings.wording import SYMBOLS

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def decided(machine: Machine, value: Tree, node: cst.CSTNode) -> Tree:
    """Settings are decided where a module or class says so, not inside the helpers that work them out."""
    return value if machine.frames else machine.placed(value, node)


def assign(machine: Machine, target: cst.BaseExpression, value: Tree, node: cst.CSTNode | None = None) -> None:
    """Bind ``value`` to a target; ``node`` is the statement that does it."""
    at = node or target
    if isinstance(target, (cst.Tuple, cst.List)):
        _unpack(machine, target, value, at)
        return
    if not machine.frames:
        keep(value)
    if isinstance(target, cst.Name):
        machine.bind(target.value, value, At(machine.source, at))
    elif isinstance(target, cst.Subscript):
        store(machine, machine.evaluate(target.value), subscript_key(machine, target), value, at)
    elif isinstance(target, cst.Attribute):
        set_attribute(machine, machine.evaluate(target.value), target.attr.value, value, At(machine.source, at))


def _unpack(machine: Machine, target: cst.Tuple | cst.List, value: Tree, at: cst.CSTNode) -> None:
    parts = machine.each(value, lambda leaf: spread(machine, leaf, at))

    def act(leaf: Atom) -> Tree:
        if isinstance(leaf, Items):
            _assign_all(machine, target, leaf.trees, at)
        else:
            machine.may_fail()
            for element in target.elements:
                assign(machine, element.value, machine.opaque(element, "an element", leaf), at)
        return ABSENT

    machine.each(parts, act)


def _assign_all(machine: Machine, target: cst.Tuple | cst.List, trees: tuple[Tree, ...], at: cst.CSTNode) -> None:
    elements = target.elements
    star = next((n for n, element in enumerate(elements) if isinstance(element, cst.StarredElement)), None)
    more = len(trees) - len(elements)
    if more != 0 if star is None else more < -1:
        machine.throw("ValueError")
        return
    for index, element in enumerate(elements):
        if star is None or index < star:
            part = trees[index]
        elif index == star:
            part = sequence("list", trees[index : index + more + 1], at)
        else:
            part = trees[index + more]
        assign(machine, element.value, part, at)


def run_augmented(machine: Machine, node: cst.AugAssign) -> None:
    name = type(node.operator).__name__.removesuffix("Assign")
    old = machine.evaluate(node.target)
    value = machine.evaluate(node.value)

    def change(left: Atom, right: Atom) -> Tree:
        if isinstance(left, Table) and name == "BitOr":
            merge(machine, node, left, right)
            return left
        if isinstance(left, Sequence) and left.kind == "list" and name == "Add":
            from conn_lint.settings.sequences import SEQUENCE_METHODS

            SEQUENCE_METHODS["extend"](machine, left, Args((right,), {}), node)
            return left
        if isinstance(left, Sequence) and left.kind in ("list", "set"):  # these change in place
            made = operators.binary(machine, node, name, left, right)
            machine.each(made, lambda new: _refilled(machine, left, new, node))
            return left
        if isinstance(left, Opaque):
            machine.escape_again(left, machine.opaque(node, "it was changed in place", left, right))
        if name not in operators.BINARY:
            return machine.opaque(node, f"the operator {SYMBOLS.get(name, name)} is not evaluated", left, right)
        return operators.binary(machine, node, name, left, right)

    result = machine.each(old, lambda left: machine.each(value, lambda right: change(left, right)))
    assign(machine, node.target, decided(machine, result, node), node)


def _refilled(machine: Machine, target: Sequence, new: Atom, node: cst.CSTNode) -> Tree:
    """Give ``target`` the elements of ``new``."""
    if isinstance(new, Sequence) and new.kind == target.kind:
        machine.replace(target, new.items)
    else:
        machine.replace(target, part(machine, node, "a changed sequence", new))
    return ABSENT


def run_delete(machine: Machine, node: cst.Del) -> None:
    _delete_target(machine, node.target, node)


def _delete_target(machine: Machine, target: cst.BaseExpression, node: cst.Del) -> None:
    if isinstance(target, cst.Name):
        name = target.value
        held = machine.read(machine.scope.names_elsewhere.get(name, machine.scope), name)
        machine.each(held, lambda leaf: machine.throw("NameError") if leaf is ABSENT else leaf)
        machine.bind(name, ABSENT)
    elif isinstance(target, cst.Subscript):
        remove(machine, machine.evaluate(target.value), subscript_key(machine, target), node)
    elif isinstance(target, cst.Attribute):
        set_attribute(machine, machine.evaluate(target.value), target.attr.value, ABSENT, At(machine.source, node))
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _delete_target(machine, element.value, node)
