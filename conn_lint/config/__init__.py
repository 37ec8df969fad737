"""What a run was asked to do: [tool.conn-lint] of pyproject.toml, and over it the command line."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Mapping
from typing import Any

from conn_lint.config.base import Config, ConfigError, Given, HopSource, ServerSource
from conn_lint.config.keys import KEYS, env_of, line_of, locations, meant

__all__ = ["KEYS", "Config", "ConfigError", "Given", "HopSource", "ServerSource", "load", "project_root"]


_TABLE = re.compile(rb"(?i)conn[-_ ]?lint")
"""What [tool.conn-lint] may be taken for."""


def load(root: str, options: Mapping[str, Any], *, cache: bool = True, show: bool = False) -> Config:
    """The configuration for the project in ``root``; ``options`` are command-line values by their key.

    A key on the command line replaces that of pyproject.toml, ``env`` adds to it; the ``live`` of pyproject.toml counts
    only beside a --live, so that no project's file makes a run send a password to a host of its choice. A variable
    is bound by ``env``, else by the last of ``env-file`` that gives it, else by this process with ``env-inherit``.
    Raises ConfigError.
    """
    given = _from_pyproject(root)
    if "live" not in options and "live" in given:
        KEYS["live"](given.pop("live"))  # a mistake is said; nobody is asked unless the command line says --live
    for key, value in options.items():
        where, cwd = f"--{key}", os.getcwd()
        if key == "live":
            value = _urls_given(value, given)
        if key == "env" and key in given:
            value = {**env_of(given[key]), **env_of(Given(value, where, cwd))}
        given[key] = Given(value, where, cwd)
    fields = {key.replace("-", "_"): KEYS[key](each) for key, each in given.items()}
    fields.pop("env_file", None)
    fields["env"] = {**fields.pop("env_inherit", {}), **_env_files(given), **fields.get("env", {})}
    return Config(root=root, cache=cache, show=show, **fields)


def project_root(paths: list[str]) -> str:
    """The project that ``paths`` name: the folder itself, or the one in which the given files lie.

    That is the nearest folder above all of them with a [tool.conn-lint], else with a manage.py, else with
    a .git, else the working directory. Raises ConfigError when a path does not exist.
    """
    for path in paths:
        if not os.path.exists(path):
            raise ConfigError(f"{path}: no such file or folder")
    if len(paths) == 1 and os.path.isdir(paths[0]):
        return os.path.abspath(paths[0])
    folders = [os.path.abspath(path if os.path.isdir(path) else os.path.dirname(path)) for path in paths]
    above = [os.path.commonpath(folders)]
    while os.path.dirname(above[-1]) != above[-1]:
        above.append(os.path.dirname(above[-1]))
    signs: tuple[Callable[[str], bool], ...] = (
        lambda folder: _table_in(folder) is not None,
        lambda folder: os.path.exists(os.path.join(folder, "manage.py")),
        lambda folder: os.path.exists(os.path.join(folder, ".git")),
        lambda folder: folder == os.getcwd(),
    )
    return next((folder for sign in signs for folder in above if sign(folder)), above[0])


def _table_in(folder: str) -> bytes | None:
    """The bytes of ``folder``'s pyproject.toml when it may hold a [tool.conn-lint], else None."""
    try:
        with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{os.path.join(folder, 'pyproject.toml')}: {error.strerror}") from error
    return data if _TABLE.search(data) else None


def _from_pyproject(root: str) -> dict[str, Given]:
    data = _table_in(root)
    if data is None:
        return {}
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        text = data.decode()
        tools = tomllib.loads(text).get("tool", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"pyproject.toml: cannot be parsed: {error}") from error
    if not isinstance(tools, dict):
        raise ConfigError("pyproject.toml: [tool] must be a table")
    for name in tools:
        if name != "conn-lint" and _TABLE.fullmatch(name.encode()):
            line = line_of(text, "", f"tool.{name}")
            raise ConfigError(f"pyproject.toml:{line}: unknown table [tool.{name}]; did you mean [tool.conn-lint]?")
    table = tools.get("conn-lint", {})
    if not isinstance(table, dict):
        raise ConfigError("pyproject.toml: [tool.conn-lint] must be a table")
    given = {}
    for key, value in table.items():
        where = f"pyproject.toml:{line_of(text, key)}"
        if key not in KEYS:
            raise ConfigError(f"{where}: unknown key {key!r} in [tool.conn-lint]{meant(key, KEYS)}")
        given[key] = Given(value, f"{where}: {key}", root, text)
    return given


def _urls_given(words: list[str], given: Mapping[str, Given]) -> Any:
    """The URLs of --live; one without a URL stands for those of pyproject.toml."""
    urls = [word for word in words if word]
    if urls:
        return urls
    if "live" not in given:
        raise ConfigError("--live: no URL is given, and [tool.conn-lint] has no live")
    return given["live"].value


def _env_files(given: Mapping[str, Given]) -> dict[str, str]:
    """The variables of every ``env-file``; a later file may refer to what ``env`` and the earlier ones give."""
    files = given.get("env-file")
    if files is None:
        return {}
    own = env_of(given["env"]) if "env" in given else {}
    found: dict[str, str] = {}
    for location in locations(files):
        found.update(_env_file(location, {**found, **own}, files.where))
    return found


def _env_file(location: str, known: Mapping[str, str], where: str) -> dict[str, str]:
    from conn_lint.project.envfiles import read_env_file

    try:
        return read_env_file(location, known)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        reason = "it is not UTF-8" if isinstance(error, UnicodeDecodeError) else reason
        raise ConfigError(f"{where} {os.path.relpath(location)}: {reason}") from error
