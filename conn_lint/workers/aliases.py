"""Which database aliases the code names, for closes that reach only one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from conn_lint.model import Observation, UnitOfWork
from conn_lint.project.project import Project
from conn_lint.workers.prefilter import files_of

_NAMED = re.compile(rb"(?:\.using\(\s*|\bconnections\[\s*|\busing\s*=\s*)[\"'](\w+)[\"']")
_ROUTERS = re.compile(rb"^\s*DATABASE_ROUTERS\s*=\s*[\[(]\s*(?:#[^\n]*\s*)*[\"']", re.MULTILINE)

BY_ROUTER = "by-router"
"""Stands for every alias, in a project whose settings name a router."""


def with_aliases(
    observations: Iterable[Observation], units: Iterable[UnitOfWork], project: Project
) -> tuple[Observation, ...]:
    """``observations``; of the closes of one alias those that a unit rests on, with the aliases that code names."""
    kept: list[Observation] = []
    named: str | None = None
    closing = [unit for unit in units if "close" in (unit.cleanup_start, unit.cleanup_end)]
    for seen in observations:
        if seen.kind != "single-alias-close":
            kept.append(seen)
        elif any(
            unit.span.path == seen.span.path and unit.span.line <= seen.span.line <= unit.span.end_line
            for unit in closing
        ):
            named = _named(project) if named is None else named
            kept.append(seen._replace(detail=named))
    return tuple(kept)


def _named(project: Project) -> str:
    """Every alias that the code names, and ``BY_ROUTER``, as words."""
    found: set[bytes] = set()
    routers = False
    for path in files_of(project):
        data = project.data(path)
        if b"using" in data or b"connections[" in data:
            found.update(_NAMED.findall(data))
        routers = routers or (b"DATABASE_ROUTERS" in data and _ROUTERS.search(data) is not None)
    return " ".join([*(name.decode() for name in sorted(found)), *([BY_ROUTER] if routers else [])])
