"""Methods of ``configparser``'s parsers, and of their sections."""

from __future__ import annotations

import configparser
from typing import TYPE_CHECKING, Any

from conn_lint.settings.comparisons import boolean
from conn_lint.settings.containers import Items, Sequence, Table, sequence
from conn_lint.settings.folding import freeze, unknown
from conn_lint.settings.libraries.files import File, inside
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import NONE, TRUE, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.libraries.ini import Parser, Section
    from conn_lint.settings.machine import Machine

GETTERS = frozenset("get getboolean getfloat getint".split())
READERS = frozenset("read read_dict read_file read_string readfp".split())
QUESTIONS = frozenset("defaults has_option has_section items options sections".split())
CHANGES = frozenset("add_section remove_option remove_section set".split())


class SectionMethod(Native):
    """``parser["section"].get``."""

    __slots__ = ("name", "section")

    def __init__(self, section: Section, name: str) -> None:
        self.section = section
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if self.name not in GETTERS:
            from conn_lint.settings.tables import TABLE_METHODS

            table = self.section.mapping(machine)
            return None if table is None else TABLE_METHODS[self.name](machine, table, args, node)
        option = _text(args.get(0, "option"))
        if option is None or args.keywords.keys() - {"option", "fallback"}:
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
        if self.name in READERS:
            return self.read(machine, args, node)
        if self.name in CHANGES:
            return self.change(machine, args)
        section, option = _text(args.get(0, "section")), _text(args.get(1, "option"))
        if self.name in GETTERS:
            raw = args.keywords.get("raw")
            if section is None or option is None or args.keywords.keys() - {"fallback", "option", "raw", "section"}:
                return None
            if not isinstance(raw or TRUE, Const):
                return None
            fallback = args.keywords.get("fallback")
            plain = isinstance(raw, Const) and bool(raw.value)
            return self.parser.value(machine, self.name, section, option, fallback, raw=plain)
        return None if self.parser.spoiled else self.answer(machine, args, section, option)

    def answer(self, machine: Machine, args: Args, section: str | None, option: str | None) -> Tree | None:
        """One of QUESTIONS; None when it cannot be told."""
        held = self.parser.held
        if self.name == "has_section" and section is not None:
            return boolean(machine, self.parser.may_hold(machine, held.has_section(section), section))
        if self.name == "has_option" and section is not None and option is not None:
            return boolean(machine, self.parser.may_hold(machine, held.has_option(section, option), section, option))
        if self.parser.missing:
            return None
        if self.name == "sections":
            return sequence("list", map(Const, held.sections()))
        if self.name == "defaults":
            return Table({name: Const(value) for name, value in held.defaults().items()}, born=machine.pc)
        if section is None or args.keywords.keys() - {"section"} or len(args.positional) > 1:
            return None
        pairs = self.parser.pairs(machine, section)
        if pairs is None:
            return None
        if self.name == "options":
            return sequence("list", [Const(name) for name, _ in pairs])
        return sequence("list", [sequence("tuple", [Const(name), value]) for name, value in pairs])

    def change(self, machine: Machine, args: Args) -> Tree:
        """One of CHANGES; where it cannot be followed, nothing of the parser is known from then on."""
        given = [_text(tree) for tree in args.positional]
        plain = all(isinstance(tree, Const) for tree in args.positional) and not args.keywords and not args.open
        # what is changed in some worlds only is more than one parser can hold
        if machine.pc is not True or not plain or self.parser.spoiled or self.parser.missing:
            self.parser.spoiled = True
            return NONE
        if None in given:
            return machine.throw("TypeError")
        try:
            made = getattr(self.parser.held, self.name)(*given)
        except configparser.Error as error:
            return machine.throw(type(error).__name__)
        except (TypeError, ValueError) as error:
            return machine.throw(type(error).__name__)
        return Const(made)

    def read(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree:
        """Read files, a text or a dict; what cannot be followed makes all that the parser holds unknown."""
        source = args.positional[0] if args.positional else next(iter(args.keywords.values()), None)
        texts = self._texts(machine, source)
        if texts is None or machine.pc is not True or args.open:
            self.parser.spoiled = True
            return Sequence("list", unknown(machine, node, "what was read", self.parser), node)
        try:
            for text in texts:
                if isinstance(text, dict):
                    self.parser.held.read_dict(text)
                else:
                    self.parser.held.read_string(text)
        except configparser.Error as error:
            return machine.throw(type(error).__name__)
        if self.name != "read":
            return NONE
        if self.parser.missing:
            return Sequence("list", unknown(machine, node, "what was read", self.parser), node)
        return sequence("list", [Const(str(path)) for path in _paths(source) or []])

    def _texts(self, machine: Machine, source: Tree | None) -> list[Any] | None:
        """What is to be read, in order; None when that is unknown."""
        if self.name == "read_string":
            text = _text(source)
            return None if text is None else [text]
        if self.name == "read_dict":
            plain = freeze(machine, source) if source is not None else None
            return [plain.value] if isinstance(plain, Const) and isinstance(plain.value, dict) else None
        if self.name in ("read_file", "readfp"):
            return [_contents(machine, source.path)] if isinstance(source, File) else None
        paths = _paths(source)
        if paths is None:
            return None
        found: list[Any] = []
        for path in paths:
            relative = inside(machine, path)
            if relative is not None and relative in machine.project.tree:
                if self.parser.missing:
                    return None  # what is read later wins over what those files may hold
                found.append(_contents(machine, relative))
            else:
                self.parser.missing.append(relative or str(path))
        return found


def _contents(machine: Machine, path: str) -> str:
    return machine.project.data(path).decode("utf-8", "replace")


def _paths(source: Tree | None) -> list[Any] | None:
    """The paths in a path or a sequence of paths; None where one is unknown."""
    if isinstance(source, Const):
        return [source.value]
    if not isinstance(source, Sequence) or not isinstance(source.items, Items):
        return None
    paths = [tree.value for tree in source.items.trees if isinstance(tree, Const)]
    return paths if len(paths) == len(source.items.trees) else None


def _text(tree: Tree | None) -> str | None:
    return tree.value if isinstance(tree, Const) and isinstance(tree.value, str) else None
