"""Which distributions the project installs, as its own files say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from conn_lint.model import Django, Problem, Requirement, Span
from conn_lint.project.tree import Tree, Unreadable

if TYPE_CHECKING:
    from conn_lint.project.manifests import Demand

_READERS = {  # functions of manifests, which is imported when there is a file to read
    "Pipfile": "pipfile",
    "Pipfile.lock": "pipfile_lock",
    "environment.yaml": "conda_environment",
    "environment.yml": "conda_environment",
    "pdm.lock": "lock",
    "poetry.lock": "lock",
    "pylock.toml": "lock",
    "pyproject.toml": "pyproject",
    "setup.cfg": "setup_cfg",
    "setup.py": "setup_py",
    "uv.lock": "lock",
}
_TEXT_FOLDERS = frozenset(("requirements", "requirement", "reqs", "deps", "constraints"))


def read_requirements(tree: Tree, problems: dict[str, Problem] | None = None) -> dict[str, Requirement]:
    """Every distribution that the files of ``tree`` ask for, by its normalized name.

    Where several files name one, what production installs beats development, an exact release beats a
    range, a lock file beats a pin, and a file nearer to the root beats a deeper one; entries of equal
    standing in one file (environment markers) are widened to admit all of them. Files that cannot be read
    are added to ``problems`` by path.
    """
    demands: dict[str, list[Demand]] = {}
    unread = problems if problems is not None else {}
    for demand in _demands(tree, unread):
        demands.setdefault(demand.name, []).append(demand)
    return {name: _chosen(name, asked) for name, asked in demands.items()}


def django_of(requirements: dict[str, Requirement], override: str | None = None) -> Django:
    """The project's Django; ``override`` is the text of --django-version, ValueError when it is no version."""
    if override is None:
        return Django(requirements.get("django"))
    from conn_lint.project.versions import release

    version = release(override)
    if version is None or not set(override) <= set("v.0123456789"):
        raise ValueError(f"--django-version {override}: not a version such as 4.2 or 5.1.3")
    return Django(Requirement("django", version, None, None, Span("--django-version", 0)))


def _demands(tree: Tree, problems: dict[str, Problem]) -> Iterator[Demand]:
    pending = [path for path in tree.paths if _format(path)]
    if not pending:
        return
    from conn_lint.project import manifests

    seen = set(pending)
    while pending:
        path = pending.pop()
        try:
            text = _text(tree.read(path))
        except Unreadable as error:
            problems[path] = error.problem
            continue
        name = path.rpartition("/")[2]
        reader: Callable[[str, str], Iterator[Demand]] = getattr(manifests, _READERS.get(name, "requirements_txt"))
        try:
            yield from reader(path, text)
        except (ValueError, RecursionError) as error:
            if not _template(path, text):
                problems[path] = Problem(Span(path, 1), f"cannot be parsed: {error}")
        if name not in _READERS:
            for other in manifests.included(text):
                target = _joined(path, other)
                if target in tree and target not in seen:
                    seen.add(target)
                    pending.append(target)


def _format(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    if name in _READERS:
        return True
    if not name.endswith((".txt", ".in", ".pip")):
        return False
    return "requirements" in name or "constraints" in name or folder.rpartition("/")[2] in _TEXT_FOLDERS


def _text(data: bytes) -> str:
    """PowerShell's ``pip freeze > requirements.txt`` writes UTF-16; names and versions are ASCII anyway."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def _template(path: str, text: str) -> bool:
    """Project templates (cookiecutter, ``startproject --template``) are filled in before anything reads them."""
    return "{{" in path or "{{" in text or "{%" in text


def _joined(path: str, name: str) -> str:
    import posixpath

    return posixpath.normpath(posixpath.join(posixpath.dirname(path), name))


def _chosen(name: str, demands: Iterable[Demand]) -> Requirement:
    from conn_lint.project.versions import union

    ranked = sorted(demands, key=_rank)
    best = ranked[0]
    equal = [
        demand.bounds for demand in ranked if _rank(demand) == _rank(best) and demand.place.path == best.place.path
    ]
    said = union(equal)
    return Requirement(name, said.pinned, said.lowest, said.below, best.place)


def _rank(demand: Demand) -> tuple[bool, bool, bool, bool, int, str]:
    from conn_lint.project.manifests import development_name

    aside = demand.development or any(map(development_name, demand.place.path.split("/")[:-1]))
    said = demand.bounds
    return said.open, aside, not said.pinned, not demand.locked, demand.place.path.count("/"), demand.place.path
