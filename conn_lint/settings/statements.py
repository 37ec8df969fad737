"""What each kind of statement does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import libcst as cst

from conn_lint.settings import operators
from conn_lint.settings.attributes import set_attribute
from conn_lint.settings.choice import Guard
from conn_lint.settings.expressions import defaults, subscript_key
from conn_lint.settings.imports import import_module_statement, import_names
from conn_lint.settings.loops import iterate, repeat
from conn_lint.settings.methods import item, merge, remove, store
from conn_lint.settings.values import (
    ABSENT,
    NONE,
    Args,
    At,
    Atom,
    Class,
    Const,
    External,
    Function,
    Native,
    Scope,
    Sequence,
    Table,
    Tree,
    Wrapped,
)

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

MOST_TURNS = 120
"""Turns of a ``while`` that are run one by one."""

BASES = {
    "FileNotFoundError": "OSError",
    "ImproperlyConfigured": "Exception",
    "IndexError": "LookupError",
    "KeyError": "LookupError",
    "LookupError": "Exception",
    "ModuleNotFoundError": "ImportError",
    "OverflowError": "ArithmeticError",
    "UnboundLocalError": "NameError",
    "UndefinedValueError": "Exception",
    "UnicodeDecodeError": "ValueError",
    "ZeroDivisionError": "ArithmeticError",
}
"""What an exception is caught as beside its own name; those not listed derive from Exception."""

ALIASES = {"EnvironmentError": "OSError", "IOError": "OSError"}


def _line(machine: Machine, node: cst.SimpleStatementLine) -> None:
    for statement in node.body:
        if not machine.live:
            return
        machine.run(statement)


def _expression(machine: Machine, node: cst.Expr) -> None:
    machine.evaluate(node.value)


def _assign(machine: Machine, node: cst.Assign) -> None:
    value = _decided(machine, machine.evaluate(node.value), node)
    for target in node.targets:
        assign(machine, target.target, value, node)


def _annotated(machine: Machine, node: cst.AnnAssign) -> None:
    if node.value is not None:
        assign(machine, node.target, _decided(machine, machine.evaluate(node.value), node), node)


def _decided(machine: Machine, value: Tree, node: cst.CSTNode) -> Tree:
    """Settings are decided where a module or class says so, not inside the helpers that work them out."""
    return value if machine.frames else machine.placed(value, node)


def assign(machine: Machine, target: cst.BaseExpression, value: Tree, node: cst.CSTNode | None = None) -> None:
    """Bind ``value`` to a target; ``node`` is the statement that does it."""
    at = node or target
    if isinstance(target, cst.Name):
        machine.bind(target.value, value, At(machine.source, at))
    elif isinstance(target, cst.Subscript):
        store(machine, machine.evaluate(target.value), subscript_key(machine, target), value, at)
    elif isinstance(target, cst.Attribute):
        set_attribute(machine, machine.evaluate(target.value), target.attr.value, value, At(machine.source, at))
    elif isinstance(target, (cst.Tuple, cst.List)):
        _unpack(machine, target, value, at)


def _unpack(machine: Machine, target: cst.Tuple | cst.List, value: Tree, at: cst.CSTNode) -> None:
    elements = target.elements
    stars = [n for n, element in enumerate(elements) if isinstance(element, cst.StarredElement)]
    for index, element in enumerate(elements):
        if stars and index == stars[0]:
            stop = NONE if index + 1 == len(elements) else Const(index + 1 - len(elements))
            cut = operators.fold(machine, at, "a slice", slice, Const(index), stop)
            part = item(machine, value, cut, at)
        else:
            from_end = bool(stars) and index > stars[0]
            part = item(machine, value, Const(index - len(elements) if from_end else index), at)
        assign(machine, element.value, part, at)


def _augmented(machine: Machine, node: cst.AugAssign) -> None:
    name = type(node.operator).__name__.removesuffix("Assign")
    old = machine.evaluate(node.target)
    value = machine.evaluate(node.value)

    def change(left: Atom, right: Atom) -> Tree:
        if isinstance(left, Table) and name == "BitOr":
            merge(machine, node, left, right)
            return left
        if isinstance(left, Sequence) and left.kind == "list" and name == "Add":
            from conn_lint.settings.methods import SEQUENCE_METHODS

            SEQUENCE_METHODS["extend"](machine, left, Args((right,), {}), node)
            return left
        if name not in operators.BINARY:
            return machine.opaque(node, f"the operator {name} is not evaluated", left, right)
        return operators.binary(machine, node, name, left, right)

    result = machine.each(old, lambda left: machine.each(value, lambda right: change(left, right)))
    assign(machine, node.target, _decided(machine, result, node), node)


def _delete(machine: Machine, node: cst.Del) -> None:
    _delete_target(machine, node.target, node)


def _delete_target(machine: Machine, target: cst.BaseExpression, node: cst.Del) -> None:
    if isinstance(target, cst.Name):
        machine.bind(target.value, ABSENT)
    elif isinstance(target, cst.Subscript):
        remove(machine, machine.evaluate(target.value), subscript_key(machine, target), node)
    elif isinstance(target, cst.Attribute):
        set_attribute(machine, machine.evaluate(target.value), target.attr.value, ABSENT, At(machine.source, node))
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            _delete_target(machine, element.value, node)


def _if(machine: Machine, node: cst.If) -> None:
    test = machine.truth(machine.evaluate(node.test))
    with machine.only(test):
        if machine.live:
            machine.execute(node.body)
    if node.orelse is None:
        return
    with machine.only(machine.choices.negate(test)):
        if machine.live:
            if isinstance(node.orelse, cst.If):
                _if(machine, node.orelse)
            else:
                machine.execute(node.orelse.body)


def _for(machine: Machine, node: cst.For) -> None:
    from conn_lint.settings.machine import Loop

    source = machine.evaluate(node.iter)
    entry = machine.pc
    loop = Loop()
    machine.loops.append(loop)

    def turn(value: Tree) -> None:
        assign(machine, node.target, value, node)
        _body(machine, loop, node.body)

    if node.asynchronous is not None:
        source = machine.opaque(node, "an asynchronous loop is not followed", source)
    iterate(machine, source, turn, node)
    _leave(machine, loop, node.orelse, entry)


def _while(machine: Machine, node: cst.While) -> None:
    from conn_lint.settings.machine import Loop

    entry = machine.pc
    loop = Loop()
    machine.loops.append(loop)
    choices = machine.choices
    done: Guard = False
    for _ in range(MOST_TURNS):
        test = machine.truth(machine.evaluate(node.test))
        if not isinstance(test, bool):
            break
        if not test:
            done = choices.either(done, machine.pc)
            machine.pc = False
        if not machine.live:
            break
        _body(machine, loop, node.body)

    def turn() -> None:
        with machine.only(machine.truth(machine.evaluate(node.test))):
            if machine.live:
                _body(machine, loop, node.body)

    if machine.live:
        repeat(machine, node, machine.opaque(node, "a loop that may run any number of times"), turn)
    machine.pc = choices.either(machine.pc, done)
    _leave(machine, loop, node.orelse, entry)


def _body(machine: Machine, loop: Any, body: cst.BaseSuite) -> None:
    machine.execute(body)
    machine.pc = machine.choices.either(machine.pc, loop.continued)
    loop.continued = False


def _leave(machine: Machine, loop: Any, orelse: cst.Else | None, entry: Guard) -> None:
    machine.loops.remove(loop)
    if orelse is not None and machine.live:
        machine.execute(orelse.body)
    machine.rejoin(entry, machine.choices.either(machine.pc, loop.broken), left=True)


def _break(machine: Machine, node: cst.Break) -> None:
    if not machine.loops:
        machine.throw("SyntaxError")
        return
    loop = machine.loops[-1]
    loop.broken = machine.choices.either(loop.broken, machine.pc)
    machine.pc = False


def _continue(machine: Machine, node: cst.Continue) -> None:
    if not machine.loops:
        machine.throw("SyntaxError")
        return
    loop = machine.loops[-1]
    loop.continued = machine.choices.either(loop.continued, machine.pc)
    machine.pc = False


def _return(machine: Machine, node: cst.Return) -> None:
    if not machine.frames:
        machine.throw("SyntaxError")
        return
    value = machine.evaluate(node.value) if node.value is not None else NONE
    frame = machine.frames[-1]
    frame.value = value if frame.value is ABSENT else machine.choices.ite(machine.pc, value, frame.value)
    frame.returned = machine.choices.either(frame.returned, machine.pc)
    machine.pc = False


def _raise(machine: Machine, node: cst.Raise) -> None:
    exc = node.exc
    if exc is None:
        machine.throw(None)
        return
    machine.throw(_exception_name(exc.func if isinstance(exc, cst.Call) else exc))


def _exception_name(node: cst.CSTNode) -> str | None:
    name: str | None = None
    if isinstance(node, cst.Name):
        name = node.value
    elif isinstance(node, cst.Attribute):
        name = node.attr.value
    return ALIASES.get(name, name) if name else None


def _try(machine: Machine, node: cst.Try | cst.TryStar) -> None:
    from conn_lint.settings.machine import Raised

    choices = machine.choices
    entry = machine.pc
    raised = Raised()
    if node.handlers or node.finalbody:
        machine.tries.append(raised)
    machine.execute(node.body)
    if raised in machine.tries:
        machine.tries.remove(raised)
    after: Guard = machine.pc
    if node.orelse is not None and machine.live:
        machine.execute(node.orelse.body)
        after = machine.pc
    left = raised.exits
    for handler in node.handlers:
        left, caught = _caught(machine, handler, left)
        machine.pc = caught
        if caught is not False:
            if handler.name is not None:
                assign(machine, handler.name.name, machine.opaque(handler, "a caught exception"), handler)
            machine.execute(handler.body)
        after = choices.either(after, machine.pc)
    if node.finalbody is not None:
        machine.pc = entry
        machine.execute(node.finalbody.body)
        after = choices.both(after, machine.pc)
    for guard, name in left:
        machine.pc = guard
        machine.throw(name)
    machine.go_on(after)


def _caught(
    machine: Machine, handler: cst.ExceptHandler | cst.ExceptStarHandler, exits: list[tuple[Guard, str | None]]
) -> tuple[list[tuple[Guard, str | None]], Guard]:
    """What a handler lets pass, and the worlds it takes."""
    choices = machine.choices
    caught: Guard = False
    left: list[tuple[Guard, str | None]] = []
    names = _handled(handler)
    for number, (guard, raised) in enumerate(exits):
        matches = _matches(names, raised)
        if matches is None:
            taken = choices.both(guard, choices.decide(("caught", id(handler), number, machine.now)))
            caught = choices.either(caught, taken)
            left.append((choices.both(guard, choices.negate(taken)), raised))
        elif matches:
            caught = choices.either(caught, guard)
        else:
            left.append((guard, raised))
    return left, caught


def _handled(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> list[str | None]:
    if handler.type is None:
        return ["BaseException"]
    if isinstance(handler.type, cst.Tuple):
        return [_exception_name(element.value) for element in handler.type.elements]
    return [_exception_name(handler.type)]


def _matches(handled: list[str | None], raised: str | None) -> bool | None:
    """Whether a handler of these takes ``raised``; None when that cannot be known."""
    if "BaseException" in handled or "Exception" in handled:
        return True
    if raised is None:
        return None
    name: str | None = raised
    while name is not None:
        if name in handled:
            return True
        name = BASES.get(name)
    return None if None in handled or not _is_builtin(raised) else False


def _is_builtin(name: str) -> bool:
    import builtins

    return name in BASES or hasattr(builtins, name)


def _with(machine: Machine, node: cst.With) -> None:
    from conn_lint.settings.libraries.standard import Suppress
    from conn_lint.settings.machine import Raised

    suppress = False
    for part in node.items:
        value = machine.evaluate(part.item)
        suppress = suppress or isinstance(value, Suppress)
        if part.asname is not None:
            entered = value if isinstance(value, Native) else machine.opaque(part.item, "a context manager", value)
            assign(machine, part.asname.name, entered, node)
    if not suppress:
        machine.execute(node.body)
        return
    raised = Raised()
    machine.tries.append(raised)
    machine.execute(node.body)
    machine.tries.remove(raised)
    for guard, _ in raised.exits:
        machine.pc = machine.choices.either(machine.pc, guard)


def _function(machine: Machine, node: cst.FunctionDef) -> None:
    scope = machine.scope
    while isinstance(scope, ClassScope) and scope.outer is not None:
        scope = scope.outer
    function = Function(node, machine.source, scope, defaults(machine, node.params))
    machine.bind(node.name.value, _decorated(machine, function, node), At(machine.source, node))


class ClassScope(Scope):
    """The names of a class body while it runs and after; functions in it do not see them by bare name."""

    __slots__ = ()


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


def _class(machine: Machine, node: cst.ClassDef) -> None:
    bases = [machine.evaluate(base.value) for base in node.bases]
    scope = ClassScope(machine.scope)
    with machine.inside(scope, machine.source):
        machine.execute(node.body)
    known = tuple(
        base if isinstance(base, Atom) else machine.opaque(node, "a base class that varies") for base in bases
    )
    cls = Class(node.name.value, known, scope)
    for tree in scope.cells.values():
        inner = tree.function if isinstance(tree, Wrapped) else tree
        if isinstance(inner, Function):
            inner.owner = cls
    value = _decorated(machine, cls, node)
    if node.keywords:
        value = machine.opaque(node, "a class with a metaclass is not followed")
    machine.bind(node.name.value, value, At(machine.source, node))


def _global(machine: Machine, node: cst.Global) -> None:
    scope: Scope = machine.scope
    while scope.outer is not None:
        scope = scope.outer
    for name in node.names:
        machine.scope.names_elsewhere[name.name.value] = scope


def _nonlocal(machine: Machine, node: cst.Nonlocal) -> None:
    for name in node.names:
        scope = machine.scope.outer
        while scope is not None and name.name.value not in scope.cells:
            scope = scope.outer
        if scope is not None:
            machine.scope.names_elsewhere[name.name.value] = scope


def _assert(machine: Machine, node: cst.Assert) -> None:
    test = machine.truth(machine.evaluate(node.test))
    machine.throw_in(machine.choices.negate(test), "AssertionError")


def _match(machine: Machine, node: cst.Match) -> None:
    subject = machine.evaluate(node.subject)
    choices = machine.choices
    after: Guard = False
    for case in node.cases:
        entry = machine.pc
        if entry is False:
            break
        taken = _pattern(machine, case.pattern, subject)
        machine.pc = choices.both(entry, taken)
        if case.guard is not None and machine.live:
            taken = choices.both(taken, machine.truth(machine.evaluate(case.guard)))
            machine.pc = choices.both(entry, taken)
        if machine.live:
            machine.execute(case.body)
        after = choices.either(after, machine.pc)
        machine.pc = choices.both(entry, choices.negate(taken))
    machine.pc = choices.either(after, machine.pc)


def _pattern(machine: Machine, pattern: cst.MatchPattern, subject: Tree) -> Guard:
    """The worlds in which ``subject`` matches, its names bound there."""
    if isinstance(pattern, cst.MatchAs):
        taken = True if pattern.pattern is None else _pattern(machine, pattern.pattern, subject)
        if pattern.name is not None:
            with machine.only(taken):
                machine.bind(pattern.name.value, subject)
        return taken
    if isinstance(pattern, cst.MatchOr):
        guard: Guard = False
        for element in pattern.patterns:
            guard = machine.choices.either(guard, _pattern(machine, element.pattern, subject))
        return guard
    if isinstance(pattern, (cst.MatchValue, cst.MatchSingleton)):
        value = machine.evaluate(pattern.value)
        return machine.truth(operators.compare(machine, pattern, "Equal", subject, value))
    for name in _captured(pattern):
        machine.bind(name, machine.opaque(pattern, "a pattern that is not followed", subject))
    return machine.choices.decide(("match", id(pattern), machine.now))


def _captured(pattern: cst.CSTNode) -> list[str]:
    found = []
    pending = [pattern]
    while pending:
        node = pending.pop()
        if isinstance(node, (cst.MatchAs, cst.MatchStar)) and node.name is not None:
            found.append(node.name.value)
        pending.extend(node.children)
    return found


EXECUTORS: dict[type[cst.CSTNode], Callable[[Any, Any], None]] = {
    cst.AnnAssign: _annotated,
    cst.Assert: _assert,
    cst.Assign: _assign,
    cst.AugAssign: _augmented,
    cst.Break: _break,
    cst.ClassDef: _class,
    cst.Continue: _continue,
    cst.Del: _delete,
    cst.Expr: _expression,
    cst.For: _for,
    cst.FunctionDef: _function,
    cst.Global: _global,
    cst.If: _if,
    cst.Import: import_module_statement,
    cst.ImportFrom: import_names,
    cst.Match: _match,
    cst.Nonlocal: _nonlocal,
    cst.Raise: _raise,
    cst.Return: _return,
    cst.SimpleStatementLine: _line,
    cst.Try: _try,
    cst.TryStar: _try,
    cst.While: _while,
    cst.With: _with,
}
"""What is not listed does nothing (``pass``)."""
