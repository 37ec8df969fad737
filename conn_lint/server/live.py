"""The timeouts of a running server, asked for over its own protocol.

Two SELECT-like statements and nothing else: any account may run them (measured with USAGE only on MariaDB 10.5 to
11.8 and MySQL 5.6 and 9.7).
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.model import ServerAnswer
from conn_lint.server.credentials import Credentials, read_credentials
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.livevalues import MORE, QUERY, Asked, answer_of
from conn_lint.server.target import Target, parse, password_in

if TYPE_CHECKING:
    import ssl

TIMEOUT = 10.0
"""Seconds that a server has for everything together: name, connection, login and answers."""

_INNER_SHARE = 0.95
"""So much of that time is given to each single wait: the driver's message says more than "no answer"."""

AskPassword = Callable[[str, "str | None", bool], "str | None"]
"""The password for user@server of an alias, None when there is none; the last argument: whether a user may be asked."""


def ask(
    url: str,
    *,
    password: str | None,
    defaults_file: str | None = None,
    timeout: float = TIMEOUT,
    alias: str | None = None,
) -> ServerAnswer:
    """The timeouts of the server at ``url``: the global ones, those of the session that asks, MariaDB's for idle
    transactions; its version and max_connections.

    ``url`` is ``mysql://user:password@host:port/``, with ``?unix_socket=PATH``, ``ssl-mode=MODE``, ``ssl-ca=FILE``,
    ``ssl-cert=FILE`` and ``ssl-key=FILE`` where wanted. ``defaults_file`` is an option file whose [client] group
    fills in what neither the URL nor ``password`` says.

    Raises ServerSourceError, in one line that names the server and never the password, when it cannot be reached,
    does not answer within ``timeout`` seconds, refuses the login or does not speak MySQL's protocol.
    """
    return begin(url, lambda *_: password, defaults_file=defaults_file, timeout=timeout, alias=alias)()


def begin(
    url: str,
    ask_password: AskPassword,
    *,
    defaults_file: str | None = None,
    timeout: float = TIMEOUT,
    alias: str | None = None,
) -> Callable[[], ServerAnswer]:
    """Starts to ask, as ``ask`` does, and returns what waits for the answer: several servers are asked side by side.

    Nothing is raised here; what is returned raises ServerSourceError.
    """
    try:
        target = parse(url, read_credentials(defaults_file) if defaults_file else Credentials())
    except ServerSourceError as error:
        return _raising(error)
    secret = password_in(url)
    if secret is None:
        given = ask_password(f"{target.user or ''}@{target.name}", alias, target.password is None)
        secret = target.password if given is None else given
    return _Question(target, secret, timeout, alias).answer


def _raising(error: ServerSourceError) -> Callable[[], ServerAnswer]:
    def fail() -> ServerAnswer:
        raise error

    return fail


class _Question:
    """One server that is asked in a thread of its own.

    The thread is what bounds the whole: the driver's limits hold for each wait alone, so that a server which sends
    a byte now and then, or a name that takes long to look up, would hold it up for ever.
    """

    def __init__(self, target: Target, secret: str | None, timeout: float, alias: str | None) -> None:
        self.target = target
        self.alias = alias
        self._secret = secret
        self._timeout = timeout
        self._deadline = time.monotonic() + timeout
        self._connection: Any = None
        self._asked: Asked | None = None
        self._failure = f"gives no answer within {timeout:g} s"
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def answer(self) -> ServerAnswer:
        self._thread.join(max(self._deadline - time.monotonic(), 0))
        asked, failure = self._asked, self._failure
        if asked is None:
            self._hang_up()
            raise ServerSourceError(f"{self.target.name}: {_clean(failure, self._secret)}")
        return answer_of(asked, self.target.name, self.alias)

    def _run(self) -> None:
        """Fills in ``_asked``, or says in ``_failure`` why not.

        Nothing is raised: an exception would keep the driver's, whose frames hold the password.
        """
        import pymysql

        try:
            self._connection = connection = self._connect()
            connection.connect()
            with connection.cursor() as cursor:
                cursor.execute(QUERY)
                row = cursor.fetchone()
                cursor.execute(MORE)
                self._asked = Asked(row or (), dict(cursor.fetchall()))
        except pymysql.err.Error as error:
            self._failure = _said(error)
        except OSError as error:
            self._failure = error.strerror or str(error)
        except RuntimeError as error:  # a package the login needs is missing: PyMySQL's own sentence says which
            self._failure = str(error)
        except Exception as error:  # noqa: BLE001  # what is not MySQL makes the driver fail just anywhere
            self._failure = f"does not speak MySQL's protocol ({type(error).__name__} while reading its answer)"
        finally:
            if self._connection is not None:
                self._connection._force_close()  # close() would wait for the server again

    def _connect(self) -> Any:
        """The connection, not yet open."""
        import pymysql

        target, wait = self.target, self._timeout * _INNER_SHARE
        return pymysql.Connection(
            host=target.host,
            port=target.port,
            user=target.user,
            password=(self._secret or "").encode("utf-8", "surrogateescape"),  # a str would have to be Latin-1
            unix_socket=target.unix_socket,
            connect_timeout=wait,
            read_timeout=wait,
            write_timeout=wait,
            autocommit=None,
            local_infile=False,
            defer_connect=True,
            auth_plugin_map={"mysql_clear_password": _Cleartext, "dialog": _Dialog},
            **_tls(target),
        )

    def _hang_up(self) -> None:
        """Wakes the thread up when it still waits for the server."""
        waiting = getattr(self._connection, "_sock", None)
        if waiting is not None:
            try:
                waiting.shutdown(socket.SHUT_RDWR)
            except OSError:
                return  # it has been closed in the meantime


class _Dialog:
    """The plugin ``dialog`` (PAM), which asks for the password as it is: answered where nobody can listen."""

    def __init__(self, connection: Any) -> None:
        if not connection._secure:
            from pymysql.err import OperationalError

            raise OperationalError(0, "asks for the password in clear text over a connection without TLS")
        self.connection = connection


class _Cleartext(_Dialog):
    """The plugin ``mysql_clear_password`` (LDAP, IAM tokens), likewise."""

    def authenticate(self, _: Any) -> Any:
        self.connection.write_packet(self.connection.password + b"\0")
        answer = self.connection._read_packet()
        answer.check_error()
        return answer


def _tls(target: Target) -> dict[str, Any]:
    """What PyMySQL is told of TLS; nothing means TLS where the server offers it, with any certificate."""
    if target.tls_mode == "disabled":
        return {"ssl_disabled": True}
    if target.tls_mode == "preferred" and not (target.tls_ca or target.tls_cert):
        return {}
    return {"ssl": _context(target)}


def _context(target: Target) -> ssl.SSLContext:
    import ssl

    context = ssl.create_default_context(cafile=target.tls_ca)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT  # the certificates that MySQL makes for itself fail it
    context.check_hostname = target.tls_mode == "verify-identity"
    if not target.tls_mode.startswith("verify") and not target.tls_ca:
        context.verify_mode = ssl.CERT_NONE
    if target.tls_cert:
        context.load_cert_chain(target.tls_cert, target.tls_key, password="")  # fail, do not prompt
    return context


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
