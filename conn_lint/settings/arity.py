"""How many arguments Python's own functions and methods take by position, at most."""

from __future__ import annotations

import builtins
import inspect
from functools import cache
from typing import Any

from conn_lint.settings.containers import TYPES, Sequence, Table
from conn_lint.settings.values import Atom, Const

UNSIGNED = {
    **dict.fromkeys(("dict.clear", "dict.copy", "dict.items", "dict.keys", "dict.values"), 0),
    **dict.fromkeys(("list.__init__", "set.clear", "set.copy", "set.pop"), 0),
    **dict.fromkeys(("bool", "classmethod", "dict", "dir", "frozenset", "list", "set", "staticmethod", "vars"), 1),
    **dict.fromkeys(("dict.__getitem__", "dict.update", "set.__contains__", "str.format_map"), 1),
    **dict.fromkeys(("set.add", "set.discard", "set.remove"), 1),
    **dict.fromkeys(("dict.pop", "filter", "int", "iter", "next"), 2),
    **dict.fromkeys(("bytes", "getattr", "range", "str", "type"), 3),
    **dict.fromkeys(("str.count", "str.endswith", "str.find", "str.index", "str.rfind", "str.rindex"), 3),
    "str.startswith": 3,
}
"""Of those that do not tell it themselves (Python 3.11)."""

_BY_POSITION = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


def takes_too_many(function: str, given: int) -> bool:
    """Whether the builtin ``function`` raises TypeError for that many arguments by position."""
    most = _most(getattr(builtins, function, None), function)
    return most is not None and given > most


def method_takes_too_many(receiver: Atom, name: str, given: int) -> bool:
    """As ``takes_too_many``, for a method of one of Python's own values."""
    kind = _kind(receiver)
    if kind is None:
        return False
    most = _most(getattr(kind, name, None), f"{kind.__name__}.{name}", method=True)
    return most is not None and given > most


def _kind(receiver: Atom) -> type | None:
    if isinstance(receiver, Table):
        return dict if receiver.kind == "dict" else None
    if isinstance(receiver, Sequence):
        return TYPES.get(receiver.kind)
    return type(receiver.value) if isinstance(receiver, Const) and isinstance(receiver.value, (str, bytes)) else None


@cache
def _most(function: Any, name: str, *, method: bool = False) -> int | None:
    """None: any number, or nobody knows."""
    if name in UNSIGNED:
        return UNSIGNED[name]
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(each.kind is inspect.Parameter.VAR_POSITIONAL for each in parameters):
        return None
    return sum(each.kind in _BY_POSITION for each in parameters) - method
