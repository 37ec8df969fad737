"""Python's own values for the containers of settings code, where functions are tried out on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from conn_lint.settings.values import CONTAINERS


class TooLarge(Exception):
    """A constant that Python could work out, and that is not worth it or differs from run to run."""


class AnyOrder(set[Any]):
    """A set of several elements: what depends on their order cannot be worked out."""

    def __iter__(self) -> Iterator[Any]:
        raise TooLarge


class AnyOrderFrozen(frozenset[Any]):
    """Likewise a frozenset."""

    def __iter__(self) -> Iterator[Any]:
        raise TooLarge


class Entries(list[Any]):
    """A view of a dict as a list of what is in it, which is written otherwise."""

    def __repr__(self) -> str:
        raise TooLarge


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
    """``repr(value)``; raises TooLarge where a path is in it, whose class has another name on another system."""
    if _holds_path(value):
        raise TooLarge
    return repr(value)


def _holds_path(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_path, (*value, *value.values())))
    return isinstance(value, PurePath) or (isinstance(value, CONTAINERS) and any(map(_holds_path, elements_of(value))))
