"""Files and paths: those of the project can be read, of others nothing is known."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Hashable
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from conn_lint.settings import imports
from conn_lint.settings.comparisons import boolean
from conn_lint.settings.containers import Module, Scope, Table
from conn_lint.settings.folding import fold, identity, unknown
from conn_lint.settings.libraries import Model
from conn_lint.settings.nodes import Guard
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.textpath import TextPath
from conn_lint.settings.values import ABSENT, NONE, Absent, Atom, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class File(Native):
    """An open file of the project, and the text that is read from it."""

    __slots__ = ("path",)

    def __init__(self, path: str) -> None:
        self.path = path

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        return Reader(self) if name in ("read", "decode") else None


class Reader(Native):
    """``file.read``, and ``decode`` of what was read."""

    __slots__ = ("file",)

    def __init__(self, file: File) -> None:
        self.file = file

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return self.file


def inside(machine: Machine, path: object) -> str | None:
    """``path`` relative to the tree, with forward slashes; None when it lies elsewhere or is relative itself."""
    if not isinstance(path, (str, PurePath)):
        return None
    full = posixpath.normpath(str(path))
    root = machine.project.tree.root.rstrip("/") + "/"
    return full[len(root) :] if full.startswith(root) else None


def from_working_folder(machine: Machine, path: object) -> str | None:
    """The file of the tree that a relative ``path`` means where the process is started beside ``manage.py`` or in the
    root of the tree; None when there is none."""
    if not isinstance(path, (str, PurePath)) or posixpath.isabs(str(path)) or not str(path):
        return None
    tree = machine.project.tree
    folders = [posixpath.dirname(one) for one in tree.paths if posixpath.basename(one) == "manage.py"]
    found = (posixpath.normpath(posixpath.join(folder, str(path))) for folder in (*sorted(folders, key=len), ""))
    return next((one for one in found if one in tree), None)


def started_near(machine: Machine, path: str) -> Guard:
    """The worlds in which the process is started where a relative path means the file ``path`` of the tree."""
    return machine.choices.decide(("working folder", path), default=True)


def is_there(machine: Machine, path: object, kind: str) -> Guard:
    """Whether a file or folder exists: for paths below the tree as the tree is, for others unknown."""
    relative = inside(machine, path)
    if relative is None:
        nearest = from_working_folder(machine, path)
        return machine.choices.decide(("exists", str(path))) if nearest is None else started_near(machine, nearest)
    tree = machine.project.tree
    is_file = relative in tree
    is_folder = any(one.startswith(relative + "/") for one in tree.paths)
    return {"is_file": is_file, "is_dir": is_folder}.get(kind, is_file or is_folder)


def exists(kind: str) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        def check(leaf: Atom) -> Tree:
            if isinstance(leaf, Const):
                return boolean(machine, is_there(machine, leaf.value, kind))
            return unknown(machine, node, f"os.path.{kind}()", leaf)

        return machine.each(args.positional[0], check)

    return model


def open_file(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``open(path)``: a File where the tree has it."""
    path, mode = args.get(0, "file"), args.get(1, "mode") or Const("r")
    if path is None or not isinstance(mode, Const) or set(str(mode.value)) & set("+awx"):
        return None
    return machine.each(path, lambda leaf: _opened(machine, leaf, node))


def _opened(machine: Machine, path: Atom, node: cst.CSTNode) -> Tree:
    if isinstance(path, Const):
        return read_text(machine, path.value, node)
    _not_there(machine, identity(path))
    return unknown(machine, node, "open()", path) if machine.live else ABSENT


def read_text(machine: Machine, path: object, node: cst.CSTNode) -> File | Opaque | Absent:
    """``Path.read_text()``, ``Path.open()``; a file that the tree does not have may hold anything where the settings
    are used.

    One below the tree that a ``try`` guards fails as it would in a fresh checkout, and is noted, as a local override
    that is imported is.
    """
    relative = inside(machine, path)
    if relative is not None and relative in machine.project.tree:
        return File(relative)
    nearest = from_working_folder(machine, path)
    if nearest is not None:
        machine.throw_in(machine.choices.negate(started_near(machine, nearest)), "FileNotFoundError")
        return File(nearest) if machine.live else ABSENT
    if relative is not None and machine.tries:
        machine.note_absent(node, relative)
        if not machine.overrides_exist:
            machine.throw("FileNotFoundError")
            return ABSENT
    if relative is None:
        _not_there(machine, str(path))
    if not machine.live:
        return ABSENT
    machine.may_fail()
    return machine.opaque(node, f"the file {relative or path} is not in the project")


def _not_there(machine: Machine, path: Hashable) -> None:
    """By default there is no file ``path``, where a ``try`` is ready for that."""
    if machine.tries:
        there = machine.choices.decide(("file", path), default=False)
        machine.throw_in(machine.choices.negate(there), "FileNotFoundError")


def execute_text(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``exec(text of a project file)``, or of a text that the code decides."""
    target = args.positional[1] if len(args.positional) > 1 else machine.scope

    def execute(text: Atom) -> Tree:
        if isinstance(text, File) and isinstance(target, Scope):
            with machine.inside(target, machine.source):
                imports.run_text(machine, text.path)
            return NONE
        if isinstance(text, Const) and isinstance(text.value, str) and isinstance(target, Module):
            return imports.run_written(machine, text.value, target, node)
        return _executed_unseen(machine, text, target, node)

    return machine.each(args.positional[0], execute)


def execute_file(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``execfile(path)`` of Python 2."""
    opened = open_file(machine, args._replace(positional=args.positional[:1]), node)
    if opened is None:
        return None
    return execute_text(machine, args._replace(positional=(opened, *args.positional[1:])), node)


def _executed_unseen(machine: Machine, text: Atom, target: Tree, node: cst.CSTNode) -> Tree:
    """Any name within reach may have been set to anything."""
    result = machine.opaque(node, "exec() of something unknown", text)
    scope: Table | None = target if isinstance(target, Table) else machine.scope
    while scope is not None:
        machine.escape_parts(scope, result)
        machine.havoc(scope, result)
        scope = scope.outer if isinstance(scope, Scope) else None
    machine.may_fail()
    return result


def _pathwise(name: str, function: Callable[..., Any]) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        def apply(*values: Any) -> Any:
            return function(*map(_for_functions, values))

        return fold(machine, node, name, apply, *args.positional)

    return model


def _for_functions(value: Any) -> Any:
    if isinstance(value, TextPath):
        return value.for_functions()
    return str(value) if isinstance(value, PurePath) else value


def make_path(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return fold(machine, node, "Path()", PurePosixPath, *args.positional)


def abspath(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    def resolve(leaf: Atom) -> Tree:
        if isinstance(leaf, Const) and str(leaf.value).startswith("/"):
            return Const(posixpath.normpath(str(leaf.value)))
        return unknown(machine, node, "the working directory", leaf)

    return machine.each(args.positional[0], resolve)


PATHS = {
    name: _pathwise(f"os.path.{name}()", getattr(posixpath, name))
    for name in ("basename", "dirname", "isabs", "join", "normpath", "split", "splitext")
}
