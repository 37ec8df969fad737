"""Where pydantic's settings are read from: ``model_config``, the inner class ``Config``, goodconf's files.

Checked against pydantic-settings 2.16.3 and goodconf 7.1.0.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.settings.containers import Items, Sequence, Table
from conn_lint.settings.libraries import dotenv, standard
from conn_lint.settings.libraries.pydantic_fields import texts
from conn_lint.settings.objects import Args, Class
from conn_lint.settings.values import ABSENT, At, Const, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class Source(NamedTuple):
    """Where the fields of one object are read from besides its arguments."""

    prefix: str | None
    """What stands before the names in the environment; None: they are not read from there."""
    delimiter: str
    exact: bool
    """Whether the case of the names matters."""
    file: Opaque | None
    """What a configuration file may say, where there may be one."""
    env_files: Mapping[str, Tree]
    """What ``.env`` files say where the environment does not; upper case unless the case matters."""


NOWHERE = Source(None, "", exact=False, file=None, env_files={})


def own_classes(cls: Class) -> list[Class]:
    """The project's classes that ``cls`` is made of, farthest first."""
    return [one for one in reversed(cls.ancestry()) if isinstance(one, Class)]


def source_of(machine: Machine, cls: Class, args: Args, node: cst.CSTNode) -> Source | None:
    """What the configuration of ``cls`` and ``args`` (``_env_prefix=...``) say; None when it cannot be seen."""
    config = _config(machine, cls)
    if config is None:
        return None
    options = {**config, **{key[1:]: tree for key, tree in args.keywords.items() if key.startswith("_")}}
    plain = {key: tree.value for key, tree in options.items() if isinstance(tree, Const)}
    if any(key in options and key not in plain for key in ("env_prefix", "env_nested_delimiter", "case_sensitive")):
        return None
    exact = bool(plain.get("case_sensitive"))
    return Source(
        str(plain.get("env_prefix") or ""),
        str(plain.get("env_nested_delimiter") or ""),
        exact=exact,
        file=_file(machine, options, node),
        env_files=_env_files(machine, options.get("env_file"), exact),
    )


def _env_files(machine: Machine, paths: Tree | None, exact: bool) -> dict[str, Tree]:
    found: dict[str, Tree] = {}
    for path in _texts_or_paths(paths) if paths is not None else ():
        absolute = path if str(path).startswith("/") else dotenv.absolute(machine, str(path))
        for name, value in (dotenv.values(machine, absolute, file_first=True) or {}).items():
            found[name if exact else name.upper()] = value
    return found


def environment(machine: Machine, name: str, source: Source) -> Tree:
    """The variable ``name``, from the environment or ``.env`` files; ABSENT in the worlds where it is not set."""
    variable = name if source.exact else name.upper()
    said = standard.environment(machine, Const(variable))
    return standard.or_else(machine, said, source.env_files.get(variable, ABSENT))


def _texts_or_paths(tree: Tree) -> tuple[object, ...]:
    if isinstance(tree, Const):
        return (tree.value,) if tree.value is not None else ()
    if isinstance(tree, Sequence) and isinstance(tree.items, Items):
        return tuple(path for one in tree.items.trees for path in _texts_or_paths(one))
    return ()


def _config(machine: Machine, cls: Class) -> dict[str, Tree] | None:
    """``model_config``, or the inner class ``Config``; None when it cannot be seen."""
    found: dict[str, Tree] = {}
    for owner in own_classes(cls):
        held = machine.read(owner.scope, "model_config")
        old = machine.read(owner.scope, "Config")
        table = old.scope if isinstance(old, Class) else held
        if table is ABSENT:
            continue
        if not isinstance(table, Table) or machine.has_more(table) is not False:
            return None
        found.update({str(key): machine.read(table, key) for key, _ in machine.keys(table)})
    return found


def _file(machine: Machine, options: dict[str, Tree], node: cst.CSTNode) -> Opaque | None:
    """goodconf reads a file that an option, or the variable that one names, points at."""
    if not options.keys() & {"default_files", "file_env_var"}:
        return None
    names = texts(options["file_env_var"]) if "file_env_var" in options else ()
    env = names or ()
    return Opaque(("configuration file", id(node)), "a configuration file may decide it", env, At(machine.source, node))
