"""Running a small settings package with Python itself, and holding what the evaluator says against that."""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import os
import sys
from collections.abc import Iterator, Mapping
from types import CodeType, ModuleType
from typing import Any, NamedTuple
from unittest import mock

from conn_lint.model import Database, Deployment, Django, Known, OneOf, Unknown, Value
from conn_lint.project.project import Project
from conn_lint.settings import choice, read_deployments

PACKAGE = "site_of_files"
FIELDS = {"engine": ("ENGINE", None), "conn_max_age": ("CONN_MAX_AGE", 0), "host": ("HOST", "")}
FIELDS["conn_health_checks"] = ("CONN_HEALTH_CHECKS", False)
ABSENT = object()
"""No truth: the settings cannot be loaded."""

Files = Mapping[str, str]
Env = Mapping[str, str]


class Trial(NamedTuple):
    """How a module is tried: the variables that the evaluator is given, the environments that Python runs in, and
    how much work the evaluator may do. Giving up early must be as right as going on."""

    bound: Env
    environments: list[Env]
    work: int


class MemoryTree:
    """A project tree whose files are not on disk."""

    root = "/nowhere"

    def __init__(self, files: Files) -> None:
        self._files = {f"{PACKAGE}/{name}": text.encode() for name, text in files.items()}
        self.paths = tuple(sorted(self._files))

    def __contains__(self, path: str) -> bool:
        return path in self._files

    def read(self, path: str) -> bytes:
        return self._files[path]


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the package of a program from its texts."""

    def __init__(self, files: Files) -> None:
        self._code: dict[str, CodeType] = {}
        for name, text in files.items():
            stem = name.removesuffix(".py")
            self._code[PACKAGE if stem == "__init__" else f"{PACKAGE}.{stem}"] = compile(text, name, "exec")

    def find_spec(self, name: str, path: Any, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if name not in self._code:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name == PACKAGE)

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code[module.__name__], module.__dict__)


class Package:
    """The files of a package, for Python and for the evaluator: each is parsed once, by either."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self._finder = Finder(files)
        self._project = Project(MemoryTree(files), {}, Django(None))  # type: ignore[arg-type]

    def truths(self, leaf: str, environments: list[Env]) -> list[Any]:
        """The module ``leaf`` as Python makes it in each of the environments; ABSENT where it cannot be loaded."""
        before = dict(os.environ)
        found = []
        sys.meta_path.insert(0, self._finder)
        try:
            for env in environments:
                os.environ.clear()
                os.environ.update(env)
                try:
                    module = importlib.import_module(f"{PACKAGE}.{leaf}")
                    found.append(module if hasattr(module, "DATABASES") else ABSENT)
                except (Exception, SystemExit):  # noqa: BLE001
                    found.append(ABSENT)
                for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
                    del sys.modules[name]
        finally:
            sys.meta_path.remove(self._finder)
            os.environ.clear()
            os.environ.update(before)
        return found

    def evaluated(self, leaf: str, env: Env) -> Deployment:
        """What the evaluator says of ``leaf`` with the variables of ``env`` bound."""
        (deployment,) = read_deployments(self._project, wanted=(f"{PACKAGE}.{leaf}",), env=env)
        return deployment

    def objection(self, leaf: str, trial: Trial) -> str:
        """The first thing the evaluator says wrongly of ``leaf``; empty when there is none."""
        tried = [dict(trial.bound), *({**env, **trial.bound} for env in trial.environments)]
        found = self.truths(leaf, tried)
        if all(truth is ABSENT for truth in found):
            return ""
        with mock.patch.object(choice, "WORK", trial.work):
            deployment = self.evaluated(leaf, trial.bound)
        for env, truth in zip(tried, found, strict=True):
            if truth is not ABSENT:
                for text in objections(deployment, truth, by_default=env == trial.bound):
                    return f"with {env}: {text}"
        return ""


def same(known: Known, truth: Any) -> bool:
    return type(known.value) is type(truth) and bool(known.value == truth)


def objection(value: Value, truth: Any, *, by_default: bool) -> str:
    """Why ``truth`` is not inside ``value``, or is not the default it names; empty when all is well."""
    if by_default and not isinstance(value, Known) and value.default is not None and not same(value.default, truth):
        return f"wrong default: {value}"
    if isinstance(value, Unknown) or any(
        same(known, truth) for known in (value.values if isinstance(value, OneOf) else (value,))
    ):
        return ""
    return f"wrong: {value}"


def objections(deployment: Deployment, truth: Any, *, by_default: bool) -> Iterator[str]:
    """What ``deployment`` says that is not so in the module ``truth``."""
    databases = truth.DATABASES
    if not isinstance(databases, dict):
        if not deployment.open:
            yield "DATABASES is no dict, and that is not said"
        return
    for alias, table in databases.items():
        database = deployment.databases.get(alias) if isinstance(alias, str) else None
        if database is None:
            if isinstance(alias, str) and not deployment.open:
                yield f"{alias} is missed"
        elif isinstance(table, dict):
            yield from _in_alias(database, table, by_default=by_default)
            as_mysql = database.as_mysql
            if as_mysql is not None and table.get("ENGINE") == "django.db.backends.mysql":
                # which engine is in force hangs on variables: by default need not be true of the branch
                yield from (f"as MySQL: {text}" for text in _in_alias(as_mysql, table, by_default=False))
    debug = deployment.names.get("DEBUG")
    if debug is not None and hasattr(truth, "DEBUG") and isinstance(truth.DEBUG, (int, str, float, type(None))):
        text = objection(debug, truth.DEBUG, by_default=by_default)
        if text:
            yield f"DEBUG is {truth.DEBUG!r}, {text}"


def _in_alias(database: Database, table: dict[Any, Any], *, by_default: bool) -> Iterator[str]:
    for field, (key, default) in FIELDS.items():
        real = table.get(key, default)
        text = objection(getattr(database, field), real, by_default=by_default)
        if text:
            yield f"{database.alias}[{key!r}] is {real!r}, {text}"
    options = table.get("OPTIONS", {})
    for name, real in options.items() if isinstance(options, dict) else ():
        value = database.options.get(name)
        text = objection(value, real, by_default=by_default) if value is not None else ""
        if text:
            yield f"{database.alias}['OPTIONS'][{name!r}] is {real!r}, {text}"


def shrunk(files: Files, leaf: str, trial: Trial) -> Files:
    """A smaller package that the evaluator gets wrong, too: statements are left out for as long as it does."""
    best = {name: text for name, text in files.items() if not name.startswith("leaf") or name == f"{leaf}.py"}
    changed = True
    while changed:
        changed = False
        for name in best:
            number = 0
            while (text := _without(best[name], number)) is not None:
                if text != best[name] and _fails({**best, name: text}, leaf, trial):
                    best[name], changed = text, True
                else:
                    number += 1
    return best


def _fails(files: Files, leaf: str, trial: Trial) -> bool:
    try:
        return bool(Package(files).objection(leaf, trial))
    except SyntaxError:
        return False


def _without(text: str, number: int) -> str | None:
    """``text`` without its statement ``number``, or with what that holds in its place; None when it has fewer."""
    tree = ast.parse(text)
    bodies = [
        (body, index)
        for node in ast.walk(tree)
        for body in (getattr(node, field, None) for field in ("body", "orelse", "finalbody"))
        if isinstance(body, list)
        for index in range(len(body))
    ]
    if number >= 2 * len(bodies):
        return None
    body, index = bodies[number // 2]
    inner = getattr(body[index], "body", []) if number % 2 else []
    body[index : index + 1] = inner if isinstance(inner, list) else []
    for node in ast.walk(tree):
        if isinstance(getattr(node, "body", None), list) and not node.body and not isinstance(node, ast.Module):
            node.body = [ast.Pass()]
    return ast.unparse(tree) + "\n"
