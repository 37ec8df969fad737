"""The arguments of a call."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.workers import facts as f
from conn_lint.workers import values as v

Keywords = tuple[tuple[str, v.Val], ...]


class Given(NamedTuple):
    """The evaluated arguments of a call."""

    args: tuple[v.Val, ...]
    keywords: Keywords

    @property
    def values(self) -> tuple[v.Val, ...]:
        return (*self.args, *(value for _, value in self.keywords))

    def first(self, keyword: str = "", position: int = 0) -> v.Val:
        found = dict(self.keywords).get(keyword)
        if found is not None:
            return found
        return self.args[position] if len(self.args) > position else v.UNKNOWN


def worth_telling(value: v.Val) -> v.Val:
    """What of an argument is worth telling the callee: things it may call, close or query."""
    if isinstance(value, v.Const) and not isinstance(value.value, (bool, type(None), int, float)):
        return v.UNKNOWN
    return v.UNKNOWN if isinstance(value, v.Items) else value


def argument(call: f.Call, keyword: str, position: int) -> f.Expr:
    """An argument of ``call`` as it is written; opaque where there is none."""
    positional = call.args[position] if len(call.args) > position else f.OPAQUE
    return dict(call.keywords).get(keyword, positional)
