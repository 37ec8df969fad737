"""The evaluator against Python itself: whatever a program makes of DATABASES lies inside what is said of it."""

from __future__ import annotations

import importlib
import itertools
import os
import sys
import tempfile
from pathlib import Path
from typing import Any
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conn_lint.model import Database, Deployment, Django, Known, OneOf, Unknown, Value
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree
from conn_lint.settings import choice, read_deployments
from tests.settings.programs import TEXTS, VARIABLES, programs

PROGRAMS = int(os.environ.get("CONN_LINT_PROGRAMS", "100"))
ENVIRONMENTS: list[dict[str, str]] = [{}, *({name: text} for name in VARIABLES for text in TEXTS)]
ABSENT = object()
_numbers = itertools.count()


def run(folder: Path, package: str, env: dict[str, str]) -> Any:
    """What Python makes of DATABASES; ABSENT when the settings cannot be loaded."""
    with mock.patch.dict(os.environ, env, clear=False), mock.patch.object(sys, "path", [str(folder), *sys.path]):
        for name in VARIABLES:
            if name not in env:
                os.environ.pop(name, None)
        importlib.invalidate_caches()
        try:
            return importlib.import_module(f"{package}.leaf").DATABASES
        except Exception:  # noqa: BLE001
            return ABSENT
        finally:
            for name in [name for name in sys.modules if name.startswith(package)]:
                del sys.modules[name]


def allows(value: Value, truth: Any, *, nothing_set: bool) -> bool:
    """Whether ``truth`` lies inside ``value``; with nothing set also whether the default it names is right."""

    def same(known: Known) -> bool:
        return type(known.value) is type(truth) and known.value == truth

    if nothing_set and not isinstance(value, Known) and value.default is not None and not same(value.default):
        return False
    if isinstance(value, Unknown):
        return True
    return any(same(known) for known in (value.values if isinstance(value, OneOf) else (value,)))


def check(deployment: Deployment, truth: Any, env: dict[str, str]) -> None:
    if not isinstance(truth, dict):
        assert deployment.open
        return
    for alias, table in truth.items():
        if alias not in deployment.databases:
            assert deployment.open, f"{alias} is missed"
            continue
        database: Database = deployment.databases[alias]
        said = {
            "ENGINE": (database.engine, None),
            "CONN_MAX_AGE": (database.conn_max_age, 0),
            "CONN_HEALTH_CHECKS": (database.conn_health_checks, False),
            "HOST": (database.host, ""),
        }
        for key, (value, default) in said.items():
            real = table.get(key, default)
            assert allows(value, real, nothing_set=not env), f"{alias}.{key}: said {value}, truth {real!r}, env {env}"


@settings(max_examples=PROGRAMS, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs(), st.lists(st.sampled_from(ENVIRONMENTS), min_size=2, max_size=4))
def test_the_truth_lies_inside_the_answer(texts: tuple[str, str], environments: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        package = f"fuzzed{next(_numbers)}"
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text("")
        (folder / package / "base.py").write_text(texts[0])
        (folder / package / "leaf.py").write_text(texts[1])
        project = Project(Tree(name), {}, Django(None))
        with mock.patch.object(choice, "WORK", 20_000):  # giving up early must be as right as going on
            (deployment,) = read_deployments(project, wanted=(f"{package}.leaf",))
        for env in ({}, *environments):
            truth = run(folder, package, env)
            if truth is not ABSENT:
                check(deployment, truth, env)
