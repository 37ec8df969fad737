"""Which server a URL names, and how to reach it."""

from __future__ import annotations

import os
from typing import NamedTuple

from conn_lint.server.credentials import Credentials
from conn_lint.server.errors import ServerSourceError

TLS_MODES = ("disabled", "preferred", "required", "verify-ca", "verify-identity")
"""``ssl-mode`` of the MySQL clients; preferred is the default: TLS when the server offers it."""

_FORM = "mysql://user@host:3306/ or mysql://user@localhost/?unix_socket=/run/mysqld/mysqld.sock"

_PARAMETERS = ("unix_socket", "ssl-mode", "ssl-ca")


class Target(NamedTuple):
    """Where a server listens; ``host`` is ignored when there is a ``unix_socket``."""

    host: str
    port: int
    user: str | None
    unix_socket: str | None
    tls_mode: str
    tls_ca: str | None

    @property
    def name(self) -> str:
        if self.unix_socket:
            return self.unix_socket
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


class _Url(NamedTuple):
    scheme: str
    user: str
    has_password: bool
    host: str
    port: int | None
    parameters: dict[str, str]


def parse(url: str, given: Credentials) -> Target:
    """The server that ``url`` names, ``given`` filling the gaps; raises ServerSourceError.

    The message never quotes the URL: someone may have put a password into it.
    """
    parts = _split(url)
    problem = f"is not valid: write it like {_FORM}" if parts is None else _problem(parts)
    if parts is None or problem:
        raise ServerSourceError(f"the server's URL {problem}")
    return Target(
        host=parts.host or given.host or "localhost",
        port=parts.port or given.port or 3306,
        user=parts.user or given.user,
        unix_socket=parts.parameters.get("unix_socket") or (None if parts.host else given.unix_socket),
        tls_mode=parts.parameters.get("ssl-mode", "preferred").lower(),
        tls_ca=parts.parameters.get("ssl-ca"),
    )


def _split(url: str) -> _Url | None:
    from urllib.parse import parse_qsl, unquote, urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port
        parameters = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError:
        return None
    user, host = unquote(parts.username or ""), unquote(parts.hostname or "")
    return _Url(parts.scheme, user, parts.password is not None, host, port, parameters)


def _problem(parts: _Url) -> str:
    """What is wrong with the URL, "" for nothing."""
    parameters = parts.parameters
    if parts.scheme not in ("mysql", "mariadb"):
        return "does not begin with mysql://"
    if parts.has_password:
        return "holds a password, which others see in the list of processes: set CONN_LINT_PASSWORD instead"
    unknown = sorted(set(parameters) - set(_PARAMETERS))
    if unknown:
        return f"has an unknown parameter {unknown[0]!r}: {', '.join(_PARAMETERS)} are known"
    if parameters.get("ssl-mode", "preferred").lower() not in TLS_MODES:
        return f"has an unknown ssl-mode: {', '.join(TLS_MODES)} are known"
    authority = parameters.get("ssl-ca", "")
    if authority and not os.path.isfile(authority):
        return f"names a file for ssl-ca that does not exist: {authority}"
    return ""
