from __future__ import annotations

import asyncio
import socket
import subprocess
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from queue import Queue
from typing import TYPE_CHECKING
from urllib.parse import quote

import pymysql
import pytest

from conn_lint.server.errors import ServerSourceError
from conn_lint.server.live import ask, begin

if TYPE_CHECKING:
    from tests.server.conftest import Running

    Start = Callable[..., Running]
    Listen = Callable[[Callable[[socket.socket], None]], int]

PASSWORD = "wörd #'\"1"


@pytest.fixture(scope="module")
def short(start_server: Start) -> Running:
    return start_server("--wait-timeout=3", "--interactive-timeout=3600", "--max-connections=77")


@pytest.fixture(scope="module")
def with_init_connect(start_server: Start) -> Running:
    return start_server("--wait-timeout=7", "--init-connect=SET SESSION wait_timeout = 5")


def failure(url: str, password: str | None = PASSWORD, **options: object) -> str:
    """The one line that ``ask`` fails with, after looking for the password wherever a log could pick it up."""
    with pytest.raises(ServerSourceError) as caught:
        ask(url, password=password, **options)  # type: ignore[arg-type]
    message = str(caught.value)
    assert message.splitlines() == [message]
    error: BaseException | None = caught.value
    while error is not None:
        assert not password or password not in "".join(traceback.format_exception(error)) + repr(error)
        assert not isinstance(error, pymysql.err.Error), "its frames hold the password"
        error = error.__context__
    return message


def test_over_tcp(short: Running) -> None:
    answer = ask(f"mysql://lint@127.0.0.1:{short.port}/", password=short.password)
    assert (answer.outcome, answer.wait_timeout, answer.interactive_timeout) == ("value", 3, 3600)
    assert (answer.session_wait_timeout, answer.max_connections) == (3, 77)
    assert answer.name == f"127.0.0.1:{short.port}"
    assert answer.flavour is not None
    assert answer.flavour.startswith("mariadb-1")


def test_over_a_unix_socket(short: Running) -> None:
    answer = ask(f"mysql://lint@localhost/?unix_socket={short.socket}", password=short.password, alias="other")
    assert (answer.wait_timeout, answer.name, answer.alias) == (3, short.socket, "other")


def test_login_from_an_option_file(short: Running, tmp_path: Path) -> None:
    file = tmp_path / "my.cnf"
    quoted = short.password.replace("'", "\\'")
    login = f"user = lint\nhost = 127.0.0.1\nport = {short.port}\npassword = '{quoted}'\n"
    file.write_text(f"[mysqld]\nuser = nobody\n[client]\n{login}", encoding="utf-8")
    assert ask("mysql:///", password=None, defaults_file=str(file)).wait_timeout == 3


def test_init_connect_shows_in_the_session(with_init_connect: Running) -> None:
    answer = ask(f"mysql://lint@127.0.0.1:{with_init_connect.port}/", password=with_init_connect.password)
    assert (answer.wait_timeout, answer.session_wait_timeout) == (7, 5)
    assert "5 s (init_connect)" in answer.reason


def test_nothing_but_reading_reaches_the_server(start_server: Start, tmp_path: Path) -> None:
    log = tmp_path / "general.log"
    running = start_server("--general-log", f"--general-log-file={log}")
    ask(f"mysql://lint@127.0.0.1:{running.port}/", password=running.password)
    words = {line.split("\t")[-1].split()[0] for line in log.read_text().splitlines() if "Query\t" in line}
    assert words - {"CREATE"} <= {"SELECT", "SET", "SHOW"}
    assert "SET NAMES utf8mb4" in log.read_text()


def test_wrong_password(short: Running) -> None:
    message = failure(f"mysql://lint@127.0.0.1:{short.port}/", "not it")
    assert "Access denied for user 'lint'" in message
    assert message.startswith(f"127.0.0.1:{short.port}: (1045)")


def test_no_password_where_one_is_needed(short: Running) -> None:
    assert "Access denied" in failure(f"mysql://lint@127.0.0.1:{short.port}/", None)


def test_tls_required_of_a_server_without(short: Running) -> None:
    message = failure(f"mysql://lint@127.0.0.1:{short.port}/?ssl-mode=required", short.password)
    assert "SSL" in message


def test_tls_server(start_server: Start, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=lint"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl on this machine")
    files = (f"--ssl-cert={certificate}", f"--ssl-key={key}", f"--ssl-ca={certificate}")
    running = start_server(*files, "--require-secure-transport=ON")
    url = f"mysql://lint@127.0.0.1:{running.port}/"
    assert ask(url, password=running.password).wait_timeout == 28800
    assert ask(f"{url}?ssl-mode=required", password=running.password).wait_timeout == 28800
    assert ask(f"{url}?ssl-mode=verify-identity&ssl-ca={certificate}", password=running.password).wait_timeout == 28800
    assert ask(f"{url}?ssl-mode=VERIFY_CA&ssl_ca={certificate}", password=running.password).wait_timeout == 28800
    with_key = f"ssl-cert={certificate}&ssl-key={key}"
    assert ask(f"{url}?{with_key}", password=running.password).wait_timeout == 28800
    by_name = url.replace("127.0.0.1", "localhost")
    assert ask(f"{by_name}?ssl-mode=verify-ca&ssl-ca={certificate}", password=running.password).wait_timeout == 28800
    mismatch = failure(f"{by_name}?ssl-mode=verify-identity&ssl-ca={certificate}", running.password)
    assert "certificate is not valid for 'localhost'" in mismatch
    assert "certificate verify failed" in failure(f"{url}?ssl-mode=verify-ca", running.password)
    assert "NO_CERTIFICATE" in failure(f"{url}?ssl-mode=verify-ca&ssl-ca={key}", running.password)
    login = tmp_path / "login.cnf"
    login.write_text(f"[client]\nssl_mode = VERIFY_IDENTITY\nssl-ca = {certificate}\n")
    assert "certificate is not valid" in failure(by_name, running.password, defaults_file=str(login))
    assert "Access denied" in failure(f"{url}?ssl-mode=disabled", running.password)


def test_mysql_mimic_is_read_like_a_server(free_port: int) -> None:
    from mysql_mimic import MysqlServer, Session

    port = free_port
    ready = threading.Event()

    async def serve() -> None:
        server = MysqlServer(session_factory=Session)
        await server.start_server(host="127.0.0.1", port=port)
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    assert ready.wait(10)
    answer = ask(f"mysql://root@127.0.0.1:{port}/", password=None)
    assert (answer.wait_timeout, answer.interactive_timeout, answer.max_connections) == (28800, 28800, None)


def test_refused_port(free_port: int) -> None:
    message = failure(f"mysql://lint@127.0.0.1:{free_port}/")
    assert message.startswith(f"127.0.0.1:{free_port}: (2003) Can't connect")


def test_missing_unix_socket(tmp_path: Path) -> None:
    assert "No such file" in failure(f"mysql://lint@localhost/?unix_socket={tmp_path}/none")


def test_unknown_host() -> None:
    assert failure("mysql://lint@no-such-host.invalid/").startswith("no-such-host.invalid:3306: (2003) Can't connect")


def test_server_that_never_answers(listener: Listen) -> None:
    done = threading.Event()
    port = listener(lambda connection: done.wait(20) and None)
    message = failure(f"mysql://lint@127.0.0.1:{port}/", timeout=0.5)
    done.set()
    assert "timed out" in message or "gives no answer within 0.5 s" in message


@pytest.mark.parametrize(
    "rubbish",
    [
        b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x00" * 64,
        b"\xff" * 64,
        b"\x05\x00\x00\x00\x0aabc\x00",
        b"\x01\x00\x00\x00\x0a",
    ],
)
def test_rubbish(listener: Listen, rubbish: bytes) -> None:
    port = listener(lambda connection: connection.sendall(rubbish))
    assert failure(f"mysql://lint@127.0.0.1:{port}/", timeout=2).startswith(f"127.0.0.1:{port}: ")


def test_error_text_of_the_other_side_is_made_one_printable_line(listener: Listen) -> None:
    text = b"\xff\x15\x04no\n\x1b[31m " + PASSWORD.encode() + b" entry"
    packet = len(text).to_bytes(3, "little") + b"\x00" + text
    port = listener(lambda connection: connection.sendall(packet))
    message = failure(f"mysql://lint@127.0.0.1:{port}/")
    assert message.isprintable()
    assert "***" in message


def test_connection_dropped_at_once(listener: Listen) -> None:
    port = listener(lambda connection: None)
    assert "Lost connection" in failure(f"mysql://lint@127.0.0.1:{port}/")


def test_connection_dropped_after_the_login(short: Running, listener: Listen) -> None:
    def relay(client: socket.socket) -> None:
        """Passes the greeting, the login and its answer on, then hangs up."""
        with socket.create_connection(("127.0.0.1", short.port)) as server:
            client.sendall(server.recv(65536))
            server.sendall(client.recv(65536))
            client.sendall(server.recv(65536))

    port = listener(relay)
    message = failure(f"mysql://lint@127.0.0.1:{port}/?ssl-mode=disabled", short.password)
    assert message.startswith(f"127.0.0.1:{port}: (2013) Lost connection")


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgres://lint@h/", "does not begin with mysql://"),
        ("127.0.0.1:3306", "does not begin with mysql://"),
        ("mysql://lint@h:port/", "is not valid"),
        ("mysql://lint@h:99999/", "is not valid"),
        ("mysql://lint@h/?sslmode=required", "unknown parameter 'sslmode'"),
        ("mysql://lint@h/?ssl-mode=maybe", "unknown ssl-mode"),
        ("mysql://lint@h/?ssl-ca=/none.pem", "names a file for ssl-ca that does not exist"),
        ("mysql://lint@h/?ssl_cert=/none.pem", "names a file for ssl-cert that does not exist"),
        (f"mysql://lint@h/?ssl-key={__file__}", "has an ssl-key without its ssl-cert"),
    ],
)
def test_bad_url(url: str, said: str) -> None:
    assert said in failure(url)


@pytest.mark.parametrize("url", ["mysql://lint:s3#cret@h/", "mysql://lint:s3/cret@h/", "mysql://lint:s3[cret@h/"])
def test_a_password_that_breaks_the_url_is_not_repeated(url: str) -> None:
    message = failure(url)
    assert "a special character of a name or password as %XX" in message
    assert "cret" not in message


def test_the_password_of_the_url(short: Running) -> None:
    secret = quote(short.password, safe="")
    assert ask(f"mysql://lint:{secret}@127.0.0.1:{short.port}/some_database", password="not it").wait_timeout == 3


def test_the_socket_as_the_host(short: Running) -> None:
    answer = ask(f"mysql://lint@{quote(short.socket, safe='')}/", password=short.password)
    assert (answer.name, answer.wait_timeout) == (short.socket, 3)


def test_over_ipv6(start_server: Start) -> None:
    running = start_server("--wait-timeout=7", "--bind-address=::")
    answer = ask(f"mysql://lint@[::1]:{running.port}/", password=running.password)
    assert (answer.name, answer.wait_timeout) == (f"[::1]:{running.port}", 7)


def test_timeouts_of_idle_transactions(start_server: Start) -> None:
    running = start_server("--idle-transaction-timeout=20", "--idle-write-transaction-timeout=10")
    answer = ask(f"mysql://lint@127.0.0.1:{running.port}/", password=running.password)
    assert answer.transaction_timeouts == (("idle_transaction_timeout", 20), ("idle_write_transaction_timeout", 10))
    assert "idle_write_transaction_timeout 10 s" in answer.reason


def test_an_administrator_is_spared_by_init_connect(with_init_connect: Running) -> None:
    answer = ask(f"mysql://root@localhost/?unix_socket={with_init_connect.socket}", password=None)
    assert (answer.session_wait_timeout, answer.init_connect) == (7, "SET SESSION wait_timeout = 5")


def test_a_server_that_drips_is_given_up_after_the_whole_time(listener: Listen) -> None:
    done = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"\xff\xff\x00\x00")
        for _ in range(400):
            if done.wait(0.05):
                break
            connection.sendall(b"\x0a")

    message = failure(f"mysql://lint@127.0.0.1:{(port := listener(drip))}/", timeout=1)
    done.set()
    assert message == f"127.0.0.1:{port}: gives no answer within 1 s"


def test_servers_are_asked_side_by_side(listener: Listen) -> None:
    all_connected = threading.Barrier(5)
    ports = [listener(lambda connection: all_connected.wait(60) and None) for _ in range(5)]
    waiting = [begin(f"mysql://lint@127.0.0.1:{port}/", lambda *_: None, timeout=30) for port in ports]
    for answer in waiting:
        with pytest.raises(ServerSourceError):
            answer()
    assert not all_connected.broken


GREETING = (
    b"\x0a5.7.0\0" + bytes(4) + b"12345678\0" + (0xF7DF).to_bytes(2, "little") + b"\x21\x02\0"
    + (0x81FF).to_bytes(2, "little") + bytes([21]) + bytes(10) + b"123456789012\0" + b"mysql_native_password\0"
)  # fmt: skip
"""Of a server without TLS: it has the capabilities PLUGIN_AUTH and SECURE_CONNECTION."""


@pytest.mark.parametrize(
    ("plugin", "said"),
    [
        (b"auth_gssapi_client", "'auth_gssapi_client'"),
        (b"mysql_clear_password", "asks for the password in clear text over a connection without TLS"),
        (b"dialog", "asks for the password in clear text over a connection without TLS"),
    ],
)
def test_login_methods_that_are_not_followed(listener: Listen, plugin: bytes, said: str) -> None:
    sent: Queue[bytes] = Queue()

    def switch(connection: socket.socket) -> None:
        connection.sendall(len(GREETING).to_bytes(3, "little") + b"\0" + GREETING)
        connection.recv(65536)
        request = b"\xfe" + plugin + b"\0" + (b"\x04Password: " if plugin == b"dialog" else b"data\0")
        connection.sendall(len(request).to_bytes(3, "little") + b"\x02" + request)
        sent.put(connection.recv(65536))

    port = listener(switch)
    assert said in failure(f"mysql://lint@127.0.0.1:{port}/", timeout=30)
    assert sent.get(timeout=30) == b""


@pytest.mark.parametrize(
    ("text", "said"),
    [("user = x\n", ":1: an option before the first group"), ("[client]\nport = none\n", "is no port number")],
)
def test_broken_login_file(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "my.cnf"
    file.write_text(text)
    assert said in failure("mysql://h/", defaults_file=str(file))


def test_missing_login_file(tmp_path: Path) -> None:
    assert "cannot be read: No such file" in failure("mysql://h/", defaults_file=str(tmp_path / "none"))
