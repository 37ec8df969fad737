"""The objects that functions are handed to: whether one is what a registrar asks for, and how long a pool lives."""

from __future__ import annotations

from typing import Literal

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given
from conn_lint.workers.extract import MODULE
from conn_lint.workers.forks import RECYCLED
from conn_lint.workers.scope import Scope


def is_receiver(target: v.Val, func: f.Expr, receivers: tuple[str, ...]) -> bool:
    """Whether the object of a method is one of ``receivers`` (``Registrar.receivers``), by its type or its name."""
    if isinstance(target, v.Ext):
        if any(target.dotted == name or target.dotted.startswith(f"{name}.") for name in receivers):
            return True
        if any(name.endswith("*") and target.dotted.startswith(name[:-1]) for name in receivers):
            return True
        if not target.made:
            return False
    owner = f.written(func).rpartition(".")[0].rpartition(".")[2].lower()
    if isinstance(func, f.Attr) and isinstance(func.value, f.Call):
        owner = f.written(func.value.func).lower()
    return any(name.islower() and "." not in name and name in owner for name in receivers)


def pool_of(
    receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope
) -> Literal["", "threads", "processes"]:
    """Of what a short-lived pool that is given a function consists; "" where the pool lives on."""
    if receiver[1] == "run_in_executor":
        pool = expr.args[0] if expr.args else f.OPAQUE
        return _short_lived(given.first("executor"), pool.path if isinstance(pool, f.Name) else "", scope)
    owner = expr.func.path.rpartition(".")[0] if isinstance(expr.func, f.Name) else ""
    return _short_lived(receiver[0], owner, scope)


def _short_lived(pool: v.Val, owner: str, scope: Scope) -> Literal["", "threads", "processes"]:
    """Whether a pool is made and left in the function that uses it, and not for as long as the process runs."""
    if isinstance(pool, v.Ext) and pool.dotted == RECYCLED:
        return "processes"
    lasts = scope.in_endless and owner not in scope.of_turn
    if lasts or not isinstance(pool, v.Ext) or owner not in scope.names or "." in owner:
        return ""
    if owner in scope.facts.values and scope.name != MODULE:
        return ""  # a pool of the module, which a function sees like those of the functions around it
    return (
        "processes" if pool.dotted.endswith(("ProcessPoolExecutor", "multiprocessing.Pool", "pool.Pool")) else "threads"
    )
