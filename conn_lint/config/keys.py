"""Every key of [tool.conn-lint], and how its value is read."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, cast

from conn_lint.config.base import ConfigError, Given, HopSource, ServerSource
from conn_lint.model import SEVERITIES, Severity, Span


def line_of(text: str, key: str, table: str = "tool.conn-lint") -> int:
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


def meant(word: str, known: Mapping[str, Any] | tuple[str, ...]) -> str:
    """The end of a message about ``word``: which of the ``known`` words may be meant."""
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


def _server(given: Given) -> str:
    from conn_lint.server.errors import ServerSourceError
    from conn_lint.server.flavours import candidates

    try:
        candidates(_string(given))
    except ServerSourceError as error:
        raise ConfigError(f"{given.where}: {error}") from error
    return _string(given)


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
                raise ConfigError(f"{given.where}: unknown rule {word!r}{meant(word, known)}")
            codes.extend(found)
    return tuple(dict.fromkeys(codes))


def env_of(given: Given) -> dict[str, str]:
    """Variables from a table of names and values, or from NAME=VALUE words."""
    if isinstance(given.value, dict):
        if not all(isinstance(value, (str, int)) and not isinstance(value, bool) for value in given.value.values()):
            raise given.wrong("strings or integers by name")
        return {name: str(value) for name, value in given.value.items()}
    found = {}
    for word in _strings(given):
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise given._replace(value=word).wrong("NAME=VALUE")
        found[name] = value
    return found


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
            _hop(name, value, given, Span("pyproject.toml", line_of(given.text, name, "tool.conn-lint.hops")))
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
            raise ConfigError(f"{where}: unknown key {key!r}{meant(key, ('limit', 'aliases', 'hosts'))}")
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
        f"{where}: {limit!r} is no number of seconds, no file and no preset{meant(limit, tuple(PRESETS))} ({known})"
    )


def _positive(value: object) -> float | None:
    """``value`` as a number of seconds above 0, or None."""
    if isinstance(value, str) and value.replace(".", "", 1).isdecimal():
        value = float(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < float("inf"):
        return float(value)
    return None


def locations(given: Given) -> tuple[str, ...]:
    return tuple(_absolute(location, given.folder) for location in _strings(given))


def _file(given: Given) -> str:
    return _absolute(_string(given), given.folder)


def _absolute(path: str, folder: str) -> str:
    return os.path.normpath(os.path.join(folder, os.path.expanduser(path)))


KEYS: dict[str, Callable[[Given], Any]] = {
    "assume-mysql": _bool,
    "unsafe-fixes": _bool,
    "baseline": _file,
    "closers": _strings,
    "deploy": _files,
    "django-version": _string,
    "entrypoints": _strings,
    "env": env_of,
    "env-file": locations,
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
    "not-entrypoints": _strings,
    "orm": _strings,
    "select": _codes,
    "server": _server,
    "settings": _strings,
    "variables": _files,
}
"""Every key of [tool.conn-lint] and how its value is read; the command line has the same names."""
