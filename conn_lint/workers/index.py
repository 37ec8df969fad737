"""In which files of the tree something is defined, by their bytes: a file is parsed only when it can be the one."""

from __future__ import annotations

import re
from functools import cached_property

from conn_lint.project.project import Project
from conn_lint.workers.prefilter import files_of
from conn_lint.workers.words import Words

_CLASS = re.compile(rb"\nclass[ \t]+([^\s(:\[]+)")
_BASES = re.compile(rb"class\s+\w+\s*\(([^)]+)")
_FUNCTION = re.compile(rb"def ([^\s(]+)\(")
"""Each begins with a text, which is looked for a good deal faster than the beginning of a line."""

_WORD = re.compile(rb"\w+")


class Index:
    """Made when it is first asked, and no more of it than is asked for; tests and migrations are left out of the
    files."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._found: dict[tuple[str, re.Pattern[bytes]], frozenset[bytes]] = {}

    @cached_property
    def words(self) -> Words:
        """The words of the files."""
        return Words((path, self._project.data(path)) for path in files_of(self._project))

    def defines(self, name: str) -> bool:
        """Whether a class or module of the tree, tests included, defines a function ``name``."""
        return name.encode() in self._functions

    def is_called(self, name: str) -> bool:
        """Whether anything is called by the name ``name`` in one of the files."""
        called = re.compile(rb"(?<!def )\b%s\(" % name.encode())
        return any(called.search(self._project.data(path)) for path in self.words.files(f"{name}(".encode()))

    def with_class(self, name: str) -> tuple[str, ...]:
        """The files that may define the class ``name`` at their top level."""
        return self._having(name, _CLASS)

    def with_method(self, name: str) -> tuple[str, ...]:
        """The files that may hold a class with a method ``name``."""
        return self.words.files(f" def {name}(".encode(), f"\tdef {name}(".encode()) if name else ()

    def with_base(self, name: str) -> tuple[str, ...]:
        """The files that may hold a class one of whose bases is called ``name``, or has it among its words."""
        return self._having(name, _BASES)

    @cached_property
    def _functions(self) -> frozenset[bytes]:
        paths = (path for path in self._project.tree.paths if path.endswith(".py"))
        return frozenset(name for path in paths for name in _FUNCTION.findall(self._project.data(path)))

    def _having(self, name: str, pattern: re.Pattern[bytes]) -> tuple[str, ...]:
        """The files in which ``pattern`` finds ``name``."""
        word = name.encode()
        return tuple(path for path in self.words.having(word) if word in self._names(path, pattern))

    def _names(self, path: str, pattern: re.Pattern[bytes]) -> frozenset[bytes]:
        """What ``pattern`` finds in a file; of bases each word."""
        key = path, pattern
        if key not in self._found:
            names = pattern.findall(b"\n" + self._project.data(path))
            self._found[key] = frozenset(_WORD.findall(b" ".join(names)) if pattern is _BASES else names)
        return self._found[key]
