"""``with``: what context managers do before, after and instead of the code in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.choice import Guard, leaves
from conn_lint.settings.objects import Args, Instance, Native
from conn_lint.settings.targets import assign
from conn_lint.settings.values import ABSENT, Atom, Opaque, Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conn_lint.settings.machine import Machine


def run_with(machine: Machine, node: cst.With) -> None:
    _run(machine, node, node.items)


def _run(machine: Machine, node: cst.With, items: Sequence[cst.WithItem]) -> None:
    """The body of ``node`` inside the context managers ``items``."""
    if not items:
        machine.execute(node.body)
        return
    from conn_lint.settings.libraries.standard import Suppress

    part, *inner = items
    manager = machine.evaluate(part.item)
    if isinstance(manager, Instance) and node.asynchronous is None:
        _inside_own(machine, node, manager, part, inner)
        return
    entered: Tree = manager
    if not isinstance(manager, Native):
        entered = machine.opaque(part.item, "a context manager", manager)
        machine.escape(manager, entered)
        machine.may_fail()
    if part.asname is not None and machine.live:
        assign(machine, part.asname.name, entered, node)
    if isinstance(manager, Suppress):
        _suppressed(machine, node, inner, manager)
    elif isinstance(manager, Native):
        with manager.entered():
            _run(machine, node, inner)
    else:
        _run(machine, node, inner)
        for leaf in leaves(manager) if machine.live else ():
            if isinstance(leaf, Opaque):
                machine.escape_again(leaf, machine.opaque(part, "what a context manager does at its end", leaf))


def _suppressed(machine: Machine, node: cst.With, inner: Sequence[cst.WithItem], manager: Atom) -> None:
    from conn_lint.settings.worlds import Raised

    raised = Raised()
    machine.tries.append(raised)
    _run(machine, node, inner)
    machine.tries.remove(raised)
    for guard, _ in raised.exits:
        machine.pc = machine.choices.either(machine.pc, guard)


def _inside_own(
    machine: Machine, node: cst.With, manager: Instance, part: cst.WithItem, inner: Sequence[cst.WithItem]
) -> None:
    """Inside a context manager that is an object of the project: ``__exit__`` is run however the body is left, and
    where it gives something true the exception is gone."""
    from conn_lint.settings.attributes import find
    from conn_lint.settings.calls import call
    from conn_lint.settings.worlds import Raised

    choices = machine.choices
    enter, leave = (find(machine, manager, name, node) for name in ("__enter__", "__exit__"))
    if enter is ABSENT or leave is ABSENT:
        machine.throw("TypeError")
        return
    value = call(machine, enter, Args((), {}), part.item)
    if not machine.live:
        return
    entry = machine.pc
    raised = Raised()
    machine.tries.append(raised)
    if part.asname is not None:
        assign(machine, part.asname.name, value, node)
    _run(machine, node, inner)
    machine.tries.remove(raised)
    after: Guard = machine.pc
    machine.pc = entry
    how = tuple(
        machine.opaque(part, f"how a with statement is left ({name})") for name in ("type", "error", "traceback")
    )
    swallowed = machine.truth(call(machine, leave, Args(how, {}), part.item))
    finished = machine.pc
    after = choices.both(after, finished)
    for guard, name in raised.exits:
        left = choices.both(guard, finished)
        after = choices.either(after, choices.both(left, swallowed))
        machine.pc = choices.both(left, choices.negate(swallowed))
        if machine.live:
            machine.throw(name)
    machine.go_on(after)
