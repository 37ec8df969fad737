"""Python's own values for the containers of settings code, where functions are tried out on them."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from pathlib import PurePath
from typing import Any

from conn_lint.settings.values import CONTAINERS


class Declined(Exception):
    """A value that Python could work out and that is not: it is called unknown, for the reason given."""


class TooLarge(Declined):
    """It is not worth it."""

    def __init__(self) -> None:
        super().__init__("a huge constant")


class Variable(Declined):
    """It differs from run to run, or from one system or Python to another."""

    def __init__(self) -> None:
        super().__init__("what is not the same in every run")


class AnyOrder(set[Any]):
    """A set of several elements: what depends on their order cannot be worked out."""

    def __iter__(self) -> Iterator[Any]:
        raise Variable


class AnyOrderFrozen(frozenset[Any]):
    """Likewise a frozenset."""

    def __iter__(self) -> Iterator[Any]:
        raise Variable


class Entries(list[Any]):
    """A view of a dict as a list of what is in it, which is written otherwise."""

    def __repr__(self) -> str:
        raise Variable


def as_set(values: list[Any]) -> Any:
    try:
        return AnyOrder(values) if len(values) > 1 else set(values)
    except TypeError:
        return tuple(values)


def as_frozenset(values: list[Any]) -> Any:
    try:
        return AnyOrderFrozen(values) if len(values) > 1 else frozenset(values)
    except TypeError:
        return tuple(values)


def elements_of(value: Any) -> Iterator[Any]:
    """What a container holds, in any order where it is a set."""
    if isinstance(value, AnyOrder):
        return set.__iter__(value)
    return frozenset.__iter__(value) if isinstance(value, AnyOrderFrozen) else iter(value)


def written(value: Any) -> str:
    """``repr(value)``; raises Variable where that is not the same everywhere."""
    if _differs(value):
        raise Variable
    return repr(value)


def written_in_ascii(value: Any) -> str:
    """``ascii(value)``; raises Variable likewise."""
    return written(value).encode("ascii", "backslashreplace").decode()


def filled_in(text: str, values: Any) -> str:
    """``text % values``; raises Variable where that is not the same everywhere."""
    named = isinstance(values, dict) and "%(" in text
    parts = values if isinstance(values, tuple) else values.values() if named else (values,)
    check_text(parts, written_out=bool(_WRITES.search(text)))
    filled: str = text % values
    return filled


_WRITES = re.compile(r"%(?:\([^)]*\))?[-+ #0*.\d]*[hlL]?[ra]")
"""A part of a format that asks for the ``repr`` of what is put there."""


def check_text(parts: Iterable[Any], *, written_out: bool) -> None:
    """Raise Variable where the text of one of ``parts`` is not the same everywhere; ``written_out``: its ``repr`` is
    asked for."""
    for part in parts:
        if written_out or isinstance(part, CONTAINERS):
            written(part)


def _differs(value: Any) -> bool:
    """Whether the text of ``value`` holds the name of a path's class, which is another one on another system, or is
    an OrderedDict's, which Python 3.12 writes in another way."""
    if isinstance(value, dict):
        return isinstance(value, OrderedDict) or any(map(_differs, (*value, *value.values())))
    return isinstance(value, PurePath) or (isinstance(value, CONTAINERS) and any(map(_differs, elements_of(value))))
