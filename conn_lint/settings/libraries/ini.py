"""``configparser``: option files of the project, read as data (checked against Python 3.11).

A file that the tree does not have may hold anything where the settings are used, and nothing by default.
"""

from __future__ import annotations

import configparser
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.containers import Table
from conn_lint.settings.folding import freeze
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.ini_methods import CHANGES, GETTERS, QUESTIONS, READERS, ParserMethod, SectionMethod
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import ABSENT, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class Parser(Native):
    """A ``ConfigParser``: what it has read, and what else it may hold."""

    __slots__ = ("held", "missing", "spoiled")

    called = "a ConfigParser"

    def __init__(self, held: configparser.RawConfigParser) -> None:
        self.held = held
        self.spoiled = False
        """Whether what it holds is not to be told: not even what it holds by default."""
        self.missing: list[str] = []
        """The files that it would have read, had the tree had them; they may hold any option."""

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name in GETTERS | READERS | QUESTIONS | CHANGES:
            return ParserMethod(self, name)
        self.spoiled = self.spoiled or not hasattr(self.held, name) or callable(getattr(self.held, name))
        return None

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        if self.spoiled or not isinstance(key, Const) or not isinstance(key.value, str):
            return None
        if key.value != self.held.default_section:
            there = self.may_hold(machine, self.held.has_section(key.value), key.value)
            machine.throw_in(machine.choices.negate(there), "KeyError")
        return Section(self, key.value)

    def altered(self) -> None:
        self.spoiled = True

    def assign(self, name: str, value: Tree) -> bool:
        """``parser.optionxform = str`` lets the names of options stay as they are written."""
        as_written = name == "optionxform" and isinstance(value, External) and value.name == "builtins.str"
        if as_written and not self.held.sections():
            self.held.optionxform = str  # type: ignore[method-assign,assignment]
            return True
        return False

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        if self.spoiled or not isinstance(item, Const):
            return None
        known = item.value == self.held.default_section or self.held.has_section(item.value)
        return self.may_hold(machine, known, item.value)

    def may_hold(self, machine: Machine, known: bool, *names: str) -> Guard:
        """The worlds in which it has a section or option, which it has as far as ``known``."""
        if known or not self.missing:
            return known
        return machine.choices.decide(("ini", self.serial, *names), default=False)

    def value(
        self, machine: Machine, getter: str, section: str, option: str, fallback: Tree | None, *, raw: bool = False
    ) -> Tree | None:
        """One option; None when it cannot be told."""
        if self.spoiled:
            return None
        known = self._known(machine, getter, section, option, fallback, raw=raw)
        if not self.missing:
            return known()
        key = ("ini", self.serial, section, option, getter)
        value = Opaque(key, f"{self.missing[0]}, which is not in the project, may hold [{section}] {option}")
        elsewhere = machine.choices.decide(("ini", self.serial, section, option), default=False)
        tree = machine.choices.ite(elsewhere, value, ABSENT)
        return machine.each(tree, lambda leaf: known() if leaf is ABSENT else leaf)

    def _known(
        self, machine: Machine, getter: str, section: str, option: str, fallback: Tree | None, *, raw: bool
    ) -> Callable[[], Tree]:
        def read() -> Tree:
            try:
                return Const(getattr(self.held, getter)(section, option, raw=raw))
            except (configparser.NoSectionError, configparser.NoOptionError) as error:
                return machine.throw(type(error).__name__) if fallback is None else fallback
            except ValueError:
                return machine.throw("ValueError")
            except configparser.Error as error:
                return machine.throw(type(error).__name__)

        return read

    def pairs(self, machine: Machine, section: str) -> list[tuple[str, Tree]] | None:
        """The options of a section with their values; None when they cannot be told."""
        if self.spoiled or self.missing:
            return None
        try:
            return [(name, Const(value)) for name, value in self.held.items(section)]
        except configparser.Error as error:
            machine.throw(type(error).__name__)
            return []


class Section(Native):
    """``parser["section"]``."""

    __slots__ = ("name", "parser")

    called = "a section of a ConfigParser"

    def __init__(self, parser: Parser, name: str) -> None:
        self.parser = parser
        self.name = name

    def altered(self) -> None:
        self.parser.altered()

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        if not isinstance(key, Const) or not isinstance(key.value, str):
            return None
        found = self.parser.value(machine, "get", self.name, key.value, ABSENT)
        if found is None:
            return None
        return machine.each(found, lambda leaf: machine.throw("KeyError") if leaf is ABSENT else leaf)

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        if self.parser.spoiled or not isinstance(item, Const):
            return None
        return self.parser.may_hold(machine, self.parser.held.has_option(self.name, item.value), self.name, item.value)

    def mapping(self, machine: Machine) -> Table | None:
        pairs = self.parser.pairs(machine, self.name)
        return None if pairs is None else Table(dict(pairs), born=machine.pc)

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name in GETTERS or name in ("items", "keys", "values"):
            return SectionMethod(self, name)
        self.parser.spoiled = True
        return None


_OPTIONS = frozenset(
    "allow_no_value comment_prefixes default_section delimiters inline_comment_prefixes interpolation strict".split()
)
"""Arguments that are passed on where they are constants."""


def _make(kind: Any) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        options: dict[str, Any] = {}
        for name, tree in args.keywords.items():
            plain = freeze(machine, tree)
            if name not in _OPTIONS or not isinstance(plain, Const):
                return None
            options[name] = plain.value
        if args.positional or options.get("interpolation") is not None:
            return None
        try:
            return Parser(kind(**options))
        except (TypeError, ValueError):
            return None

    return model


_KINDS = {
    "ConfigParser": configparser.ConfigParser,
    "RawConfigParser": configparser.RawConfigParser,
    "SafeConfigParser": configparser.ConfigParser,
}

MODELS: dict[str, Model] = {
    f"{module}.{name}": _make(kind)
    for module in ("ConfigParser", "backports.configparser", "configparser", "six.moves.configparser")
    for name, kind in _KINDS.items()
}
