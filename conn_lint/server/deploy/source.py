"""What a deployment file says of one server: the plain data that its reader makes and ``answer`` judges."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Span


class Setting(NamedTuple):
    """A server variable set outside an option file: an argument of the server, a parameter of a managed one.
    ``text`` is its value, None where the file leaves it to a variable (then ``written`` shows that)."""

    name: str
    text: str | None
    place: Span
    written: str = ""


class Block(NamedTuple):
    """The text of an option file that stands in another file, from ``line`` on, ``indent`` columns in."""

    data: bytes
    path: str
    line: int
    indent: int


class Source(NamedTuple):
    """One server of a deployment file. ``server`` names it as --server does, None when the file does not;
    ``hosts`` are the names that Django may reach it by; ``files`` are option files that it is given, absolute.

    The server reads ``files`` first, then ``blocks``, then ``settings``."""

    name: str
    place: Span
    server: str | None = None
    hosts: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    blocks: tuple[Block, ...] = ()
    settings: tuple[Setting, ...] = ()


class NotRead(Exception):
    """The file cannot be read as what its name says; the message is the reason, ``line`` where (0: not known)."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line
