"""Event loops that end with the piece of work they are made for, and their pool of threads with them (Python 3.9 to
3.14 ``asyncio/runners.py``: ``asyncio.run`` shuts the default executor down)."""

from __future__ import annotations

from collections.abc import Container, Iterator

from conn_lint.workers import facts as f
from conn_lint.workers.callsites import calls_of
from conn_lint.workers.graph import Graph
from conn_lint.workers.symbols import External, FunctionSymbol

MAX_FILES = 20
"""Files that may call a coroutine; a name that is in more says nothing."""


def ends_soon(graph: Graph, symbol: FunctionSymbol, lasting: Container[FunctionSymbol]) -> bool:
    """Whether each event loop that a coroutine function runs in was made for it, or for coroutines that wait for it,
    none of which is ``lasting``."""
    pending, seen = [symbol], {symbol}
    while pending:
        current = pending.pop()
        head = graph.head(current)
        if head is None or not head.is_async or current in lasting:
            return False
        callers = list(_callers(graph, current))
        if not callers:
            return False  # something outside the tree runs it
        for caller in callers:
            if caller is not None and caller not in seen:
                seen.add(caller)
                pending.append(caller)
    return True


def _callers(graph: Graph, symbol: FunctionSymbol) -> Iterator[FunctionSymbol | None]:
    """The functions that call ``symbol``; None for one that gives the coroutine to ``asyncio.run()``."""
    name = symbol.qualname.rpartition(".")[2]
    paths = graph.index.words.files(f"{name}(".encode())
    for path in paths if len(paths) <= MAX_FILES else (symbol.path,):
        facts = graph.facts(path)
        for qualname in tuple(facts.functions) if facts else ():
            caller = FunctionSymbol(path, qualname)
            function = graph.function(caller) if f"{name}(" in graph.text(caller) else None
            calls = list(calls_of(function.body)) if facts and function else []
            run = {id(arg) for call in calls if facts and _runs(graph, facts, call) for arg in call.args[:1]}
            for call in calls:
                if facts and _means(graph, facts, call, symbol, name):
                    yield None if id(call) in run else caller


def _runs(graph: Graph, facts: f.FileFacts, call: f.Call) -> bool:
    written = f.written(call.func)
    return written.endswith("run") and graph.resolve(facts, written) == External("asyncio.run")


def _means(graph: Graph, facts: f.FileFacts, call: f.Call, symbol: FunctionSymbol, name: str) -> bool:
    """Whether ``call`` may be one of ``symbol``."""
    written = f.written(call.func)
    if written.rpartition(".")[2] != name:
        return False
    found = graph.resolve(facts, written) if isinstance(call.func, f.Name) else None
    return found is None or found == symbol
