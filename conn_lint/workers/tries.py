"""What a ``try`` is for: asking whether the server answers, or doing the work again on a new connection."""

from __future__ import annotations

from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.database import is_probe
from conn_lint.workers.effects import Effect
from conn_lint.workers.paths import Path


def retries(handler: f.Handler, rescue: Effect, statement: f.Try, tried: Effect) -> bool:
    """Whether the handler closes what a lost connection left behind and does the work again."""
    if not _takes_lost_connections(handler):
        return False
    paths = [path for paths in rescue.exits.values() for path in paths.values()]
    if (
        not paths
        or not all(path.lead.before for path in paths if path.first or path.lead.before)
        or not any(path.lead.before for path in paths)
    ):
        return False
    done, redone = (
        {each.func for each in _calls(body) if _last(each) != _OPENING} for body in (statement.body, handler.body)
    )
    again = done & redone
    goes_round = bool(rescue.leaving("continue")) and bool(tried.leaving("return", "break"))
    return rescue.queries or goes_round or any(isinstance(func, (f.Name, f.Attr)) for func in again)


def catches_all(statement: f.Try) -> bool:
    """Whether nothing that is raised leaves a ``try`` past its handlers."""
    return any(not each.types or not _EVERYTHING.isdisjoint(each.types) for each in statement.handlers)


def only_imports(statement: f.Try, names: frozenset[str]) -> bool:
    """Whether a ``try`` only imports some of ``names``."""
    imported = [dotted for each in statement.body if isinstance(each, f.Local) for _, dotted in each.imports]
    return bool(imported) and all(isinstance(each, f.Local) for each in statement.body) and names.issuperset(imported)


_EVERYTHING = frozenset(("BaseException", "Exception"))


def failed(path: Path, handler: f.Handler, tried: Effect) -> bool:
    """Whether ``path`` comes to a handler for whatever goes wrong, the database included, before it has done what is
    ``tried``: no turn without work, which comes to one for what is not there, as an empty queue, or after a wait."""
    takes = _takes_lost_connections(handler)
    return takes and tried.queries and path.first is None and path.lead.wait is None


def _takes_lost_connections(handler: f.Handler) -> bool:
    return not handler.types or any(name.rpartition(".")[2] in django.DATABASE_ERRORS for name in handler.types)


_OPENING = "ensure_connection"
"""It asks nothing of a connection that is there, and never fails for one that the server has closed (Django 5.2
``django/db/backends/base/base.py BaseDatabaseWrapper.ensure_connection``)."""

_PROBING = frozenset("connect cursor debug ensure_connection execute fetchall fetchone is_usable ping".split())


def probes(statement: f.Try) -> bool:
    """Whether a ``try`` does nothing but ask the server for an answer, and closes where there is none."""
    calls = _calls(statement.body)
    names = {_last(call) for call in calls}
    closing = [
        handler for handler in statement.handlers if any(_last(each) in _CLOSING for each in _calls(handler.body))
    ]
    if statement.orelse or not closing or len(closing) < len(statement.handlers) or not names <= _PROBING:
        return False
    return "ping" in names or any(_last(call) == "execute" and _asks(call) for call in calls)


def _asks(call: f.Call) -> bool:
    first = call.args[0] if call.args else None
    return isinstance(first, f.Constant) and is_probe(first.value)


_CLOSING = frozenset("close close_all close_if_unusable_or_obsolete close_old_connections connect".split())


def _last(call: f.Call) -> str:
    func = call.func
    return func.path.rpartition(".")[2] if isinstance(func, f.Name) else func.name if isinstance(func, f.Attr) else ""


def _calls(body: f.Body) -> list[f.Call]:
    found: list[f.Call] = []
    for statement in flat(body):
        value = getattr(statement, "value", None)
        if isinstance(value, f.Await):
            value = value.value
        if isinstance(value, f.Call):
            found.append(value)
    return found
