"""What each kind of expression evaluates to."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.settings import comparisons, operators
from conn_lint.settings.attributes import attribute
from conn_lint.settings.calls import call
from conn_lint.settings.comprehensions import comprehension, dict_comprehension, generator_expression
from conn_lint.settings.containers import ComprehensionScope, Items, Sequence, Table, sequence
from conn_lint.settings.folding import fold, in_any_order
from conn_lint.settings.generators import evaluate_yield
from conn_lint.settings.iterators import Iterating, taken
from conn_lint.settings.literals import concatenated, ellipsis, formatted, literal
from conn_lint.settings.objects import Args, Function
from conn_lint.settings.subscripts import item, store
from conn_lint.settings.tables import merge
from conn_lint.settings.values import ABSENT, FALSE, NONE, TRUE, Atom, Const, Tree
from conn_lint.settings.wording import SYMBOLS

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


LITERALS = {"None": NONE, "True": TRUE, "False": FALSE}


MOST_ELEMENTS = 5000
"""Elements of the largest display that is evaluated; larger ones are data that no database setting needs."""


def _name(machine: Machine, node: cst.Name) -> Tree:
    return LITERALS.get(node.value) or machine.look_up(node.value)


def _attribute(machine: Machine, node: cst.Attribute) -> Tree:
    return machine.each(machine.evaluate(node.value), lambda leaf: attribute(machine, leaf, node.attr.value, node))


def _subscript(machine: Machine, node: cst.Subscript) -> Tree:
    target = machine.evaluate(node.value)
    return item(machine, target, subscript_key(machine, node), node)


def subscript_key(machine: Machine, node: cst.Subscript) -> Tree:
    """The key of a subscript; a slice is a constant ``slice``."""
    if len(node.slice) != 1:
        keys = [_index(machine, element.slice) for element in node.slice]
        return sequence("tuple", keys)
    return _index(machine, node.slice[0].slice)


def _index(machine: Machine, node: cst.BaseSlice) -> Tree:
    if isinstance(node, cst.Index):
        return machine.evaluate(node.value)
    cut = cst.ensure_type(node, cst.Slice)
    bounds = [machine.evaluate(b) if b is not None else NONE for b in (cut.lower, cut.upper, cut.step)]
    return fold(machine, node, "a slice", slice, *bounds)


def _call(machine: Machine, node: cst.Call) -> Tree:
    function = machine.evaluate(node.func)
    args = arguments(machine, node.args)
    return call(machine, function, args, node)


def arguments(machine: Machine, nodes: Any) -> Args:
    """The arguments of a call, ``*`` and ``**`` spread where their contents are known."""
    positional: list[Tree] = []
    keywords: dict[str, Tree] = {}
    more = False
    for arg in nodes:
        value = machine.evaluate(arg.value)
        if arg.star == "*":
            value = taken(machine, value, arg)
            items = in_any_order(machine, value, arg) if isinstance(value, Sequence) else None
            if isinstance(items, Items):
                positional += items.trees
            else:
                more = True
        elif arg.star == "**":
            if isinstance(value, Table) and machine.has_more(value) is False:
                for key, guard in machine.keys(value):
                    if isinstance(key, str) and guard is True:
                        keywords[key] = machine.read(value, key)
                    else:
                        more = True
            else:
                more = True
        elif arg.keyword is not None:
            keywords[arg.keyword.value] = machine.placed(value, arg.value)
        else:
            positional.append(machine.placed(value, arg.value))
    return Args(tuple(positional), keywords, more)


def _binary(machine: Machine, node: cst.BinaryOperation) -> Tree:
    chain: list[cst.BinaryOperation] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BinaryOperation):  # a long sum leans to the left: no recursion into it
        chain.append(left)
        left = left.left
    value = machine.evaluate(left)
    for operation in reversed(chain):
        right = machine.evaluate(operation.right)
        name = type(operation.operator).__name__
        if name not in operators.BINARY:
            value = machine.opaque(operation, f"the operator {SYMBOLS.get(name, name)} is not evaluated", value, right)
        else:
            value = operators.binary(machine, operation, name, value, right)
    return value


def _boolean(machine: Machine, node: cst.BooleanOperation) -> Tree:
    chain: list[cst.BooleanOperation] = []
    left: cst.BaseExpression = node
    while isinstance(left, cst.BooleanOperation):
        chain.append(left)
        left = left.left
    value = machine.evaluate(left)
    for operation in reversed(chain):
        stops = machine.truth(value)
        if type(operation.operator).__name__ == "And":
            stops = machine.choices.negate(stops)
        goes_on = machine.choices.negate(stops)
        other: Tree = ABSENT
        with machine.only(goes_on):
            if machine.live:
                other = machine.evaluate(operation.right)
        value = machine.choices.ite(goes_on, other, value)
    return value


def _comparison(machine: Machine, node: cst.Comparison) -> Tree:
    left = machine.evaluate(node.left)
    result: Tree = TRUE
    for target in node.comparisons:
        goes_on = machine.truth(result)
        right: Tree = ABSENT
        one: Tree = ABSENT
        with machine.only(goes_on):
            if machine.live:
                right = machine.evaluate(target.comparator)
                one = comparisons.compare(machine, node, type(target.operator).__name__, left, right)
        result = machine.choices.ite(goes_on, one, result)
        left = right
    return result


def _unary(machine: Machine, node: cst.UnaryOperation) -> Tree:
    value = machine.evaluate(node.expression)
    name = type(node.operator).__name__
    if name == "Not":
        return comparisons.boolean(machine, machine.choices.negate(machine.truth(value)))
    return operators.unary(machine, node, name, value)


def _conditional(machine: Machine, node: cst.IfExp) -> Tree:
    test = machine.truth(machine.evaluate(node.test))
    yes: Tree = ABSENT
    no: Tree = ABSENT
    with machine.only(test):
        if machine.live:
            yes = machine.evaluate(node.body)
    with machine.only(machine.choices.negate(test)):
        if machine.live:
            no = machine.evaluate(node.orelse)
    tree: Tree = machine.choices.ite(test, yes, no)
    return tree


def _dict(machine: Machine, node: cst.Dict) -> Tree:
    if len(node.elements) > MOST_ELEMENTS:
        return machine.opaque(node, f"it has more than {MOST_ELEMENTS} elements")
    table = Table(site=node, born=machine.pc)
    for element in node.elements:
        if not isinstance(element, cst.DictElement):
            machine.each(machine.evaluate(element.value), partial(_spread_in, machine, table=table, at=element.value))
        else:
            key = machine.evaluate(element.key)
            value = machine.placed(machine.evaluate(element.value), element.value)
            store(machine, table, key, value, element.value)
    return table


def _spread_in(machine: Machine, leaf: Atom, *, table: Table, at: cst.CSTNode) -> Tree:
    """``{**leaf}``, of what has keys."""
    if isinstance(leaf, (Const, Sequence, Iterating)):
        return machine.throw("TypeError")
    return merge(machine, at, table, leaf)


def _display(machine: Machine, node: cst.List | cst.Tuple | cst.Set) -> Tree:
    kind = type(node).__name__.lower()
    if len(node.elements) > MOST_ELEMENTS:
        return machine.opaque(node, f"it has more than {MOST_ELEMENTS} elements")
    values = [machine.evaluate(element.value) for element in node.elements]
    if kind == "set":
        return _extended(machine, node, kind, values)
    items: list[Tree] = []
    for element, value in zip(node.elements, values, strict=True):
        if isinstance(element, cst.StarredElement):
            value = taken(machine, value, node)
            spread = in_any_order(machine, value, node) if isinstance(value, Sequence) else value
            if not isinstance(spread, Items):
                return _extended(machine, node, kind, values)
            items += spread.trees
        else:
            items.append(value)
    return sequence(kind, items, node)


def _extended(machine: Machine, node: cst.List | cst.Tuple | cst.Set, kind: str, values: list[Tree]) -> Tree:
    """A display that grows one by one: a set, or one where the elements of something by ``*`` are no plain sequence."""
    from conn_lint.settings.sequences import SEQUENCE_METHODS

    several, one = ("update", "add") if kind == "set" else ("extend", "append")
    result = sequence("set" if kind == "set" else "list", [], node)
    for element, value in zip(node.elements, values, strict=True):
        method = several if isinstance(element, cst.StarredElement) else one
        SEQUENCE_METHODS[method](machine, result, Args((value,), {}), node)
    return Sequence(kind, result.items, node)


def _lambda(machine: Machine, node: cst.Lambda) -> Tree:
    return Function(node, machine.source, machine.scope, defaults(machine, node.params))


def defaults(machine: Machine, params: cst.Parameters) -> dict[str, Tree]:
    """The values of parameters that have a default, worked out where the function is defined."""
    return {
        param.name.value: machine.evaluate(param.default)
        for param in (*params.posonly_params, *params.params, *params.kwonly_params)
        if param.default is not None
    }


def _walrus(machine: Machine, node: cst.NamedExpr) -> Tree:
    from conn_lint.settings.targets import assign

    value = machine.evaluate(node.value)
    scope = machine.scope
    while isinstance(scope, ComprehensionScope) and scope.outer is not None:
        scope = scope.outer
    with machine.inside(scope, machine.source):
        assign(machine, node.target, value)
    return value


def _awaited(machine: Machine, node: cst.Await) -> Tree:
    machine.may_fail()
    return machine.opaque(node, "await is not followed")


EVALUATORS: dict[type[cst.CSTNode], Callable[[Any, Any], Tree]] = {
    cst.Attribute: _attribute,
    cst.Await: _awaited,
    cst.BinaryOperation: _binary,
    cst.BooleanOperation: _boolean,
    cst.Call: _call,
    cst.Comparison: _comparison,
    cst.ConcatenatedString: concatenated,
    cst.Dict: _dict,
    cst.DictComp: dict_comprehension,
    cst.Ellipsis: ellipsis,
    cst.Float: literal,
    cst.FormattedString: formatted,
    cst.GeneratorExp: generator_expression,
    cst.IfExp: _conditional,
    cst.Imaginary: literal,
    cst.Integer: literal,
    cst.Lambda: _lambda,
    cst.List: _display,
    cst.ListComp: comprehension,
    cst.Name: _name,
    cst.NamedExpr: _walrus,
    cst.Set: _display,
    cst.SetComp: comprehension,
    cst.SimpleString: literal,
    cst.Subscript: _subscript,
    cst.Tuple: _display,
    cst.UnaryOperation: _unary,
    cst.Yield: evaluate_yield,
}
