"""What the statements at the top of a module bind, mention and may change, told by ``ast`` without running them."""

from __future__ import annotations

import ast

from conn_lint.settings.facts import Facts
from conn_lint.settings.units import ANYTHING, MAGIC_WORDS, Unit


def outline(tree: ast.Module) -> tuple[Unit, ...]:
    """A module as units in the order of their lines. Statements that share a line are one."""
    units: list[Unit] = []
    for statement in tree.body:
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(each.lineno for each in decorators)])
        unit = _unit(statement, first)
        if units and units[-1].last_line >= first:
            unit = _joined(units.pop(), unit)
        units.append(unit)
    return tuple(units)


def _joined(one: Unit, other: Unit) -> Unit:
    return Unit(
        one.first_line,
        other.last_line,
        one.binds | other.binds,
        one.mentions | other.mentions,
        one.flows | other.flows,
        one.touches | other.touches,
        one.calls + other.calls,
        one.variables | other.variables,
        one.imports + other.imports,
        one.names | other.names,
        one.outer | other.outer,
        one.classes | other.classes,
        one.attributes | other.attributes,
        one.defines or other.defines,
        None,
        one.leaves or other.leaves,
        False,
        one.deep or other.deep,
        one.only_defines and other.only_defines,
    )


def _unit(statement: ast.stmt, first_line: int) -> Unit:
    facts = Facts()
    try:
        facts.visit(statement)
    except RecursionError:
        facts = Facts()
        facts.take_all(statement)
    if not facts.mentions.isdisjoint(MAGIC_WORDS):
        facts.touches.add(ANYTHING)
    value = statement.value if isinstance(statement, (ast.Assign, ast.AnnAssign)) else None
    if isinstance(statement, ast.Assign) and not all(isinstance(target, ast.Name) for target in statement.targets):
        value = None
    return Unit(
        first_line,
        statement.end_lineno or statement.lineno,
        frozenset(facts.binds),
        frozenset(facts.mentions),
        frozenset(facts.flows),
        frozenset(facts.touches),
        tuple(facts.calls),
        frozenset(facts.variables),
        tuple(facts.imports),
        frozenset(facts.names),
        frozenset(facts.outer - {"environ"}),
        frozenset((statement.name,)) if isinstance(statement, ast.ClassDef) else frozenset(),
        frozenset(facts.attributes),
        facts.defines,
        None if facts.deep else value,
        facts.leaves,
        value is not None and not (facts.reads or facts.calls or facts.defines),
        facts.deep,
        isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) or isinstance(value, ast.Lambda),
    )
