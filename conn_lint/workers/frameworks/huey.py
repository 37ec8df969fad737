"""huey: the decorators of huey.contrib.djhuey with ``db`` in their names close, the others do not."""

from __future__ import annotations

from conn_lint.model import Known, MissingHook
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework
from conn_lint.workers.paths import CLOSE_OLD

BOTH_SIDES_SINCE = (2, 4, 3)
"""``close_db`` closes before the task as well (huey 2.4.3 ``contrib/djhuey``; 2.4.0 only after it)."""


def closes(context: Context) -> Behaviour:
    """What ``close_db`` does around a task."""
    if not context.project.installs("huey", *BOTH_SIDES_SINCE):
        return Behaviour(end=CLOSE_OLD, note="this huey closes old connections only after a task")
    return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="huey closes old connections before and after a task")


PLAIN_TASK = MissingHook(
    "huey's task and periodic_task close nothing",
    None,
    "use db_task or db_periodic_task of huey.contrib.djhuey, which close before and after the task",
)


def _immediate(context: Context) -> bool:
    """Whether every settings module has tasks run where they are called (``HUEY["immediate"]``)."""
    values = [deployment.names.get("HUEY") for deployment in context.deployments]
    return bool(values) and all(
        isinstance(value, Known) and isinstance(value.value, dict) and value.value.get("immediate") is True
        for value in values
    )


_DJHUEY = "huey.contrib.djhuey"
_SOURCE = "huey 1.11.0, 2.4.5 and 3.5.4 contrib/djhuey/__init__.py close_db"

FRAMEWORKS = (
    Framework(
        name="huey",
        kind="job",
        words=(b"huey",),
        source=_SOURCE,
        decorators=(f"{_DJHUEY}.db_task", f"{_DJHUEY}.db_periodic_task", f"{_DJHUEY}.on_commit_task"),
        behaviour=lambda context: Behaviour(inline=True) if _immediate(context) else closes(context),
    ),
    Framework(
        name="huey",
        kind="job",
        words=(b"huey",),
        source=_SOURCE,
        decorators=(f"{_DJHUEY}.task", f"{_DJHUEY}.periodic_task", "huey*.task", "huey*.periodic_task"),
        preparers=(f"{_DJHUEY}.pre_execute", f"{_DJHUEY}.HUEY.pre_execute"),
        behaviour=lambda context: Behaviour(inline=True) if _immediate(context) else Behaviour(hook=PLAIN_TASK),
    ),
)
