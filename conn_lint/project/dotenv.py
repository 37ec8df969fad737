"""The grammar of ``.env`` files as python-dotenv 1.2 reads them (``dotenv/parser.py``, ``dotenv/variables.py``)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

_BINDING = re.compile(
    r"""
    \s* (?: export[^\S\r\n]+ | (?!export[^\S\r\n]) )
    (?: '(?P<quoted>[^']+)' | (?P<name>[^'=\#\s][^=\#\s]*) | (?=\#|\Z) ) [^\S\r\n]*
    (?P<set> =
        (?: [^\S\r\n]+ (?=\#)                              # nothing but a comment
          | [^\S\r\n]* '(?P<single>(?:\\.|[^'\\])*)'
          | [^\S\r\n]* "(?P<double>(?:\\.|[^"\\])*)"
          | [^\S\r\n]* (?P<plain>[^'"\s][^\r\n]*)?
        )
    )?
    (?: [^\S\r\n]*\#[^\r\n]* )? [^\S\r\n]* (?: \r\n | \n | \r | \Z )
    """,
    re.X | re.S,
)
_REST = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
REFERENCE = re.compile(r"\$\{([^}:]*)(?::-([^}]*))?\}")
"""``${NAME}`` and ``${NAME:-default}`` in a value, quoted or not."""

_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse(text: str, known: Mapping[str, str] | None = None) -> dict[str, str | None]:
    """The variables of a ``.env`` file by name, the last value of each.

    None for a name without a value, and for a value that refers to a variable which neither the lines above nor
    ``known`` give. Lines that are no binding are passed over, as python-dotenv does.
    """
    found: dict[str, str | None] = {}
    for name, value in bindings(text):
        found[name] = None if value is None else _resolved(value, {**(known or {}), **found})
    return found


def bindings(text: str) -> Iterator[tuple[str, str | None]]:
    """Each binding of a ``.env`` file in order, its references as they are written; None: a name without ``=``."""
    text = text.removeprefix("\ufeff")
    at = 0
    while at < len(text):
        match = _BINDING.match(text, at)
        if match is None or match.end() == at:
            at = _REST.match(text, at + _blank(text, at)).end()  # type: ignore[union-attr]
            continue
        at = match.end()
        name = match["quoted"] or match["name"]
        if name:
            yield name, _value(match) if match["set"] else None


def _blank(text: str, at: int) -> int:
    return len(text) - at - len(text[at:].lstrip())


def _value(match: re.Match[str]) -> str:
    if match["single"] is not None:
        return re.sub(r"\\([\\'])", r"\1", match["single"])
    if match["double"] is not None:
        return re.sub(r"""\\([\\'"abfnrtv])""", lambda each: _ESCAPES.get(each[1], each[1]), match["double"])
    return re.sub(r"\s+#.*", "", match["plain"] or "").rstrip()


def _resolved(value: str, known: Mapping[str, str | None]) -> str | None:
    """``value`` with its ``${NAME}`` filled in; None where one is not known."""
    if any(known.get(name) is None for name, _ in REFERENCE.findall(value)):
        return None
    return REFERENCE.sub(lambda each: known[each[1]] or "", value)
