"""Functions, classes and instances of the project, what is bound to them, and objects of modelled libraries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

from conn_lint.settings.containers import Scope, Sequence, Table
from conn_lint.settings.nodes import Guard
from conn_lint.settings.values import Atom, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.project.source import Source


class Function(Atom):
    """A function or lambda of the project with the scope it closes over."""

    __slots__ = ("defaults", "is_generator", "local", "node", "owner", "scope", "source")

    def __init__(
        self, node: cst.FunctionDef | cst.Lambda, source: Source, scope: Scope, defaults: dict[str, Tree]
    ) -> None:
        self.node = node
        self.source = source
        self.scope = scope
        self.defaults = defaults
        self.owner: Class | None = None
        self.is_generator: bool | None = None
        """Whether it yields; None until somebody looked."""
        self.local: frozenset[str] | None = None
        """The names that its body binds; None until it is called."""


class Class(Atom):
    """A class of the project. A base that is not of the project is kept as the External or Opaque it is.

    ``annotations`` are those of its body, in order, whether a value follows or not.
    """

    __slots__ = ("annotations", "bases", "name", "scope")

    def __init__(
        self,
        name: str,
        bases: tuple[Atom, ...],
        scope: Scope,
        annotations: dict[str, cst.BaseExpression] | None = None,
    ) -> None:
        self.name = name
        self.bases = bases
        self.scope = scope
        self.annotations = annotations or {}

    def ancestry(self) -> list[Atom]:
        """The class and all it inherits from, nearest first, each once, a base after all its heirs."""
        order: list[Atom] = [self]
        for base in self.bases:
            for ancestor in base.ancestry() if isinstance(base, Class) else [base]:
                if ancestor in order:
                    order.remove(ancestor)
                order.append(ancestor)
        return order


class Instance(Atom):
    """An object made by a class of the project; ``content`` is what it holds when that class is a dict too."""

    __slots__ = ("cls", "content", "fields")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.fields = Table()
        self.content: Table | None = None


class Bound(Atom):
    """A function of the project with its first argument given."""

    __slots__ = ("function", "receiver")

    def __init__(self, receiver: Atom, function: Function) -> None:
        self.receiver = receiver
        self.function = function

    def alike(self, other: object) -> bool:
        return isinstance(other, Bound) and (self.receiver, self.function) == (other.receiver, other.function)


class Wrapped(Atom):
    """A function behind ``staticmethod``, ``classmethod`` or ``property``."""

    __slots__ = ("function", "kind")

    def __init__(self, kind: str, function: Atom) -> None:
        self.kind = kind
        self.function = function


class Super(Atom):
    """``super()``: the ancestry of ``receiver`` after ``owner``."""

    __slots__ = ("owner", "receiver")

    def __init__(self, owner: Class, receiver: Atom) -> None:
        self.owner = owner
        self.receiver = receiver


class Method(Atom):
    """A method of a builtin value, not called yet: ``DATABASES.update``."""

    __slots__ = ("name", "receiver")

    def __init__(self, receiver: Atom, name: str) -> None:
        self.receiver = receiver
        self.name = name

    def alike(self, other: object) -> bool:
        return isinstance(other, Method) and self.name == other.name and self.receiver.alike(other.receiver)


class TooFewArguments(Exception):
    """A function that is modelled was given fewer arguments by position than it must be given."""


class Given(tuple[Tree, ...]):
    """Arguments by position; to ask for one that was not given raises TooFewArguments."""

    def __getitem__(self, index: Any) -> Any:
        try:
            return super().__getitem__(index)
        except IndexError:
            raise TooFewArguments from None


class Args(NamedTuple):
    """The arguments of a call. ``open`` is true when an unknown ``*`` or ``**`` may bring more of them."""

    positional: tuple[Tree, ...]
    keywords: dict[str, Tree]
    open: bool = False

    def get(self, position: int, name: str) -> Tree | None:
        """The argument at ``position`` or called ``name``; None when it is not given."""
        if position < len(self.positional):
            return self.positional[position]
        return self.keywords.get(name)

    def checked(self) -> Args:
        """As they are, for a function that relies on some of them."""
        return self._replace(positional=Given(self.positional))

    def all(self) -> tuple[Tree, ...]:
        return (*self.positional, *self.keywords.values())


class Native(Atom):
    """An object of a library that conn-lint has a model of."""

    __slots__ = ()

    called = "an object of a library"
    """What a reader knows it as."""

    def attribute(self, machine: Any, name: str) -> Tree | None:
        """What the attribute ``name`` holds; None when the model does not know it."""
        return None

    def call(self, machine: Any, args: Args, node: cst.CSTNode) -> Tree | None:
        """What calling the object returns; None when the model does not know."""
        return None

    def item(self, machine: Any, key: Tree) -> Tree | None:
        """What subscripting the object gives; None when the model does not know."""
        return None

    def contains(self, machine: Any, item: Atom) -> Guard | None:
        """The worlds in which ``item`` is in the object; None when the model does not know."""
        return None

    def altered(self) -> None:
        """An attribute or item of the object is set: models whose answers rest on it give none from now on."""

    def given_away(self) -> None:
        """Code that cannot be followed has got the object, and may have changed it."""

    def assign(self, name: str, value: Tree) -> bool:
        """Set an attribute; False where the model does not know what that changes."""
        return False

    def mapping(self, machine: Any) -> Table | None:
        """Its keys and values where it is like a dict; None when the model does not know them."""
        return None

    def listed(self) -> Sequence | None:
        """What it gives where it is looped over, as a set where the order is not known; None when the model does not
        know it."""
        return None

    def on(self, machine: Any, receiver: Atom, name: str) -> Tree:
        """The object as the attribute ``name`` of a class, read from the instance ``receiver``."""
        return self

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Around the body of ``with object:``."""
        yield
