"""Signals that a project makes and sends itself: their receivers run where they are sent, in the same thread."""

from __future__ import annotations

from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.callsites import flat
from conn_lint.workers.expressions import Expressions
from conn_lint.workers.extract import MODULE
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

CLASSES = frozenset(("django.dispatch.Signal", "django.dispatch.dispatcher.Signal"))

SENDS = frozenset(("send", "send_robust", "asend", "asend_robust"))

_DECORATOR = frozenset(("django.dispatch.receiver", "django.dispatch.dispatcher.receiver"))
_SIGNAL = "signal made at "


def made(expr: f.Call) -> v.Ext:
    """The signal that the call ``expr`` makes, told from others by its place."""
    return v.Ext(f"{_SIGNAL}{expr.span}", made=True)


def sent(dotted: str) -> str:
    """The signal of which the method ``dotted`` sends; "" for any other method."""
    owner, _, method = dotted.rpartition(".")
    return owner if method in SENDS and owner.startswith(_SIGNAL) else ""


def receivers(reader: Expressions) -> dict[str, list[v.Func]]:
    """The receivers of each signal of the tree: decorated with ``receiver``, or given to ``connect()`` at import or
    in ``ready()``, in the order of the files."""
    found: dict[str, list[v.Func]] = {}
    for path in reader.graph.index.words.files(b".connect(", b"receiver("):
        facts = reader.graph.facts(path)
        for qualname, function in tuple(facts.functions.items()) if facts else ():
            assert facts is not None
            for decorator in function.decorators:
                for signal in _named(decorator, Scope(facts, None, None), reader):
                    found.setdefault(signal, []).append(v.Func(FunctionSymbol(path, qualname)))
            if qualname == MODULE or function.name == "ready":
                _connected(reader, facts, FunctionSymbol(path, qualname), found)
    return found


def _named(decorator: f.Expr, scope: Scope, reader: Expressions) -> list[str]:
    """The signals that ``@receiver(...)`` names."""
    if not isinstance(decorator, f.Call) or not decorator.args:
        return []
    name = reader.value(decorator.func, scope)[1]
    if not isinstance(name, v.Ext) or name.dotted not in _DECORATOR:
        return []
    given = reader.value(decorator.args[0], scope)[1]
    values = given.items if isinstance(given, v.Items) else (given,)
    return [each.dotted for each in values if isinstance(each, v.Ext) and each.dotted.startswith(_SIGNAL)]


def _connected(reader: Expressions, facts: f.FileFacts, symbol: FunctionSymbol, found: dict[str, list[v.Func]]) -> None:
    """Add the receivers that the statements of a function connect."""
    function = reader.graph.function(symbol)
    owner = ClassSymbol(symbol.path, function.owner) if function and function.owner else None
    scope = Scope(facts, function, owner)
    for statement in flat(function.body) if function else ():
        if isinstance(statement, f.Local):
            scope.imports.update(statement.imports)
        call = statement.value if isinstance(statement, f.Do) else None
        if not isinstance(call, f.Call) or not isinstance(call.func, f.Name) or not call.func.path.endswith(".connect"):
            continue
        signal = reader.name(call.func.path.removesuffix(".connect"), scope)
        given = dict(call.keywords).get("receiver") or (call.args[0] if call.args else None)
        receiver = reader.value(given, scope)[1] if given is not None else v.UNKNOWN
        if isinstance(signal, v.Ext) and signal.dotted.startswith(_SIGNAL) and isinstance(receiver, v.Func):
            found.setdefault(signal.dotted, []).append(receiver)
