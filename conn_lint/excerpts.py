"""The lines that findings point at, as text for people: no control characters, no secrets."""

from __future__ import annotations

import os
import re

MAX_BYTES = 8_000_000
"""No file that is larger has places."""

_SECRETS = (
    re.compile(
        r"""(?i)((?:passw|secret|token|credential|api_?key)\w*["']?\]?\s*[:=,]\s*)([rbuf]{0,2}["'])(.*?)(\2|$)"""
    ),
    re.compile(r"""(?i)((?:passw|secret|token)\w*\s*=\s*)()([^\s"'(\[{,;)]+)()"""),
    re.compile(r"(://[^\s:/@'\"]*:)()([^\s@'\"]+)(@)"),
)
"""What is masked: the third group of each match, letter by letter, so that columns stay."""


class Excerpts:
    """Lines of files below ``root`` (or with absolute paths), each file read once."""

    def __init__(self, root: str) -> None:
        self._root = root
        self._lines: dict[str, list[str]] = {}

    def line(self, path: str, number: int) -> str | None:
        """Line ``number``, counted from 1, without its end; None when there is none to show."""
        if path not in self._lines:
            self._lines[path] = self._read(path)
        lines = self._lines[path]
        return masked(lines[number - 1]) if 0 < number <= len(lines) else None

    def _read(self, path: str) -> list[str]:
        full = os.path.join(self._root, path)
        if not os.path.isfile(full):
            return []  # a place without a file: the command line, standard input, a live server
        try:
            with open(full, "rb") as file:
                data = file.read(MAX_BYTES)
        except OSError:
            return []  # it was read a moment ago, or is itself reported as unreadable: the frame stays empty
        text = data.decode(errors="replace").replace("\r\n", "\n")
        return (text.replace("\r", "\n") if path.endswith(".py") else text).split("\n")


def masked(line: str) -> str:
    """``line`` with passwords and other secrets as asterisks of the same length."""
    for pattern in _SECRETS:
        line = pattern.sub(lambda match: f"{match[1]}{match[2]}{'*' * len(match[3])}{match[4]}", line)
    return line
