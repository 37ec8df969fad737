"""The lines that findings point at, as text for people: no control characters, no secrets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping

MAX_BYTES = 8_000_000
"""No file that is larger has places."""

_SECRET = re.compile(r"""(?i)(?:passw|secret|token|credential|api_?key)\w*(?:["']\]?\s*(?=[:=,])|\s*(?=[:=]))""")
"""A name that stands for a secret, with what closes it, before the sign that its value follows."""

_IN_URL = re.compile(r"""(://[^\s:/@'"]*:)([^\s@'"]+)(?=@)""")
_BARE = re.compile(r"""(?i)((?<!\w)\w*(?:passw|secret|token)\w*\s*=\s*)([^\s"'(\[{,;)]+)(?=\s*(?:#|$))""")


class Excerpts:
    """Lines of files below ``root`` (or with absolute paths), each file read once; ``changes`` are not on the disk
    yet."""

    def __init__(self, root: str, changes: Mapping[str, bytes] | None = None) -> None:
        self._root = root
        self._changes = changes or {}
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        """Line ``number``, counted from 1, without its end; None when there is none to show."""
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return masked(lines[number - 1]) if 0 < number <= len(lines) else None

    def _read(self, path: str) -> list[str]:
        data = self._changes.get(path)
        full = os.path.join(self._root, path)
        if data is None and not os.path.isfile(full):
            return []  # a place without a file: the command line, standard input, a live server
        try:
            if data is None:
                with open(full, "rb") as file:
                    data = file.read(MAX_BYTES)
        except OSError:
            return []  # it was read a moment ago, or is itself reported as unreadable: the frame stays empty
        text = data.decode(errors="replace").replace("\r\n", "\n")
        return (text.replace("\r", "\n") if path.endswith(".py") else text).split("\n")


def masked(line: str) -> str:
    """``line`` with passwords and other secrets as asterisks, in as many columns.

    That is every string in the value of a name that sounds like a secret, the value itself where it has no
    quotes, and the password in a URL.
    """
    for secret in _SECRET.finditer(line):
        line = _strings_masked(line, secret.end())
    for pattern in (_IN_URL, _BARE):
        line = pattern.sub(lambda match: match[1] + "*" * len(match[2]), line)
    return line


def _strings_masked(line: str, start: int) -> str:
    """``line`` with the insides of its strings masked, from the sign at ``start`` to the end of that value."""
    shown = list(line)
    argument = line[start] == ","
    quote, depth = "", 0
    for at in range(start + 1, len(line)):
        char = line[at]
        if quote:
            if char == quote:
                quote = ""
            else:
                shown[at] = "*"
        elif char in "\"'":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        if depth < 0 or (not quote and not depth and char == "," and not argument):
            break
    return "".join(shown)
