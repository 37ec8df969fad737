"""The files in which a Python project says what it depends on, one reader per format.

Every reader takes the path and the text of a file and yields a Demand per line or entry that names a
distribution; none of them looks at another file. Lock files are read by line: they run to megabytes, and
``name`` and ``version`` of a package stand at the start of their lines in all three formats.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from conn_lint.model import Span
from conn_lint.project.versions import OPEN, Bounds, bounds, release

_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)", re.S)
_EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]+)")
_DEVELOPMENT = frozenset(
    "bench benchmark benchmarks build ci dev devel develop development doc docs e2e example examples lint linting"
    " local test testing tests tox tooling typing".split()
)


class Demand(NamedTuple):
    """One place that asks for a distribution; ``development`` when it is not what production installs."""

    name: str
    bounds: Bounds
    place: Span
    development: bool = False
    locked: bool = False


def normalized(name: str) -> str:
    """The name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def development_name(name: str) -> bool:
    """Whether a group, file or folder called ``name`` serves development rather than production."""
    return not _DEVELOPMENT.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))


def requirement(text: str, place: Span, *, development: bool = False) -> Demand | None:
    """One PEP 508 line (``Django[argon2]>=4.2,<5; python_version >= "3.8"``), or None when it is not one."""
    if "#egg=" in text or "&egg=" in text:
        egg = _EGG.search(text)
        return Demand(normalized(egg[1]), OPEN, place, development) if egg else None
    found = _REQUIREMENT.fullmatch(text.split(";")[0])
    if found is None or (found[2] and found[2][0] not in "=<>!~(@"):
        return None
    said = OPEN if found[2].startswith("@") else bounds(found[2])
    return Demand(normalized(found[1]), said, place, development)


def requirements_txt(path: str, text: str) -> Iterator[Demand]:
    """pip's requirements and constraints files, also pip-compile's ``.in``; includes are `included()`."""
    development = any(development_name(part) for part in path.removesuffix(".txt").removesuffix(".in").split("/"))
    for number, line in _logical_lines(text):
        if line.startswith(("-e ", "--editable")):
            line = line.partition(" ")[2] if " " in line else line.partition("=")[2]
        elif line.startswith("-"):
            continue
        found = requirement(re.split(r"\s--[a-z]", line)[0].strip(), Span(path, number), development=development)
        if found:
            yield found


def included(text: str) -> Iterator[str]:
    """The file names after ``-r`` and ``-c`` in a requirements file, as written."""
    for _, line in _logical_lines(text):
        found = re.match(r"(?:-r|-c|--requirement|--constraint)[\s=]*(.+)", line)
        if found:
            yield found[1].strip().strip("\"'")


def _logical_lines(text: str) -> Iterator[tuple[int, str]]:
    pending, start = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        start = start if pending else number
        line = re.sub(r"(^|\s)#.*", "", raw)
        if line.endswith("\\"):
            pending += line[:-1] + " "
            continue
        line = (pending + line).strip()
        pending = ""
        if line:
            yield start, line


def pyproject(path: str, text: str) -> Iterator[Demand]:
    """PEP 621 dependencies and extras, PEP 735 groups, Poetry's and PDM's tables; raises ValueError on bad TOML."""
    table = _toml(text)
    lines = text.splitlines()
    project = _table(table, "project")
    groups: list[tuple[str, object]] = [("", project.get("dependencies"))]
    groups += _table(project, "optional-dependencies").items()
    groups += [(f"dev {name}", items) for name, items in _table(table, "dependency-groups").items()]
    groups += [("dev", items) for items in _table(table, "tool", "pdm", "dev-dependencies").values()]
    groups.append(("dev", _table(table, "tool", "uv").get("dev-dependencies")))
    for group, items in groups:
        for item in items if isinstance(items, list) else []:
            if isinstance(item, str):
                found = requirement(item, _line_with(path, lines, item), development=development_name(group))
                if found:
                    yield found
    poetry = _table(table, "tool", "poetry")
    yield from _by_name(path, lines, _table(poetry, "dependencies"), development=False, bare="==")
    yield from _by_name(path, lines, _table(poetry, "dev-dependencies"), development=True, bare="==")
    for name, content in _table(poetry, "group").items():
        asked = _table(content, "dependencies") if isinstance(content, dict) else {}
        yield from _by_name(path, lines, asked, development=name != "main", bare="==")


def pipfile(path: str, text: str) -> Iterator[Demand]:
    """[packages] and [dev-packages] of a Pipfile; raises ValueError on bad TOML."""
    table = _toml(text)
    lines = text.splitlines()
    yield from _by_name(path, lines, _table(table, "packages"), development=False, bare="==*")
    yield from _by_name(path, lines, _table(table, "dev-packages"), development=True, bare="==*")


def pipfile_lock(path: str, text: str) -> Iterator[Demand]:
    """ "default" and "develop" of a Pipfile.lock; raises ValueError on bad JSON."""
    import json

    content = json.loads(text)
    lines = text.splitlines()
    for section in ("default", "develop"):
        for name, said in _table(content if isinstance(content, dict) else {}, section).items():
            version = said.get("version") if isinstance(said, dict) else None
            if isinstance(version, str):
                place = _line_with(path, lines, f'"{name}": {{', after=f'"{section}": {{')
                yield Demand(normalized(name), bounds(version), place, section == "develop", locked=True)


def lock(path: str, text: str) -> Iterator[Demand]:
    """[[package]] of poetry.lock, uv.lock, pdm.lock and pylock.toml."""
    fields: dict[str, str] = {}
    start = 0
    reading = False
    for number, line in enumerate([*text.splitlines(), "["], 1):
        if line.startswith("["):
            found = release(fields.get("version", ""))
            if reading and "name" in fields and found:
                development = fields.get("category") == "dev"
                if "groups" in fields:
                    development = not ('"main"' in fields["groups"] or '"default"' in fields["groups"])
                yield Demand(normalized(fields["name"]), Bounds(found), Span(path, start), development, locked=True)
            fields = {}
            reading = line.strip() in ("[[package]]", "[[packages]]")
        elif reading:
            key, equals, value = line.partition(" = ")
            if equals and key in ("name", "version", "category", "groups"):
                fields[key] = value.strip().strip('"')
                if key == "version":
                    start = number


def setup_cfg(path: str, text: str) -> Iterator[Demand]:
    """install_requires, tests_require and extras of setup.cfg."""
    section = key = ""
    for number, line in enumerate(text.splitlines(), 1):
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        if bare.startswith("["):
            section, key = bare.strip("[]"), ""
            continue
        if not line[0].isspace():
            key, _, bare = (part.strip() for part in line.partition("="))
        relevant = (section == "options" and key.endswith("_requires")) or section == "options.extras_require"
        found = requirement(bare, Span(path, number), development=development_name(key)) if relevant and bare else None
        if found:
            yield found


def setup_py(path: str, text: str) -> Iterator[Demand]:
    """Literal install_requires, tests_require and extras_require of a ``setup()`` call, also by a module-level name.

    Raises ValueError when the file is not Python 3."""
    import ast

    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise ValueError(f"line {error.lineno}: {error.msg}") from error
    named = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and ast.unparse(call.func).rpartition(".")[2] == "setup"):
            continue
        for keyword in call.keywords:
            value = named.get(keyword.value.id) if isinstance(keyword.value, ast.Name) else keyword.value
            if keyword.arg in ("install_requires", "tests_require"):
                yield from _literals(path, value, development=keyword.arg == "tests_require")
            elif keyword.arg == "extras_require" and isinstance(value, ast.Dict):
                for extra, items in zip(value.keys, value.values, strict=True):
                    name = str(extra.value) if isinstance(extra, ast.Constant) else ""
                    yield from _literals(path, items, development=development_name(name))


def _literals(path: str, node: Any, *, development: bool) -> Iterator[Demand]:
    import ast

    for item in getattr(node, "elts", ()):
        if isinstance(item, ast.Constant) and isinstance(item.value, str):
            found = requirement(item.value, Span(path, item.lineno), development=development)
            if found:
                yield found


def conda_environment(path: str, text: str) -> Iterator[Demand]:
    """dependencies of conda's environment.yml, the ones of its ``pip:`` list included."""
    for number, line in enumerate(text.splitlines(), 1):
        found = re.match(r"\s*-\s+[\"']?([A-Za-z0-9._-]+)\s*([=<>!~][^\"'#]*)?[\"']?\s*(?:#.*)?$", line)
        if found:
            yield Demand(normalized(found[1]), bounds(found[2] or ""), Span(path, number))


def _toml(text: str) -> dict[str, Any]:
    import sys

    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    return tomllib.loads(text)


def _table(content: dict[str, Any], *names: str) -> dict[str, Any]:
    for name in names:
        inner = content.get(name)
        content = inner if isinstance(inner, dict) else {}
    return content


def _by_name(path: str, lines: list[str], table: dict[str, Any], *, development: bool, bare: str) -> Iterator[Demand]:
    for name, said in table.items():
        choices = said if isinstance(said, list) else [said]
        versions = [choice.get("version", "") if isinstance(choice, dict) else choice for choice in choices]
        text = "||".join(version for version in versions if isinstance(version, str))
        yield Demand(normalized(name), bounds(text, bare=bare), _line_of_key(path, lines, name), development)


def _line_with(path: str, lines: list[str], text: str, after: str = "") -> Span:
    """The first line that holds ``text`` (as TOML or JSON quotes it), below the line that holds ``after``."""
    start = next((at for at, line in enumerate(lines) if after in line), 0) if after else 0
    quoted = {text, text.replace('"', '\\"')}
    for at, line in enumerate(lines[start:], start + 1):
        if any(form in line for form in quoted):
            return Span(path, at)
    return Span(path, 1)


def _line_of_key(path: str, lines: list[str], key: str) -> Span:
    pattern = re.compile(rf"""\s*(?:\[[\w.-]*\.)?["']?{re.escape(key)}["']?\s*(?:=|\]|\.)""")
    return Span(path, next((at for at, line in enumerate(lines, 1) if pattern.match(line)), 1))
