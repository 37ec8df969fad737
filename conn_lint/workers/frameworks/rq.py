"""rq and django-rq: one process per job, unless the worker class says otherwise."""

from __future__ import annotations

from conn_lint.model import Known, OneOf, WorkerCommand
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Registrar

IN_PROCESS = ("SimpleWorker", "TimerDeathPenaltyWorker", "WindowsWorker")
"""Worker classes that run the job in the worker's own process (rq 3.0.0 ``SimpleWorker.execute_job``)."""

FRESH = "SpawnWorker"
"""Starts an interpreter per job, which inherits nothing (rq 3.0.0 ``SpawnWorker.fork_work_horse``)."""

RESET_SINCE = (0, 9, 5)
"""django-rq's ``rqworker`` calls ``reset_db_connections()`` before it works (django-rq 0.9.5, 0.9.6, 2.10.2,
4.2.0 ``management/commands/rqworker.py``); 0.9.4 has no such call."""

POOL_RESET_SINCE = (4, 2)
"""``rqworker-pool`` closes before the fork in 4.2.0 and did not in 3.0.0; between them it is not known."""


def behaviour(context: Context) -> Behaviour:
    """Whether each job has a process of its own that inherits no connection."""
    from_settings = _worker_class(context)
    for name, seen in context.sightings.items():
        if _is_in_process(name):
            why = f"{name.rpartition('.')[2]} runs every job in the worker's own process"
            return Behaviour(isolation_why=why, isolation_place=seen[0].span)
    found = [_of_command(command, context, from_settings) for command in context.commands]
    known = [each for each in found if each is not None]
    if known:
        order = {"none": 0, "fork": 1, "fork-clean": 2}
        return min(known, key=lambda each: order[each.isolation])
    if from_settings and _is_in_process(from_settings):
        return Behaviour(isolation_why=f"the settings choose the worker class {from_settings}, which does not fork")
    return Behaviour(
        isolation="fork",
        isolation_why="rq's workers fork for each job, but no worker command in the project shows that the parent"
        " holds no connection when it does",
    )


def _of_command(command: WorkerCommand, context: Context, from_settings: str) -> Behaviour | None:
    words = command.words
    name = next((word for word in words if word.rpartition("/")[2] in ("rqworker", "rqworker-pool")), "")
    plain = any(word.rpartition("/")[2] == "rq" for word in words) and any(
        w in words for w in ("worker", "worker-pool")
    )
    if not name and not plain:
        return None
    managed = any(
        word.endswith("manage.py") or word.rpartition("/")[2] in ("django-admin", "django-admin.py") for word in words
    )
    chosen = _option(words, "--worker-class", "-w") or (from_settings if managed else "")
    if chosen and _is_in_process(chosen):
        why = f"the worker class {chosen} runs every job in the worker's own process"
        return Behaviour(isolation_why=why, isolation_place=command.place)
    if chosen.rpartition(".")[2] == FRESH:
        why = "SpawnWorker starts a new interpreter for each job"
        return Behaviour(isolation="fork-clean", isolation_why=why, isolation_place=command.place)
    if managed and name:
        return _managed(command, context, pool=name == "rqworker-pool")
    return Behaviour(
        isolation="fork",
        isolation_why="this worker forks for each job and closes no connection before it does, so a query made while it"
        " starts is inherited by every job",
        isolation_place=command.place,
    )


def _managed(command: WorkerCommand, context: Context, *, pool: bool) -> Behaviour:
    requirement = context.requirements.get("django-rq")
    since = POOL_RESET_SINCE if pool else RESET_SINCE
    what = "rqworker-pool" if pool else "rqworker"
    if requirement is None or requirement.at_least(since):
        why = f"django-rq's {what} closes all connections before it forks"
        return Behaviour(isolation="fork-clean", isolation_why=why, isolation_place=command.place)
    version = ".".join(map(str, requirement.pinned or requirement.lowest or ())) or "an unknown release"
    why = f"django-rq {version} is not known to close its connections before {what} forks"
    return Behaviour(isolation="fork", isolation_why=why, isolation_place=requirement.place)


def _option(words: tuple[str, ...], *names: str) -> str:
    for position, word in enumerate(words):
        option, _, value = word.partition("=")
        if option in names:
            return value or (words[position + 1] if position + 1 < len(words) else "")
    return ""


def _worker_class(context: Context) -> str:
    """``RQ["WORKER_CLASS"]`` of the settings (django-rq 4.2.0 ``workers.get_worker_class``)."""
    for deployment in context.deployments:
        value = deployment.names.get("RQ")
        values = value.values if isinstance(value, OneOf) else (value,) if isinstance(value, Known) else ()
        for each in values:
            if isinstance(each.value, dict) and isinstance(each.value.get("WORKER_CLASS"), str):
                return str(each.value["WORKER_CLASS"])
    return ""


def _is_in_process(name: str) -> bool:
    return name.rpartition(".")[2] in IN_PROCESS


FRAMEWORKS = (
    Framework(
        name="rq",
        kind="job",
        words=(
            b".enqueue(",
            b".enqueue_",
            b"import django_rq",
            b"from django_rq",
            b"import rq",
            b"from rq import",
            b"rq.cron",
            b"rq.decorators",
            b"rq.job",
            b"rq.worker",
        ),
        source="rq 1.9.0 to 3.0.0 worker.py, worker/worker_classes.py; django-rq 0.9.6 to 4.2.0",
        registrars=(
            Registrar(".enqueue", 0, "f", strings=True, receivers=("rq.Queue", "django_rq", "queue", "Queue")),
            Registrar(".enqueue_call", 0, "func", strings=True),
            Registrar(".enqueue_at", 1, "f", strings=True),
            Registrar(".enqueue_in", 1, "func", strings=True),
            Registrar("django_rq.enqueue", 0, "func", strings=True),
            Registrar("django_rq.queues.enqueue", 0, "func", strings=True),
            Registrar("rq.Queue.prepare_data", 0, "func", strings=True),
            Registrar("rq.job.Job.create", 0, "func", strings=True),
            Registrar("rq.Callback", 0, "func", strings=True),
            Registrar("rq.cron.register", 0, "func", strings=True),
        ),
        decorators=("rq.decorators.job", "django_rq.job", "django_rq.decorators.job", "rq.job"),
        sightings=("rq.SimpleWorker", "rq.worker.SimpleWorker", "rq.worker.worker_classes.SimpleWorker"),
        signs=("rq.get_current_job", "rq.job.get_current_job"),
        behaviour=behaviour,
    ),
)
