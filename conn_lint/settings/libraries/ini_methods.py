"""Methods of ``configparser``'s parsers, and of their sections."""

from __future__ import annotations

import configparser
import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.comparisons import boolean
from conn_lint.settings.containers import Items, Sequence, Table, sequence
from conn_lint.settings.folding import is_text, unknown
from conn_lint.settings.libraries.casts import cast
from conn_lint.settings.libraries.files import File, from_working_folder, inside
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.tables import TABLE_METHODS, spread
from conn_lint.settings.values import ABSENT, NONE, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.libraries.ini import Parser
    from conn_lint.settings.machine import Machine


def _truth(text: str) -> bool:
    word = text.lower()
    if word not in configparser.RawConfigParser.BOOLEAN_STATES:
        raise ValueError(text)
    return configparser.RawConfigParser.BOOLEAN_STATES[word]


GETTERS: dict[str, Callable[[Any], Any] | None] = {"get": None, "getboolean": _truth, "getfloat": float, "getint": int}
READERS = frozenset("read read_dict read_file read_string readfp".split())
QUESTIONS = frozenset("defaults has_option has_section items options sections".split())
CHANGES = frozenset("add_section remove_option remove_section set".split())
METHODS = GETTERS.keys() | READERS | QUESTIONS | CHANGES


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
        if self.parser.spoiled or not isinstance(key, Const) or not isinstance(key.value, str):
            return None
        found = self.parser.value(machine, self.name, key.value)
        return machine.each(found, lambda leaf: machine.throw("KeyError") if leaf is ABSENT else leaf)

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        if self.parser.spoiled or not isinstance(item, Const) or not isinstance(item.value, str):
            return None
        return self.parser.has_option(machine, self.name, item.value)

    def mapping(self, machine: Machine) -> Table | None:
        return self.parser.options(machine, self.name)

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name in GETTERS or name in ("items", "keys", "values"):
            return SectionMethod(self, name)
        self.parser.spoiled = True
        return None


class SectionMethod(Native):
    """``parser["section"].get``."""

    __slots__ = ("name", "section")

    def __init__(self, section: Section, name: str) -> None:
        self.section = section
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if self.name not in GETTERS:
            table = self.section.mapping(machine)
            return None if table is None else TABLE_METHODS[self.name](machine, table, args, node)
        option = _text(args.get(0, "option"))
        if option is None or self.section.parser.spoiled or args.keywords.keys() - {"option", "fallback"}:
            return None
        found = self.section.parser.value(machine, self.section.name, option)
        return _got(machine, node, self.name, found, lambda: args.get(1, "fallback") or NONE)


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
        if self.parser.spoiled:
            return None
        section, option = _text(args.get(0, "section")), _text(args.get(1, "option"))
        return self.get(machine, args, node) if self.name in GETTERS else self.answer(machine, section, option, node)

    def get(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        section, option = _text(args.get(0, "section")), _text(args.get(1, "option"))
        raw = args.keywords.get("raw") or Const(False)
        known = {"fallback", "option", "raw", "section"}
        if section is None or option is None or args.keywords.keys() - known or not isinstance(raw, Const):
            return None
        fallback = args.keywords.get("fallback")

        def missing() -> Tree:
            if fallback is not None:
                return fallback
            there = self.parser.has_section(machine, section)
            machine.throw_in(machine.choices.negate(there), "NoSectionError")
            return machine.throw("NoOptionError") if machine.live else ABSENT

        found = self.parser.value(machine, section, option, raw=bool(raw.value))
        return _got(machine, node, self.name, found, missing)

    def answer(self, machine: Machine, section: str | None, option: str | None, node: cst.CSTNode) -> Tree | None:
        """One of QUESTIONS; None when it cannot be told."""
        if self.name == "has_section" and section is not None:
            default = self.parser.empty.default_section
            return boolean(machine, section != default and self.parser.has_section(machine, section))
        if self.name == "has_option" and section is not None and option is not None:
            return boolean(machine, self.parser.has_option(machine, section, option))
        if self.name == "defaults":
            return None if self.parser.missing else self.parser.defaults
        table: Table | None = self.parser.sections
        if self.name in ("items", "options"):
            if self.name == "options" and section == self.parser.empty.default_section:
                return machine.throw("NoSectionError")
            own_first = self.name == "options"
            table = None if section is None else self.parser.options(machine, section, own_first=own_first)
        if table is None or self.parser.missing:
            return None
        listed = TABLE_METHODS["items" if self.name == "items" else "keys"](machine, table, Args((), {}), node)
        return Sequence("list", machine.each(listed, lambda leaf: spread(machine, leaf, node)), node)

    def change(self, machine: Machine, args: Args) -> Tree | None:
        """One of CHANGES; where it cannot be followed, nothing of the parser is known from then on."""
        given = dict(zip(("section", "option", "value"), args.positional, strict=False)) | args.keywords
        section, option = _text(given.get("section")), _text(given.get("option"))
        needs_option = self.name in ("remove_option", "set")
        if self.parser.spoiled or section is None or (needs_option and option is None) or args.open:
            self.parser.spoiled = True
            return None
        there = self.parser.has_section(machine, section)
        if self.name == "remove_section":
            machine.write(self.parser.sections, section, ABSENT)
            return boolean(machine, there)
        if self.name == "add_section":
            machine.throw_in(there, "DuplicateSectionError")
            if machine.live:
                machine.write(self.parser.sections, section, Table(born=machine.pc))
            return NONE
        machine.throw_in(machine.choices.negate(there), "NoSectionError")
        if not machine.live or option is None:
            return NONE
        value = ABSENT if self.name == "remove_option" else self.allowed(machine, given.get("value", NONE))
        self.put(machine, section, option, value)
        return NONE if self.name == "set" else unknown(machine, machine.statement, "remove_option()", self.parser)

    def allowed(self, machine: Machine, value: Tree) -> Tree:
        """``value`` where it may be set."""

        def check(leaf: Atom) -> Tree:
            text = isinstance(leaf, Opaque) or (isinstance(leaf, Const) and isinstance(leaf.value, str))
            return machine.throw("TypeError") if self.parser.texts_only and not text else leaf

        return machine.each(value, check)

    def put(self, machine: Machine, section: str, option: str, value: Tree) -> None:
        """Set an option of a section that there is."""

        def write(leaf: Atom) -> Tree:
            if isinstance(leaf, Table) and machine.live:
                machine.write(leaf, self.parser.empty.optionxform(option), value)
            return ABSENT

        machine.each(self.parser.section(machine, section), write)

    def read(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        """Read files, a text or a dict; what cannot be followed may hold anything."""
        source = args.positional[0] if args.positional else next(iter(args.keywords.values()), None)
        if source is None or args.open:
            self.parser.spoiled = True
            return None
        if self.name == "read":
            return self.read_files(machine, source, node)
        machine.each(source, lambda leaf: self.read_one(machine, leaf, node))
        return NONE

    def read_one(self, machine: Machine, leaf: Atom, node: cst.CSTNode) -> Tree:
        """Read an open file, a text or a dict."""
        if isinstance(leaf, File) and self.name in ("read_file", "readfp"):
            self.take(machine, _contents(machine, leaf.path))
        elif isinstance(leaf, Const) and isinstance(leaf.value, str) and self.name == "read_string":
            self.take(machine, leaf.value)
        elif not isinstance(leaf, Table) or self.name != "read_dict" or not self.take_table(machine, leaf, node):
            self.parser.miss(machine, "what is read", by_default=None)
        return NONE

    def read_files(self, machine: Machine, source: Tree, node: cst.CSTNode) -> Tree:
        """``read(paths)``: those of the files that there are."""
        paths = _paths(source)
        found = [tree for path in paths or () for tree in self.take_file(machine, path)]
        if paths is None:
            self.parser.miss(machine, "a list of files that is not known")
        if self.parser.missing:
            return Sequence("list", unknown(machine, node, "the files that were read", self.parser), node)
        return sequence("list", found, node)

    def take_file(self, machine: Machine, path: Tree) -> list[Tree]:
        """Read a file; the path as ``read`` lists it where the tree has it."""
        if not isinstance(path, Const):
            self.parser.miss(machine, "an option file at a place that is not known")
            return []
        relative = inside(machine, path.value) or from_working_folder(machine, path.value)
        if relative is None or relative not in machine.project.tree:
            self.parser.miss(machine, relative or str(path.value))
            return []
        self.take(machine, _contents(machine, relative))
        return [path]

    def take(self, machine: Machine, text: str) -> None:
        """Read a text."""
        parser = copy.deepcopy(self.parser.empty)
        try:
            parser.read_string(text)
        except configparser.Error as error:
            machine.throw(type(error).__name__)
            return
        for name, value in parser.defaults().items():
            machine.write(self.parser.defaults, name, Const(value))
        for section in parser.sections():
            self.begin(machine, section)
            for option, value in parser._sections[section].items():  # type: ignore[attr-defined]
                self.put(machine, section, option, Const(value))

    def begin(self, machine: Machine, section: str) -> None:
        """Have a section ``section``."""
        held = machine.read(self.parser.sections, section)
        made = machine.each(held, lambda leaf: Table(born=machine.pc) if leaf is ABSENT else leaf)
        machine.write(self.parser.sections, section, made)

    def take_table(self, machine: Machine, source: Table, node: cst.CSTNode) -> bool:
        """Read a dict of dicts; False for what is not known as one."""
        parts = [(section, machine.read(source, section), guard) for section, guard in machine.keys(source)]
        tables = [options for _, options, _ in parts if isinstance(options, Table)]
        if len(tables) < len(parts) or any(machine.has_more(table) is not False for table in (source, *tables)):
            return False
        for (section, _, guard), options in zip(parts, tables, strict=True):
            with machine.only(guard):
                if section != self.parser.empty.default_section:
                    self.begin(machine, str(section))
                for option, there in machine.keys(options):
                    with machine.only(there):
                        text = machine.each(machine.read(options, option), lambda leaf: _written(machine, leaf, node))
                        self.put(machine, str(section), str(option), text)
        return True


def _written(machine: Machine, leaf: Atom, node: cst.CSTNode) -> Tree:
    """``str`` of what is not None."""
    if isinstance(leaf, Const):
        return leaf if leaf.value is None else Const(str(leaf.value))
    return leaf if isinstance(leaf, Opaque) and is_text(leaf) else unknown(machine, node, "str()", leaf)


def _got(machine: Machine, node: cst.CSTNode, getter: str, found: Tree, missing: Callable[[], Tree]) -> Tree:
    """``found`` as ``getter`` gives it; ``missing`` in the worlds where there is no such option."""
    convert = GETTERS[getter]

    def give(leaf: Atom) -> Tree:
        if leaf is ABSENT:
            return missing()
        return leaf if convert is None else cast(machine, node, f"{getter}()", convert, leaf)

    return machine.each(found, give)


def _contents(machine: Machine, path: str) -> str:
    return machine.project.data(path).decode("utf-8", "replace")


def _paths(source: Tree | None) -> tuple[Tree, ...] | None:
    """The paths in a path or a sequence of paths; None where there may be any number of them."""
    if isinstance(source, Const):
        return (source,)
    return source.items.trees if isinstance(source, Sequence) and isinstance(source.items, Items) else None


def _text(tree: Tree | None) -> str | None:
    return tree.value if isinstance(tree, Const) and isinstance(tree.value, str) else None
