"""``.env`` files of the project: python-dotenv, and what other libraries read them with."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.files import inside
from conn_lint.settings.values import TRUE, Args, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*=\s*(.*?)\s*$")


def parse(text: str) -> dict[str, str]:
    """The variables of a ``.env`` file."""
    found = {}
    for line in text.splitlines():
        match = _LINE.match(line)
        if match is not None:
            found[match[1]] = _unquoted(match[2])
    return found


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] and value[0] in "'\"":
        return value[1:-1]
    return value.split(" #", 1)[0].rstrip()


def read(machine: Machine, path: object) -> bool:
    """Take over the variables of the file ``path``, below those of the environment; False when the tree has none."""
    relative = inside(machine, path)
    if relative is None or relative not in machine.project.tree:
        return False
    for name, value in parse(machine.project.data(relative).decode("utf-8", "replace")).items():
        machine.env_files.setdefault(name, value)
    return True


def nearby(machine: Machine, names: tuple[str, ...] = (".env",)) -> list[str]:
    """The files of these names in the folder of the file being run and in those above it, nearest first."""
    found = []
    folder = posixpath.dirname(machine.source.path)
    while True:
        found += [path for name in names if (path := posixpath.join(folder, name)) in machine.project.tree]
        if not folder:
            return found
        folder = posixpath.dirname(folder)


def absolute(machine: Machine, path: str) -> str:
    """A path of the tree as the program would see it."""
    return posixpath.join(machine.project.tree.root, path)


def _load_dotenv(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    path = args.get(0, "dotenv_path")
    if path is None:
        for found in nearby(machine)[:1]:
            read(machine, absolute(machine, found))
    elif isinstance(path, Const):
        read(machine, path.value)
    return TRUE


def _find_dotenv(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    found = nearby(machine)
    return Const(absolute(machine, found[0])) if found else Const("")


MODELS: dict[str, Model] = {
    "dotenv.find_dotenv": _find_dotenv,
    "dotenv.load_dotenv": _load_dotenv,
    "dotenv.read_dotenv": _load_dotenv,
}
