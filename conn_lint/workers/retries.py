"""Code that catches what a lost connection raises and goes on with the same connection.

Looked at by its words and shape: whoever looks at the error, closes or connects anything, speaks of locks or waits
for a server to come up is taken to know what it does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from conn_lint.model import Observation, Place
from conn_lint.workers import facts as f
from conn_lint.workers.callsites import calls_of, flat
from conn_lint.workers.extract import MODULE
from conn_lint.workers.graph import Graph
from conn_lint.workers.prefilter import RETRY_WORDS
from conn_lint.workers.symbols import ClassSymbol, External, FunctionSymbol

_NAMES = ("OperationalError", "InterfaceError")
_DJANGO = frozenset(f"{module}.{name}" for module in ("django.db", "django.db.utils") for name in _NAMES)
_DRIVERS = frozenset(
    f"{module}.{name}"
    for module in (
        "MySQLdb",
        "MySQLdb._exceptions",
        "_mysql_exceptions",
        "pymysql",
        "pymysql.err",
        "mysql.connector",
        "mysql.connector.errors",
    )
    for name in _NAMES
)
"""Where the drivers have theirs; Django raises its own in their place (``DatabaseErrorWrapper``, since 1.6)."""

_RETRIES = frozenset(
    "backoff.on_exception retry.api.retry retry.retry retry2.retry retrying.retry tenacity.retry".split()
)
"""Decorators that call the function again, each told by its arguments which exceptions it is for."""

_HOOKS = frozenset("after before before_sleep on_backoff on_exception retry_error_callback wait_func".split())
"""Their arguments that run something between two attempts."""

_ELSEWHERE = re.compile(
    r"close|connect\(|reconnect|reset|recover|_connection\b|dispose|\.ping\(|(?<![bc])lock|121[37]|1205|1020|nowait|select_for_update"
    r"|ensure_connection|cursor\(|call_command|migrat|introspection|\busing\b|_exit|sys\.exit|self\.retry"
    r"|wait_for|waiting|unavailable|sqlite|psycopg|ProgrammingError",
    re.IGNORECASE,
)
"""Words of a function that heals a connection, retries for another reason, or waits for the first connection."""

_SAYING = frozenset(
    "append capture_exception critical debug error exception fatal format info log notice print repr str type"
    " warn warning write".split()
)
"""Functions that only tell of an exception they are given."""

_COMMON = _SAYING | frozenset("get len next range set sleep time update utcnow now".split())


class _Around(NamedTuple):
    """Where a statement stands: the loop, and what follows in its turn."""

    loop: f.Loop | None
    after: f.Body


def observe_retries(graph: Graph) -> Iterator[Observation]:
    """Every retry that keeps a lost connection, at its ``except`` or its decorator. The detail holds ``loop``,
    ``again`` or ``decorator``, ``driver`` where only a driver's own exception is caught, and ``operational`` where
    an InterfaceError is not."""
    for path in graph.index.words.files(*RETRY_WORDS):
        facts = graph.facts(path)
        for qualname in tuple(facts.functions) if facts else ():
            symbol = FunctionSymbol(path, qualname)
            text = graph.text(symbol) if qualname != MODULE else ""
            outside = "." not in qualname or bool(facts and facts.functions[qualname].owner)
            if facts and outside and any(name in text for name in _names(facts)) and not _ELSEWHERE.search(text):
                graph.function(symbol)
                for name, function in tuple(facts.functions.items()):
                    if name == qualname or name.startswith(f"{qualname}."):
                        yield from _of_function(function, facts, graph)


def _names(facts: f.FileFacts) -> Iterable[str]:
    """The words by which a file may name the exceptions."""
    local = (name for name, dotted in facts.imports.items() if dotted in _DJANGO | _DRIVERS)
    return {*local, *_NAMES}


def _of_function(function: f.Function, facts: f.FileFacts, graph: Graph) -> Iterator[Observation]:
    for decorator, span in zip(function.decorators, function.decorator_spans, strict=True):
        if isinstance(decorator, f.Call) and _dotted(decorator.func, facts, graph) in _RETRIES:
            caught = _caught(tuple(_paths(decorator)), facts, graph)
            if caught is not None and "driver" not in caught and not _HOOKS & {name for name, _ in decorator.keywords}:
                place = Place(function.span, "runs again on the same connection")
                yield Observation(
                    "retry-without-close", span, function.qualname, (place,), " ".join(["decorator", *caught])
                )
    yield from _of_body(function.body, _Around(None, ()), function, facts, graph)


def _of_body(
    body: f.Body, around: _Around, function: f.Function, facts: f.FileFacts, graph: Graph
) -> Iterator[Observation]:
    for number, statement in enumerate(body):
        here = around._replace(after=(*body[number + 1 :], *around.after))
        inner: tuple[f.Body, ...] = ()
        if isinstance(statement, f.Loop):
            here = _Around(statement, ())
            inner = (statement.body,)
        elif isinstance(statement, f.If):
            inner = (statement.body, statement.orelse)
        elif isinstance(statement, f.With):
            inner = (statement.body,)
        elif isinstance(statement, f.Try):
            inner = (statement.body, statement.orelse)
            for handler in statement.handlers:
                caught = _caught(handler.types, facts, graph)
                if caught is not None and ("driver" not in caught or "objects" in _mentioned(statement.body)):
                    how, place = _goes_on(handler, statement, here, function, graph)
                    if place is not None:
                        detail = " ".join([how, *caught])
                        yield Observation("retry-without-close", handler.span, function.qualname, (place,), detail)
        for part in inner:
            yield from _of_body(part, here, function, facts, graph)


def _goes_on(
    handler: f.Handler, tried: f.Try, around: _Around, function: f.Function, graph: Graph
) -> tuple[str, Place | None]:
    """How the work is done again after ``handler``, and where; no place when it is not, or that is not known."""
    calls = list(calls_of(handler.body))
    work = {_written(call.func) for call in calls_of(tried.body)}
    if not work or _looks_at(handler, calls) or _calls_healer(calls, function, graph):
        return "", None
    for call in calls:
        written = _written(call.func)
        own = written.removeprefix("self.").removeprefix("cls.") == function.name
        if own or (written in work and written.rpartition(".")[2] not in _COMMON):
            return "again", Place(call.span, "does it again on the same connection")
    if around.loop is not None and _ends_normally((*handler.body, *around.after)):
        return "loop", Place(around.loop.span, "this loop goes on with the same connection")
    return "", None


def _looks_at(handler: f.Handler, calls: Iterable[f.Call]) -> bool:
    """Whether the handler decides by the exception, or gives it to a function that may."""
    if not handler.name:
        return False
    tests = (statement for statement in flat(handler.body) if isinstance(statement, f.If))
    if any(handler.name in test.mentions for test in tests):
        return True
    return any(
        f.Name(handler.name) in (*call.args, *(value for _, value in call.keywords))
        and _written(call.func).rpartition(".")[2] not in _SAYING
        for call in calls
    )


def _calls_healer(calls: Iterable[f.Call], function: f.Function, graph: Graph) -> bool:
    """Whether something that is called may close the connection, as far as its text tells."""
    path = function.span.path
    facts = graph.facts(path)
    for written in {_written(expr) for call in calls for expr in (call.func, *call.args)} - {""}:
        if facts is None:
            continue
        found = graph.resolve(facts, written, {})
        if function.owner and written.startswith("self."):
            found = graph.method(ClassSymbol(path, function.owner), written.removeprefix("self."))
        if isinstance(found, FunctionSymbol) and _ELSEWHERE.search(graph.text(found)):
            return True
    return False


def _ends_normally(body: f.Body) -> bool:
    """Whether ``body`` may come to the next turn of the loop around it."""
    for statement in body:
        if isinstance(statement, f.Exit):
            return statement.kind == "continue"
        branches = (statement.body, statement.orelse) if isinstance(statement, f.If) and statement.orelse else ()
        if branches and not any(map(_ends_normally, branches)):
            return False
    return True


def _caught(types: Iterable[str], facts: f.FileFacts, graph: Graph) -> tuple[str, ...] | None:
    """Words about the exceptions among ``types`` that a lost connection raises; None: there are none."""
    found = {_dotted(f.Name(name), facts, graph) for name in types}
    ours = found & _DJANGO or found & _DRIVERS
    if not ours:
        return None
    words = []
    if not found & _DJANGO:
        words.append("driver")
    if not any(dotted.endswith((".InterfaceError", ".Error", ".Exception")) for dotted in found):
        words.append("operational")
    return tuple(words)


def _dotted(expr: f.Expr, facts: f.FileFacts, graph: Graph) -> str:
    found = graph.resolve(facts, expr.path, {}) if isinstance(expr, f.Name) else None
    return found.dotted if isinstance(found, External) else ""


def _paths(call: f.Call) -> Iterator[str]:
    """Every dotted name in the arguments of ``call``."""
    pending = [*call.args, *(value for _, value in call.keywords)]
    while pending:
        node = pending.pop()
        if isinstance(node, f.Name):
            yield node.path
        elif isinstance(node, f.Call):
            pending += [*node.args, *(value for _, value in node.keywords)]
        elif isinstance(node, (f.Several, f.Choice)):
            pending += node.items


def _mentioned(body: f.Body) -> set[str]:
    return {name for call in calls_of(body) for name in f.mentions(call)}


def _written(expr: f.Expr) -> str:
    """``expr`` as a dotted name, calls in it without their arguments; empty where it is none."""
    if isinstance(expr, f.Name):
        return expr.path
    if isinstance(expr, f.Attr):
        inner = _written(expr.value)
        return f"{inner}.{expr.name}" if inner else ""
    if isinstance(expr, f.Call):
        inner = _written(expr.func)
        return f"{inner}()" if inner else ""
    return ""
