"""What each kind of statement does: the table, and the simplest of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.settings.control import run_break, run_continue, run_for, run_if, run_match, run_while
from conn_lint.settings.definitions import ClassScope, run_class, run_function, run_global, run_nonlocal
from conn_lint.settings.exceptions import run_assert, run_raise, run_try
from conn_lint.settings.imports import import_module_statement, import_names
from conn_lint.settings.managers import run_with
from conn_lint.settings.targets import assign, decided, run_augmented, run_delete
from conn_lint.settings.values import ABSENT, NONE

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


def _line(machine: Machine, node: cst.SimpleStatementLine) -> None:
    for statement in node.body:
        if not machine.live:
            return
        machine.run(statement)


def _expression(machine: Machine, node: cst.Expr) -> None:
    machine.evaluate(node.value)


def _assign(machine: Machine, node: cst.Assign) -> None:
    value = decided(machine, machine.evaluate(node.value), node)
    for target in node.targets:
        assign(machine, target.target, value, node)


def _annotated(machine: Machine, node: cst.AnnAssign) -> None:
    if isinstance(machine.scope, ClassScope) and isinstance(node.target, cst.Name):
        machine.scope.annotations[node.target.value] = node.annotation.annotation
    if node.value is not None:
        assign(machine, node.target, decided(machine, machine.evaluate(node.value), node), node)


def _return(machine: Machine, node: cst.Return) -> None:
    if not machine.frames:
        machine.throw("SyntaxError")
        return
    value = machine.evaluate(node.value) if node.value is not None else NONE
    frame = machine.frames[-1]
    frame.value = value if frame.value is ABSENT else machine.choices.ite(machine.pc, value, frame.value)
    frame.returned = machine.choices.either(frame.returned, machine.pc)
    machine.pc = False


EXECUTORS: dict[type[cst.CSTNode], Callable[[Any, Any], None]] = {
    cst.AnnAssign: _annotated,
    cst.Assert: run_assert,
    cst.Assign: _assign,
    cst.AugAssign: run_augmented,
    cst.Break: run_break,
    cst.ClassDef: run_class,
    cst.Continue: run_continue,
    cst.Del: run_delete,
    cst.Expr: _expression,
    cst.For: run_for,
    cst.FunctionDef: run_function,
    cst.Global: run_global,
    cst.If: run_if,
    cst.Import: import_module_statement,
    cst.ImportFrom: import_names,
    cst.Match: run_match,
    cst.Nonlocal: run_nonlocal,
    cst.Raise: run_raise,
    cst.Return: _return,
    cst.SimpleStatementLine: _line,
    cst.Try: run_try,
    cst.TryStar: run_try,
    cst.While: run_while,
    cst.With: run_with,
}
"""What is not listed does nothing (``pass``)."""
