"""The objects that functions are handed to: whether one is what a registrar asks for, and how long a pool lives."""

from __future__ import annotations

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.arguments import Given, argument
from conn_lint.workers.entries import Pool
from conn_lint.workers.extract import MODULE
from conn_lint.workers.forks import RECYCLED
from conn_lint.workers.graph import Graph
from conn_lint.workers.scope import Scope


def is_receiver(target: v.Val, func: f.Expr, receivers: tuple[str, ...], graph: Graph) -> bool:
    """Whether the object of a method is one of ``receivers`` (``Registrar.receivers``), by its type or its name."""
    if isinstance(target, v.Obj) and graph.is_a(target.symbol, *receivers):
        return True
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


def is_own_pool(target: v.Val, graph: Graph) -> bool:
    """Whether ``target`` is a pool of a class of the project."""
    return isinstance(target, v.Obj) and graph.is_a(target.symbol, ".ThreadPoolExecutor", ".ProcessPoolExecutor")


def pool_of(receiver: tuple[v.Val, str], given: Given, expr: f.Call, scope: Scope, graph: Graph) -> Pool:
    """The kind of a pool that is given a function."""
    pool, owner = receiver[0], expr.func.path.rpartition(".")[0] if isinstance(expr.func, f.Name) else ""
    if receiver[1] == "run_in_executor":
        written = argument(expr, "executor", 0)
        pool, owner = given.first("executor"), written.path if isinstance(written, f.Name) else ""
    if receiver[1] == "to_thread" or pool == v.Const(None):
        return "event loop"
    if isinstance(pool, v.Ext) and pool.dotted == RECYCLED:
        return "processes"
    if not isinstance(pool, (v.Ext, v.Obj)) or not _is_short_lived(owner, scope):
        return ""
    names = (pool.dotted,) if isinstance(pool, v.Ext) else graph.ancestors(pool.symbol)[1]
    return "processes" if any(name.endswith(_PROCESSES) for name in names) else "threads"


def both(one: Pool, other: Pool) -> Pool:
    """The kind of two pools that run the same function."""
    known = {one, other}
    return one if one == other else "threads" if known == {"threads", "processes"} else ""


_PROCESSES = ("ProcessPoolExecutor", "multiprocessing.Pool", "pool.Pool")


def _is_short_lived(owner: str, scope: Scope) -> bool:
    """Whether a pool is made and left in the function that uses it, and not for as long as the process runs."""
    lasts = scope.in_endless and owner not in scope.of_turn
    if lasts or owner not in scope.names or "." in owner:
        return False
    # a pool of the module is seen in a function like those of the functions around it
    return owner not in scope.facts.values or scope.name == MODULE
