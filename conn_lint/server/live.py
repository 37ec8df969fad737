"""The timeouts of a running server, asked for over its own protocol.

One SELECT and nothing else: any account may run it (measured with USAGE only on MariaDB 10.5 to 11.8 and
MySQL 5.6 and 9.7).
"""

from __future__ import annotations

from typing import Any

from conn_lint.model import ServerAnswer
from conn_lint.server.credentials import Credentials, read_credentials
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.target import Target, parse
from conn_lint.server.variables import flavour_of

QUERY = (
    "SELECT @@global.wait_timeout, @@global.interactive_timeout, @@session.wait_timeout, @@version,"
    " @@global.max_connections"
)


def ask(
    url: str,
    *,
    password: str | None,
    defaults_file: str | None = None,
    connect_timeout: float = 10,
    read_timeout: float = 10,
    alias: str | None = None,
) -> ServerAnswer:
    """The global timeouts of the server at ``url``, the session's own, its version and max_connections.

    ``url`` is ``mysql://user@host:port/``, with ``?unix_socket=PATH``, ``&ssl-mode=MODE`` and ``&ssl-ca=FILE``
    where wanted. ``defaults_file`` is an option file whose [client] group fills in what neither the URL nor
    ``password`` says. ``connect_timeout`` and ``read_timeout`` are seconds, each for one wait.

    Raises ServerSourceError, in one line that names the server and never the password, when it cannot be
    reached, does not answer in time, refuses the login or does not speak MySQL's protocol.
    """
    given = read_credentials(defaults_file) if defaults_file else Credentials()
    target = parse(url, given)
    secret = password if password is not None else given.password
    row, failure = _fetch(target, secret, connect_timeout, read_timeout)
    if row is None or len(row) != QUERY.count("@@"):
        raise ServerSourceError(f"{target.name}: {_clean(failure, secret)}")
    return _answer(target, row, alias)


def _fetch(
    target: Target, secret: str | None, connect_timeout: float, read_timeout: float
) -> tuple[tuple[Any, ...] | None, str]:
    """The one row of QUERY, or None and the failure in words.

    The caller raises: an exception raised in here would keep the driver's, whose frames hold the password.
    """
    import pymysql

    connection = None
    try:
        connection = pymysql.connect(
            host=target.host,
            port=target.port,
            user=target.user,
            password=(secret or "").encode("utf-8", "surrogateescape"),  # a str would have to be Latin-1
            unix_socket=target.unix_socket,
            connect_timeout=connect_timeout,
            read_timeout=read_timeout,
            write_timeout=read_timeout,
            autocommit=None,
            local_infile=False,
            **_tls(target),
        )
        with connection.cursor() as cursor:
            cursor.execute(QUERY)
            return cursor.fetchone(), "gives no answer to the question for its timeouts"
    except pymysql.err.Error as error:
        return None, _said(error)
    except OSError as error:
        return None, error.strerror or str(error)
    except RuntimeError as error:  # a package the login needs is missing: PyMySQL's own sentence says which
        return None, str(error)
    except Exception as error:  # noqa: BLE001  # what is not MySQL makes the driver fail just anywhere
        return None, f"does not speak MySQL's protocol ({type(error).__name__} while reading its answer)"
    finally:
        if connection is not None:
            connection._force_close()  # type: ignore[attr-defined]  # close() would wait for the server again


def _tls(target: Target) -> dict[str, Any]:
    if target.tls_mode == "preferred" and not target.tls_ca:
        return {}
    if target.tls_mode == "disabled":
        return {"ssl_disabled": True}
    import ssl

    context = ssl.create_default_context(cafile=target.tls_ca)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the certificates that MySQL makes for itself fail it
    context.check_hostname = target.tls_mode == "verify-identity"
    if not target.tls_mode.startswith("verify") and not target.tls_ca:
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def _said(error: Exception) -> str:
    """What the driver or the server says, with its number when it has one."""
    arguments = error.args
    if len(arguments) >= 2 and isinstance(arguments[0], int):
        return f"({arguments[0]}) {arguments[1]}" if arguments[0] else str(arguments[1])
    return str(error) or type(error).__name__


def _clean(text: str, secret: str | None) -> str:
    """One printable line without the password, whatever the other side sent."""
    if secret:
        text = text.replace(secret, "***")
    return "".join(char if char.isprintable() else " " for char in text)[:300].strip()


def _answer(target: Target, row: tuple[Any, ...], alias: str | None) -> ServerAnswer:
    wait, interactive, session, connections = (_whole(row[index]) for index in (0, 1, 2, 4))
    if wait is None:
        raise ServerSourceError(f"{target.name}: answers the question for wait_timeout with something else")
    reason = f"the server says wait_timeout {wait} s"
    if session is not None and session != wait:
        reason += f", and gives the sessions of this user {session} s (init_connect)"
    return ServerAnswer(
        name=target.name,
        outcome="value",
        reason=reason,
        wait_timeout=wait,
        interactive_timeout=interactive,
        flavour=flavour_of(str(row[3])) if row[3] else None,
        alias=alias,
        session_wait_timeout=session,
        max_connections=connections,
    )


def _whole(value: object) -> int | None:
    """The number that a server or a proxy in front of it gave, as a number or as text."""
    if isinstance(value, (str, bytes)):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
    return value if isinstance(value, int) else None
