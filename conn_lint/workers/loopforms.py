"""What the loops of a function look like, and whether one of them may go on as long as the process."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.waits import CONSUMER_TYPES, ENDLESS_ITERATORS, STREAMS


def imports_consumer(facts: f.FileFacts) -> bool:
    """Whether a file imports a library of message consumers that are iterated themselves: ``for m in consumer``."""
    modules = {name.partition(".")[0] for name in (*CONSUMER_TYPES, *(start for start, _ in STREAMS))}
    return any(dotted.partition(".")[0] in modules for dotted in facts.imports.values())


def endless_iterators(facts: f.FileFacts) -> re.Pattern[str] | None:
    """Calls of iterators that never end, by the names that a file imports them by; None where it imports none."""
    names = {name for name, dotted in facts.imports.items() if dotted in ENDLESS_ITERATORS}
    for name, module in facts.imports.items():
        names |= {f"{name}.{last}" for last in ("count", "cycle") if f"{module}.{last}" in ENDLESS_ITERATORS}
    either = "|".join(map(re.escape, sorted(names)))
    return re.compile(rf"(?<![\w.])(?:{either})\(") if names else None


def loops_of(function: f.Function) -> Iterator[f.Loop]:
    """Its loops, inner ones too."""
    return (each for each in flat(function.body) if isinstance(each, f.Loop))


def may_be_endless(loop: f.Loop) -> bool:
    """Whether ``loop`` has no end of its own, as far as its head tells."""
    if loop.kind == "while":
        return loop.endless != "no"
    return isinstance(loop.source, (f.Call, f.Name))  # a name may hold what listen() returned


def called(expr: f.Expr) -> str:
    """The last name of what the call ``expr`` calls; "" where it is no call of a name."""
    return f.written(expr.func).rpartition(".")[2] if isinstance(expr, f.Call) else ""


def own_generator(expr: f.Expr) -> str:
    """``rows`` where ``expr`` calls ``self.rows()``, ``source.rows`` where it calls ``self.source.rows()``; "" where
    it does nothing like it."""
    path = expr.func.path if isinstance(expr, f.Call) and isinstance(expr.func, f.Name) else ""
    return path.removeprefix("self.") if path.startswith("self.") else ""
