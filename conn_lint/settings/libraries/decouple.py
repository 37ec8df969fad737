"""python-decouple: ``config``, ``Csv``, ``AutoConfig`` (read in 3.8, ``decouple.py``).

A value is cast wherever it comes from, the default too. The environment comes first, then ``settings.ini`` or
``.env``, looked for from the folder of the settings upwards.
"""

from __future__ import annotations

import configparser
import posixpath
from typing import TYPE_CHECKING

from conn_lint.settings.libraries import Model, dotenv
from conn_lint.settings.libraries.casts import cast, truth_word, words
from conn_lint.settings.libraries.standard import environment, or_else
from conn_lint.settings.values import ABSENT, Args, Const, External, Native, Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


class Config(Native):
    """A ``config`` object."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return _config(machine, args, node)


class Csv(Native):
    """A cast to a list: ``Csv()``."""

    __slots__ = ()

    def call(self, machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        return cast(machine, node, "list", words, args.positional[0])


def _config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    from conn_lint.settings.calls import call

    name = args.get(0, "option")
    if name is None:
        return None
    _read_files(machine)
    default = args.get(1, "default")
    value = environment(machine, name)
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


def _read_files(machine: Machine) -> None:
    for path in dotenv.nearby(machine, ("settings.ini", ".env"))[:1]:
        if not path.endswith(".ini"):
            dotenv.read(machine, dotenv.absolute(machine, path))
            continue
        parser = configparser.ConfigParser(interpolation=None)
        parser.optionxform = str.upper  # type: ignore[assignment, method-assign]
        try:
            parser.read_string(machine.project.data(path).decode("utf-8", "replace"))
        except configparser.Error:
            return
        if parser.has_section("settings"):
            for name, value in parser.items("settings"):
                machine.env_files.setdefault(name, value)


def _make_config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Config()


def _make_csv(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    return Csv() if not args.all() else None


def _make_env_config(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    """``Config(RepositoryEnv(path))``."""
    return Config()


def _repository(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
    path = args.get(0, "source")
    if isinstance(path, Const) and posixpath.basename(str(path.value)) != "settings.ini":
        dotenv.read(machine, path.value)
    return None


MODELS: dict[str, Model] = {
    "decouple.AutoConfig": _make_config,
    "decouple.Config": _make_env_config,
    "decouple.Csv": _make_csv,
    "decouple.RepositoryEnv": _repository,
    "decouple.config": _config,
}
