"""Small projects written to disk and read as settings."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conn_lint.model import Deployment, Django, Known, OneOf, Unknown, Value
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree
from conn_lint.settings import read_deployments

Reader = Callable[..., Deployment]
Files = Mapping[str, str]


def write(folder: Path, files: Files) -> Project:
    """A project of these files, each text dedented."""
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(textwrap.dedent(text))
    return Project(Tree(str(folder)), {}, Django(None))


@pytest.fixture
def project(tmp_path: Path) -> Callable[[Files], Project]:
    return lambda files: write(tmp_path, files)


@pytest.fixture
def read(tmp_path: Path) -> Reader:
    """Reads ``settings.py`` with this text beside ``files``."""

    def reader(text: str, files: Files | None = None, **env: str) -> Deployment:
        project = write(tmp_path, {**(files or {}), "settings.py": text})
        (deployment,) = read_deployments(project, wanted=("settings.py",), env=env)
        return deployment

    return reader


def said(value: Value) -> object:
    """A value without its places: the value itself, a set of values, or what it hangs on and its default."""
    if isinstance(value, Known):
        return value.value
    if isinstance(value, OneOf):
        return {one.value for one in value.values}
    assert isinstance(value, Unknown)
    return Open(*value.env, default=value.default.value if value.default else NOTHING)


class Open:
    """What ``said`` makes of an Unknown."""

    def __init__(self, *env: str, default: object = "nothing") -> None:
        self.env = set(env)
        self.default = default

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Open) and (self.env, self.default) == (other.env, other.default)

    def __repr__(self) -> str:
        return f"Open({', '.join(sorted(self.env))}, default={self.default!r})"


NOTHING = "nothing"
