"""``configparser``: option files of the project, read as data.

A file that the tree does not have may hold anything where the settings are used: then every value is unknown.
"""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

from conn_lint.settings.comparisons import boolean
from conn_lint.settings.containers import Sequence, sequence
from conn_lint.settings.folding import unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.files import inside
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import NONE, Atom, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine
    from conn_lint.settings.nodes import Guard

GETTERS = {"get": str, "getboolean": bool, "getfloat": float, "getint": int}
QUESTIONS = frozenset("has_option has_section sections options".split())


class Parser(Native):
    """A ``ConfigParser``: what it has read, and whether it may hold more than that."""

    __slots__ = ("held", "open")

    def __init__(self, held: configparser.RawConfigParser) -> None:
        self.held = held
        self.open = False

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        known = name in GETTERS or name in QUESTIONS or name in ("read", "read_file", "read_string")
        return ParserMethod(self, name) if known else None

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        return Section(self, key.value) if isinstance(key, Const) and isinstance(key.value, str) else None

    def altered(self) -> None:
        self.open = True

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        if self.open or not isinstance(item, Const):
            return None
        return bool(self.held.has_section(item.value))

    def value(self, machine: Machine, getter: str, section: str, option: str, fallback: Tree | None) -> Tree | None:
        """One option; None when it cannot be told."""
        if self.open:
            return None
        try:
            return Const(getattr(self.held, getter)(section, option))
        except (configparser.NoSectionError, configparser.NoOptionError) as error:
            return machine.throw(type(error).__name__) if fallback is None else fallback
        except ValueError:
            return machine.throw("ValueError")
        except configparser.Error as error:
            return machine.throw(type(error).__name__)


class Section(Native):
    """``parser["section"]``."""

    __slots__ = ("name", "parser")

    def __init__(self, parser: Parser, name: str) -> None:
        self.parser = parser
        self.name = name

    def altered(self) -> None:
        self.parser.altered()

    def item(self, machine: Machine, key: Tree) -> Tree | None:
        if isinstance(key, Const) and isinstance(key.value, str):
            return self.parser.value(machine, "get", self.name, key.value, None)
        return None

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        return SectionMethod(self, name) if name in GETTERS else None


class SectionMethod(Native):
    """``parser["section"].get``."""

    __slots__ = ("name", "section")

    def __init__(self, section: Section, name: str) -> None:
        self.section = section
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        option = _text(args.get(0, "option"))
        if option is None:
            return None
        fallback = args.get(1, "fallback") or NONE
        return self.section.parser.value(machine, self.name, self.section.name, option, fallback)


class ParserMethod(Native):
    """``parser.get`` and the like."""

    __slots__ = ("name", "parser")

    def __init__(self, parser: Parser, name: str) -> None:
        self.parser = parser
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if self.name.startswith("read"):
            return self.read(machine, args, node)
        section, option = _text(args.get(0, "section")), _text(args.get(1, "option"))
        if self.name in GETTERS:
            if section is None or option is None:
                return None
            return self.parser.value(machine, self.name, section, option, args.keywords.get("fallback"))
        if self.parser.open:
            return None
        if self.name == "sections":
            return sequence("list", [Const(name) for name in self.parser.held.sections()])
        if section is None or self.name == "options":
            return None
        if self.name == "has_section":
            return boolean(machine, self.parser.held.has_section(section))
        return boolean(machine, option is not None and self.parser.held.has_option(section, option))

    def read(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree:
        """``read(path)``; anything else that may have been read makes the parser open."""
        path = args.get(0, "filenames")
        relative = inside(machine, path.value) if isinstance(path, Const) and self.name == "read" else None
        # what was read in some worlds only, or over what was read before, is more than one parser can hold
        if relative is None or relative not in machine.project.tree or machine.pc is not True:
            self.parser.open = True
            return Sequence("list", unknown(machine, node, "what was read", self.parser), node)
        try:
            self.parser.held.read_string(machine.project.data(relative).decode("utf-8", "replace"))
        except configparser.Error as error:
            return machine.throw(type(error).__name__)
        return sequence("list", [Const(str(_text(path)))])


def _text(tree: Tree | None) -> str | None:
    return tree.value if isinstance(tree, Const) and isinstance(tree.value, str) else None


def _make(kind: Any) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return Parser(kind()) if not args.all() else None

    return model


MODELS: dict[str, Model] = {
    "configparser.ConfigParser": _make(configparser.ConfigParser),
    "configparser.RawConfigParser": _make(configparser.RawConfigParser),
    "configparser.SafeConfigParser": _make(configparser.ConfigParser),
}
