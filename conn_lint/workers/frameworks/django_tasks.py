"""django.tasks and its backport: who closes is the backend's affair."""

from __future__ import annotations

from conn_lint.workers.frameworks import rq
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework
from conn_lint.workers.frameworks.settings import known
from conn_lint.workers.paths import CLOSE, CLOSE_OLD

_TURN = Behaviour(
    start=CLOSE_OLD, end=CLOSE_OLD, note="db_worker closes old connections before it looks for a task and after it"
)
_WORKERS: dict[str, Behaviour] = {
    "django_tasks_db": _TURN,
    "django_tasks.backends.database": Behaviour(end=CLOSE, note="db_worker closes every connection after each turn"),
    "huey.contrib.djhuey": Behaviour(
        start=CLOSE_OLD, end=CLOSE_OLD, note="huey closes old connections before and after a task"
    ),
    "threadmill": Behaviour(note="threadmill's worker threads close nothing"),
}
"""By the beginning of a backend's name. django-tasks-db 0.13.0 and django-tasks 0.6.1 ``db_worker``, huey 3.5.4
``contrib/djhuey/tasks_backend.py``, threadmill 0.3.1 ``executor.py``."""

_RQ = ("django_tasks.backends.rq", "django_tasks_rq")


def behaviour(context: Context) -> Behaviour:
    """That of the first backend in TASKS that has a worker of its own.

    Without TASKS Django runs a task where it is enqueued (``ImmediateBackend``, Django 6.0), and of a backend that
    is not known nothing is said."""
    for value in known(context, "TASKS"):
        for options in value.value.values() if isinstance(value.value, dict) else ():
            backend = options.get("BACKEND") if isinstance(options, dict) else None
            if isinstance(backend, str):
                if backend.startswith(_RQ):
                    return rq.behaviour(context)
                for name, found in _WORKERS.items():
                    if backend.startswith(name):
                        return found
    return Behaviour(inline=True)


FRAMEWORKS = (
    Framework(
        name="django.tasks",
        kind="job",
        words=(b"django.tasks", b"django_tasks"),
        source="Django 6.0 and 6.1.3 tasks/backends; django-tasks 0.6.1 and 0.12.0; django-tasks-db 0.13.0",
        decorators=("django.tasks.task", "django_tasks.task"),
        behaviour=behaviour,
    ),
)
