"""Which server a URL names, and how to reach it."""

from __future__ import annotations

import os
from typing import NamedTuple

from conn_lint.server.credentials import Credentials
from conn_lint.server.errors import ServerSourceError

TLS_MODES = ("disabled", "preferred", "required", "verify-ca", "verify-identity")
"""``ssl-mode`` of the MySQL clients; preferred is the default: TLS when the server offers it."""

_FORM = "mysql://user@host:3306/ or mysql://user@localhost/?unix_socket=/run/mysqld/mysqld.sock"

_TLS_FILES = ("ssl-ca", "ssl-cert", "ssl-key")
_PARAMETERS = ("unix_socket", "ssl-mode", *_TLS_FILES)


class Target(NamedTuple):
    """Where a server listens and how to log in; ``host`` is only a name when there is a ``unix_socket``.

    The ``tls_`` files are paths: the authority's certificates, the client's own certificate and its key.
    """

    host: str
    port: int
    user: str | None
    password: str | None
    unix_socket: str | None
    tls_mode: str
    tls_ca: str | None
    tls_cert: str | None
    tls_key: str | None

    @property
    def name(self) -> str:
        if self.unix_socket:
            return self.unix_socket
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Target({self.name!r})"


class _Url(NamedTuple):
    scheme: str
    user: str
    password: str | None
    host: str
    port: int | None
    parameters: dict[str, str]


def parse(url: str, given: Credentials) -> Target:
    """The server that ``url`` names, ``given`` filling the gaps; raises ServerSourceError.

    The message never quotes the URL: someone may have put a password into it.
    """
    parts = _split(url)
    if parts is None:
        raise ServerSourceError(
            f"the server's URL is not valid: write it like {_FORM}, a special character of a name or password as %XX"
        )
    parameters = {**dict(given.tls), **parts.parameters}
    mode = parameters.get("ssl-mode", "preferred").lower().replace("_", "-")
    parameters["ssl-mode"] = "disabled" if mode == "off" else mode
    problem = _problem(parts.scheme, parameters)
    if problem:
        raise ServerSourceError(f"the server's URL {problem}")
    host = parts.host
    unix_socket = parameters.get("unix_socket") or (host if host.startswith("/") else None)
    if unix_socket is None and not host:
        unix_socket = given.unix_socket
    return Target(
        host="localhost" if host.startswith("/") else host or given.host or "localhost",
        port=parts.port or given.port or 3306,
        user=parts.user or given.user,
        password=given.password if parts.password is None else parts.password,
        unix_socket=unix_socket,
        tls_mode=parameters["ssl-mode"],
        tls_ca=parameters.get("ssl-ca"),
        tls_cert=parameters.get("ssl-cert"),
        tls_key=parameters.get("ssl-key"),
    )


def password_in(url: str) -> str | None:
    """The password that ``url`` holds, None when it holds none or is no URL."""
    parts = _split(url)
    return parts and parts.password


def _split(url: str) -> _Url | None:
    from urllib.parse import parse_qsl, unquote, urlsplit

    try:
        parts = urlsplit(url)
        port = parts.port
        pairs = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        return None
    if parts.fragment or "@" in parts.path:
        return None  # a "#" or "/" in the password has cut it off
    parameters = {name if name == "unix_socket" else name.replace("_", "-"): value for name, value in pairs}
    password = None if parts.password is None else unquote(parts.password)
    return _Url(parts.scheme, unquote(parts.username or ""), password, unquote(parts.hostname or ""), port, parameters)


def _problem(scheme: str, parameters: dict[str, str]) -> str:
    """What is wrong with the URL, "" for nothing."""
    if scheme not in ("mysql", "mariadb"):
        return "does not begin with mysql://"
    unknown = sorted(set(parameters) - set(_PARAMETERS))
    if unknown:
        return f"has an unknown parameter {unknown[0]!r}: {', '.join(_PARAMETERS)} are known"
    if parameters["ssl-mode"] not in TLS_MODES:
        return f"has an unknown ssl-mode: {', '.join(TLS_MODES)} are known"
    for name in _TLS_FILES:
        path = parameters.get(name)
        if path is not None and not os.path.isfile(path):
            return f"names a file for {name} that does not exist: {path}"
    if "ssl-key" in parameters and "ssl-cert" not in parameters:
        return "has an ssl-key without its ssl-cert"
    return ""
