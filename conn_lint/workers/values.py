"""What an expression stands for, as far as following the code needs to know."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.workers.graph import ClassSymbol, FunctionSymbol


class Anything(NamedTuple):
    """Anything. ``param``: it came in as an argument of the function being followed."""

    param: bool = False


class Func(NamedTuple):
    """A function of the project; ``owner`` is the class of ``self`` it is bound to."""

    symbol: FunctionSymbol
    owner: ClassSymbol | None = None
    closure: int = 0
    """What it sees of the function it is defined in: a number in ``Expressions.closures``, as the captured
    values may hold functions in turn and would make this one dear to compare."""
    named: FunctionSymbol | None = None
    """The function it is known as, when this is what a decorator made of it."""
    wrap: str = ""
    """How it is run: "" directly, "thread-sensitive" (sync_to_async), "database" (database_sync_to_async),
    "atomic"."""


class Cls(NamedTuple):
    symbol: ClassSymbol


class Obj(NamedTuple):
    """An instance of a class of the project."""

    symbol: ClassSymbol


class Ext(NamedTuple):
    """Something outside the project, by dotted name; ``made``: the result of calling it."""

    dotted: str
    made: bool = False
    wrapped: Val | None = None
    """The callable it was given, for wrappers such as ``functools.partial``."""


class Connection(NamedTuple):
    """``django.db.connection`` or one of ``django.db.connections``; ``alias`` None: any."""

    alias: str | None


class Connections(NamedTuple):
    """``django.db.connections``, or its ``all()``."""


class Model(NamedTuple):
    """A model instance whose class is not known."""


class QuerySet(NamedTuple):
    """A lazy queryset or a manager, ``symbol`` the model where known."""

    symbol: ClassSymbol | None
    alias: str | None = None
    manager: bool = False


class Const(NamedTuple):
    value: str | bytes | int | float | bool | None


class Items(NamedTuple):
    items: tuple[Val, ...]


Val = Anything | Func | Cls | Obj | Ext | Connection | Connections | Model | QuerySet | Const | Items

UNKNOWN = Anything()
PARAM = Anything(param=True)
