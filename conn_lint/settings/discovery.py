"""Which modules of a project are its settings, told by bytes alone: nothing is parsed here."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from conn_lint.project.project import Project


class SettingsError(Exception):
    """A settings module that was asked for by name does not exist; the message says which."""


class Target(NamedTuple):
    """A settings module to evaluate, and the class in it (django-configurations) when one was asked for."""

    module: str
    path: str
    class_name: str | None = None


_BINDS = re.compile(
    rb"^[ \t]*DATABASES[ \t]*(?::[^=\n]*)?(?:=(?!=)|\[|\|=|\.(?:update|setdefault|pop|clear)\b)"
    rb"|[\[.(\s]['\"]DATABASES['\"]\s*\]\s*(?:=(?!=)|\[)",
    re.M,
)
"""Code that defines or changes DATABASES, rather than reading it."""

_FROM = rb"from[ \t]+(\.*)([\w.]*)[ \t]+import[ \t]+"
"""Without the beginning of a line before it: a pattern that starts with a word is searched ten times as fast."""

_STARS = re.compile(_FROM + rb"\*")
_STARS_AND_DATABASES = re.compile(_FROM + rb"(?:\*|\([^)]*\bDATABASES\b|.*\bDATABASES\b)")

_NAMED = re.compile(rb"DJANGO_SETTINGS_MODULE[\"']?\]?\s*(?:[,=:]\s*)+(?:\$\{\w+:-)?[\"']?([A-Za-z_]\w*(?:\.\w+)*)")

_CONFIG_FILES = re.compile(
    r"(?:^|/)(?:pytest\.ini|tox\.ini|setup\.cfg|pyproject\.toml|[^/]*Dockerfile[^/]*|Procfile[^/]*|Makefile|app\.json"
    r"|\.env[^/]*|[^/]*\.(?:env|service|sh|ya?ml|ini))$"
)

_TEST_WORDS = frozenset("ci test testing tests pytest unittest travis".split())
_ASIDE = frozenset(
    "cookiecutter demo demos doc docs example examples sample samples sandbox template templates".split()
)
DEPLOYED = frozenset("deploy heroku live prod production productive stage staging".split())


_USERS = re.compile(
    r"(?:^|/)(?:(?:admin|apps|asgi|celery|consumers|forms|managers|middleware|models|permissions|routing|serializers"
    r"|signals|tasks|urls|utils|views|wsgi)\.py|(?:management/commands|migrations)/[^/]*)$"
)
"""Modules of an application, which take over the names of settings to use them."""

_DEFINES = re.compile(rb"^(?:class|def|async[ \t]+def)\b", re.M)
_SETS = re.compile(rb"^[A-Z][A-Z0-9_]+[ \t]*(?:[\[.:]|[+|]?=(?!=))", re.M)
"""A statement about a setting."""


def wanted_targets(project: Project, wanted: tuple[str, ...]) -> tuple[Target, ...]:
    """The modules that were asked for; raises SettingsError when one does not exist."""
    found = []
    for text in wanted:
        name, _, class_name = text.partition("::")
        path = name.removeprefix("./") if name.removeprefix("./") in project.tree else project.modules.path_of(name)
        if path is None:
            raise SettingsError(f"{name}: there is no such settings module in {project.tree.root}")
        found.append(Target(project.modules.name_of(path), path, class_name or None))
    return tuple(found)


def find_targets(project: Project) -> tuple[Target, ...]:
    """The settings modules that something runs with, and the leaves among those that bind DATABASES."""
    python = [path for path in project.tree.paths if path.endswith(".py")]
    binding = [path for path in python if _binds(project.data(path))]
    named = _named(project, python)
    if not binding and not named:
        return ()
    imports = _family(project, python, [*binding, *named])
    family = set(binding) | set(named) | set(imports)
    imported = {
        target
        for path, targets in imports.items()
        if not _is_test(path)
        for target in targets
        if target != path and path not in imports.get(target, ())
    }
    chosen = [
        path
        for path in sorted(family)
        if path in named or path not in imported or _words(path.rpartition("/")[2]) & DEPLOYED
    ]
    for unwanted in (_is_test, _is_aside):
        chosen = [path for path in chosen if not unwanted(path)] or chosen
    return tuple(Target(project.modules.name_of(path), path) for path in chosen)


def _binds(data: bytes) -> bool:
    return b"DATABASES" in data and _BINDS.search(data) is not None


def _named(project: Project, python: list[str]) -> list[str]:
    """The files of the modules that some DJANGO_SETTINGS_MODULE names."""
    found: dict[str, None] = {}
    configs = [path for path in project.tree.paths if _CONFIG_FILES.search(path)]
    for path in (*python, *configs):
        data = project.data(path)
        if b"DJANGO_SETTINGS_MODULE" not in data or (path.endswith(".py") and _is_test(path)):
            continue
        for match in _NAMED.finditer(data):
            module = project.modules.path_of(match[1].decode(), path)
            if module is not None:
                found[module] = None
    return list(found)


def _family(project: Project, python: list[str], members: list[str]) -> dict[str, set[str]]:
    """The modules that take over the names of ``members``, directly or not, and what each takes over."""
    edges: dict[str, set[str]] = {}
    for path in python:
        data = project.data(path)
        if b"import *" not in data and b"DATABASES" not in data:
            continue
        if path not in members and _only_uses(path, data):
            continue
        for match in _taken_over(data):
            dotted = project.modules.absolute(path, len(match[1]), match[2].decode())
            target = project.modules.path_of(dotted, path)
            if target is not None:
                edges.setdefault(path, set()).add(target)
    family = set(members)
    while True:
        found = {path for path, targets in edges.items() if path not in family and targets & family}
        if not found:
            return {path: targets & family for path, targets in edges.items() if path in family}
        family |= found


def _only_uses(path: str, data: bytes) -> bool:
    """Whether a module that takes over names of settings does so to use them: it is one of an application by its
    path, or defines functions or classes and sets nothing."""
    return _USERS.search(path) is not None or (_DEFINES.search(data) is not None and not _SETS.search(data))


def _taken_over(data: bytes) -> Iterator[re.Match[bytes]]:
    """The statements that take over DATABASES from another module, its dots and its name as groups."""
    pattern = _STARS_AND_DATABASES if b"DATABASES" in data else _STARS
    match = pattern.search(data)
    while match is not None:
        begins = not data[data.rfind(b"\n", 0, match.start()) + 1 : match.start()].strip(b" \t")
        if begins:
            yield match
        match = pattern.search(data, match.end() if begins else match.start() + 1)


def _words(text: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", text.lower().removesuffix(".py")))


def _is_test(path: str) -> bool:
    return bool(_words(path) & _TEST_WORDS) or path.endswith("conftest.py")


def _is_aside(path: str) -> bool:
    return any(_words(part) & _ASIDE for part in path.split("/")[:-1])
