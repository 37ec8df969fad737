"""HAProxy: ``timeout client``, ``timeout server`` and ``timeout tunnel`` of what carries MySQL connections.

Measured on HAProxy 2.6.12 before MariaDB 10.11: the smaller of client and server drops an idle connection, a
tunnel timeout replaces both, and with none of them nothing does. Without a unit they are milliseconds.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from conn_lint.server.proxies import Limit

_SECONDS = {"": 0.001, "us": 0.000001, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}

_KEYWORDS = frozenset("global defaults frontend backend listen peers resolvers userlist mailers cache program".split())

_MYSQL_NAME = re.compile(r"mysql|maria|galera|percona|pxc", re.IGNORECASE)

_MYSQL_PORT = re.compile(r":(3306|33060|3307)\b")


class _Timeout(NamedTuple):
    seconds: float
    text: str
    line: int


class _Section:
    """A proxy of the file, what it inherits from its defaults included."""

    def __init__(self, keyword: str, name: str, base: _Section | None) -> None:
        self.keyword = keyword
        self.name = name
        self.mode: str = base.mode if base else "http"
        self.timeouts: dict[str, _Timeout] = dict(base.timeouts) if base else {}
        self.backends: list[str] = []
        self.mysql = bool(_MYSQL_NAME.search(name)) if keyword != "defaults" else False


def read(text: str) -> Limit:
    """The smallest limit that a MySQL connection meets in the HAProxy configuration ``text``.

    Raises ValueError when no proxy of the file can be told to carry MySQL.
    """
    sections = _sections(text)
    backends = {each.name: each for each in sections if each.keyword == "backend"}
    paths: list[tuple[_Section, ...]] = []
    for section in sections:
        if section.keyword == "listen":
            paths.append((section,))
        elif section.keyword == "frontend":
            paths += [(section, backends[name]) for name in section.backends if name in backends]
    carried = [path for path in paths if path[0].mode == "tcp"]
    wanted = [path for path in carried if any(section.mysql for section in path)] or carried[: len(carried) == 1]
    if not wanted:
        raise ValueError("no proxy in it can be told to carry MySQL (by its name, port 3306 or mysql-check)")
    limits = [_limit(path) for path in wanted]
    return min(limits, key=lambda limit: float("inf") if limit.seconds is None else limit.seconds)


def _limit(path: tuple[_Section, ...]) -> Limit:
    """The limit between the frontend and the backend (one and the same in a ``listen``)."""
    front, back = path[0], path[-1]
    tunnel = back.timeouts.get("tunnel") or front.timeouts.get("tunnel")
    found = [tunnel] if tunnel else [front.timeouts.get("client"), back.timeouts.get("server")]
    set_ = [timeout for timeout in found if timeout is not None and timeout.seconds]
    name = " and ".join(dict.fromkeys(f"{section.keyword} {section.name}" for section in path))
    if not set_:
        return Limit(None, f"{name} sets no timeout", 0)
    least = min(set_)
    return Limit(least.seconds, f"{least.text} of {name}", least.line)


def _sections(text: str) -> list[_Section]:
    named: dict[str, _Section] = {}
    defaults: _Section | None = None
    current: _Section | None = None
    found: list[_Section] = []
    for number, raw in enumerate(text.splitlines(), 1):
        words = _words(raw)
        if not words:
            continue
        if words[0] in _KEYWORDS:
            base = named.get(words[words.index("from") + 1]) if "from" in words[:-1] else defaults
            name = words[1] if len(words) > 1 and words[1] != "from" else ""
            current = _Section(words[0], name, base if words[0] != "defaults" or "from" in words else None)
            if words[0] == "defaults":
                defaults = current
                named[name] = current
            found.append(current)
        elif current is not None:
            _directive(current, words, number)
    return found


def _directive(section: _Section, words: list[str], number: int) -> None:
    if words[0] == "mode" and len(words) > 1:
        section.mode = words[1]
    elif words[0] == "timeout" and len(words) > 2 and words[1] in ("client", "server", "tunnel"):
        section.timeouts[words[1]] = _Timeout(_duration(words[2], number), " ".join(words[:3]), number)
    elif words[0] in ("default_backend", "use_backend") and len(words) > 1:
        section.backends.append(words[1])
    elif words[:2] == ["option", "mysql-check"] or (
        words[0] in ("bind", "server") and _MYSQL_PORT.search(" ".join(words))
    ):
        section.mysql = True


def _words(line: str) -> list[str]:
    """The words of ``line``, its comment and the quotation marks left out."""
    bare = re.sub(r"(^|\s)#.*", "", line)
    return [word.strip("\"'") for word in bare.split()]


def _duration(text: str, number: int) -> float:
    found = re.fullmatch(r"(\d+)(us|ms|s|m|h|d|)", text)
    if found is None:
        raise ValueError(f"line {number}: timeout {text} is no duration")
    return int(found[1]) * _SECONDS[found[2]]
