"""What a run was asked to do: [tool.conn-lint] of pyproject.toml, and over it the command line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from conn_lint.model import SEVERITIES, Severity, Span


class ConfigError(Exception):
    """The run cannot be done as asked; the message is one line that names the option or the file and line."""


class ServerSource(NamedTuple):
    """A file or URL that tells of a server, and the database alias it is bound to (None: all)."""

    alias: str | None
    location: str


class HopSource(NamedTuple):
    """A hop between Django and the server as it was asked for: by ``seconds``, the name of a ``preset``, or the
    ``file`` of a proxy. ``aliases`` and ``hosts`` (patterns) say whose connections pass it; empty: all."""

    name: str
    where: str
    place: Span | None = None
    seconds: float | None = None
    preset: str | None = None
    file: str | None = None
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class Config(NamedTuple):
    """Everything that steers a run. Paths are absolute."""

    root: str
    select: tuple[str, ...] = ()
    """Codes of the rules to ask; empty: all."""
    ignore: tuple[str, ...] = ()
    fail_on: Severity = "warning"
    settings: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    mycnf: tuple[ServerSource, ...] = ()
    mycnf_defaults: bool = False
    """Read what a server reads by itself on this machine, too."""
    mycnf_group_suffix: str = ""
    """What the server is started with for --defaults-group-suffix."""
    variables: tuple[ServerSource, ...] = ()
    live: tuple[ServerSource, ...] = ()
    live_defaults_file: str | None = None
    """An option file of the clients, which says how to log in."""
    live_timeout: float = 10.0
    """Seconds that a live server has for everything."""
    deploy: tuple[ServerSource, ...] = ()
    server: str | None = None
    hops: tuple[HopSource, ...] = ()
    django_version: str | None = None
    assume_mysql: bool = False
    closers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    cache: bool = True
    show: bool = False


class Given(NamedTuple):
    """One option as it was given: its value, where it was given, and the folder its paths are relative to."""

    value: Any
    where: str
    folder: str
    text: str = ""
    """The whole text of pyproject.toml, when it was given there."""

    def wrong(self, expected: str) -> ConfigError:
        return ConfigError(f"{self.where}: expected {expected}, not {self.value!r}")


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
            value = {**_env(given[key]), **_env(Given(value, where, cwd))}
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
    return data if b"conn-lint" in data else None


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
        table = tomllib.loads(text).get("tool", {}).get("conn-lint", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"pyproject.toml: cannot be parsed: {error}") from error
    if not isinstance(table, dict):
        raise ConfigError("pyproject.toml: [tool.conn-lint] must be a table")
    given = {}
    for key, value in table.items():
        where = f"pyproject.toml:{_line_of(text, key)}"
        if key not in KEYS:
            raise ConfigError(f"{where}: unknown key {key!r} in [tool.conn-lint]{_meant(key, KEYS)}")
        given[key] = Given(value, f"{where}: {key}", root, text)
    return given


def _line_of(text: str, key: str, table: str = "tool.conn-lint") -> int:
    """The line of ``key`` in [``table``]; that of the table when the key is written in another way."""
    header, inside = 1, False
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            inside = stripped.startswith(f"[{table}")
            if stripped.startswith((f"[{table}.{key}]", f"[{table}]")):
                header = number
        elif inside and stripped.partition("=")[0].strip().strip("\"'") == key:
            return number
    return header


def _meant(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, list(known), n=1)
    return f"; did you mean {close[0]!r}?" if close else ""


def _string(given: Given) -> str:
    if not isinstance(given.value, str) or not given.value:
        raise given.wrong("a string")
    return given.value


def _strings(given: Given) -> tuple[str, ...]:
    values = [given.value] if isinstance(given.value, str) else given.value
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise given.wrong("a string or a list of strings")
    return tuple(values)


def _bool(given: Given) -> bool:
    if not isinstance(given.value, bool):
        raise given.wrong("true or false")
    return given.value


def _severity(given: Given) -> Severity:
    if given.value not in SEVERITIES:
        raise given.wrong("error, warning or info")
    return cast("Severity", given.value)


def _codes(given: Given) -> tuple[str, ...]:
    """Rule codes for the codes, prefixes and names that were given."""
    from conn_lint.rules import codes_of, rules

    codes: list[str] = []
    for text in _strings(given):
        for word in filter(None, (part.strip() for part in text.split(","))):
            found = codes_of(word)
            if not found:
                known = tuple(name for rule in rules() for name in (rule.code, rule.name))
                raise ConfigError(f"{given.where}: unknown rule {word!r}{_meant(word, known)}")
            codes.extend(found)
    return tuple(dict.fromkeys(codes))


def _env(given: Given) -> dict[str, str]:
    """Variables from a table of names and values, or from NAME=VALUE words."""
    if isinstance(given.value, dict):
        if not all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in given.value.values()):
            raise given.wrong("strings or integers by name")
        return {name: str(value) for name, value in given.value.items()}
    pairs = [word.partition("=") for word in _strings(given)]
    if not all(name and equals for name, equals, _ in pairs):
        raise given.wrong("NAME=VALUE")
    return {name: value for name, _, value in pairs}


def _urls_given(words: list[str], given: Mapping[str, Given]) -> Any:
    """The URLs of --live; one without a URL stands for those of pyproject.toml."""
    urls = [word for word in words if word]
    if urls:
        return urls
    if "live" not in given:
        raise ConfigError("--live: no URL is given, and [tool.conn-lint] has no live")
    return given["live"].value


def _urls(given: Given) -> tuple[ServerSource, ...]:
    """A URL, a list of them, each as ALIAS=URL or URL, or a table of them by alias; none is ever quoted."""
    table = given.value
    if isinstance(table, dict):
        lists = {alias: value if isinstance(value, list) else [value] for alias, value in table.items()}
        urls = [(alias, url) for alias, found in lists.items() for url in found]
        if all(isinstance(url, str) and url for _, url in urls):
            return tuple(ServerSource(alias, url) for alias, url in urls)
        raise ConfigError(f"{given.where}: expected a URL, or a list of URLs, for each alias")
    try:
        return _sources(given)
    except ConfigError:
        raise ConfigError(f"{given.where}: expected a URL, a list of URLs, or a table of URLs by alias") from None


def _time_limit(given: Given) -> float:
    number = _positive(given.value)
    if number is None:
        raise given.wrong("a number of seconds above 0")
    return number


def _env_files(given: Mapping[str, Given]) -> dict[str, str]:
    """The variables of every ``env-file``; a later file may refer to what ``env`` and the earlier ones give."""
    files = given.get("env-file")
    if files is None:
        return {}
    own = _env(given["env"]) if "env" in given else {}
    found: dict[str, str] = {}
    for location in _locations(files):
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


def _inherited(given: Given) -> dict[str, str]:
    """The environment of this process, where it is asked for."""
    return dict(os.environ) if _bool(given) else {}


def _sources(given: Given) -> tuple[ServerSource, ...]:
    """Each word as ALIAS=LOCATION or LOCATION."""
    found = []
    for word in _strings(given):
        alias, equals, location = word.partition("=")
        bound = bool(equals and location) and alias.replace("-", "_").isidentifier() and not os.path.exists(word)
        found.append(ServerSource(alias if bound else None, location if bound else word))
    return tuple(found)


def _files(given: Given) -> tuple[ServerSource, ...]:
    if any("://" in source.location for source in _sources(given)):
        raise ConfigError(f"{given.where}: expected a file; the URL of a server is given with --live")
    return tuple(
        source if source.location == "-" else source._replace(location=_absolute(source.location, given.folder))
        for source in _sources(given)
    )


def _hops(given: Given) -> tuple[HopSource, ...]:
    """From a table of names, or from NAME and NAME=VALUE words; a value is what ``_hop`` takes."""
    if isinstance(given.value, dict):
        return tuple(
            _hop(name, value, given, Span("pyproject.toml", _line_of(given.text, name, "tool.conn-lint.hops")))
            for name, value in given.value.items()
        )
    words = [word.partition("=") for word in _strings(given)]
    return tuple(
        _hop(name if equals else os.path.basename(name), value if equals else name, given, None)
        for name, equals, value in words
    )


def _hop(name: str, value: Any, given: Given, place: Span | None) -> HopSource:
    """One hop from its seconds, its preset, a proxy's file, or a table that may bind it to aliases and hosts."""
    where = f"{given.where}.{name}" if place else f"{given.where} {name}"
    table = value if isinstance(value, dict) else {"limit": value}
    for key in table:
        if key not in ("limit", "aliases", "hosts"):
            raise ConfigError(f"{where}: unknown key {key!r}{_meant(key, ('limit', 'aliases', 'hosts'))}")
    limit = table.get("limit")
    aliases, hosts = (
        _strings(Given(table[key], f"{where}.{key}", "")) if key in table else () for key in ("aliases", "hosts")
    )
    source = HopSource(name, where, place, aliases=aliases, hosts=hosts)
    seconds = _positive(limit)
    if seconds is not None:
        return source._replace(seconds=seconds)
    if not isinstance(limit, str) or not limit:
        raise ConfigError(f"{where}: expected seconds, a preset or the file of a proxy, not {limit!r}")
    from conn_lint.server.presets import PRESETS

    if limit in PRESETS:
        return source._replace(preset=limit)
    path = _absolute(limit, given.folder)
    if os.path.isfile(path):
        return source._replace(file=path)
    known = ", ".join(PRESETS)
    raise ConfigError(
        f"{where}: {limit!r} is no number of seconds, no file and no preset{_meant(limit, tuple(PRESETS))} ({known})"
    )


def _positive(value: object) -> float | None:
    """``value`` as a number of seconds above 0, or None."""
    if isinstance(value, str) and value.replace(".", "", 1).isdecimal():
        value = float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf"):
        return float(value)
    return None


def _locations(given: Given) -> tuple[str, ...]:
    return tuple(_absolute(location, given.folder) for location in _strings(given))


def _file(given: Given) -> str:
    return _absolute(_string(given), given.folder)


def _absolute(path: str, folder: str) -> str:
    return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))


KEYS: dict[str, Callable[[Given], Any]] = {
    "assume-mysql": _bool,
    "baseline": _file,
    "closers": _strings,
    "deploy": _files,
    "django-version": _string,
    "env": _env,
    "env-file": _locations,
    "env-inherit": _inherited,
    "exclude": _strings,
    "fail-on": _severity,
    "hops": _hops,
    "ignore": _codes,
    "live": _urls,
    "live-defaults-file": _file,
    "live-timeout": _time_limit,
    "mycnf": _files,
    "mycnf-defaults": _bool,
    "mycnf-group-suffix": _string,
    "select": _codes,
    "server": _string,
    "settings": _strings,
    "variables": _files,
}
"""Every key of [tool.conn-lint] and how its value is read; the command line has the same names."""
