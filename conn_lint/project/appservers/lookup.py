"""Files and environment variables that a command line means by their names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conn_lint.model import Span
from conn_lint.project.appservers.server import Setting

if TYPE_CHECKING:
    from conn_lint.project.project import Project


def file_named(project: Project, place: Span, name: str) -> str | None:
    """The file of the tree that a command line or a file at ``place`` means by ``name``: beside it, at the root, or
    the only one whose path ends so. An absolute path is one in a container, of which the end may be in the tree."""
    if name.startswith("python:"):
        return project.modules.path_of(name.removeprefix("python:"), place.path)
    folder = place.path.rpartition("/")[0]
    parts = name.removeprefix("file:").removeprefix("./").lstrip("/").split("/")
    while parts and parts != [""]:
        wanted = "/".join(parts)
        for path in (f"{folder}/{wanted}", wanted):
            if path in project.tree:
                return path
        named = [path for path in project.tree.paths if path.endswith(f"/{wanted}")]
        if named or not name.startswith("/"):
            return named[0] if len(named) == 1 else None
        del parts[0]
    return None


def variable(project: Project, path: str, name: str) -> Setting | None:
    """What the file ``path`` sets the environment variable ``name`` to; its text is unknown where it does so twice or
    by another variable. None when it does not."""
    data = project.data(path) if path in project.tree else b""
    if name.encode() not in data:
        return None
    pattern = rb"^[^#\n]*\b%s[\"']?\s*[=:]\s*(\"[^\"\n]*\"|'[^'\n]*'|[^\s\"']*)" % name.encode()
    found = list(re.finditer(pattern, data, re.MULTILINE))
    if not found:
        return None
    text = found[0][1].decode("utf-8", "replace").strip("\"'")
    place = Span(path, data.count(b"\n", 0, found[0].start(1)) + 1)
    return Setting(text if text and "$" not in text and len(found) == 1 else None, place)
