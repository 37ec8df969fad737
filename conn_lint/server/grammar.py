"""The lines of one option file, as ``search_default_file_with_ext`` reads them.

Source: ``mysys/my_default.c`` of MariaDB 10.x and ``mysys/my_default.cc`` of MySQL 8.x, checked against real
servers. Files are bytes: blanks are Latin-1 blanks (0xA0 included), everything else passes through.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.server.flavours import Rules

BLANKS = b" \t\n\v\f\r\xa0"
"""What ``my_isspace(&my_charset_latin1)`` takes for a blank."""

CHUNK_BYTES = 4094
"""``fgets(buff, sizeof(buff) - 1)`` with a buffer of 4096 bytes."""

_BLANK_BYTES = frozenset(bytes((byte,)) for byte in BLANKS)

_ESCAPES = {
    ord("n"): b"\n",
    ord("t"): b"\t",
    ord("r"): b"\r",
    ord("b"): b"\b",
    ord("s"): b" ",
    ord('"'): b'"',
    ord("'"): b"'",
    ord("\\"): b"\\",
}


class Group(NamedTuple):
    """``[name]``; ``name`` in lower case, since groups are compared without case."""

    name: str
    line: int


class Option(NamedTuple):
    """``name=value``; ``value`` None when there is no ``=``. ``written`` is the value as it stands there."""

    name: bytes
    value: bytes | None
    written: str
    line: int
    column: int
    end_column: int


class Include(NamedTuple):
    """``!include target``, or ``!includedir target`` when ``folder``. ``cut``: the last byte of the name is lost,
    because the file ends without a newline."""

    target: bytes
    folder: bool
    line: int
    cut: bool = False


class Broken(NamedTuple):
    """The reader gives this file up here."""

    reason: str
    line: int


Entry = Group | Option | Include | Broken


def entries(data: bytes, rules: Rules, *, directives: bool = True) -> Iterator[Entry]:
    """What the file ``data`` says, in order; ends at the first Broken.

    Without ``directives`` lines that begin with ``!`` are passed over unread, broken ones too, as in a file
    that is included too deep.
    """
    grouped = False
    for line, text in _lines(data, rules.joins_long_lines):
        start = text.lstrip(BLANKS)
        if not start or start[0] in b"#;":
            continue
        if start[0] == ord("!"):
            directive = _directive(start, line, rules) if directives else None
            if directive:
                yield directive
                if isinstance(directive, Broken):
                    return
        elif start[0] == ord("["):
            end = start.find(b"]")
            if end < 0:
                yield Broken("a group without its closing bracket", line)
                return
            grouped = True
            yield Group(start[1:end].rstrip(BLANKS).lower().decode("latin-1"), line)
        elif not grouped:
            yield Broken("an option before the first group", line)
            return
        else:
            yield _option(start, line, len(text) - len(start) + 1)


def _lines(data: bytes, joins_long_lines: bool) -> Iterator[tuple[int, bytes]]:
    """The lines as the reader gets them, with their newlines, each with its true line number.

    A string ends at a NUL byte. A reader that joins chunks until one ends in a newline therefore goes on
    with the next line after a NUL (MySQL 9.7).
    """
    whole = data.split(b"\n")
    last = whole.pop()
    lines = [line + b"\n" for line in whole]
    if last:
        lines.append(last)
    if b"\0" not in data and max(map(len, lines), default=0) <= CHUNK_BYTES:
        yield from enumerate(lines, start=1)
        return
    joined, since = b"", 0
    for number, line in enumerate(lines, start=1):
        if not joins_long_lines:
            for start in range(0, len(line), CHUNK_BYTES):
                yield number, line[start : start + CHUNK_BYTES].split(b"\0")[0]
            continue
        text = line.split(b"\0")[0]
        joined, since = joined + text, since or number
        if text.endswith(b"\n") or number == len(lines):
            yield since, joined
            joined, since = b"", 0


def _directive(text: bytes, line: int, rules: Rules) -> Include | Broken | None:
    """An include; words that are not ``include`` or ``includedir`` in lower case are ignored."""
    body = text[1:].lstrip(BLANKS)
    for word in (b"includedir", b"include"):
        if body.startswith(word) and body[len(word) : len(word) + 1] in _BLANK_BYTES:
            target = _target(body[len(word) :], rules)
            if not target:
                return Broken(f"!{word.decode()} without a name", line)
            cut = not rules.trims_directives and not text.endswith(b"\n")
            return Include(target, word == b"includedir", line, cut)
    return None


def _target(text: bytes, rules: Rules) -> bytes:
    """``get_argument``: the name after the word of an include line."""
    if rules.trims_directives:
        return _without_comment(text).strip(BLANKS)
    return text.lstrip(BLANKS)[:-1].rstrip(BLANKS)


def _option(text: bytes, line: int, column: int) -> Option:
    text = _without_comment(text).rstrip(BLANKS)
    name, equals, value = text.partition(b"=")
    written = value.strip(BLANKS)
    end = column + len(_shown(text))
    if not equals:
        return Option(name.rstrip(BLANKS), None, "", line, column, end)
    return Option(name.rstrip(BLANKS), _unescaped(_unquoted(written)), _shown(written), line, column, end)


def _without_comment(text: bytes) -> bytes:
    """``remove_end_comment``: ``text`` up to the first ``#`` that is not inside quotes."""
    if b"#" not in text:
        return text
    quote = 0
    escaped = False
    for index, byte in enumerate(text):
        if byte in b"'\"" and not escaped:
            if not quote:
                quote = byte
            elif quote == byte:
                quote = 0
        if not quote and byte == ord("#"):
            return text[:index]
        escaped = bool(quote) and byte == ord("\\") and not escaped
    return text


def _unquoted(value: bytes) -> bytes:
    if len(value) > 1 and value[0] in b"'\"" and value[0] == value[-1]:
        return value[1:-1]
    return value


def _unescaped(value: bytes) -> bytes:
    """``\\n`` and its like replaced; an unknown escape, or a backslash at the end, stays as it is."""
    if b"\\" not in value:
        return value
    found = bytearray()
    index = 0
    while index < len(value):
        byte = value[index]
        if byte == ord("\\") and index + 1 < len(value):
            following = value[index + 1]
            found += _ESCAPES.get(following, bytes((byte, following)))
            index += 2
        else:
            found.append(byte)
            index += 1
    return bytes(found)


def _shown(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError:
        return text.decode("latin-1")
