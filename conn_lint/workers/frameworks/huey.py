"""huey: the decorators of huey.contrib.djhuey with ``db`` in their names close, the others do not."""

from __future__ import annotations

from conn_lint.model import Known, MissingHook, Repair, Span
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Preparer
from conn_lint.workers.paths import CLOSE_OLD

BOTH_SIDES_SINCE = (2, 4, 3)
"""``close_db`` closes before the task as well (huey 2.4.3 ``contrib/djhuey``; 2.4.0 only after it)."""


_CLOSING = (("task", "db_task"), ("periodic_task", "db_periodic_task"))


def closes(context: Context) -> Behaviour:
    """What ``close_db`` does around a task."""
    if not context.project.installs("huey", *BOTH_SIDES_SINCE):
        return Behaviour(end=CLOSE_OLD, note="this huey closes old connections only after a task")
    return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="huey closes old connections before and after a task")


def closes_of_queues(context: Context) -> Behaviour:
    """What ``close_db`` of django-huey, which has several queues, does around a task."""
    if not context.project.installs("django-huey", 1, 0, 1):
        return Behaviour(end=CLOSE_OLD, note="django-huey before 1.0.1 closes old connections only after a task")
    return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="django-huey closes old connections around a task")


def plain_task(module: str) -> MissingHook:
    """What is missing where a task is made by the decorators of ``module`` that close nothing."""
    return MissingHook(
        "huey's task and periodic_task close nothing",
        None,
        f"use db_task or db_periodic_task of {module}, which close before and after the task",
        Repair("decorator", Span("", 0), module=module, renamed=_CLOSING),
    )


def _immediate(context: Context) -> bool:
    """Whether every settings module has tasks run where they are called (``HUEY["immediate"]``)."""
    values = [deployment.names.get("HUEY") for deployment in context.deployments]
    return bool(values) and all(
        isinstance(value, Known) and isinstance(value.value, dict) and value.value.get("immediate") is True
        for value in values
    )


def _all_immediate(context: Context) -> bool:
    """The same for each queue of django-huey (``DJANGO_HUEY["queues"][name]["immediate"]``)."""
    values = [deployment.names.get("DJANGO_HUEY") for deployment in context.deployments]
    return bool(values) and all(
        isinstance(value, Known) and isinstance(value.value, dict) and _has_immediate_queues(value.value)
        for value in values
    )


def _has_immediate_queues(setting: dict[object, object]) -> bool:
    queues = setting.get("queues")
    return isinstance(queues, dict) and all(
        isinstance(queue, dict) and queue.get("immediate") is True for queue in queues.values()
    )


_DJHUEY = "huey.contrib.djhuey"
_QUEUES = "django_huey"
_SOURCE = "huey 1.11.0, 2.4.5 and 3.5.4 contrib/djhuey/__init__.py close_db"
_QUEUES_SOURCE = "django-huey 1.0.0, 1.0.1 and 1.3.1 django_huey/__init__.py get_close_db_for_queue"

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
        preparers=(Preparer(f"{_DJHUEY}.pre_execute"), Preparer("huey*.pre_execute")),
        behaviour=lambda context: (
            Behaviour(inline=True) if _immediate(context) else Behaviour(hook=plain_task(_DJHUEY))
        ),
    ),
    Framework(
        name="huey",
        kind="job",
        words=(b"huey",),
        source=_QUEUES_SOURCE,
        decorators=(f"{_QUEUES}.db_task", f"{_QUEUES}.db_periodic_task"),
        behaviour=lambda context: Behaviour(inline=True) if _all_immediate(context) else closes_of_queues(context),
    ),
    Framework(
        name="huey",
        kind="job",
        words=(b"huey",),
        source=_QUEUES_SOURCE,
        decorators=(f"{_QUEUES}.task", f"{_QUEUES}.periodic_task"),
        preparers=(Preparer(f"{_QUEUES}.pre_execute"),),
        behaviour=lambda context: (
            Behaviour(inline=True) if _all_immediate(context) else Behaviour(hook=plain_task(_QUEUES))
        ),
    ),
)
