"""``with``: what context managers do before, after and instead of the code in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from conn_lint.settings.exits import Raised
from conn_lint.settings.iterators import Iterating
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Args, Instance, Native
from conn_lint.settings.targets import assign
from conn_lint.settings.values import ABSENT, Atom, Opaque, Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conn_lint.settings.machine import Machine

    Taken = Callable[[str | None], Guard]
    """The worlds in which an exception, by its name where that is known, is gone."""


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

    def inside(leaf: Atom) -> Tree:
        if isinstance(leaf, Instance) and node.asynchronous is None:
            _inside_own(machine, node, leaf, part, inner)
        elif isinstance(leaf, Iterating):
            machine.throw("TypeError")
        elif isinstance(leaf, Native):
            if part.asname is not None:
                assign(machine, part.asname.name, leaf, node)
            with leaf.entered():
                _suppressed(
                    machine, node, inner, _taken(machine, leaf.taken, part) if isinstance(leaf, Suppress) else None
                )
        else:
            _inside_unknown(machine, node, leaf, part, inner)
        return ABSENT

    machine.each(manager, inside, statements=True)


def _taken(machine: Machine, names: list[str | None], part: cst.WithItem) -> Taken:
    """The worlds in which exceptions of these ``names`` are gone behind ``part``."""
    from conn_lint.settings.exceptions import taken_by

    return lambda raised: taken_by(machine, names, raised, ("suppressed", id(part), raised, machine.steps))


def _suppressed(machine: Machine, node: cst.With, inner: Sequence[cst.WithItem], gone: Taken | None) -> None:
    """The body, whose exceptions are gone in the worlds of ``gone``; ``None``: in none."""
    if gone is None:
        _run(machine, node, inner)
        return
    raised = Raised()
    machine.tries.append(raised)
    _run(machine, node, inner)
    machine.tries.remove(raised)
    _leave(machine, raised.exits, gone, machine.pc)


def _leave(machine: Machine, exits: list[tuple[Guard, str | None]], gone: Taken, after: Guard) -> None:
    """Go on in the worlds of ``after``, and in those of ``exits`` (``Raised.exits``) in which the exception is
    ``gone``; throw it in the others."""
    choices = machine.choices
    for guard, name in exits:
        swallowed = gone(name)
        after = choices.either(after, choices.both(guard, swallowed))
        machine.pc = choices.both(guard, choices.negate(swallowed))
        if machine.live:
            machine.throw(name)
    machine.go_on(after)


def _inside_unknown(
    machine: Machine, node: cst.With, manager: Atom, part: cst.WithItem, inner: Sequence[cst.WithItem]
) -> None:
    """Inside a context manager that is not followed: it may change what it was made of at its start and at its end,
    and take exceptions, unless it is a file."""
    entered = machine.opaque(part.item, "a context manager", manager)
    machine.escape(manager, entered)
    machine.may_fail()
    if part.asname is not None and machine.live:
        assign(machine, part.asname.name, entered, node)
    is_file = isinstance(manager, Opaque) and isinstance(manager.key, tuple) and manager.key[0] == "open()"
    takes = machine.choices.decide(("takes exceptions", id(part), machine.steps))
    entry = machine.pc
    _suppressed(machine, node, inner, None if is_file else lambda raised: takes)
    if entry is not False and isinstance(manager, Opaque):
        after, machine.pc = machine.pc, entry  # however the body is left
        machine.escape_again(manager, machine.opaque(part, "what a context manager does at its end", manager))
        machine.pc = after


def _inside_own(
    machine: Machine, node: cst.With, manager: Instance, part: cst.WithItem, inner: Sequence[cst.WithItem]
) -> None:
    """Inside a context manager that is an object of the project: ``__exit__`` is run however the body is left, and
    where it gives something true the exception is gone."""
    from conn_lint.settings.attributes import find
    from conn_lint.settings.calls import call

    choices = machine.choices
    enter, leave = (find(machine, manager, name, node) for name in ("__enter__", "__exit__"))
    if enter is ABSENT or leave is ABSENT:
        machine.throw("TypeError")
        return
    value = call(machine, enter, Args((), {}), part.item)
    if not machine.live:
        return
    entry = machine.pc
    before = machine.departures
    raised = Raised()
    machine.tries.append(raised)
    if part.asname is not None:
        assign(machine, part.asname.name, value, node)
    _run(machine, node, inner)
    machine.tries.remove(raised)
    after: Guard = machine.pc
    how = tuple(
        machine.opaque(part, f"how a with statement is left ({name})") for name in ("type", "error", "traceback")
    )
    with machine.at_the_end(entry, before):
        swallowed = machine.truth(call(machine, leave, Args(how, {}), part.item))
    finished = machine.pc
    after = choices.both(after, finished)
    exits = [(choices.both(guard, finished), name) for guard, name in raised.exits]
    _leave(machine, exits, lambda raised: swallowed, after)
