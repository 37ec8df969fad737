"""Private servers for the live tests: a real MariaDB where one is installed, mysql-mimic otherwise."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

PASSWORD = "wörd #'\"1"


class Running(NamedTuple):
    port: int
    socket: str
    password: str


def _binary(*names: str) -> str | None:
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/usr/libexec"])
    return next((found for name in names if (found := shutil.which(name, path=path))), None)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    return _free_port()


@pytest.fixture(scope="session")
def mariadbd() -> str:
    found = _binary("mariadbd")
    if found is None:
        pytest.skip("no mariadbd on this machine")
    return found


@pytest.fixture(scope="session")
def data_folder(mariadbd: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a fresh installation, to be copied for each server."""
    installer = _binary("mariadb-install-db")
    if installer is None:
        pytest.skip("no mariadb-install-db on this machine")
    folder = tmp_path_factory.mktemp("installation") / "data"
    command = [installer, "--no-defaults", f"--datadir={folder}", "--auth-root-authentication-method=normal"]
    command += ["--skip-test-db", "--innodb-log-file-size=4M", *_as_root()]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []


@pytest.fixture(scope="session")
def start_server(
    mariadbd: str, data_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Running]]:
    """Starts a MariaDB with the given options and an account ``lint`` that may do nothing but log in."""
    with ExitStack() as stack:

        def start(*options: str) -> Running:
            return stack.enter_context(_running(mariadbd, data_folder, tmp_path_factory.mktemp("server"), options))

        yield start


@contextmanager
def _running(mariadbd: str, data_folder: Path, folder: Path, options: tuple[str, ...]) -> Iterator[Running]:
    shutil.copytree(data_folder, folder / "data")
    quoted = PASSWORD.replace("'", "''")
    (folder / "init.sql").write_text(f"CREATE USER lint@'%' IDENTIFIED BY '{quoted}';\n", encoding="utf-8")
    running = Running(_free_port(), str(folder / "s"), PASSWORD)
    log = folder / "log"
    command = [mariadbd, "--no-defaults", f"--datadir={folder / 'data'}", f"--socket={running.socket}"]
    command += [f"--port={running.port}", "--bind-address=127.0.0.1", "--innodb-buffer-pool-size=8M", *_as_root()]
    command += [f"--init-file={folder / 'init.sql'}", "--skip-log-bin", "--character-set-server=utf8mb4", *options]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output)
    try:
        for _ in range(600):
            if process.poll() is not None or b"ready for connections" in log.read_bytes():
                break
            time.sleep(0.05)
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        yield running
    finally:
        process.kill()
        process.wait()


@pytest.fixture
def listener() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Listens on a port and hands the first connection to the given function; gives the port."""
    with ExitStack() as stack:

        def listen(serve: Callable[[socket.socket], None]) -> int:
            server = stack.enter_context(socket.create_server(("127.0.0.1", 0)))

            def accept() -> None:
                connection, _ = server.accept()
                with connection:
                    serve(connection)

            threading.Thread(target=accept, daemon=True).start()
            return int(server.getsockname()[1])

        yield listen
