"""What the test of a branch says beyond its truth: which names hold something, and whether it watches the clock."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers import waits
from conn_lint.workers.callsites import calls_in, flat, names_read

_VIEWS = frozenset(("items", "keys", "values"))
_THROUGH = frozenset(("enumerate", "len", "list", "reversed", "sorted", "tuple"))
"""Functions whose result has as many items as their argument."""


class Filled(NamedTuple):
    """The names of collections that are not empty where a test holds, and where it does not; of queues those of their
    ``get``, as each takes something out."""

    holds: frozenset[str] = frozenset()
    fails: frozenset[str] = frozenset()


def filled(test: f.Expr) -> Filled:
    """What ``test`` says of the collections in it: ``if not records``, ``if len(records) == 0``."""
    if isinstance(test, (f.Not, f.IsZero)):
        inner = filled(test.value)
        return Filled(inner.fails, inner.holds)
    if isinstance(test, f.Choice) and test.test is None:
        parts = [filled(item) for item in test.items]
        holds = frozenset[str]().union(*(part.holds for part in parts)) if test.every else frozenset[str]()
        fails = frozenset[str]() if test.every else frozenset[str]().union(*(part.fails for part in parts))
        return Filled(holds, fails)
    if isinstance(test, f.Call) and isinstance(test.func, f.Name) and test.func.path.endswith(".empty"):
        return Filled(fails=frozenset((test.func.path.removesuffix("empty") + "get",)))
    name = collection(test)
    return Filled(holds=frozenset((name,))) if name else Filled()


def collection(expr: f.Expr) -> str | None:
    """The name of the collection that ``expr`` stands for or goes over item by item; None where it has none."""
    if isinstance(expr, f.Name):
        return expr.path
    if isinstance(expr, f.Call) and isinstance(expr.func, f.Name):
        owner, _, last = expr.func.path.rpartition(".")
        if owner and last in _VIEWS:
            return owner
        if not owner and last in _THROUGH and expr.args:
            return collection(expr.args[0])
    return None


def keys_asked(test: f.Expr) -> frozenset[str]:
    """The keys that ``test`` looks up: ``task["sync"]``, ``task.get("sync", False)``."""
    if isinstance(test, (f.Not, f.IsNone, f.IsZero)):
        return keys_asked(test.value)
    if isinstance(test, (f.Several, f.Choice)):
        return frozenset[str]().union(*map(keys_asked, test.items))
    key: f.Expr | None = test.key if isinstance(test, f.Item) else None
    if isinstance(test, f.Call) and f.written(test.func).endswith(".get"):
        key = next(iter(test.args), None)
    return frozenset((key.value,)) if isinstance(key, f.Constant) and isinstance(key.value, str) else frozenset()


def in_transaction(test: f.Expr) -> bool | None:
    """What ``test`` says within a transaction, where it asks for one: ``connection.in_atomic_block``,
    ``transaction.get_autocommit()``; None where it asks for something else."""
    name = f.written(test.func if isinstance(test, f.Call) else test).rpartition(".")[2]
    return {"in_atomic_block": True, "get_autocommit": False}.get(name)


def watches_the_clock(branch: f.If) -> bool:
    """Whether what a branch does is done every so often: its test asks how late it is."""
    return not waits.CLOCKS.isdisjoint(branch.mentions)


def counts_turns(branch: f.If) -> bool:
    """Whether what a branch does is done every so many turns: it sets the number back that its test asks."""
    return isinstance(branch.test, f.Several) and any(
        isinstance(each, f.Let)
        and isinstance(each.value, f.Constant)
        and type(each.value.value) is int
        and any(target.rpartition(".")[2] in branch.mentions for target in each.targets)
        for each in branch.body
    )


def drains(loop: f.Loop, fetched: frozenset[str]) -> bool:
    """Whether a loop is left as soon as a query finds nothing more: ``fetched`` are the names of what queries in it
    have found."""
    return any(
        isinstance(statement, f.If) and _leaves(statement) and not fetched.isdisjoint(_missing(statement.test))
        for statement in loop.body
    )


def follows_links(loop: f.Loop) -> bool:
    """Whether a ``while`` goes from one thing to the next as long as there is one: what it asks for comes out of what
    it was in the turn before, as in ``while url`` the address of the next page."""
    tests = [loop.source, *(each.test for each in flat(loop.body) if isinstance(each, f.If) and _leaves(each))]
    lets = (each for each in flat(loop.body) if isinstance(each, f.Let) and not _waits(each.value))
    made_of: dict[str, set[str]] = {}
    for let in lets:
        for target in let.targets:
            made_of.setdefault(target, set()).update(path.partition(".")[0] for path in names_read(let.value))
    return any(name in made_of and _comes_from(name, name, made_of) for name in map(_asked, tests))


def _waits(value: f.Expr) -> bool:
    """Whether something is called for a value that waits for it: what is left of ``wait(futures)`` is no next thing."""
    return any(f.written(call.func).rpartition(".")[2] in waits.BLOCKING_METHODS for call in calls_in(value))


def _asked(test: f.Expr) -> str:
    """The name that is asked whether it stands for anything, or for nothing; "" where something else is asked."""
    while isinstance(test, (f.Not, f.IsNone)):
        test = test.value
    return test.path if isinstance(test, f.Name) else ""


def _comes_from(name: str, source: str, made_of: dict[str, set[str]]) -> bool:
    """Whether what stands for ``source`` has a part in what ``name`` is made of, step by step."""
    seen: set[str] = set()
    pending = [name]
    while pending:
        for each in made_of.get(pending.pop(), set()) - seen:
            if each == source:
                return True
            seen.add(each)
            pending.append(each)
    return False


def leaves_by_the_clock(loop: f.Loop) -> bool:
    """Whether a turn leaves a loop because of the time, which it asks for itself or has asked for before."""
    times = {
        target
        for statement in flat(loop.body)
        if isinstance(statement, f.Let) and not waits.CLOCKS.isdisjoint(f.mentions(statement.value))
        for target in statement.targets
    }
    return any(
        isinstance(statement, f.If) and _leaves(statement) and not (waits.CLOCKS | times).isdisjoint(statement.mentions)
        for statement in loop.body
    )


def _leaves(branch: f.If) -> bool:
    return any(isinstance(each, f.Exit) and each.kind != "continue" for each in branch.body)


def _missing(test: f.Expr) -> frozenset[str]:
    """The names that are None or empty where ``test`` holds."""
    if isinstance(test, f.IsNone) and isinstance(test.value, f.Name):
        return frozenset((test.value.path,))
    return filled(test).fails
