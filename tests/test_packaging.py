"""The wheel that ``pip install .`` makes, and what it installs."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conn_lint import __version__

ROOT = Path(__file__).parent.parent


def pip(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_package_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "conn_lint"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("not in a git checkout")
    assert names == {name for name in listing.stdout.decode().split("\0") if name and (ROOT / name).exists()}
    assert {"conn_lint/py.typed", "conn_lint/output/schema.json"} <= names


def test_the_metadata_names_the_interpreters_and_the_licence(wheel: Path) -> None:
    archive = zipfile.ZipFile(wheel)
    metadata = archive.read(next(name for name in archive.namelist() if name.endswith("METADATA"))).decode()
    assert f"Version: {__version__}\n" in metadata
    assert "Requires-Python: >=3.10\n" in metadata
    assert "Classifier: Typing :: Typed\n" in metadata
    assert any(name.endswith("licenses/LICENSE") for name in archive.namelist())


def test_the_installed_command_runs_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "site"
    pip("install", "--quiet", "--no-deps", "--target", str(target), str(wheel))
    project = tmp_path / "project"
    project.mkdir()
    environment = os.environ | {"PYTHONPATH": str(target)}
    for command in ([str(target / "bin" / "conn-lint")], [sys.executable, "-m", "conn_lint"]):
        done = subprocess.run(
            [*command, "--version"], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stdout.strip()) == (0, f"conn-lint {__version__}"), done.stderr
        done = subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_pyproject_and_the_makefile_agree_on_the_oldest_python() -> None:
    assert 'requires-python = ">=3.10"' in (ROOT / "pyproject.toml").read_text()
    assert "version_info < (3, 10)" in (ROOT / ".ci" / "venv").read_text()
