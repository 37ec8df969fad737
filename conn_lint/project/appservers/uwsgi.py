"""uWSGI's configuration files in their four formats.

Source: uWSGI 2.0 (``core/ini.c``, ``core/yaml.c``, ``plugins/xml``, ``core/json.c``, ``core/config.c``): the options
are those of the command line, in the order in which they stand; ``%(name)``, ``$(NAME)`` and ``@(file)`` are
expanded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Entry(NamedTuple):
    """One option: its name without dashes, and its text; None where a placeholder or a condition decides."""

    name: str
    text: str | None
    line: int


def read(path: str, data: bytes, section: str = "uwsgi") -> tuple[Entry, ...] | None:
    """The options in ``section`` of a file, in order; None when its format is not known or it is broken."""
    reader = _READERS.get(path[path.rfind(".") :])
    entries = reader(data.decode("utf-8", "replace"), section) if reader else None
    return tuple(_settled(entries)) if entries is not None else None


def _settled(entries: list[Entry]) -> Iterator[Entry]:
    """``entries``, unknown where they are written with a placeholder or stand below a condition or loop."""
    open_blocks = 0
    for entry in entries:
        if entry.name.startswith(("if-", "for")) or entry.name == "if":
            open_blocks += 1
        elif entry.name.startswith("end"):
            open_blocks = max(0, open_blocks - 1)
        elif open_blocks or (entry.text and re.search(r"[%$@]\(|%[a-zA-Z]", entry.text)):
            yield entry._replace(text=None)
        else:
            yield entry


def _ini(text: str, section: str) -> list[Entry]:
    found = []
    current = ""
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip(" \t\r")
        if line.startswith("["):
            current = line[1:-1]
        elif line and line[0] not in ";#" and current == section:
            name, _, value = line.partition("=")
            found.append(Entry(name.rstrip(), value.strip(" \t\r"), number))
    return found


def _yaml(text: str, section: str) -> list[Entry]:
    found = []
    inside = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.partition("#")[0].rstrip()
        if line and not line[0].isspace():
            inside = line.rstrip(": ") == section
        elif inside and (match := re.match(r"\s+(?:-\s+)?([\w-]+)\s*:\s*(.*)", line)):
            found.append(Entry(match[1], match[2].strip("\"'"), number))
    return found


def _xml(text: str, section: str) -> list[Entry] | None:
    from xml.parsers import expat

    found: list[Entry] = []
    opened: list[str] = []
    parser = expat.ParserCreate()

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if opened[-1:] == [section]:
            found.append(Entry(tag, "", parser.CurrentLineNumber))
        opened.append(tag)

    def content(data: str) -> None:
        if opened[-2:-1] == [section]:
            found[-1] = found[-1]._replace(text=f"{found[-1].text}{data}".strip())

    def refuse(*_declaration: object) -> None:
        raise ValueError("entities are not expanded")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _tag: opened.pop()
    parser.CharacterDataHandler = content
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except (expat.ExpatError, ValueError):
        return None
    return found


def _json(text: str, section: str) -> list[Entry] | None:
    import json

    try:
        options = json.loads(text)[section]
        items = list(options.items())
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError):
        return None
    found = []
    for name, value in items:
        line = text.count("\n", 0, max(0, text.find(f'"{name}"'))) + 1
        found += [Entry(name, str(each), line) for each in (value if isinstance(value, list) else [value])]
    return found


_READERS: dict[str, Callable[[str, str], list[Entry] | None]] = {
    ".ini": _ini,
    ".json": _json,
    ".xml": _xml,
    ".yaml": _yaml,
    ".yml": _yaml,
}
