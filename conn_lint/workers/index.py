"""In which files of the tree something is defined, by their bytes: a file is parsed only when it can be the one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from conn_lint.project.project import Project
from conn_lint.workers.prefilter import may_hold_units

_CLASS = re.compile(rb"^class[ \t]+([^\s(:\[]+)", re.MULTILINE)
_BASES = re.compile(rb"^[ \t]*class\s+\w+\s*\(([^)]+)", re.MULTILINE)
_METHOD = re.compile(rb"^[ \t]+(?:async[ \t]+)?def ([^\s(]+)\(", re.MULTILINE)
_FUNCTION = re.compile(rb"def ([^\s(]+)\(")
_WORD = re.compile(rb"\w+")


class Index:
    """Each part is made when it is first asked for, in one pass; tests and migrations are left out of the files."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def defines(self, name: str) -> bool:
        """Whether a class or module of the tree, tests included, defines a function ``name``."""
        return name.encode() in self._functions

    def with_class(self, name: str) -> tuple[str, ...]:
        """The files that may define the class ``name`` at their top level."""
        return self._classes.get(name.encode(), ())

    def with_method(self, name: str) -> tuple[str, ...]:
        """The files that may hold a class with a method ``name``."""
        return self._methods.get(name.encode(), ())

    def with_base(self, name: str) -> tuple[str, ...]:
        """The files that may hold a class one of whose bases is called ``name``, or has it among its words."""
        return self._bases.get(name.encode(), ())

    @cached_property
    def _functions(self) -> frozenset[bytes]:
        paths = (path for path in self._project.tree.paths if path.endswith(".py"))
        return frozenset(name for path in paths for name in _FUNCTION.findall(self._project.data(path)))

    @cached_property
    def _classes(self) -> dict[bytes, tuple[str, ...]]:
        return self._files_by(_CLASS)

    @cached_property
    def _methods(self) -> dict[bytes, tuple[str, ...]]:
        return self._files_by(_METHOD)

    @cached_property
    def _bases(self) -> dict[bytes, tuple[str, ...]]:
        return self._files_by(_BASES, words=True)

    def _files_by(self, pattern: re.Pattern[bytes], *, words: bool = False) -> dict[bytes, tuple[str, ...]]:
        """The files, in their order, by what ``pattern`` finds in them; with ``words`` by each word of it."""
        found: dict[bytes, dict[str, None]] = {}
        for path in filter(may_hold_units, self._project.tree.paths):
            names: Iterable[bytes] = pattern.findall(self._project.data(path))
            for name in _WORD.findall(b" ".join(names)) if words else names:
                found.setdefault(name, {})[path] = None
        return {name: tuple(paths) for name, paths in found.items()}
