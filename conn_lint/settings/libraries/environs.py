"""environs: ``Env`` (read in 15.2.0). The default is taken as it is, the variable is cast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.settings.libraries import Model, dj_database_url, dotenv
from conn_lint.settings.libraries.casts import CASTS, cast
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.values import ABSENT, NONE, Args, Const, Native, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

METHODS = frozenset([*CASTS, "dj_db_url", "read_env"])


class Env(Native):
    """An ``environs.Env``. ``prefixed`` is not followed: what is read inside has another name."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return _read(machine, args, "str", node)

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        return EnvMethod(name) if name in METHODS else None


class EnvMethod(Native):
    """``env.int`` and the like."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if self.name == "read_env":
            return _read_env(machine, args, node)
        if self.name == "dj_db_url":
            url = _read(machine, args, "str", node)
            options = {k: v for k, v in args.keywords.items() if k in ("conn_max_age", "conn_health_checks", "engine")}
            return None if url is None else dj_database_url.database(machine, url, Args((NONE,), options), node)
        return _read(machine, args, self.name, node)


def _read(machine: Machine, args: Args, kind: str, node: cst.CSTNode) -> Tree | None:
    name = args.get(0, "name")
    default = args.get(1, "default")
    if not isinstance(name, Const):
        return None

    def take(leaf: Tree) -> Tree:
        if leaf is ABSENT:
            return machine.throw("EnvError") if default is None else default
        return leaf if kind == "str" else cast(machine, node, kind, CASTS[kind], leaf)

    return machine.each(environment(machine, name), take)


def _read_env(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    path = args.get(0, "path")
    if path is None:
        for found in dotenv.nearby(machine)[:1]:
            dotenv.read(machine, dotenv.absolute(machine, found))
    elif isinstance(path, Const):
        dotenv.read(machine, path.value)
    return NONE


def _env(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Env()


MODELS: dict[str, Model] = {"environs.Env": _env, "environs.FileAwareEnv": _env}
