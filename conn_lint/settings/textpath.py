"""Paths of libraries that are text at the same time."""

from __future__ import annotations

from typing import ClassVar


class TextPath(str):
    """A path with the methods and attributes of its library; the rest of what it can do is what text can do."""

    PROPERTIES: ClassVar[frozenset[str]] = frozenset()
    METHODS: ClassVar[frozenset[str]] = frozenset()
    """Those that are worked out; all of them leave the file system alone."""

    __slots__ = ()

    def for_functions(self) -> str:
        """What the functions of ``os.path`` take it for."""
        return self


TESTS = {"exists": "exists", "is_dir": "is_dir", "is_file": "is_file", "isdir": "is_dir", "isfile": "is_file"}
"""What asks whether there is such a file, by ``files.is_there``'s words."""

READERS = frozenset("bytes file open read_bytes read_file read_text text".split())
"""What opens or reads the file."""
