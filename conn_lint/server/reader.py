"""One pass over a tree of option files, as one flavour of server makes it at its start."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from conn_lint.model import Problem, Span
from conn_lint.project.tree import display
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import Flavour
from conn_lint.server.grammar import Broken, Group, Include, Option, entries
from conn_lint.server.layout import Layout
from conn_lint.server.options import Assignment, Refusal, Variable, effect, settle

MAX_DEPTH = 10
"""In a file included this deep the include lines are skipped with a warning (``max_recursion_level``)."""

MAX_BYTES = 8_000_000
MAX_FILES = 5_000
"""An option file or a tree of them beyond these is not one: reading it would only take time."""


class Seen(NamedTuple):
    """One option line of any group, read in this order; ``effect`` is None where the server skips it."""

    option: Option
    group: str
    place: Span
    read: bool
    effect: Assignment | None


class Outcome(NamedTuple):
    """What one flavour makes of the files. ``refusal`` is why it would not start, with the place;
    ``foreign``: it does not know options that another server may know."""

    flavour: Flavour
    values: dict[Variable, int]
    sources: dict[Variable, Span]
    seen: tuple[Seen, ...]
    refusal: str | None
    foreign: bool
    problems: tuple[Problem, ...]


class Files:
    """The bytes of option files, read once for all flavours. ``root`` shortens the paths shown."""

    def __init__(self, root: str) -> None:
        self.root = os.path.abspath(root)
        self._blobs: dict[str, bytes | str] = {}

    def shown(self, path: str) -> str:
        return display(path, self.root)

    def read(self, path: str) -> bytes | str:
        """The bytes of ``path``, or in words why the server or the linter does not read it."""
        if path not in self._blobs:
            self._blobs[path] = self._read(path)
        return self._blobs[path]

    def _read(self, path: str) -> bytes | str:
        try:
            mode = os.stat(path).st_mode
            if not stat.S_ISREG(mode):
                return "is a folder" if stat.S_ISDIR(mode) else "is not a regular file"
            if mode & stat.S_IWOTH and not _open_folder(path):
                return "is writable by everyone, so the server ignores it"
            with open(path, "rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            return f"cannot be read: {error.strerror}"
        if len(data) > MAX_BYTES:
            return f"is larger than {MAX_BYTES // 1_000_000} MB"
        return data


def _open_folder(path: str) -> bool:
    """Whether the folder of ``path`` is writable by everyone too: a file system without permissions (a
    mounted Windows drive), where the bits say nothing about the server's copy."""
    mode = os.stat(os.path.dirname(path) or ".").st_mode
    return bool(mode & stat.S_IWOTH) and not mode & stat.S_ISVTX


def read(entry_files: Sequence[str], flavour: Flavour, files: Files) -> Outcome:
    """What ``flavour`` makes of ``entry_files``, read one after another."""
    run = _Run(flavour, files)
    for path in entry_files:
        run.layout = Layout(path, files.root)
        if not run.file(os.path.abspath(path), 0):
            break
    return run.outcome()


class _Run:
    def __init__(self, flavour: Flavour, files: Files) -> None:
        self.flavour = flavour
        self.groups = flavour.groups
        self.files = files
        self.layout = Layout("", files.root)
        self.seen: list[Seen] = []
        self.problems: list[Problem] = []
        self.refusal: str | None = None
        self.refused_options: list[tuple[Refusal, Span]] = []
        self.count = 0

    def outcome(self) -> Outcome:
        """Options are judged after all files were read, so a file error comes before an option error."""
        values, sources = settle((seen.effect, seen.place) for seen in self.seen if seen.effect)
        refusal = self.refusal
        if refusal is None and self.refused_options:
            first, place = self.refused_options[0]
            refusal = f"{first.reason} ({place})"
        foreign = self.refusal is None and all(refused.foreign for refused, _ in self.refused_options)
        return Outcome(self.flavour, values, sources, tuple(self.seen), refusal, foreign, tuple(self.problems))

    def file(self, path: str, depth: int) -> bool:
        """Read one file; False when the reader gives it up, which is fatal at depth 0 only."""
        data = self.files.read(path)
        shown = self.files.shown(path)
        if isinstance(data, str):
            self.problems.append(Problem(Span(shown, 1), data))
            return True
        self.count += 1
        if self.count > MAX_FILES:
            raise ServerSourceError(f"{shown}: includes more than {MAX_FILES} files")
        group = ""
        for entry in entries(data, self.flavour.rules, directives=depth < MAX_DEPTH):
            if isinstance(entry, Group):
                group = entry.name
            elif isinstance(entry, Option):
                self.option(entry, group, shown)
            elif isinstance(entry, Include):
                if not self.include(entry, shown, depth):
                    return False
            elif isinstance(entry, Broken):
                self.broken(entry.reason, Span(shown, entry.line), depth)
                return False
        return True

    def option(self, option: Option, group: str, shown: str) -> None:
        place = Span(shown, option.line, option.column, option.line, option.end_column)
        read = group in self.groups
        change = effect(option, self.flavour) if read else None
        if isinstance(change, Refusal):
            self.refused_options.append((change, place))
            change = None
        self.seen.append(Seen(option, group, place, read, change))

    def include(self, include: Include, shown: str, depth: int) -> bool:
        place = Span(shown, include.line)
        target = os.fsdecode(include.target)
        found = self.layout.resolve(target, include.folder)
        if found.elsewhere:
            self.problems.append(Problem(place, f"includes {target}, which is not in this tree: it was not read"))
            return True
        if not include.folder:
            if os.path.isfile(found.path):
                self.file(found.path, depth + 1)
            else:
                self.problems.append(Problem(place, f"includes {target}, which does not exist: servers ignore that"))
            return True
        try:
            names = sorted(os.listdir(found.path), key=os.fsencode)
        except OSError as error:
            self.broken(f"!includedir {target}: {error.strerror}", place, depth)
            return False
        for name in names:
            path = os.path.join(found.path, name)
            if _taken(name, self.flavour) and os.path.isfile(path):
                self.file(path, depth + 1)
        return True

    def broken(self, reason: str, place: Span, depth: int) -> None:
        if depth == 0:
            self.refusal = f"{reason} ({place})"
        else:
            self.problems.append(Problem(place, f"{reason}: the server drops the rest of this file"))


def _taken(name: str, flavour: Flavour) -> bool:
    """Whether ``!includedir`` takes a file of this name: hidden files and ``.cnf`` itself are taken."""
    dot = name.find(".") if flavour.rules.extension_from_first_dot else name.rfind(".")
    return dot >= 0 and name[dot:] == ".cnf"
