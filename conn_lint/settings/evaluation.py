"""One settings module, evaluated from its first line to its last."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from conn_lint.model import Problem, Span
from conn_lint.settings.choice import Exhausted
from conn_lint.settings.containers import Module
from conn_lint.settings.discovery import SettingsError, Target
from conn_lint.settings.imports import load_file
from conn_lint.settings.machine import Machine
from conn_lint.settings.objects import Class
from conn_lint.settings.readout import WANTED, deployment, everything_unknown
from conn_lint.settings.slicing import Needed, Slices
from conn_lint.settings.values import ABSENT, At, Const, Opaque

if TYPE_CHECKING:
    from conn_lint.model import Deployment
    from conn_lint.project.project import Project


def sliced(project: Project, targets: Iterable[Target]) -> Slices:
    """The modules of the project cut down to what deployments of ``targets`` are read from."""
    classes = {target.class_name for target in targets if target.class_name is not None}
    return Slices(project, [target.path for target in targets], WANTED | classes)


def evaluate(project: Project, target: Target, env: Mapping[str, str], slices: Slices) -> list[Deployment]:
    """What ``target`` makes of its settings: one deployment, or one per class where classes hold them.

    Raises SettingsError when the class it names does not exist.
    """
    overrides_exist = False
    while True:
        machine = Machine(project, env, slices, overrides_exist=overrides_exist)
        try:
            found = _run(machine, target)
        except Needed as error:
            slices.want(error.name)
            continue
        if found is not None:
            return found
        if overrides_exist or not machine.notes:
            break
        overrides_exist = True  # a local module that is missing is not as optional as its ``try`` looks
    exception, at = machine.fatal or ("an exception", At(machine.statement_in, machine.statement))
    machine.problems[at.span()] = Problem(at.span(), f"raises {exception}, whatever the environment")
    return [everything_unknown(machine, target)]


def _run(machine: Machine, target: Target) -> list[Deployment] | None:
    """What ``target`` makes of its settings; None when no world is left in which they can be loaded."""
    machine.environ.cells["DJANGO_SETTINGS_MODULE"] = Const(target.module)
    try:
        module = load_file(machine, target.path, target.module)
        return _deployments(machine, module, target) if machine.live else None
    except Exhausted as error:
        unfinished = _unfinished(machine, target, str(error))
        if unfinished is not None:
            return [unfinished]
        _give_up(machine, target, _with_place(machine, str(error)))
    except RecursionError:
        _give_up(machine, target, "its code is nested too deeply")
    return [everything_unknown(machine, target)]


def _with_place(machine: Machine, reason: str) -> str:
    """``reason`` with the statement at which it was met, where that is in another file than the settings."""
    span = At(machine.statement_in, machine.statement).span()
    return f"{reason} at {span.path}, line {span.line}"


def _give_up(machine: Machine, target: Target, reason: str) -> None:
    where = Span(target.path, 1)
    machine.problems[where] = Problem(where, f"cannot be evaluated: {reason}")


def _unfinished(machine: Machine, target: Target, reason: str) -> Deployment | None:
    """What was known when the bounds were reached, which what was not run may change; None without databases."""
    module = machine.modules.get(target.path)
    if module is None or target.class_name is not None or "DATABASES" not in module.cells:
        return None
    why = f"not all of the settings can be evaluated: {reason}"
    cause = Opaque(("unfinished", target.path), why, (), At(machine.statement_in, machine.statement))
    machine.start_afresh(module)
    try:
        machine.escape(machine.read(module, "DATABASES"), cause)
        with machine.only(machine.choices.decide(("unfinished", target.path))):
            for name in [name for name in module.cells if name in WANTED]:
                machine.write(module, name, Opaque(("unfinished", target.path, name), why, (), cause.at))
        return deployment(machine, module, target)
    except Exhausted:
        return None


def _deployments(machine: Machine, module: Module, target: Target) -> list[Deployment]:
    if target.class_name is None and machine.read(module, "DATABASES") is not ABSENT:
        return [deployment(machine, module, target)]
    from conn_lint.settings.classes import settings_classes, settings_of

    classes = settings_classes(machine, module)
    if target.class_name is not None:
        chosen = machine.read(module, target.class_name)
        if not isinstance(chosen, Class):
            raise SettingsError(f"{target.path}: there is no class {target.class_name}")
        classes = {target.class_name: chosen}
    if not classes:
        return [deployment(machine, module, target)]
    return [
        deployment(machine, settings_of(machine, cls), target._replace(class_name=name))
        for name, cls in classes.items()
    ]
