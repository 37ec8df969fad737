"""``.env`` files of the project: python-dotenv, and what other libraries read them with.

Each library has a grammar of its own. Where it is not python-dotenv's or decouple's, a value is only known when
all of them read it alike.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from conn_lint.project.dotenv import REFERENCE, bindings
from conn_lint.settings.folding import fold
from conn_lint.settings.libraries import Model
from conn_lint.settings.libraries.files import from_working_folder, inside, started_near
from conn_lint.settings.libraries.standard import environment, or_else
from conn_lint.settings.objects import Args
from conn_lint.settings.values import ABSENT, FALSE, TRUE, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

Grammar = Callable[[str], "Iterator[tuple[str, str | None]]"]
"""The names of a file in order, and the text of each; None where the grammar leaves it open."""

_PLAIN = re.compile(r"(?:export )?([A-Za-z_0-9]+)=[ \t]*(.*?)[ \t]*")


def plain_lines(text: str) -> Iterator[tuple[str, str | None]]:
    """What django-environ 0.11 and 0.12 (``Env.read_env``), django-configurations 2.5 and django-dotenv read alike.

    They differ in comments, escapes, references and spaces before ``=``; a value with any of these is open.
    """
    for line in text.splitlines():
        match = _PLAIN.fullmatch(line)
        if match is None:
            continue
        value = match[2]
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        inner = value[1:-1] if quoted else value
        yield match[1], None if re.search(r"[#$\\'\"]", inner) else inner


def _as_written(text: str) -> Iterator[tuple[str, str | None]]:
    """As python-dotenv reads it with ``interpolate=False``."""
    return ((name, value) for name, value in bindings(text) if value is not None)


def decouple_lines(text: str) -> Iterator[tuple[str, str | None]]:
    """``decouple.RepositoryEnv`` (3.8): the text after the first ``=``, without quotes at both ends."""
    for line in text.splitlines():
        name, equals, value = line.strip().partition("=")
        if equals and not name.startswith("#"):
            value = value.strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
            yield name.strip(), value[1:-1] if quoted else value


def values(
    machine: Machine, path: object, grammar: Grammar | None = None, *, file_first: bool = False
) -> dict[str, Tree] | None:
    """The variables of the file ``path``; None when the tree has no such file.

    Without a ``grammar`` it is read as by python-dotenv, with references filled in: from the environment and then
    from the lines above, or the other way round (``file_first``, as ``dotenv_values`` does).
    """
    relative = inside(machine, path)
    if relative is None or relative not in machine.project.tree:
        return None
    text = machine.project.data(relative).decode("utf-8", "replace")
    found: dict[str, Tree] = {}
    if grammar is None:
        for name, value in bindings(text):
            if value is not None:
                found[name] = _filled_in(machine, value, found, file_first)
        return found
    for name, value in grammar(text):
        unknown = Opaque((".env", relative, name), f"the line of {name} in {relative} can be read in several ways")
        found[name] = unknown if value is None else Const(value)
    return found


def _filled_in(machine: Machine, value: str, above: dict[str, Tree], file_first: bool) -> Tree:
    """``value`` with its ``${NAME}`` and ``${NAME:-default}`` replaced; empty where nothing gives one."""
    result: Tree = Const("")
    end = 0
    for match in REFERENCE.finditer(value):
        outside = environment(machine, Const(match[1]))
        inner = above.get(match[1], ABSENT)
        one = or_else(machine, inner, outside) if file_first else or_else(machine, outside, inner)
        one = or_else(machine, one, Const(match[2] or ""))
        for part in (Const(value[end : match.start()]), one):
            result = fold(machine, machine.statement, "a reference in a .env file", lambda a, b: a + b, result, part)
        end = match.end()
    if end == 0:
        return Const(value)
    rest = Const(value[end:])
    return fold(machine, machine.statement, "a reference in a .env file", lambda a, b: a + b, result, rest)


def load(machine: Machine, path: object, grammar: Grammar | None = None, *, override: Tree = FALSE) -> bool:
    """Put the variables of the file ``path`` into the environment; False when the tree has no such file.

    ``override``: whether they win over those that are set already.
    """
    nearest = from_working_folder(machine, path)
    if nearest is not None:
        with machine.only(started_near(machine, nearest)):
            return load(machine, absolute(machine, nearest), grammar, override=override)
    found = values(machine, path, grammar, file_first=override is not FALSE)
    if found is None:
        return False
    wins = machine.truth(override)
    for name, value in found.items():
        with machine.only(machine.choices.negate(wins)):
            if machine.live:
                old = machine.env_files.get(name, ABSENT)
                machine.env_files[name] = machine.choices.ite(machine.pc, machine.or_else(old, value), old)
        with machine.only(wins):
            machine.write(machine.environ, name, value)
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


def _load_with(grammar: Grammar | None) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        path = args.get(0, "dotenv_path" if grammar is None else "dotenv")
        override = args.get(3 if grammar is None else 1, "override") or FALSE
        fills_in = args.keywords.get("interpolate", TRUE)
        if "stream" in args.keywords or not isinstance(fills_in, Const):
            return None
        how = grammar if fills_in.value else _as_written
        if path is None:
            for found in nearby(machine)[:1]:
                load(machine, absolute(machine, found), how, override=override)
        elif isinstance(path, Const):
            load(machine, path.value, how, override=override)
        return TRUE

    return model


def _find_dotenv(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    found = nearby(machine)
    return Const(absolute(machine, found[0])) if found else Const("")


MODELS: dict[str, Model] = {
    "dotenv.find_dotenv": _find_dotenv,
    "dotenv.load_dotenv": _load_with(None),
    "dotenv.read_dotenv": _load_with(plain_lines),
}
