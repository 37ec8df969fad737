"""One settings module, evaluated from its first line to its last."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conn_lint.model import Problem, Span
from conn_lint.settings.discovery import Target
from conn_lint.settings.imports import load_file
from conn_lint.settings.machine import Exhausted, Machine
from conn_lint.settings.readout import deployment, everything_unknown
from conn_lint.settings.values import At, Const

if TYPE_CHECKING:
    from conn_lint.model import Deployment
    from conn_lint.project.project import Project


def evaluate(project: Project, target: Target, env: Mapping[str, str]) -> list[Deployment]:
    """What ``target`` makes of its settings: one deployment."""
    machine = Machine(project, env)
    machine.environ.cells["DJANGO_SETTINGS_MODULE"] = Const(target.module)
    try:
        module = load_file(machine, target.path, target.module)
        if not machine.live:
            exception, at = machine.fatal or ("an exception", At(machine.source, machine.statement))
            machine.problems[at.span()] = Problem(at.span(), f"raises {exception}, whatever the environment")
            return [everything_unknown(target.module, target.path, target.class_name, machine)]
        return [deployment(machine, module, target.module, target.path, target.class_name)]
    except Exhausted as error:
        reason = str(error)
    except RecursionError:
        reason = "its code is nested too deeply"
    where = Span(target.path, 1)
    machine.problems[where] = Problem(where, f"cannot be evaluated: {reason}")
    return [everything_unknown(target.module, target.path, target.class_name, machine)]
