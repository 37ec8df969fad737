"""A password that is given to conn-lint is found nowhere afterwards."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

import conn_lint
from conn_lint.output import FORMATS

if TYPE_CHECKING:
    from tests.server.conftest import Running

SETTINGS = 'DATABASES = {"default": {"ENGINE": "django.db.backends.mysql", "CONN_MAX_AGE": 600}}\n'


class Where:
    """Everything that a run prints and keeps, of which no part may hold the password."""

    def __init__(self, root: Path, server: Running) -> None:
        self.root = root
        self.server = server
        self.cache = root.parent / "cache"
        (root / "settings.py").write_text(SETTINGS)

    def start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        package = str(Path(conn_lint.__file__).parent.parent)
        kept = {**os.environ, "PYTHONPATH": package, "XDG_CACHE_HOME": str(self.cache), **environment}
        command = [sys.executable, "-X", "faulthandler", "-W", "default", "-m", "conn_lint", *arguments]
        return subprocess.Popen(command, cwd=self.root, env=kept, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(self, *arguments: str, **environment: str) -> tuple[int, str]:
        """The exit status and everything printed, after looking for the password in it and in the cache."""
        process = self.start(*arguments, **environment)
        out, err = process.communicate(timeout=60)
        kept = [path.read_bytes() for path in self.cache.rglob("*") if path.is_file()]
        for text in (out, err, *kept):
            assert not any(form in text for form in self.forms())
        return process.returncode, (out + err).decode()

    def forms(self) -> tuple[bytes, ...]:
        password = self.server.password
        return password.encode(), quote(password, safe="").encode(), ascii(password)[1:-1].encode()

    def url(self, *, secret: bool, query: str = "") -> str:
        login = f"lint:{quote(self.server.password, safe='')}" if secret else "lint"
        return f"mysql://{login}@127.0.0.1:{self.server.port}/{query}"


@pytest.fixture(scope="module")
def short(start_server: Callable[..., Running]) -> Running:
    return start_server("--wait-timeout=3")


@pytest.fixture
def where(short: Running, tmp_path: Path) -> Where:
    (tmp_path / "project").mkdir()
    return Where(tmp_path / "project", short)


@pytest.mark.parametrize("form", FORMATS)
def test_in_no_report(where: Where, form: str) -> None:
    status, said = where.run("--live", where.url(secret=True), "--format", form)
    assert (status, "CL101" in said) == (1, True)
    if form in ("text", "concise"):
        assert f"wait_timeout 3 s (127.0.0.1:{where.server.port})" in said


@pytest.mark.parametrize("form", ["text", "json"])
def test_not_where_everything_is_shown(where: Where, form: str) -> None:
    status, said = where.run("--live", where.url(secret=True), "--show", "--format", form)
    assert (status, f"127.0.0.1:{where.server.port}" in said) == (1, True)


def test_not_when_the_environment_gives_it(where: Where) -> None:
    status, _ = where.run("--live", where.url(secret=False), CONN_LINT_PASSWORD=where.server.password)
    assert status == 1


def test_not_when_a_file_gives_it(where: Where) -> None:
    quoted = where.server.password.replace("'", "\\'")
    (where.root / "login.cnf").write_text(f"[client]\nuser = lint\npassword = '{quoted}'\n")
    url = where.url(secret=False).replace("lint@", "")
    status, _ = where.run("--live", url, "--live-defaults-file", "login.cnf")
    assert status == 1


def test_not_when_the_configuration_gives_it(where: Where) -> None:
    (where.root / "pyproject.toml").write_text(f"[tool.conn-lint]\nlive = '{where.url(secret=True)}'\n")
    status, said = where.run("--live")
    assert (status, "warning: a password" in said) == (1, False)


@pytest.mark.parametrize("query", ["?ssl-mode=required", "?ssl-mode=maybe"])
def test_in_no_failure(where: Where, query: str) -> None:
    status, said = where.run("--live", where.url(secret=True, query=query))
    assert (status, "conn-lint: error: " in said) == (2, True)


def test_not_when_it_is_wrong(where: Where) -> None:
    url = where.url(secret=True).replace(":", ":x", 2).replace("mysql:x", "mysql:")
    status, said = where.run("--live", url)
    assert (status, "Access denied" in said) == (2, True)


@pytest.mark.skipif(not os.path.exists("/proc/self/cmdline"), reason="processes are seen in /proc on Linux only")
def test_not_in_the_list_of_processes(where: Where, listener: Callable[..., int]) -> None:
    held = threading.Event()

    def hold(connection: socket.socket) -> None:
        held.set()
        connection.recv(1)  # nothing comes before the other side is killed

    port = listener(hold)
    url = where.url(secret=True).replace(str(where.server.port), str(port))
    process = where.start("--live", url, "--live-timeout", "15")
    try:
        assert held.wait(30)
        seen = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"mysql://lint:xxx" in seen
        assert not any(form in seen for form in where.forms())
    finally:
        process.kill()
        process.communicate()
