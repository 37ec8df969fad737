"""The ways out of running code: what an exception, ``return``, ``break`` and ``continue`` did in which worlds."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Function
from conn_lint.settings.values import ABSENT, Tree

if TYPE_CHECKING:
    from conn_lint.settings.choice import Choices

MOST_EXITS = 24
"""Ways out of one ``try`` that are told apart."""


class Raised:
    """What happened in the body of one ``try``: the worlds that left it, by the exception they left with."""

    __slots__ = ("exits", "full", "takes_name_errors")

    def __init__(self, *, takes_name_errors: bool = True) -> None:
        self.takes_name_errors = takes_name_errors
        """Something here may take a NameError, as of a name that one release of Python has and another has not."""
        self.exits: list[tuple[Guard, str | None]] = []
        """``None``: some exception, not known which."""
        self.full = False
        """One decision stands for all that left, and for all that will."""

    def add(self, worlds: Guard, exception: str | None, choices: Choices) -> None:
        """``worlds`` leave with ``exception``. Once too many left to be told apart, whether a world is one of them
        is an open question of its own."""
        if not self.full and len(self.exits) < MOST_EXITS:
            self.exits.append((worlds, exception))
        elif not self.full:
            self.full = True
            env = dict.fromkeys(name for guard, _ in self.exits for name in choices.env_of(guard))
            left = choices.decide(("left", len(choices.decisions)), tuple(env))
            self.exits = [(left, None)]


class Frame:
    """One running call: what it returns, and in which worlds it already did."""

    __slots__ = ("entry", "function", "returned", "value", "yielded")

    def __init__(self, function: Function, entry: Guard, yielded: Callable[[Tree], None] | None = None) -> None:
        self.function = function
        self.entry = entry
        """The worlds that made the call."""
        self.yielded = yielded
        """What is done with each value that a generator yields."""
        self.value: Tree = ABSENT
        self.returned: Guard = False


class Loop:
    """One running loop: the worlds that left it by ``break``, and those that wait for its next turn."""

    __slots__ = ("broken", "continued")

    def __init__(self) -> None:
        self.broken: Guard = False
        self.continued: Guard = False


class Departures(NamedTuple):
    """The worlds that left by ``return``, ``break`` and ``continue``."""

    returned: Guard
    broken: Guard
    continued: Guard
