"""``configparser``: option files of the project, read as data (checked against Python 3.11).

A file that the tree does not have may hold anything where the settings are used, and nothing by default.
"""

from __future__ import annotations

import configparser
import re
from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Table
from conn_lint.settings.folding import fold, freeze
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.ini_methods import METHODS, ParserMethod, Section
from conn_lint.settings.nodes import Guard, Node, leaves
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import ABSENT, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

MOST_REFERENCES = 10
"""Values that refer to one another (``%(name)s``) in a row, as ``configparser.MAX_INTERPOLATION_DEPTH``."""


class Parser(Native):
    """A ``ConfigParser``: what it has read in which worlds, and what else it may hold."""

    __slots__ = ("defaults", "empty", "interpolates", "missing", "optional", "sections", "spoiled", "texts_only")

    called = "a ConfigParser"

    def __init__(self, empty: configparser.RawConfigParser, *, interpolates: bool, texts_only: bool) -> None:
        self.empty = empty
        """A parser of the same grammar, which keeps the texts as they are."""
        self.interpolates = interpolates
        self.texts_only = texts_only
        """Whether setting an option to anything but text raises TypeError."""
        self.optional: set[str] = set()
        """Those of the missing files that need not be there."""
        self.sections = Table()
        """A Table for the options of each section, the texts of which it holds."""
        self.defaults = Table()
        self.spoiled = False
        """Whether what it holds is not to be told: not even what it holds by default."""
        self.missing: list[tuple[str, Guard]] = []
        """The files that it would have read, had the tree had them, and the worlds in which it would: they may hold any
        option."""

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name in METHODS:
            return ParserMethod(self, name)
        self.spoiled = True
        return None

    def altered(self) -> None:
        self.spoiled = True

    given_away = altered

    def assign(self, name: str, value: Tree) -> bool:
        """``parser.optionxform = str`` lets the names of options stay as they are written."""
        as_written = name == "optionxform" and isinstance(value, External) and value.name == "builtins.str"
        if as_written and not self.sections.cells and not self.defaults.cells:
            self.empty.optionxform = str  # type: ignore[method-assign,assignment]
            return True
        return False

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        if self.spoiled or not isinstance(key, Const) or not isinstance(key.value, str):
            return None
        machine.throw_in(machine.choices.negate(self.has_section(machine, key.value)), "KeyError")
        return Section(self, key.value)

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        return None if self.spoiled or not isinstance(item, Const) else self.has_section(machine, item.value)

    def has_section(self, machine: Machine, section: str) -> Guard:
        """The worlds in which it has a section, ``DEFAULT`` among them."""
        if section == self.empty.default_section:
            return True
        found = _there(machine, machine.read(self.sections, section))
        for path, worlds in self.missing:
            asked = self._asked(machine, path, section)
            found = machine.choices.either(found, machine.choices.both(worlds, asked))
        return found

    def has_option(self, machine: Machine, section: str, option: str) -> Guard:
        """The worlds in which it has an option, of the section itself or of ``DEFAULT``."""
        return _there(machine, self.text(machine, section, option))

    def section(self, machine: Machine, name: str) -> Tree:
        """The Table of a section's own options; ABSENT where there is no such section."""
        return self.defaults if name == self.empty.default_section else machine.read(self.sections, name)

    def text(self, machine: Machine, section: str, option: str) -> Tree:
        """The text of an option as it is written; ABSENT where there is none."""
        name = self.empty.optionxform(option)

        def read(held: Atom) -> Tree:
            if not isinstance(held, Table):
                return self._or_missing(machine, ABSENT, section, name)
            inherited = self._or_missing(machine, machine.read(self.defaults, name), section, name)
            return machine.or_else(machine.read(held, name), inherited)

        return machine.each(self.section(machine, section), read)

    def _or_missing(self, machine: Machine, known: Tree, section: str, name: str) -> Tree:
        """``known``, and what the missing files may say in its place."""
        for path, worlds in self.missing:
            asked = machine.choices.both(worlds, self._asked(machine, path, section, name))
            known = machine.choices.ite(asked, of_file(path, section, name), known)
        return known

    def _asked(self, machine: Machine, path: str, *names: str) -> Guard:
        """The worlds in which the missing file ``path`` has a section or an option."""
        default = False if path in self.optional else None
        return machine.choices.decide(("ini", self.serial, path, *names), default=default)

    def miss(self, machine: Machine, path: str, *, by_default: bool | None = False) -> None:
        """Read a file that the tree does not have: it may say something else of any option that there is.

        ``by_default``: False where it holds nothing then, None where nobody knows."""
        if by_default is False:
            self.optional.add(path)
        for section, table in [("DEFAULT", self.defaults), *self._tables(machine)]:
            for name, _ in machine.keys(table):
                with machine.only(self._asked(machine, path, section, name)):
                    if machine.live:
                        machine.write(table, name, of_file(path, section, name))
        self.missing.append((path, machine.pc))

    def _tables(self, machine: Machine) -> Iterator[tuple[str, Table]]:
        for section, _ in machine.keys(self.sections):
            for leaf in leaves(machine.read(self.sections, section)):
                if isinstance(leaf, Table):
                    yield str(section), leaf

    def value(self, machine: Machine, section: str, option: str, *, raw: bool = False, patience: int = 0) -> Tree:
        """As ``text``, with what it refers to filled in."""
        found = self.text(machine, section, option)
        if raw or not self.interpolates:
            return found
        return machine.each(found, lambda leaf: self._filled_in(machine, leaf, section, patience + 1))

    def _filled_in(self, machine: Machine, leaf: Atom, section: str, patience: int) -> Tree:
        if not isinstance(leaf, Const) or not isinstance(leaf.value, str) or "%" not in leaf.value:
            return leaf
        if patience > MOST_REFERENCES:
            return machine.throw("InterpolationDepthError")
        parts: list[Tree] = []
        end = 0
        for match in _REFERENCE.finditer(leaf.value):
            if match[0] == "%":
                return machine.throw("InterpolationSyntaxError")
            referred = self.value(machine, section, match[2], patience=patience) if match[2] else Const("%")
            parts += [Const(leaf.value[end : match.start()]), machine.each(referred, partial(_required, machine))]
            end = match.end()
        parts.append(Const(leaf.value[end:]))
        name = f"a reference in [{section}]"
        return fold(machine, machine.statement, name, lambda *texts: "".join(texts), *parts)

    def options(self, machine: Machine, section: str, *, own_first: bool = True) -> Table | None:
        """The options of a section with what they hold, those of ``DEFAULT`` too; None when they cannot be told."""
        held = self.section(machine, section)
        if self.spoiled or self.missing or isinstance(held, Node):
            return None
        if not isinstance(held, Table):
            machine.throw("NoSectionError")
            return Table()
        merged = Table(born=machine.pc)
        for table in (held, self.defaults) if own_first else (self.defaults, held):
            for name, guard in machine.keys(table):
                with machine.only(guard):
                    if machine.live:
                        machine.write(merged, name, self.value(machine, section, name))
        return merged


_REFERENCE = re.compile(r"%(?:(%)|\(([^)]+)\)s)?")


def _required(machine: Machine, leaf: Atom) -> Tree:
    return machine.throw("InterpolationMissingOptionError") if leaf is ABSENT else leaf


def of_file(path: str, section: str, name: str) -> Opaque:
    """What the missing file ``path`` may hold."""
    why = f"{path}, which is not in the project, may hold [{section}] {name}"
    return Opaque(("ini", path, section, name), why)


def _there(machine: Machine, tree: Tree) -> Guard:
    """The worlds in which ``tree`` is not ABSENT."""
    guard: Guard = machine.choices.map(tree, lambda leaf: leaf is not ABSENT)
    return guard


_GRAMMAR = frozenset(
    "allow_no_value comment_prefixes default_section delimiters inline_comment_prefixes interpolation strict".split()
)
"""Arguments that are passed on where they are constants."""


def _make(name: str) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        grammar: dict[str, Any] = {}
        for key, tree in args.keywords.items():
            plain = freeze(machine, tree)
            if key not in _GRAMMAR or not isinstance(plain, Const):
                return None
            grammar[key] = plain.value
        if args.positional or grammar.get("interpolation") is not None:
            return None
        interpolates = name != "RawConfigParser" and "interpolation" not in grammar
        try:
            empty = configparser.RawConfigParser(**grammar | {"interpolation": None})
        except (TypeError, ValueError):
            return None
        return Parser(empty, interpolates=interpolates, texts_only=name != "RawConfigParser")

    return model


MODELS: dict[str, Model] = {
    f"{module}.{name}": _make(name)
    for module in ("ConfigParser", "backports.configparser", "configparser", "six.moves.configparser")
    for name in ("ConfigParser", "RawConfigParser", "SafeConfigParser")
}
