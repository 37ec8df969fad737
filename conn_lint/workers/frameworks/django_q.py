"""django-q and django-q2: the cluster's worker closes old connections before each task."""

from __future__ import annotations

from conn_lint.model import Known
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Registrar
from conn_lint.workers.paths import CLOSE_OLD

_TASKS = "django_q.tasks"


def behaviour(context: Context) -> Behaviour:
    """``worker()`` closes before a task and not after it; with ``Q_CLUSTER["sync"]`` tasks run where they are
    called (django-q 1.3.9 ``cluster.py``, django-q2 1.11.1 ``worker.py``)."""
    values = [deployment.names.get("Q_CLUSTER") for deployment in context.deployments]
    if values and all(
        isinstance(value, Known) and isinstance(value.value, dict) and value.value.get("sync") is True
        for value in values
    ):
        return Behaviour(inline=True)
    return Behaviour(start=CLOSE_OLD, note="the cluster closes old connections before each task")


FRAMEWORKS = (
    Framework(
        name="django-q",
        kind="job",
        words=(b"django_q",),
        source="django-q 1.3.9 cluster.py worker, close_old_django_connections; django-q2 1.11.1 worker.py",
        registrars=(
            *(
                Registrar(f"{_TASKS}.{name}", 0, "func", strings=True, rest=True)
                for name in ("async", "async_task", "async_iter", "schedule", "Async", "AsyncTask", "Iter")
            ),
            *(
                Registrar(f"{_TASKS}.{name}", None, "hook", strings=True)
                for name in ("async", "async_task", "schedule", "Async", "AsyncTask")
            ),
            Registrar("django_q.models.Schedule.objects.create", None, "func", strings=True),
            Registrar(".append", 0, "func", strings=True, receivers=(f"{_TASKS}.Chain",)),
        ),
        behaviour=behaviour,
    ),
)
