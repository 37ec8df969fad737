"""What settings code can hold: the leaves of the trees of ``choice``.

Plain Python constants are ``Const``; dicts, sequences, scopes, functions, classes and instances of the project
are objects with an identity, changed in place as Python would; what belongs to other people's modules is an
``External``, and what cannot be decided is an ``Opaque``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from conn_lint.settings.choice import Choices, Guard, Leaf, Node

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.model import Span
    from conn_lint.project.source import Source


class At(NamedTuple):
    """A place in a source, worked out only when somebody asks for it."""

    source: Source
    node: cst.CSTNode

    def span(self) -> Span:
        return self.source.span(self.node)


_serials = count()


class Atom(Leaf):
    """One thing that a name can be bound to."""

    __slots__ = ("_serial",)

    @property
    def serial(self) -> int:
        """A number of its own: unlike ``id``, no later atom gets it again."""
        try:
            return self._serial
        except AttributeError:
            self._serial: int = next(_serials)
            return self._serial


Tree = Node | Atom


class Const(Atom):
    """An immutable Python value; ``at`` is where a name or a key was first given it."""

    __slots__ = ("at", "value")

    def __init__(self, value: Any, at: At | None = None) -> None:
        self.value = value
        self.at = at

    def alike(self, other: object) -> bool:
        if not isinstance(other, Const) or type(self.value) is not type(other.value):
            return False
        return bool(self.value == other.value)

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


NONE = Const(None)
TRUE = Const(True)
FALSE = Const(False)


class Opaque(Atom):
    """A value that the source does not decide. Two with the same ``key`` are the same value.

    ``env`` names the environment variables it comes from, ``why`` says what cannot be followed.
    """

    __slots__ = ("at", "env", "key", "why")

    def __init__(self, key: Hashable, why: str, env: tuple[str, ...] = (), at: At | None = None) -> None:
        self.key = key
        self.why = why
        self.env = env
        self.at = at

    def alike(self, other: object) -> bool:
        return isinstance(other, Opaque) and self.key == other.key

    def __repr__(self) -> str:
        return f"Opaque({self.why!r})"


class Absent(Atom):
    """No such key, or a name that is not bound."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


class External(Atom):
    """Something of a module that is not in the project, by its dotted name; builtins are ``builtins.<name>``."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def alike(self, other: object) -> bool:
        return isinstance(other, External) and self.name == other.name

    def __repr__(self) -> str:
        return f"External({self.name})"


class Table(Atom):
    """A dict or a namespace.

    ``cells`` holds a tree per key, ABSENT where the key is not there. ``rest`` is what any other key holds:
    ABSENT in a table whose keys are all known. ``written`` is where each key was last set. ``born`` are the worlds
    in which the table was made; what it holds elsewhere does not matter. ``shaken`` counts how often code that
    cannot be followed may have changed it.
    """

    __slots__ = ("born", "cells", "rest", "shaken", "site", "written")

    dropped: frozenset[str] = frozenset()
    """Names whose statements were left out: nobody wants them."""

    def __init__(self, cells: dict[Any, Tree] | None = None, site: object = None, born: Guard = True) -> None:
        self.born = born
        self.cells: dict[Any, Tree] = cells if cells is not None else {}
        self.rest: Tree = ABSENT
        self.written: dict[Any, At] = {}
        self.site = site
        self.shaken = 0

    def missing(self, key: Any, choices: Choices) -> Tree:
        """What a key that was never written holds: where ``rest`` is unknown, an unknown of its own."""
        if self.rest is ABSENT:
            return ABSENT
        tree: Tree = choices.map(self.rest, lambda leaf: _more(leaf, key) if isinstance(leaf, Opaque) else leaf)
        return tree


def _more(rest: Opaque, key: Any) -> Opaque:
    return Opaque(("more", rest.key, key), rest.why, rest.env, rest.at)


def is_more(leaf: Atom) -> bool:
    """Whether ``leaf`` is a key that something unknown may have brought: it may as well not be there."""
    return isinstance(leaf, Opaque) and isinstance(leaf.key, tuple) and leaf.key[:1] == ("more",)


class Scope(Table):
    """The names of a module, a class body or one call of a function; ``outer`` is where a name is looked up next."""

    __slots__ = ("names_elsewhere", "outer")

    def __init__(self, outer: Scope | None = None, born: Guard = True) -> None:
        super().__init__(born=born)
        self.outer = outer
        self.names_elsewhere: dict[str, Scope] = {}
        """Names declared ``global`` or ``nonlocal``, and the scope they belong to."""


class ComprehensionScope(Scope):
    """The names of a comprehension: those of its ``for`` parts, while ``:=`` binds in the scope around it."""

    __slots__ = ()


class Module(Scope):
    """A module of the project; the scope of its top level."""

    __slots__ = ("dropped", "executed", "name", "path", "running")

    def __init__(self, name: str, path: str) -> None:
        super().__init__()
        self.name = name
        self.path = path
        self.executed: Node | bool = False
        """The worlds in which its body has run."""
        self.running = False
        self.dropped = frozenset()


class Imported(Atom):
    """A module of the project as a value; the Module itself is its ``__dict__``."""

    __slots__ = ("module",)

    def __init__(self, module: Module) -> None:
        self.module = module

    def alike(self, other: object) -> bool:
        return isinstance(other, Imported) and self.module is other.module


class Items(Atom):
    """The elements of a sequence at one moment."""

    __slots__ = ("trees",)

    def __init__(self, trees: tuple[Tree, ...]) -> None:
        self.trees = trees


class OpenItems(Atom):
    """Elements that are known, beside others that cannot be named."""

    __slots__ = ("rest", "trees")

    def __init__(self, trees: tuple[Tree, ...], rest: Opaque) -> None:
        self.trees = trees
        self.rest = rest


class Sequence(Atom):
    """A list, tuple, set or generator: ``items`` is a tree of Items, of OpenItems or Opaque where not all is known."""

    __slots__ = ("items", "kind", "site")

    def __init__(self, kind: str, items: Tree, site: object = None) -> None:
        self.kind = kind
        self.items = items
        self.site = site


class Function(Atom):
    """A function or lambda of the project with the scope it closes over."""

    __slots__ = ("defaults", "node", "owner", "scope", "source")

    def __init__(
        self, node: cst.FunctionDef | cst.Lambda, source: Source, scope: Scope, defaults: dict[str, Tree]
    ) -> None:
        self.node = node
        self.source = source
        self.scope = scope
        self.defaults = defaults
        self.owner: Class | None = None


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

    def all(self) -> tuple[Tree, ...]:
        return (*self.positional, *self.keywords.values())


class Native(Atom):
    """An object of a library that conn-lint has a model of."""

    __slots__ = ()

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

    def on(self, machine: Any, receiver: Atom, name: str) -> Tree:
        """The object as the attribute ``name`` of a class, read from the instance ``receiver``."""
        return self

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Around the body of ``with object:``."""
        yield


def sequence(kind: str, trees: Iterable[Tree], site: object = None) -> Sequence:
    """A sequence of known length."""
    return Sequence(kind, Items(tuple(trees)), site)


def strings(*values: str) -> Sequence:
    return sequence("list", [Const(value) for value in values])
