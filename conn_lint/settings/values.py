"""What settings code can hold: the leaves of the trees of ``choice``, and the simplest of them.

Plain Python constants are ``Const``, what belongs to other people's modules is an ``External``, and what cannot be
decided is an ``Opaque``. What has an identity and is changed in place, as Python would, is in ``containers`` and
``objects``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from conn_lint.settings.nodes import Leaf, Node, leaves

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


def next_serial() -> int:
    """A number that nothing has yet."""
    return next(_serials)


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


CONTAINERS = (list, tuple, dict, set, frozenset)


def shape(value: Any) -> str:
    """What tells a constant from others that equal it; a set has one whatever the order of its elements."""
    if isinstance(value, (set, frozenset)):
        return f"{{{', '.join(sorted(map(shape, frozenset(value))))}}}"
    if isinstance(value, (list, tuple)):
        return f"{type(value).__name__}({', '.join(map(shape, value))})"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{shape(key)}: {shape(item)}' for key, item in value.items())}}}"
    return repr(value)


class Const(Atom):
    """An immutable Python value; ``at`` is where a name or a key was first given it."""

    __slots__ = ("at", "value")

    def __init__(self, value: Any, at: At | None = None) -> None:
        self.value = value
        self.at = at

    def alike(self, other: object) -> bool:
        if not isinstance(other, Const) or type(self.value) is not type(other.value):
            return False
        if self.value != other.value:
            return False
        # [1] equals [True], and '%s' % tells them apart
        return not isinstance(self.value, CONTAINERS) or shape(self.value) == shape(other.value)

    def __repr__(self) -> str:
        return f"Const({self.value!r})"


NONE = Const(None)
TRUE = Const(True)
FALSE = Const(False)


class Opaque(Atom):
    """A value that the source does not decide. Two with the same ``key`` are the same value.

    ``env`` names the environment variables it comes from, ``why`` says what cannot be followed.
    """

    __slots__ = ("at", "env", "held", "key", "parents", "starts", "why")

    def __init__(
        self,
        key: Hashable,
        why: str,
        env: tuple[str, ...] = (),
        at: At | None = None,
        parents: tuple[Opaque, ...] = (),
    ) -> None:
        self.key = key
        self.why = why
        self.env = env
        self.at = at
        self.parents = parents
        """Other unknowns that hold something, which it may be a part of."""
        self.starts = ""
        """What it begins with, where it is a text of which so much is known."""
        self.held: list[Tree] = []
        """What it got hold of: it may be changed through it."""

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


def holders(trees: Iterable[Tree]) -> tuple[Opaque, ...]:
    """The unknowns that got hold of something of which those in ``trees`` may be parts."""
    found: dict[int, Opaque] = {}
    for leaf in [leaf for tree in trees for leaf in leaves(tree) if isinstance(leaf, Opaque)]:
        found.update((id(one), one) for one in (leaf, *leaf.parents) if one.held)
    return tuple(found.values())


def is_unchanging(tree: Tree) -> bool:
    """Whether nothing can change ``tree`` in place, nor get hold of anything through it."""
    if isinstance(tree, Opaque):
        return not tree.held and not tree.parents
    return isinstance(tree, (Const, External, Absent))
