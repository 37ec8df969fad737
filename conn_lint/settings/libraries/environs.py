"""environs: ``Env`` (read in 15.2.0). The default is taken as it is, the variable is cast."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from conn_lint.settings.libraries import Model, dj_database_url, dotenv
from conn_lint.settings.libraries.casts import CASTS, cast
from conn_lint.settings.libraries.standard import environment
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import ABSENT, FALSE, NONE, Const, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine

METHODS = frozenset([*CASTS, "dj_db_url", "prefixed", "read_env"])


class Env(Native):
    """An ``environs.Env``; ``prefixes`` are those of the ``with env.prefixed(...)`` being run, outermost first."""

    __slots__ = ("prefixes",)

    def __init__(self) -> None:
        self.prefixes: list[Tree] = []

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return self.read(machine, args, "str", node)

    def attribute(self, machine: Machine, name: str) -> Tree | None:
        return EnvMethod(self, name) if name in METHODS else None

    def read(self, machine: Machine, args: Args, kind: str, node: cst.CSTNode) -> Tree | None:
        """A variable, cast to ``kind``; the default as it is where the variable is not set."""
        name = args.get(0, "name")
        default = args.get(1, "default")
        parts = [part.value for part in (*self.prefixes, name) if isinstance(part, Const)]
        if len(parts) <= len(self.prefixes):
            return None

        def take(leaf: Tree) -> Tree:
            if leaf is ABSENT:
                return machine.throw("EnvError") if default is None else default
            return leaf if kind == "str" else cast(machine, node, kind, CASTS[kind], leaf)

        return machine.each(environment(machine, Const("".join(map(str, parts)))), take)


class Prefixed(Native):
    """``env.prefixed("DB_")``: inside, every name has this before it."""

    __slots__ = ("env", "prefix")

    def __init__(self, env: Env, prefix: Tree) -> None:
        self.env = env
        self.prefix = prefix

    @contextmanager
    def entered(self) -> Iterator[None]:
        self.env.prefixes.append(self.prefix)
        try:
            yield
        finally:
            self.env.prefixes.pop()


class EnvMethod(Native):
    """``env.int`` and the like."""

    __slots__ = ("env", "name")

    def __init__(self, env: Env, name: str) -> None:
        self.env = env
        self.name = name

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        if self.name == "read_env":
            return _read_env(machine, args, node)
        if self.name == "prefixed":
            return Prefixed(self.env, args.positional[0]) if args.positional else None
        if self.name == "dj_db_url":
            url = self.env.read(machine, args, "str", node)
            options = {k: v for k, v in args.keywords.items() if k in ("conn_max_age", "conn_health_checks", "engine")}
            return None if url is None else dj_database_url.database(machine, url, Args((NONE,), options), node)
        return self.env.read(machine, args, self.name, node)


def _read_env(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    path = args.get(0, "path")
    override = args.get(3, "override") or FALSE
    if path is None:
        for found in dotenv.nearby(machine)[:1]:
            dotenv.load(machine, dotenv.absolute(machine, found), override=override)
    elif isinstance(path, Const):
        dotenv.load(machine, path.value, override=override)
    return NONE


def _env(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Env()


MODELS: dict[str, Model] = {"environs.Env": _env, "environs.FileAwareEnv": _env}
