"""Dicts, namespaces and sequences: what settings code changes in place."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from conn_lint.settings.choice import Choices
from conn_lint.settings.nodes import Guard, Node, leaves
from conn_lint.settings.values import ABSENT, At, Atom, Const, Opaque, Tree, holders, is_unchanging, next_serial

Shake = Callable[["Tree", Any], "Tree"]
"""What a cell of a table and its key become when something may have changed it."""


class Table(Atom):
    """A dict or a namespace.

    ``cells`` holds a tree per key, ABSENT where the key is not there. ``rest`` is what any other key holds:
    ABSENT in a table whose keys are all known. ``written`` is where each key was last set. ``born`` are the worlds
    in which the table was made; what it holds elsewhere does not matter.
    """

    __slots__ = ("_behind", "_cells", "_places", "born", "rest", "shakes", "site", "written")

    kind = "dict"
    dropped: frozenset[str] = frozenset()
    """Names whose statements were left out: nobody wants them."""

    def __init__(self, cells: dict[Any, Tree] | None = None, site: object = None, born: Guard = True) -> None:
        self._serial = next_serial()
        self.born = born
        self._cells: dict[Any, Tree] = cells if cells is not None else {}
        self._places: list[tuple[Any, Guard]] | None = None
        """Where the keys stand and in which worlds they stand there; None while each stands where ``cells`` has it."""
        self._behind: dict[Any, int] = {}
        """How many of ``shakes`` its cell already shows, for the keys where these are any."""
        self.rest: Tree = ABSENT
        self.written: dict[Any, At] = {}
        self.site = site
        self.shakes: list[Shake] = []
        """What cannot be followed and may have changed any key, in order. Most keys are never asked for again, so
        that a cell shows it only when somebody looks."""

    @property
    def cells(self) -> dict[Any, Tree]:
        """What each key holds."""
        if self.shakes:
            for key in self._cells:
                self.cell(key)
        return self._cells

    def cell(self, key: Any) -> Tree | None:
        """What ``key`` holds; None where it was never written."""
        held = self._cells.get(key)
        while held is not None and (shakes := self.shakes[self._behind.get(key, 0) :]):
            self._behind[key] = len(self.shakes)  # already, as a shake may ask for the very cell
            for shake in shakes:
                held = shake(held, key)
            self._cells[key] = held
        return held

    def put(self, key: Any, value: Tree) -> None:
        """Let ``key`` hold ``value``, whatever it held; one that was deleted comes back as the last."""
        if self._cells.get(key) is ABSENT and value is not ABSENT:
            del self._cells[key]
            if self._places is not None:
                self._places = [place for place in self._places if place[0] != key]
        if self._places is not None and key not in self._cells:
            self._places.append((key, True))
        self._cells[key] = value
        if self.shakes:
            self._behind[key] = len(self.shakes)

    @property
    def places(self) -> list[tuple[Any, Guard]]:
        """The keys in the order in which they came, those that are nowhere included.

        A key that one branch set before another key and the other branch behind it stands at two places, at each in
        the worlds of its guard."""
        return [(key, True) for key in self._cells] if self._places is None else list(self._places)

    def stand(self, key: Any, number: int, worlds: Guard, choices: Choices) -> None:
        """Let ``key`` stand at the place of that number in ``worlds``, and nowhere else there."""
        elsewhere = choices.negate(worlds)
        places = [(one, choices.both(guard, elsewhere) if one == key else guard) for one, guard in self.places]
        if number == len(places):
            places.append((key, False))
        places[number] = key, choices.either(places[number][1], worlds)
        self._places = [place for place in places if place[1] is not False]

    def arrange(self, other: Table) -> None:
        """Put the keys, which are some of those of ``other``, in the order they have there."""
        if other._places is not None:
            self._places = [place for place in other._places if place[0] in self._cells]

    def holders(self) -> list[Tree]:
        """What the keys hold that hold anything that can be changed in place."""
        return [held for key, cell in list(self._cells.items()) if (held := self._holder(key, cell)) is not None]

    def _holder(self, key: Any, cell: Tree) -> Tree | None:
        return None if is_unchanging(cell) else self.cell(key)

    def missing(self, key: Any, choices: Choices) -> Tree:
        """What a key that was never written holds: where ``rest`` is unknown, an unknown of its own."""
        if self.rest is ABSENT:
            return ABSENT
        tree: Tree = choices.map(self.rest, lambda leaf: _more(leaf, key) if isinstance(leaf, Opaque) else leaf)
        return tree


def _more(rest: Opaque, key: Any) -> Opaque:
    return Opaque((MORE, rest.key, key), rest.why, rest.env, rest.at, holders((rest,)))


MORE = "more"
"""The first part of the key of an unknown that may as well not be there."""

SHAKEN = "shaken"
"""The first part of the key of an unknown that something brought which may have changed a table."""


def is_shaken(leaf: Atom) -> bool:
    """Whether ``leaf`` is unknown because something may have changed the table it is in."""
    return isinstance(leaf, Opaque) and isinstance(leaf.key, tuple) and leaf.key[:1] == (SHAKEN,)


def is_more(leaf: Atom) -> bool:
    """Whether ``leaf`` is a key that something unknown may have brought: it may as well not be there."""
    return isinstance(leaf, Opaque) and isinstance(leaf.key, tuple) and leaf.key[:1] == (MORE,)


class OrderedTable(Table):
    """An OrderedDict."""

    __slots__ = ()

    kind = "OrderedDict"


class Scope(Table):
    """The names of a module, a class body or one call of a function; ``outer`` is where a name is looked up next."""

    __slots__ = ("local", "names_elsewhere", "outer")

    def __init__(self, outer: Scope | None = None, born: Guard = True, local: frozenset[str] = frozenset()) -> None:
        super().__init__(born=born)
        self.outer = outer
        self.local = local
        """Names of a function that are never looked up further out."""
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


TYPES: dict[str, type] = {
    "dict_items": type({}.items()),
    "dict_keys": type({}.keys()),
    "dict_values": type({}.values()),
    "frozenset": frozenset,
    "list": list,
    "set": set,
    "tuple": tuple,
}
"""Python's types of sequences, by what is called their kind here."""

SETS = frozenset({"frozenset", "set"})
"""The kinds of sequences that have each element once, in any order."""

VIEWS = frozenset({"dict_items", "dict_keys", "dict_values"})
"""The kinds of sequences that show what is in a table."""


class Sequence(Atom):
    """A list, tuple, set or view of a dict.

    ``items`` is a tree of Items, of OpenItems or Opaque where not all is known."""

    __slots__ = ("_items", "kind", "shakes", "site")

    def __init__(self, kind: str, items: Tree, site: object = None) -> None:
        self._serial = next_serial()
        self.kind = kind
        self._items = items
        self.site = site
        self.shakes: list[Callable[[Tree], Tree]] = []
        """What cannot be followed and may have changed the elements since; shown once somebody looks, as in a Table."""

    @property
    def items(self) -> Tree:
        """The elements."""
        while self.shakes:
            shakes, self.shakes = self.shakes, []  # a shake may ask for them, too
            items = self._items
            for shake in shakes:
                items = shake(items)
            self._items = items
        return self._items

    def put(self, items: Tree) -> None:
        """Let these be the elements, whatever they were."""
        self.shakes.clear()
        self._items = items

    def parts(self) -> list[Tree]:
        """The elements that can be named, some perhaps changed since."""
        return named(self._items)


def named(items: Tree) -> list[Tree]:
    """The elements that can be named, of whichever leaf of ``items``."""
    held = [leaf.trees for leaf in leaves(items) if isinstance(leaf, (Items, OpenItems))]
    return [tree for trees in held for tree in trees]


def is_set(leaf: Atom) -> bool:
    """Whether ``leaf`` is a set or frozenset."""
    return isinstance(leaf, Sequence) and leaf.kind in SETS


def is_view(leaf: Atom) -> bool:
    """Whether ``leaf`` is what ``keys()``, ``values()`` or ``items()`` of a dict return."""
    return isinstance(leaf, Sequence) and leaf.kind in VIEWS


def latest() -> int:
    """A serial larger than that of every table and sequence made so far."""
    return next_serial()


def sequence(kind: str, trees: Iterable[Tree], site: object = None) -> Sequence:
    """A sequence of known length."""
    return Sequence(kind, Items(tuple(trees)), site)


def strings(*values: str) -> Sequence:
    return sequence("list", [Const(value) for value in values])
