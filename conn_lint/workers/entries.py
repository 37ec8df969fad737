"""What is known of an entrypoint, and of the functions and frameworks that make one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from conn_lint.model import Place
from conn_lint.workers import values as v
from conn_lint.workers.frameworks.base import Framework
from conn_lint.workers.frameworks.paces import Pace

DONE_CALLBACK = "add_done_callback"


Pool = Literal["", "threads", "processes", "event loop"]
"""What kind of a pool that ends before the program does runs a function: "event loop" for threads of the loop in which
it is given to them; "" where it lasts, or nothing is known of it."""


class Entry(NamedTuple):
    """A function of the project as an entrypoint of ``framework``."""

    func: v.Func
    framework: Framework
    registrations: tuple[Place, ...]
    around: v.Func | None = None
    """The project's override of the method that runs it."""
    pool: Pool = ""
    """The pool that ends with the function that made it, or with the event loop of that."""
    others: tuple[v.Func, ...] = ()
    """The same method in other classes that inherit it."""
    pace: Pace | None = None
    """How often it runs; None: nothing says so."""
    signed: bool = False
    """Nothing shows that it is one but a call that only entrypoints make, perhaps by a way through others."""
    guessed: bool = False
    """Nothing in the tree registers it; its place says that something outside probably does."""


class Told(NamedTuple):
    """A framework, and the names of which a function that registers something with it holds at least one, where it
    holds none of the framework's words."""

    framework: Framework
    names: tuple[str, ...]


class Handover(NamedTuple):
    """Where a function of the project hands what it is given to a framework, and to what kind of a pool."""

    framework: Framework
    place: Place
    pool: Pool = ""
    inside: bool = False
    """What is handed over is a function of its own, which calls what it is given."""


class Decorators:
    """Finds decorators by their dotted names, as ``named`` has them: ``huey*.task`` is the method of any object of
    huey's."""

    def __init__(self, named: Mapping[str, Framework]) -> None:
        self.named = named
        self._of_objects: dict[str, list[str]] = {}
        for pattern in named:
            base, _, method = pattern.rpartition(".")
            if base.endswith("*"):
                self._of_objects.setdefault(method, []).append(pattern)

    def find(self, dotted: str) -> Framework | None:
        """The framework one of whose decorators ``dotted`` is."""
        return self.named.get(self.pattern(dotted))

    def pattern(self, dotted: str) -> str:
        """How ``dotted`` is named; "" where it is none of them."""
        if dotted in self.named:
            return dotted
        owner, _, method = dotted.rpartition(".")
        patterns = self._of_objects.get(method, ()) if owner else ()
        return next((each for each in patterns if owner.startswith(each.partition("*")[0])), "")


def names_of(framework: Framework) -> Iterator[str]:
    """The names by which code registers something with ``framework``."""
    for registrar in framework.registrars:
        name = registrar.name.replace("=", ".")
        yield name if name.startswith(".") else name.rpartition(".")[2]
    for dotted in (*framework.signs, *(each.name for each in framework.preparers), *framework.sightings):
        yield dotted.rpartition(".")[2]
    yield DONE_CALLBACK
