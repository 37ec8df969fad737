"""The commands of README.md that ask a live server, run against one."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conn_lint.cli import main

if TYPE_CHECKING:
    from tests.server.conftest import Running

ROOT = Path(__file__).parent.parent.parent
SHELL = re.findall(r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
COMMANDS = [line for block in SHELL for line in block.splitlines() if "conn-lint --live" in line]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=shop"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "ca.pem"]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except FileNotFoundError:
        pytest.skip("no openssl on this machine")
    return folder / "ca.pem"


@pytest.fixture(scope="module")
def server(start_server: Callable[..., Running], certificate: Path) -> Running:
    key = certificate.parent / "key.pem"
    return start_server("--wait-timeout=600", f"--ssl-cert={certificate}", f"--ssl-key={key}")


def test_there_are_some() -> None:
    assert len(COMMANDS) >= 5


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command(
    command: str,
    server: Running,
    certificate: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    shop = tmp_path / "shop"
    shutil.copytree(ROOT / "tests" / "projects" / "shop", shop)
    shutil.copy(certificate, shop)
    secret = server.password.replace("'", "\\'")
    (tmp_path / ".my.cnf").write_text(f"[client]\nuser = lint\npassword = '{secret}'\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(shop)
    if "--live-defaults-file" not in command:
        monkeypatch.setenv("CONN_LINT_PASSWORD", server.password)
    command = re.sub(r"(db|reports)\.internal(:\d+)?", f"127.0.0.1:{server.port}", command)
    command = command.replace("shop@", "lint@").replace("/run/mysqld/mysqld.sock", server.socket)
    arguments = shlex.split(command.removeprefix("CONN_LINT_PASSWORD=... "))
    assert arguments.pop(0) == "conn-lint"
    assert main([*arguments, "--select", "CL101"]) == 1
    printed = capsys.readouterr()
    assert printed.err == ""
    assert "CONN_MAX_AGE 3600 s is above wait_timeout 600 s" in printed.out
