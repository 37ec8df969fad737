"""Static evaluation of Django settings: what DATABASES would hold, without running it.

``read_deployments`` is the way in. Which modules are settings is decided on their bytes alone; the evaluator,
and libcst with it, is only imported when there is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conn_lint.settings.discovery import SettingsError, Target, find_targets, wanted_targets

if TYPE_CHECKING:
    from conn_lint.model import Deployment
    from conn_lint.project.project import Project

NO_ENV: Mapping[str, str] = {}


def read_deployments(
    project: Project, *, wanted: tuple[str, ...] = (), env: Mapping[str, str] = NO_ENV
) -> tuple[Deployment, ...]:
    """The settings modules of ``project``, each evaluated by itself.

    ``wanted`` names them (a dotted module, or a file relative to the root, either with ``::Class``); without it
    they are found as Django finds them. ``env`` binds environment variables; all others are unknown. Raises
    SettingsError when a wanted module does not exist.
    """
    targets = wanted_targets(project, wanted) if wanted else find_targets(project)
    if not targets:
        return ()
    from conn_lint.settings.evaluation import evaluate, sliced

    slices = sliced(project, targets)
    found = _told_apart([deployment for target in targets for deployment in evaluate(project, target, env, slices)])
    if wanted:
        return tuple(found)
    # a package that only gathers its modules is named by manage.py often enough, and has no databases itself
    return tuple(one for one in found if one.databases or one.open or one.problems) or tuple(found)


def _told_apart(found: list[Deployment]) -> list[Deployment]:
    """``found``, where services of one repository have modules of the same name, these named by their files."""
    paths: dict[str, set[str]] = {}
    for each in found:
        paths.setdefault(each.module, set()).add(each.path)
    return [each._replace(module=each.path) if len(paths[each.module]) > 1 else each for each in found]


__all__ = ["SettingsError", "Target", "read_deployments"]
