"""Text that comes from the linted tree, made fit for a terminal."""

from __future__ import annotations

import os

from conn_lint.model import Span


def printable(text: str) -> str:
    """``text`` without anything that a terminal would obey, as long as before; a tab becomes one blank."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() else " " if char == "\t" else "\N{REPLACEMENT CHARACTER}" for char in text
    )


def shown(path: str, prefix: str) -> str:
    """``path`` as it can be opened from the working directory; ``prefix`` leads from there to the linted tree."""
    in_tree = not os.path.isabs(path) and path != "standard input"
    return printable(f"{prefix}/{path}" if prefix and in_tree else path)


def at(span: Span, prefix: str) -> str:
    """``path:line``, the path as ``shown``; the path alone for what has no lines."""
    return f"{shown(span.path, prefix)}:{span.line}" if span.line else shown(span.path, prefix)


def width(text: str) -> int:
    """How many columns of a terminal ``text`` takes."""
    if text.isascii():
        return len(text)
    import unicodedata

    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )
