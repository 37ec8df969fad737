"""What code learns of the process it runs in: ``sys.argv``, ``sys.modules``, ``sys.version_info``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.settings import imports
from conn_lint.settings.comparisons import TEST_WORDS
from conn_lint.settings.containers import Imported
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Native
from conn_lint.settings.values import Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine


class Argv(Native):
    """``sys.argv`` and ``sys.modules`` of a process that serves or works: not those of a test run."""

    __slots__ = ("name", "skipped")

    def __init__(self, name: str, skipped: int = 0) -> None:
        self.name = name
        self.skipped = skipped
        """How many of the words are left out: ``sys.argv[1:]``."""

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        if isinstance(item, Const) and item.value in TEST_WORDS:
            return False
        return None

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        if self.name == "sys.modules":
            if isinstance(key, Const) and isinstance(key.value, str):
                return imported(machine, key.value)
            return None
        index = key.value if isinstance(key, Const) else f"of step {machine.steps}"
        if isinstance(index, slice):
            first = index.start or 0
            plain = index.stop is None and index.step is None and isinstance(first, int) and first >= 0
            return Argv(self.name, self.skipped + first) if plain else None
        if isinstance(index, int) and index >= 0:
            index += self.skipped
        return Opaque(("argument", str(index)), "the command line decides it")


class VersionInfo(Native):
    """``sys.version_info``: some Python 3."""

    __slots__ = ()

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        return Const(3) if isinstance(key, Const) and key.value == 0 else None

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        return Const(3) if name == "major" else None


def imported(machine: Machine, dotted: str) -> Tree:
    """The module called ``dotted``, run where it is one of the project."""
    module = imports.load(machine, dotted)
    return Imported(module) if module is not None else External(dotted)
