"""One function as several entrypoints: it calls functions of the project that others hand to it.

What a function sees of the one it is defined in, and what the attributes of its object hold, is its closure; what it
is handed over with are the arguments that it is bound to.
"""

from __future__ import annotations

from collections.abc import Sequence

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.callsites import calls_of
from conn_lint.workers.graph import Graph
from conn_lint.workers.scope import Captured

MAX_VARIANTS = 12
"""Different functions that one entrypoint is followed with, where it calls what it is given."""


def fills(func: v.Func, known: v.Func, closures: Sequence[Captured]) -> bool:
    """Whether ``func`` is ``known`` with functions of the project in the place of arguments that are not known."""
    if (func.symbol, func.owner) != (known.symbol, known.owner):
        return False
    if func.bound != known.bound and _fills(dict(closures[func.bound]), dict(closures[known.bound])):
        return True
    if func.closure == known.closure:
        return False
    held, ours = dict(closures[known.closure]), dict(closures[func.closure])
    return _fills(ours, held or {name: v.PARAM for name in ours if name.startswith("self.")})


def _fills(ours: dict[str, v.Val], held: dict[str, v.Val]) -> bool:
    given = (ours.get(name) for name, value in held.items() if value == v.PARAM)
    return any(isinstance(each, (v.Func, v.Obj, v.Cls, v.Model)) for each in given)


def is_variant(func: v.Func, known: tuple[v.Func, ...], closures: Sequence[Captured]) -> bool:
    """Whether ``func`` does what none of ``known`` does, which are the same function: for another class, or with
    other functions of the project."""
    if func.owner and func.owner not in [each.owner for each in known]:
        return True
    ours = _held(func, closures)
    return bool(ours) and len(known) < MAX_VARIANTS and ours not in [_held(each, closures) for each in known]


def _held(func: v.Func, closures: Sequence[Captured]) -> frozenset[object]:
    captured = {value.symbol for _, value in closures[func.closure] if isinstance(value, v.Func)}
    rows = {each for each in closures[func.closure] if each[0].startswith("self.") and not isinstance(each[1], v.Func)}
    given = {(name, value.symbol) for name, value in closures[func.bound] if isinstance(value, (v.Func, v.Obj, v.Cls))}
    return frozenset(captured | rows | given)


def calls_back(value: v.Val, graph: Graph, closures: Sequence[Captured]) -> bool:
    """Whether ``value`` is a function that calls what another one was given: the one it is defined in, or the one that
    gives it its arguments."""
    held = (*closures[value.closure], *closures[value.bound]) if isinstance(value, v.Func) else ()
    given = {name for name, each in held if each == v.PARAM}
    function = graph.function(value.symbol) if given and isinstance(value, v.Func) else None
    calls = calls_of(function.body) if function else ()
    return any(isinstance(call.func, f.Name) and call.func.path in given for call in calls)
