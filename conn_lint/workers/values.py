"""What an expression stands for, as far as following the code needs to know."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeVar

from conn_lint.model import Span
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

Kind = TypeVar("Kind", bound=type)


def _distinct(kind: Kind) -> Kind:
    """A tuple that equals only others of its kind: ``Const(False)`` is not ``Anything(False)``."""

    def equal(one: Any, other: Any) -> bool:
        return type(other) is kind and tuple.__eq__(one, other)

    def unequal(one: Any, other: Any) -> bool:
        return not equal(one, other)

    kind.__eq__, kind.__ne__ = equal, unequal  # type: ignore[method-assign, assignment]
    return kind


@_distinct
class Anything(NamedTuple):
    """Anything. ``param``: it came in as an argument of the function being followed."""

    param: bool = False


class Wrap(NamedTuple):
    """What a decorator or wrapper from outside the followed code adds to each run of a function.

    ``in_thread``: run in a thread where it may query and close; ``atomic``: inside a transaction; ``start`` and
    ``end``: cleanups before and after it; ``manager``: inside this context manager; ``generator``: in the place
    of the ``yield`` of this call of a generator function."""

    in_thread: bool = False
    atomic: bool = False
    start: int = 0
    end: int = 0
    manager: Obj | None = None
    generator: tuple[Func, tuple[Val, ...], tuple[tuple[str, Val], ...], Span] | None = None


class Func(NamedTuple):
    """A function of the project; ``owner`` is the class of ``self`` it is bound to."""

    symbol: FunctionSymbol
    owner: ClassSymbol | None = None
    closure: int = 0
    """What it sees of the function it is defined in: a number in ``Expressions.closures``, as the captured
    values may hold functions in turn and would make this one dear to compare."""
    named: FunctionSymbol | None = None
    """The function it is known as, when this is what a decorator made of it."""
    wraps: tuple[Wrap, ...] = ()
    """Innermost first."""
    bound: int = 0
    """The arguments that a call will give it beside its own, by parameter: a number as ``closure`` is."""


@_distinct
class Cls(NamedTuple):
    symbol: ClassSymbol


@_distinct
class Obj(NamedTuple):
    """An instance of a class of the project."""

    symbol: ClassSymbol
    state: int = 0
    """The functions that its attributes hold, by ``self.name``: a number in ``Expressions.closures``."""


class Ext(NamedTuple):
    """Something outside the project, by dotted name; ``made``: the result of calling it."""

    dotted: str
    made: bool = False
    wrapped: Val | None = None
    """The callable it was given, for wrappers such as ``functools.partial``."""
    receiver: tuple[Val, str] | None = None
    """What that callable is a method of, and the name of the method, where it is none of the project's."""


@_distinct
class Later(NamedTuple):
    """A name of another file of the project, by its absolute dotted name, not looked up so far; ``()`` in it stands
    for a call of what comes before."""

    dotted: str

    @property
    def may_be_function(self) -> bool:
        """By the naming convention; classes and models are handed around far more often than called back."""
        last = self.dotted.rpartition(".")[2]
        return last[:1].islower() or last[:1] == "_"

    @property
    def may_be_class(self) -> bool:
        return not self.may_be_function and "()" not in self.dotted


@_distinct
class Connection(NamedTuple):
    """``django.db.connection`` or one of ``django.db.connections``; ``alias`` None: any."""

    alias: str | None


@_distinct
class Connections(NamedTuple):
    """``django.db.connections``, or its ``all()``."""


@_distinct
class Model(NamedTuple):
    """A model instance whose class is not known."""


class QuerySet(NamedTuple):
    """A lazy queryset or a manager, ``symbol`` the model where known."""

    symbol: ClassSymbol | None
    manager: bool = False
    streamed: bool = False
    """By ``iterator()``: its cursor stays open while its rows are used."""


@_distinct
class Const(NamedTuple):
    value: str | bytes | int | float | bool | None


@_distinct
class Text(NamedTuple):
    """A text of which only the beginning and the end are known, or one of them."""

    start: str
    end: str


@_distinct
class Items(NamedTuple):
    items: tuple[Val, ...]


@_distinct
class Table(NamedTuple):
    """A dictionary that holds functions or classes of the project."""

    items: tuple[Val, ...]


ONE_OF = "one of several"
"""Stands for any one of what an ``Ext`` of this name wraps."""


Val = (
    Anything
    | Func
    | Cls
    | Obj
    | Ext
    | Later
    | Connection
    | Connections
    | Model
    | QuerySet
    | Const
    | Text
    | Items
    | Table
)

UNKNOWN = Anything()
PARAM = Anything(param=True)


def table(values: list[Val]) -> Val:
    """A dictionary of ``values``, as far as they are functions or classes."""
    held = tuple(
        value
        for value in values
        if isinstance(value, (Func, Cls)) or (isinstance(value, Later) and value.may_be_function)
    )
    return Table(held[:MAX_HELD]) if held else UNKNOWN


def one_of(held: Table | Items) -> Val:
    """What a lookup in ``held`` yields, where it holds functions, classes or objects."""
    found = tuple(value for value in held.items if isinstance(value, (Func, Cls, Later, Obj)))
    return Ext(ONE_OF, made=True, wrapped=Items(found[:MAX_HELD])) if found else UNKNOWN


def either(one: Val, other: Val) -> Val | None:
    """Whichever of two things to call, of which one at least is a function or class of the project; None where one of
    them may be anything else."""
    found: list[Val] = []
    for each in (one, other):
        several = choices(each)
        if not several and not isinstance(each, (Func, Cls, Later, Ext)):
            return None
        found += several or (each,)
    if len(found) > MAX_HELD or not any(isinstance(each, (Func, Cls)) for each in found):
        return None
    return Ext(ONE_OF, made=True, wrapped=Items(tuple(dict.fromkeys(found))))


def choices(value: Val) -> tuple[Val, ...]:
    """What ``value`` may be, where that is one of several things; nothing where it is one or unknown."""
    several = isinstance(value, Ext) and value.dotted == ONE_OF and isinstance(value.wrapped, Items)
    return value.wrapped.items if several else ()  # type: ignore[union-attr]


def parts(held: Table, method: str) -> Val:
    """What a method of the dictionary ``held`` yields."""
    if method == "values":
        return Items(held.items)
    return Items(tuple(Items((UNKNOWN, item)) for item in held.items)) if method == "items" else one_of(held)


def joined(values: list[Val]) -> Val:
    """The text that ``values`` make one after the other, as far as its ends are known."""
    if not values:
        return UNKNOWN
    first, last = values[0], values[-1]
    start = first.value if isinstance(first, Const) else first.start if isinstance(first, Text) else ""
    end = last.value if isinstance(last, Const) else last.end if isinstance(last, Text) else ""
    if not isinstance(start, str) or not isinstance(end, str) or not (start or end):
        return UNKNOWN
    return Text(start, end)


MAX_HELD = 60
"""Functions and classes of a dictionary that are followed where one of them is called."""
