"""The arguments of a call."""

from __future__ import annotations

from typing import NamedTuple

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
