"""Names of files, as ``glob.glob``, ``os.listdir`` and ``Path.glob`` list them: those of the tree, in any order."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from fnmatch import translate
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

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

MOST_NAMES = 200
"""Files of the largest folder that is listed."""


class Listing(Native):
    """A list of names in the order of the file system; of those in order, by ``sorted``, each has its place."""

    __slots__ = ("held",)

    called = "a list of files"

    def __init__(self, names: Iterable[Any]) -> None:
        self.held: Sequence | None = sequence("set", map(Const, sorted(names)))

    def listed(self) -> Sequence | None:
        return self.held

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        if name == "sort":
            return Sort(self)
        self.held = None
        return None

    def altered(self) -> None:
        self.held = None

    given_away = altered

    def contains(self, machine: Machine, item: Atom) -> Guard | None:
        from conn_lint.settings.comparisons import contains

        return None if self.held is None else contains(machine, self.held, item)


class Sort(Native):
    """``list.sort`` of a Listing."""

    __slots__ = ("listing",)

    def __init__(self, listing: Listing) -> None:
        self.listing = listing

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        held = self.listing.held
        if machine.pc is True and held is not None and not args.all():  # elsewhere it stays in any order
            self.listing.held = Sequence("list", held.items)
        return NONE


def matching(machine: Machine, pattern: str, *, hidden: bool = False) -> list[str] | None:
    """The files and folders of the tree that ``pattern`` matches; None where that cannot be told. ``hidden``: its
    wildcards stand for names with a dot at the start, too."""
    relative = inside(machine, pattern)
    if relative is None or "**" in pattern or pattern.endswith("/"):
        return None
    parts = [(part, re.compile(translate(part))) for part in relative.split("/")]
    found = set()
    for path in machine.project.tree.paths:
        names = path.split("/")
        if len(names) >= len(parts) and all(
            compiled.match(name) and (hidden or not name.startswith(".") or part.startswith("."))
            for name, (part, compiled) in zip(names, parts, strict=False)
        ):
            found.add(posixpath.join(machine.project.tree.root, *names[: len(parts)]))
    return sorted(found) if len(found) <= MOST_NAMES else None


def _glob(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    if args.keywords.keys() - {"pathname"} or len(args.positional) > 1:
        return None
    pattern = args.get(0, "pathname")
    return None if pattern is None else machine.each(pattern, lambda leaf: _globbed(machine, leaf, node))


def _globbed(machine: Machine, pattern: Atom, node: cst.CSTNode) -> Tree:
    found = matching(machine, pattern.value) if isinstance(pattern, Const) and isinstance(pattern.value, str) else None
    return unknown(machine, node, "glob.glob()", pattern) if found is None else Listing(found)


def list_folder(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``os.listdir(folder)``."""
    folder = args.get(0, "path")
    return None if folder is None else machine.each(folder, lambda leaf: _listed(machine, leaf, node))


def _listed(machine: Machine, folder: Atom, node: cst.CSTNode) -> Tree:
    relative = inside(machine, f"{folder.value}/") if isinstance(folder, Const) else None
    if relative is None:
        return unknown(machine, node, "os.listdir()", folder)
    start = "" if relative in ("", ".") else f"{relative}/"
    names = {path[len(start) :].partition("/")[0] for path in machine.project.tree.paths if path.startswith(start)}
    if not names and machine.tries:
        return machine.throw("FileNotFoundError")
    return Listing(names) if 0 < len(names) <= MOST_NAMES else unknown(machine, node, "os.listdir()", folder)


def glob_of_path(machine: Machine, path: PurePath, pattern: Tree, node: cst.CSTNode) -> Tree:
    """``path.glob(pattern)``; as ``pathlib`` does it, with the hidden files."""

    def list_files(leaf: Atom) -> Tree:
        known = isinstance(leaf, Const) and isinstance(leaf.value, str)
        found = matching(machine, f"{path}/{leaf.value}", hidden=True) if isinstance(leaf, Const) and known else None
        return unknown(machine, node, "Path.glob()", leaf) if found is None else Listing(map(PurePosixPath, found))

    return machine.each(pattern, list_files)


MODELS: dict[str, Model] = {"glob.glob": _glob}
