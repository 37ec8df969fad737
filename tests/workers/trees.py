"""Small projects written to disk and read for their units of work."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from textwrap import dedent
from typing import NamedTuple

from conn_lint.model import Deployment, Django, Observation, Requirement, Span, UnitOfWork, WorkerCommand
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree
from conn_lint.project.versions import bounds
from conn_lint.workers import read_units
from conn_lint.workers.graph import Graph

MODELS = {
    "shop/__init__.py": "",
    "shop/models.py": """
        from django.db import models

        class Order(models.Model):
            sent = models.BooleanField(default=False)

            def ship(self):
                self.sent = True
                self.save()

            def total(self):
                return self.price * 2
        """,
}
"""The app that every tree has."""


class Reading(NamedTuple):
    units: tuple[UnitOfWork, ...]
    observations: tuple[Observation, ...]
    problems: tuple[str, ...]

    @property
    def unit(self) -> UnitOfWork:
        """The only one that uses the ORM, or may."""
        (unit,) = self.touching
        return unit

    @property
    def touching(self) -> tuple[UnitOfWork, ...]:
        return tuple(unit for unit in self.units if unit.touches_orm != "no")

    @property
    def functions(self) -> list[tuple[str, str]]:
        """(function, kind) of every unit that uses the ORM, or may."""
        return [(unit.function, unit.kind) for unit in self.touching]


def project_of(root: Path, files: dict[str, str], requirements: Iterable[str] = ()) -> Project:
    """A project of ``files`` by path (indentation common to all lines removed) that requires ``requirements``."""
    for path, text in (MODELS | files).items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(dedent(text).removeprefix("\n"), encoding="utf-8")
    required = dict(map(_requirement, requirements))
    return Project(Tree(str(root)), required, Django(required.get("django")))


def graph_of(root: Path, files: dict[str, str]) -> Graph:
    return Graph(project_of(root, files))


def units_of(
    root: Path,
    files: dict[str, str],
    *,
    requirements: Iterable[str] = (),
    commands: Iterable[str] = (),
    deployments: tuple[Deployment, ...] = (),
    corrections: dict[str, list[str]] | None = None,
) -> Reading:
    """What is read from ``files``; ``commands`` are worker command lines, ``requirements`` as ``rq==1.9``,
    ``corrections`` what the configuration says about functions."""
    project = project_of(root, files, requirements)
    started = tuple(WorkerCommand(tuple(line.split()), Span("Procfile", n)) for n, line in enumerate(commands, 1))
    units, observations = read_units(project, deployments, corrections, started)
    return Reading(units, observations, tuple(str(problem.span) for problem in project.problems.values()))


def worker(root: Path, text: str, **files: str) -> Reading:
    """What is read from a module ``shop/worker.py``; ``files`` are modules of ``shop`` beside it, by name."""
    beside = {f"shop/{name}.py": content for name, content in files.items()}
    return units_of(root, {"shop/worker.py": text} | beside)


def _requirement(text: str) -> tuple[str, Requirement]:
    name = text.rstrip("0123456789.<>=~! ")
    found = bounds(text[len(name) :])
    return name, Requirement(name, found.pinned, found.lowest, found.below, Span("requirements.txt", 1))
