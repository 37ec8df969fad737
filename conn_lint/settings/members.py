"""Members of the project's enums."""

from __future__ import annotations

from typing import Any


class Member:
    """One member of an enum: a constant of its own, equal to ``value`` where the enum is one of texts or numbers.

    Its text is another one by the version of Python, so that nothing here gives one.
    """

    __slots__ = ("mixed", "name", "owner", "value")

    def __init__(self, owner: str, name: str, value: Any, *, mixed: bool) -> None:
        self.owner = owner
        self.name = name
        self.value = value
        self.mixed = mixed

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Member) and (self.owner, self.name) == (other.owner, other.name):
            return True
        if not self.mixed:
            return False
        return bool(self.value == (other.value if isinstance(other, Member) and other.mixed else other))

    def __hash__(self) -> int:
        return hash(self.value) if self.mixed else hash((self.owner, self.name))

    def __repr__(self) -> str:
        return f"{self.owner}.{self.name}"


def plain(value: Any) -> Any:
    """``value``; what a member of an enum of texts or numbers stands for."""
    return value.value if isinstance(value, Member) and value.mixed else value
