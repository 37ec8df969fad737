"""Functions and classes where they are defined."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings import libraries
from conn_lint.settings.containers import Scope
from conn_lint.settings.expressions import defaults
from conn_lint.settings.objects import Args, Class, Function, Wrapped
from conn_lint.settings.values import At, Atom, External, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def run_function(machine: Machine, node: cst.FunctionDef) -> None:
    scope = machine.scope
    while isinstance(scope, ClassScope) and scope.outer is not None:
        scope = scope.outer
    function = Function(node, machine.source, scope, defaults(machine, node.params))
    machine.bind(node.name.value, _decorated(machine, function, node), At(machine.source, node))


class ClassScope(Scope):
    """The names of a class body while it runs and after; functions in it do not see them by bare name."""

    __slots__ = ("annotations",)

    def __init__(self, outer: Scope) -> None:
        super().__init__(outer)
        self.annotations: dict[str, cst.BaseExpression] = {}


def _decorated(machine: Machine, value: Atom, node: cst.FunctionDef | cst.ClassDef) -> Tree:
    from conn_lint.settings.calls import call

    result: Tree = value
    for decorator in reversed(node.decorators):
        wrapper = machine.evaluate(decorator.decorator)
        name = wrapper.name if isinstance(wrapper, External) else ""
        if name in ("builtins.staticmethod", "builtins.classmethod", "builtins.property") and isinstance(result, Atom):
            result = Wrapped(name.removeprefix("builtins."), result)
        elif name.rpartition(".")[2] in ("cached_property", "classproperty") and isinstance(result, Atom):
            result = Wrapped("property", result)
        else:
            result = call(machine, wrapper, Args((result,), {}), node)
    return result


def run_class(machine: Machine, node: cst.ClassDef) -> None:
    bases = [machine.evaluate(base.value) for base in node.bases]
    scope = ClassScope(machine.scope)
    with machine.inside(scope, machine.source):
        machine.execute(node.body)
    known = tuple(
        base if isinstance(base, Atom) else machine.opaque(node, "a base class that varies") for base in bases
    )
    cls = Class(node.name.value, known, scope, scope.annotations)
    for tree in scope.cells.values():
        inner = tree.function if isinstance(tree, Wrapped) else tree
        if isinstance(inner, Function):
            inner.owner = cls
    value = _decorated(machine, _completed(machine, cls, node), node)
    if any(not _harmless(machine, keyword) for keyword in node.keywords):
        value = machine.opaque(node, "a class with a metaclass is not followed")
    machine.bind(node.name.value, value, At(machine.source, node))


def _completed(machine: Machine, cls: Class, node: cst.ClassDef) -> Atom:
    """``cls`` as the libraries that it inherits from complete it."""
    for base in cls.ancestry():
        if isinstance(base, External):
            made = libraries.completed(machine, cls, base.name, node)
            if made is not None:
                return made
    return cls


def _harmless(machine: Machine, keyword: cst.Arg) -> bool:
    value = machine.evaluate(keyword.value)
    if keyword.keyword is not None and keyword.keyword.value == "total":  # of a TypedDict
        return True
    return isinstance(value, External) and value.name == "abc.ABCMeta"


def run_global(machine: Machine, node: cst.Global) -> None:
    scope: Scope = machine.scope
    while scope.outer is not None:
        scope = scope.outer
    for name in node.names:
        machine.scope.names_elsewhere[name.name.value] = scope


def run_nonlocal(machine: Machine, node: cst.Nonlocal) -> None:
    for name in node.names:
        scope = machine.scope.outer
        while scope is not None and name.name.value not in scope.cells:
            scope = scope.outer
        if scope is not None:
            machine.scope.names_elsewhere[name.name.value] = scope
