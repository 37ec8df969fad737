"""One pass over a tree of option files, as one flavour of server makes it at its start."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from typing import NamedTuple

from conn_lint.model import Problem, Remark, Span
from conn_lint.project.tree import display
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import Flavour
from conn_lint.server.grammar import Broken, Group, Include, Option, entries
from conn_lint.server.layout import Layout
from conn_lint.server.options import Assignment, Refusal, Variable, effect, settle
from conn_lint.server.verdicts import Refused

MAX_DEPTH = 10
"""In a file included this deep the include lines are skipped with a warning (``max_recursion_level``)."""

MAX_BYTES = 8_000_000
MAX_FILES = 5_000
"""An option file or a tree of them beyond these is not one: reading it would only take time."""


_TEXTS = (b"init_connect", b"datadir", b"persisted_globals_load")
"""Options of the server whose text is kept."""

OPEN_TO_ALL = "is writable by everyone, so the server ignores it"
"""``search_default_file_with_ext``: a file with the bit o+w is passed over with a warning."""


class Seen(NamedTuple):
    """One option line of any group, read in this order; ``effect`` is None where the server skips it."""

    option: Option
    group: str
    place: Span
    read: bool
    effect: Assignment | None


class Outcome(NamedTuple):
    """What one flavour makes of the files. ``refused`` is why it would not start; ``problems`` are what could not
    be read here, ``remarks`` what the server itself passes over."""

    flavour: Flavour
    values: dict[Variable, int]
    sources: dict[Variable, Span]
    seen: tuple[Seen, ...]
    refused: Refused | None
    problems: tuple[Problem, ...]
    remarks: tuple[Remark, ...]
    init_connect: str = ""
    """The SQL that the server runs for each new session."""
    loads_persisted: bool = True
    """False: persisted_globals_load is switched off."""
    datadir: str | None = None
    """The server's data folder, where it can be told and lies here."""


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
                return OPEN_TO_ALL
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


def read(entry_files: Sequence[str], flavour: Flavour, files: Files, suffix: str = "") -> Outcome:
    """What ``flavour`` makes of ``entry_files``, read one after another; ``suffix`` is what the server is started
    with for ``--defaults-group-suffix``."""
    run = _Run(flavour, files, suffix)
    for path in entry_files:
        run.layout = Layout(path, files.root)
        if not run.file(os.path.abspath(path), 0):
            break
    return run.outcome()


class _Run:
    def __init__(self, flavour: Flavour, files: Files, suffix: str) -> None:
        self.flavour = flavour
        self.groups = flavour.groups(suffix)
        self.files = files
        self.layout = Layout("", files.root)
        self.seen: list[Seen] = []
        self.problems: list[Problem] = []
        self.remarks: list[Remark] = []
        self.refused: Refused | None = None
        self.refused_options: list[tuple[Refusal, Span]] = []
        self.texts: dict[bytes, str] = {}
        self.count = 0

    def outcome(self) -> Outcome:
        """Options are judged after all files were read, so a file error comes before an option error."""
        values, sources = settle((seen.effect, seen.place) for seen in self.seen if seen.effect)
        refused = self.refused
        if refused is None and self.refused_options:
            first, place = self.refused_options[0]
            refused = Refused(first.reason, place, all(each.foreign for each, _ in self.refused_options))
        return Outcome(
            self.flavour,
            values,
            sources,
            tuple(self.seen),
            refused,
            tuple(self.problems),
            tuple(self.remarks),
            self.texts.get(b"init_connect", ""),
            self.texts.get(b"persisted_globals_load", "ON").lower() not in ("off", "0", "false"),
            self.datadir(),
        )

    def datadir(self) -> str | None:
        folder = self.texts.get(b"datadir")
        found = self.layout.resolve(folder, folder=True) if folder and os.path.isabs(folder) else None
        return found.path if found and not found.elsewhere and os.path.isdir(found.path) else None

    def file(self, path: str, depth: int) -> bool:
        """Read one file; False when the reader gives it up, which is fatal at depth 0 only."""
        data = self.files.read(path)
        shown = self.files.shown(path)
        if isinstance(data, str):
            if data == OPEN_TO_ALL:
                self.remarks.append(Remark("ignored", Span(shown, 1), data))
            else:
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
        name = option.name.replace(b"-", b"_").lower().removeprefix(b"loose_")
        if read and name in _TEXTS and option.value is not None:
            self.texts[name] = option.value.decode("utf-8", "surrogateescape")
        elif read and name == b"skip_persisted_globals_load":
            self.texts[b"persisted_globals_load"] = "OFF"
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
                what = "is a folder" if os.path.isdir(found.path) else "does not exist"
                self.remarks.append(Remark("missing", place, f"!include {target}, which {what}{_cut(include)}"))
            return True
        try:
            names = sorted(os.listdir(found.path), key=os.fsencode)
        except OSError as error:
            self.broken(f"!includedir {target}: {error.strerror}{_cut(include)}", place, depth)
            return False
        for name in names:
            path = os.path.join(found.path, name)
            if _taken(name, self.flavour) and os.path.isfile(path):
                self.file(path, depth + 1)
        return True

    def broken(self, reason: str, place: Span, depth: int) -> None:
        if depth == 0:
            self.refused = Refused(reason, place)
        else:
            self.remarks.append(Remark("ignored", place, f"{reason}: the server drops the rest of this file"))


def _cut(include: Include) -> str:
    return " (the last byte of a file without a final newline is lost)" if include.cut else ""


def _taken(name: str, flavour: Flavour) -> bool:
    """Whether ``!includedir`` takes a file of this name: hidden files and ``.cnf`` itself are taken."""
    dot = name.find(".") if flavour.rules.extension_from_first_dot else name.rfind(".")
    return dot >= 0 and name[dot:] == ".cnf"
