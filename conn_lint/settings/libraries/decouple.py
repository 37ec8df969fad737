"""python-decouple: ``config``, ``Csv``, ``AutoConfig`` (read in 3.8, ``decouple.py``).

A value is cast wherever it comes from, the default too. The environment comes first, then ``settings.ini`` or
``.env``, looked for from the folder of the settings upwards.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from typing import TYPE_CHECKING

from conn_lint.settings.folding import identity
from conn_lint.settings.libraries import Model, dotenv
from conn_lint.settings.libraries.casts import cast, truth_word, words
from conn_lint.settings.libraries.files import inside
from conn_lint.settings.libraries.standard import environment, or_else
from conn_lint.settings.objects import Args, Native
from conn_lint.settings.values import ABSENT, Atom, Const, External, Opaque, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class Repository(Native):
    """What a file says where the environment does not; ``values`` is None when it cannot be known which file."""

    __slots__ = ("values",)

    def __init__(self, values: Mapping[str, Tree] | None) -> None:
        self.values = values

    def read(self, name: Atom) -> Tree:
        """The variable called ``name``; ABSENT when the file does not have it."""
        if self.values is None:
            return Opaque(("decouple", self.serial, identity(name)), "a file that is not known may decide it")
        return self.values.get(name.value, ABSENT) if isinstance(name, Const) else ABSENT


class Config(Native):
    """A ``config`` object."""

    __slots__ = ("repository",)

    def __init__(self, repository: Repository | None = None) -> None:
        self.repository = repository
        """None: the file is looked for beside the settings."""

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return _read(machine, args, node, self.repository or _nearby(machine))


class Csv(Native):
    """A cast to a list: ``Csv()``."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return cast(machine, node, "list", words, args.positional[0])


def _config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return _read(machine, args, node, _nearby(machine))


def _read(machine: Machine, args: Args, node: cst.CSTNode, repository: Repository) -> Tree | None:
    from conn_lint.settings.calls import call

    name = args.get(0, "option")
    if name is None:
        return None
    default = args.get(1, "default")
    value = machine.each(name, lambda leaf: or_else(machine, environment(machine, leaf), repository.read(leaf)))
    if default is None:
        value = machine.each(value, lambda leaf: machine.throw("UndefinedValueError") if leaf is ABSENT else leaf)
    else:
        value = or_else(machine, value, default)
    how = args.get(2, "cast")
    if how is None or not machine.live:
        return value
    if isinstance(how, External) and how.name == "builtins.bool":
        return cast(machine, node, "bool", truth_word, value)
    return call(machine, how, Args((value,), {}), node)


def _nearby(machine: Machine) -> Repository:
    """The file that ``AutoConfig`` finds: the nearest, from the folder of the settings upwards."""
    for path in dotenv.nearby(machine, ("settings.ini", ".env"))[:1]:
        return _of_file(machine, dotenv.absolute(machine, path), path.endswith(".ini"))
    return Repository({})


def _of_file(machine: Machine, path: object, ini: bool) -> Repository:
    if not ini:
        return Repository(dotenv.values(machine, path, dotenv.decouple_lines) or {})
    relative = inside(machine, path)
    if relative is None or relative not in machine.project.tree:
        return Repository({})
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str.upper  # type: ignore[assignment, method-assign]
    try:
        parser.read_string(machine.project.data(relative).decode("utf-8", "replace"))
    except configparser.Error:
        return Repository(None)
    return Repository(
        {name: Const(value) for name, value in parser.items("settings")} if parser.has_section("settings") else {}
    )


def _make_config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Config()


def _make_csv(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Csv() if not args.all() else None


def _make_env_config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``Config(RepositoryEnv(path))``."""
    given = args.get(0, "repository")
    return Config(given if isinstance(given, Repository) else Repository(None))


def _repository(ini: bool) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        path = args.get(0, "source")
        return _of_file(machine, path.value, ini) if isinstance(path, Const) else Repository(None)

    return model


def _empty(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Repository({})


MODELS: dict[str, Model] = {
    "decouple.AutoConfig": _make_config,
    "decouple.Config": _make_env_config,
    "decouple.Csv": _make_csv,
    "decouple.RepositoryEmpty": _empty,
    "decouple.RepositoryEnv": _repository(ini=False),
    "decouple.RepositoryIni": _repository(ini=True),
    "decouple.config": _config,
}
