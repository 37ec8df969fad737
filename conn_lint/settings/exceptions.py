"""``raise``, ``try`` and ``assert``: which worlds leave with which exception, and which handler takes them."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.containers import Items, Sequence
from conn_lint.settings.exits import Raised
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Args, Class
from conn_lint.settings.targets import assign
from conn_lint.settings.values import External, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


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


_ABOVE_NAME_ERROR = frozenset(("BaseException", "Exception", "NameError", "UnboundLocalError"))


LEAVING = frozenset(("GeneratorExit", "KeyboardInterrupt", "SystemExit"))
"""What ``except Exception`` does not take."""


ALIASES = {"EnvironmentError": "OSError", "IOError": "OSError"}


def run_raise(machine: Machine, node: cst.Raise) -> None:
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


def run_try(machine: Machine, node: cst.Try | cst.TryStar) -> None:
    choices = machine.choices
    entry = machine.pc
    before = machine.departures
    raised = Raised(takes_name_errors=any(map(_may_take_name_error, node.handlers)))
    later = Raised(takes_name_errors=False)
    if node.handlers or node.finalbody:
        machine.tries.append(raised)
    machine.execute(node.body)
    if raised in machine.tries:
        machine.tries.remove(raised)
    if node.finalbody:
        machine.tries.append(later)
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
    if node.finalbody:
        machine.tries.remove(later)
        with machine.at_the_end(entry, before):
            machine.execute(node.finalbody.body)
        after = choices.both(after, machine.pc)
        left = [(choices.both(guard, machine.pc), name) for guard, name in (*left, *later.exits)]
    for guard, name in left:
        machine.pc = guard
        machine.throw(name)
    machine.go_on(after)


def _may_take_name_error(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    if handler.type is None:
        return True
    parts = [element.value for element in handler.type.elements] if isinstance(handler.type, cst.Tuple) else None
    names = map(_exception_name, parts or [handler.type])
    return any(name is None or not _is_builtin(name) or name in _ABOVE_NAME_ERROR for name in names)


def _caught(
    machine: Machine, handler: cst.ExceptHandler | cst.ExceptStarHandler, exits: list[tuple[Guard, str | None]]
) -> tuple[list[tuple[Guard, str | None]], Guard]:
    """What a handler lets pass, and the worlds it takes."""
    choices = machine.choices
    caught: Guard = False
    left: list[tuple[Guard, str | None]] = []
    names = _handled(machine, handler, exits)
    for number, (guard, raised) in enumerate(exits):
        takes = taken_by(machine, names, raised, ("caught", id(handler), number, machine.steps))
        caught = choices.either(caught, choices.both(guard, takes))
        if takes is not True:
            left.append((choices.both(guard, choices.negate(takes)), raised))
    return left, caught


def taken_by(machine: Machine, handled: list[str | None], raised: str | None, key: Hashable) -> Guard:
    """The worlds in which a handler of ``handled`` takes ``raised``; ``key`` is the question where that is open."""
    matches = _matches(handled, raised)
    return machine.choices.decide(key) if matches is None else matches


def _handled(
    machine: Machine, handler: cst.ExceptHandler | cst.ExceptStarHandler, exits: list[tuple[Guard, str | None]]
) -> list[str | None]:
    if handler.type is None:
        return ["BaseException"]
    parts = [element.value for element in handler.type.elements] if isinstance(handler.type, cst.Tuple) else None
    names = [_exception_name(part) for part in parts or [handler.type]]
    if all(name is not None and (name in ALIASES or _is_builtin(name)) for name in names):
        return names
    worlds: Guard = False
    for guard, _ in exits:
        worlds = machine.choices.either(worlds, guard)
    if worlds is False:
        return names
    before, machine.pc = machine.pc, worlds
    found = names_of(machine, machine.evaluate(handler.type))
    machine.pc = before
    return found


def names_of(machine: Machine, tree: Tree) -> list[str | None]:
    """The names of exceptions that ``tree`` is: a class or a tuple of such; None for one that cannot be known."""
    leaf = machine.choices.under(tree, machine.pc)
    if isinstance(leaf, Sequence) and isinstance(leaf.items, Items):
        return [name for part in leaf.items.trees for name in names_of(machine, part)]
    if isinstance(leaf, Class):
        return [leaf.name]
    if isinstance(leaf, External):
        name = leaf.name.rpartition(".")[2]
        return [ALIASES.get(name, name)]
    return [None]


def _matches(handled: list[str | None], raised: str | None) -> bool | None:
    """Whether a handler of these takes ``raised``; None when that cannot be known."""
    if "BaseException" in handled or ("Exception" in handled and raised not in LEAVING):
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


def run_assert(machine: Machine, node: cst.Assert) -> None:
    test = machine.truth(machine.evaluate(node.test))
    machine.throw_in(machine.choices.negate(test), "AssertionError")


def model_exit(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``sys.exit()``: the process ends there, unless a handler takes SystemExit."""
    return machine.throw("SystemExit")
