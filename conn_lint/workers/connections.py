"""What dotted names outside the tree stand for, those of Django's connections above all."""

from __future__ import annotations

from conn_lint.workers import django
from conn_lint.workers import values as v

CONNECTION_NAMES: dict[str, v.Val] = {
    "django.db.connection": v.Connection("default"),
    "django.db.connections": v.Connections(),
    "django.db.utils.connection": v.Connection("default"),
    "django.db.backends.connection": v.Connection("default"),
}

RAW_CONNECTION = "the driver's connection"
"""What ``connection.connection`` is, under a name that no module has."""

RAW = v.Ext(RAW_CONNECTION, made=True)
_CONNECTION = "django.db.connection."

CONNECTION_PARTS = {"connection": RAW_CONNECTION, "introspection": "django.db.cursor.introspection"}
"""What attributes of a connection are; introspection runs SQL in whatever it does."""


def external(dotted: str) -> v.Val:
    """What a dotted name outside the tree stands for."""
    if dotted in CONNECTION_NAMES:
        return CONNECTION_NAMES[dotted]
    if dotted.startswith(_CONNECTION):
        part, dot, rest = dotted.removeprefix(_CONNECTION).partition(".")
        if part in CONNECTION_PARTS:
            return v.Ext(CONNECTION_PARTS[part] + dot + rest, made=True)
    head, _, last = dotted.rpartition(".")
    if last in django.MANAGERS and head:
        return v.QuerySet(None, manager=True)
    return v.Ext(dotted)
