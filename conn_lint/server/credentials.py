"""How to log in, from the [client] group of an option file such as ``~/.my.cnf``."""

from __future__ import annotations

import os
from typing import NamedTuple

from conn_lint.server.errors import ServerSourceError
from conn_lint.server.flavours import MARIADB_10_11
from conn_lint.server.grammar import Broken, Group, Option, entries

_GROUPS = ("client", "client-server")

_WANTED = ("user", "password", "host", "port", "socket", "ssl-mode", "ssl-ca", "ssl-cert", "ssl-key")


class Credentials(NamedTuple):
    """What a [client] group says; None for what it leaves out."""

    user: str | None = None
    password: str | None = None
    host: str | None = None
    port: int | None = None
    unix_socket: str | None = None
    tls: tuple[tuple[str, str], ...] = ()
    """Its options whose names begin with ``ssl-``, and their values."""

    def __repr__(self) -> str:
        shown = self._replace(password="***") if self.password else self  # noqa: S106
        return f"Credentials{tuple(shown)}"


def read_credentials(path: str) -> Credentials:
    """What ``path`` says in [client] and [client-server], read as the clients read it, includes left out.

    Raises ServerSourceError when the file cannot be read, is broken, or has a port that is no number.
    """
    try:
        with open(os.path.expanduser(path), "rb") as file:
            data = file.read(1_000_000)
    except OSError as error:
        raise ServerSourceError(f"{path}: cannot be read: {error.strerror}") from None
    group = ""
    found: dict[str, str] = {}
    for entry in entries(data, MARIADB_10_11):
        if isinstance(entry, Broken):
            raise ServerSourceError(f"{path}:{entry.line}: {entry.reason}")
        if isinstance(entry, Group):
            group = entry.name
        elif isinstance(entry, Option) and group in _GROUPS and entry.value is not None:
            name = entry.name.decode("latin-1").removeprefix("loose-").replace("_", "-")
            if name in _WANTED:
                found[name] = entry.value.decode("utf-8", "surrogateescape")
    port = found.get("port")
    if port is not None and not (port.isdecimal() and 0 < int(port) < 65536):
        raise ServerSourceError(f"{path}: port in [client] is no port number")
    return Credentials(
        user=found.get("user"),
        password=found.get("password"),
        host=found.get("host"),
        port=int(port) if port else None,
        unix_socket=found.get("socket"),
        tls=tuple((name, value) for name, value in found.items() if name.startswith("ssl-")),
    )
