"""Which statements of settings modules have to be run: those that the wanted names hang on.

Most of a settings module has nothing to do with its databases. What is left out is never parsed nor run. A
statement stays when it may set a name that is wanted, when it may change in place what such a name holds (or
something that shares parts with it), when it may end the run because of one, or when names do not tell what it does;
and then the names it mentions are wanted, too. Nothing is decided here about what a statement means.

Should a name be read after all that was left out (by ``getattr``, ``include`` and the like), the evaluation says so
by Needed and is made again with that name among the wanted ones.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from conn_lint.project.nesting import nests_too_deeply
from conn_lint.project.source import decode, parse_text
from conn_lint.project.tree import Unreadable
from conn_lint.settings.keeping import Keeping
from conn_lint.settings.touches import outline
from conn_lint.settings.units import Unit

if TYPE_CHECKING:
    from conn_lint.project.project import Project
    from conn_lint.project.source import Source

MOST_ATTEMPTS = 6
"""Names that may turn out to be wanted before everything is run."""

MOST_CHARACTERS = 300_000
"""Characters of the longest literal that is parsed (libcst takes a second for them)."""

UNREAD = "__unread__"
"""Stands in the place of a literal that is not parsed; nothing is known of it but that it runs nothing."""

_VARIABLES = re.compile(rb".*(?:\benviron\b|\bputenv\b|dotenv|read_env).*")

MOST_MODULES = 150
"""Modules that are looked at; what else is imported is run as a whole."""


class Needed(Exception):
    """A name was read whose statements were left out; None: all names of a module were looked through."""

    def __init__(self, name: str | None) -> None:
        super().__init__()
        self.name = name


class Slices:
    """The modules of a project cut down to what ``names`` hang on."""

    def __init__(self, project: Project, paths: Iterable[str], names: frozenset[str]) -> None:
        self._project = project
        self._outlines = _reached(project, paths)
        self.packages = self._packages()
        """The ``__init__.py`` files that are run before what their packages hold: others cannot change any of it."""
        self._names = names
        self._patience = MOST_ATTEMPTS
        self._work_out()

    def _work_out(self) -> None:
        self._sources: dict[str, Source | None] = {}
        self._kept = Keeping(self._project, self._outlines, self._names).kept

    def _packages(self) -> frozenset[str]:
        """Those of the packages around the modules that share a module with them, or that set environment variables;
        what they import is then among the modules."""
        packages_of = self._project.modules.packages_of
        found: set[str] = set()
        seen: set[str] = set()
        while fresh := {package for path in self._outlines for package in packages_of(path)} - seen:
            seen |= fresh
            for package in sorted(fresh):
                if package in self._outlines:
                    found.add(package)
                elif self._project.data(package).strip():
                    around = _reached(self._project, [package])
                    if not around.keys().isdisjoint(self._outlines) or any(map(self._sets_variables, around)):
                        found.add(package)
                        self._outlines.update(around)
        return frozenset(found)

    def _sets_variables(self, path: str) -> bool:
        """Whether the module ``path`` may set environment variables other than the one that names the settings."""
        lines = _VARIABLES.findall(self._project.data(path))
        return any(b"DJANGO_SETTINGS_MODULE" not in line for line in lines)

    def want(self, name: str | None) -> None:
        """Let ``name`` be among the wanted ones; None: all names are. Asked too often, it lets everything stay."""
        self._names |= {name} if name is not None else set()
        self._patience -= 1
        if self._patience == 0 or name is None:
            self._outlines = {}
        self._work_out()

    def source(self, path: str) -> Source | None:
        """What is left of the module ``path``, parsed; None when it cannot be read or parsed."""
        if path not in self._outlines:
            return self._project.source(path)
        if path not in self._sources:
            whole = decode(path, self._project.data(path))
            text = self._cut(path, whole)
            try:
                self._sources[path] = self._project.source(path) if text == whole else parse_text(path, text)
            except Unreadable:
                self._sources[path] = self._project.source(path)
        return self._sources[path]

    def dropped(self, path: str) -> frozenset[str]:
        """The names that statements left out of the module ``path`` may bind."""
        if path not in self._outlines:
            return frozenset()
        units = self._outlines[path]
        gone = (unit.binds for number, unit in enumerate(units) if (path, number) not in self._kept)
        return frozenset().union(*gone)

    def _cut(self, path: str, text: str) -> str:
        lines = text.split("\n")
        for number, unit in enumerate(self._outlines[path]):
            left_out = (path, number) not in self._kept
            if left_out or _is_too_much(unit, lines):
                for line in range(unit.first_line - 1, unit.last_line):
                    lines[line] = ""
                if not left_out:
                    lines[unit.first_line - 1] = " = ".join([*sorted(unit.binds), UNREAD])
        return "\n".join(lines)


def _is_too_much(unit: Unit, lines: list[str]) -> bool:
    """Whether ``unit`` is a literal that takes too long to parse, or cannot be parsed at all."""
    if not unit.literal:
        return False
    text = "\n".join(lines[unit.first_line - 1 : unit.last_line])
    return len(text) > MOST_CHARACTERS or (unit.deep and nests_too_deeply(text))


def _reached(project: Project, paths: Iterable[str]) -> dict[str, tuple[Unit, ...]]:
    """The modules and all they import from the project, but for those that cannot be read by ``ast``."""
    found: dict[str, tuple[Unit, ...]] = {}
    pending = list(paths)
    seen = set(pending)
    while pending and len(found) < MOST_MODULES:
        path = pending.pop(0)
        made = _outline(project, path)
        if made is None:
            continue
        found[path] = made
        for unit in made:
            for target in _targets(project, path, unit):
                if target not in seen:
                    seen.add(target)
                    pending.append(target)
    return found


def _outline(project: Project, path: str) -> tuple[Unit, ...] | None:
    try:
        text = decode(path, project.data(path))
        if text.count("\r") != text.count("\r\n"):  # ast ends lines at lone carriage returns
            return None
        return outline(ast.parse(text))
    except (Unreadable, SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _targets(project: Project, path: str, unit: Unit) -> list[str]:
    """The files of the project that ``unit`` imports."""
    modules = project.modules
    found = []
    for level, written, names in unit.imports:
        dotted = modules.absolute(path, level, written)
        parts = dotted.split(".")
        wanted = [".".join(parts[: n + 1]) for n in range(len(parts))] if not names else [dotted]
        wanted += [f"{dotted}.{name}" for name in names]
        found += [target for name in wanted if (target := modules.path_of(name, path)) is not None]
    return found
