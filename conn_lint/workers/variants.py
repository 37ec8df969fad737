"""One function as several entrypoints: it calls functions of the project that others hand to it.

What a function sees of the one it is defined in, and what the attributes of its object hold, is its closure.
"""

from __future__ import annotations

from collections.abc import Sequence

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.callsites import calls_of
from conn_lint.workers.graph import Graph
from conn_lint.workers.scope import Captured
from conn_lint.workers.symbols import FunctionSymbol

MAX_VARIANTS = 12
"""Different functions that one entrypoint is followed with, where it calls what it is given."""


def fills(func: v.Func, known: v.Func, closures: Sequence[Captured]) -> bool:
    """Whether ``func`` is ``known`` with functions of the project in the place of arguments that are not known."""
    if func.symbol != known.symbol or func.owner != known.owner or func.closure == known.closure:
        return False
    held, ours = dict(closures[known.closure]), dict(closures[func.closure])
    wanted = [name for name, value in held.items() if value == v.PARAM]
    if not held:
        wanted = [name for name in ours if name.startswith("self.")]
    return any(isinstance(ours.get(name), v.Func) for name in wanted)


def is_variant(func: v.Func, known: tuple[v.Func, ...], closures: Sequence[Captured]) -> bool:
    """Whether ``func`` does what none of ``known`` does, which are the same function: for another class, or with
    other functions of the project."""
    if func.owner and func.owner not in [each.owner for each in known]:
        return True
    ours = _held(func, closures)
    return bool(ours) and len(known) < MAX_VARIANTS and ours not in [_held(each, closures) for each in known]


def _held(func: v.Func, closures: Sequence[Captured]) -> frozenset[FunctionSymbol]:
    return frozenset(value.symbol for _, value in closures[func.closure] if isinstance(value, v.Func))


def calls_back(value: v.Val, graph: Graph, closures: Sequence[Captured]) -> bool:
    """Whether ``value`` is a function that is defined in another one and calls what that one was given."""
    given = {name for name, held in closures[value.closure] if held == v.PARAM} if isinstance(value, v.Func) else ()
    function = graph.function(value.symbol) if given and isinstance(value, v.Func) else None
    calls = calls_of(function.body) if function else ()
    return any(isinstance(call.func, f.Name) and call.func.path in given for call in calls)
