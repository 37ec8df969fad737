"""rq and django-rq: one process per job, unless the worker class says otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.model import Known, OneOf, Span, WorkerCommand
from conn_lint.project.commandline import option
from conn_lint.workers.frameworks.base import Around, Behaviour, Context, Framework, Registrar, Sighting

if TYPE_CHECKING:
    from conn_lint.workers.symbols import ClassSymbol

IN_PROCESS = ("SimpleWorker", "TimerDeathPenaltyWorker", "WindowsWorker")
"""Worker classes that run the job in the worker's own process (rq 3.0.0 ``SimpleWorker.execute_job``)."""

FRESH = "SpawnWorker"
"""Starts an interpreter per job, which inherits nothing (rq 3.0.0 ``SpawnWorker.fork_work_horse``)."""

RESET_SINCE = (0, 9, 5)
"""django-rq's ``rqworker`` calls ``reset_db_connections()`` before it works (django-rq 0.9.5, 0.9.6, 2.10.2,
4.2.0 ``management/commands/rqworker.py``); 0.9.4 has no such call."""

POOL_RESET_SINCE = (4, 2)
"""``rqworker-pool`` closes before the fork in 4.2.0 and did not in 3.0.0; between them it is not known."""


_WORKERS = tuple(f"rq.{name}" for name in ("Worker", "worker.Worker", "worker.worker_classes.Worker"))
_SIMPLE_WORKERS = tuple(name.replace("Worker", "SimpleWorker") for name in _WORKERS)

_QUEUES = ("rq.Queue", "django_rq", "queue")
_SCHEDULERS = ("django_rq.get_scheduler", "rq_scheduler.Scheduler", "scheduler")

_CALL_COMMAND = "django.core.management.call_command"

_JOB_METHODS = ("_execute", "perform")
_WORKER_METHODS = ("perform_job", "main_work_horse")
"""Methods in which a job and a worker run each job, in the process that runs it, innermost first (rq 1.16.2
``job.Job``, ``worker.Worker``; rq 3.0.0 ``worker/base.py``)."""


def behaviour(context: Context) -> Behaviour:
    """What runs each job, and whether it has a process of its own that inherits no connection."""
    worker, job = _class_for(context, "WORKER_CLASS", "--worker-class", "-w"), _job_class(context)
    around = [Around(job, name) for name in _JOB_METHODS] if job else []
    if worker:
        around += [Around(worker, name) for name in _WORKER_METHODS]
    behaviour = _isolation(context)
    in_process = behaviour.isolation == "none"
    if worker and (in_process or context.graph.is_a(worker, *(f".{each}" for each in IN_PROCESS))):
        around.append(Around(worker, "execute_job"))
    return behaviour._replace(around=tuple(around))


def _class_for(context: Context, setting: str, *options: str) -> ClassSymbol | None:
    """The class of the project that every worker command names, or else the settings."""
    from conn_lint.workers.symbols import ClassSymbol

    names = {option(command.words, *options) for command in _commands(context)} or {""}
    name = names.pop() if len(names) == 1 else ""
    found = context.graph.lookup(name or _from_settings(context, setting))
    return found if isinstance(found, ClassSymbol) else None


def _job_class(context: Context) -> ClassSymbol | None:
    """The job class of the commands or the settings, or of the one worker that the project makes itself."""
    from conn_lint.workers import facts as f
    from conn_lint.workers.symbols import ClassSymbol

    made = [sighting for name in (*_WORKERS, *_SIMPLE_WORKERS) for sighting in context.sightings.get(name, ())]
    for sighting in made[:1]:
        given = dict(sighting.call.keywords).get("job_class")
        found = context.graph.resolve(sighting.facts, given.path) if isinstance(given, f.Name) else None
        if isinstance(given, f.Constant) and isinstance(given.value, str):
            found = context.graph.lookup(given.value)
        if isinstance(found, ClassSymbol):
            return found
    return _class_for(context, "JOB_CLASS", "--job-class", "-j")


def _commands(context: Context) -> list[WorkerCommand]:
    """The commands that start workers: of the deployment files, and of the project's own ``call_command``."""
    called = (_called(sighting) for sighting in context.sightings.get(_CALL_COMMAND, ()))
    return [command for command in (*context.commands, *called) if _starts_worker(command.words)]


def unfed(context: Context) -> Span | None:
    """The command that starts workers of a project that requires rq and no other library with files of jobs."""
    required = context.requirements.keys()
    if not {"rq", "django-rq"} & required or {"celery", "dramatiq", "huey", "django-q", "django-q2"} & required:
        return None
    return next((command.place for command in _commands(context)), None)


def _starts_worker(words: tuple[str, ...]) -> bool:
    programs = [word.rpartition("/")[2] for word in words]
    return bool({"rqworker", "rqworker-pool"} & {*programs}) or (
        "rq" in programs and bool({"worker", "worker-pool"} & {*words})
    )


def _called(sighting: Sighting) -> WorkerCommand:
    """``call_command("rqworker", worker_class="...")`` as a command line."""
    from conn_lint.workers import facts as f

    texts = [arg.value for arg in sighting.call.args if isinstance(arg, f.Constant) and isinstance(arg.value, str)]
    options = [
        f"--{name.replace('_', '-')}={value.value}"
        for name, value in sighting.call.keywords
        if isinstance(value, f.Constant) and isinstance(value.value, str)
    ]
    return WorkerCommand(("manage.py", *texts, *options), sighting.span)


def _isolation(context: Context) -> Behaviour:
    """Whether each job has a process of its own that inherits no connection."""
    from_settings = _from_settings(context, "WORKER_CLASS")
    for name, seen in context.sightings.items():
        if _is_in_process(name, context):
            why = f"{name.rpartition('.')[2]} runs every job in the worker's own process"
            return Behaviour(isolation_why=why, isolation_place=seen[0].span)
    known = [_of_command(command, context, from_settings) for command in _commands(context)]
    if known:
        order = {"none": 0, "fork": 1, "fork-clean": 2}
        return min(known, key=lambda each: order[each.isolation])
    if from_settings and _is_in_process(from_settings, context):
        return Behaviour(isolation_why=f"the settings choose the worker class {from_settings}, which does not fork")
    return Behaviour(
        isolation="fork",
        isolation_why="rq's workers fork for each job, but no worker command in the project shows that the parent"
        " holds no connection when it does",
    )


def _of_command(command: WorkerCommand, context: Context, from_settings: str) -> Behaviour:
    words = command.words
    name = next((word for word in words if word.rpartition("/")[2] in ("rqworker", "rqworker-pool")), "")
    managed = any(
        word.endswith("manage.py") or word.rpartition("/")[2] in ("django-admin", "django-admin.py") for word in words
    )
    chosen = option(words, "--worker-class", "-w") or (from_settings if managed else "")
    if chosen and _is_in_process(chosen, context):
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


def _from_settings(context: Context, key: str) -> str:
    """``RQ[key]`` of the settings (django-rq 4.2.0 ``workers.get_worker_class``, ``jobs.get_job_class``)."""
    for deployment in context.deployments:
        value = deployment.names.get("RQ")
        values = value.values if isinstance(value, OneOf) else (value,) if isinstance(value, Known) else ()
        for each in values:
            if isinstance(each.value, dict) and isinstance(each.value.get(key), str):
                return str(each.value[key])
    return ""


def _is_in_process(name: str, context: Context) -> bool:
    """Whether the worker class ``name`` runs jobs in its own process; one of the project by its bases."""
    from conn_lint.workers.symbols import ClassSymbol

    found = context.graph.lookup(name) if "." in name else None
    if isinstance(found, ClassSymbol):
        return context.graph.is_a(found, *(f".{each}" for each in IN_PROCESS))
    return name.rpartition(".")[2] in IN_PROCESS


FRAMEWORKS = (
    Framework(
        name="rq",
        kind="job",
        words=(
            b".enqueue(",
            b".enqueue_",
            b"rq_scheduler",
            b"import django_rq",
            b"from django_rq",
            b"import rq",
            b"from rq import",
            b"rq.cron",
            b"rq.decorators",
            b"rq.job",
            b"rq.worker",
            b"rq worker",
            b"rqworker",
        ),
        source="rq 1.9.0 to 3.0.0 worker.py, worker/worker_classes.py; django-rq 0.9.6 to 4.2.0",
        registrars=(
            Registrar(".enqueue", 0, "f", strings=True, receivers=(*_QUEUES, "Queue"), rest=True),
            Registrar(".enqueue_call", 0, "func", strings=True),
            Registrar(".enqueue_at", 1, "f", strings=True, rest=True),
            Registrar(".enqueue_in", 1, "func", strings=True, rest=True),
            *(
                Registrar(f".{method}", None, callback, receivers=_QUEUES)
                for method in ("enqueue", "enqueue_at", "enqueue_call", "enqueue_in")
                for callback in ("on_success", "on_failure", "on_stopped")
            ),
            Registrar(".schedule", 1, "func", strings=True, receivers=_SCHEDULERS),
            Registrar(".cron", 1, "func", strings=True, receivers=_SCHEDULERS),
            Registrar("django_rq.enqueue", 0, "func", strings=True, rest=True),
            Registrar("django_rq.queues.enqueue", 0, "func", strings=True, rest=True),
            Registrar("rq.Queue.prepare_data", 0, "func", strings=True),
            Registrar("rq.job.Job.create", 0, "func", strings=True),
            Registrar("rq.Callback", 0, "func", strings=True),
            Registrar("rq.cron.register", 0, "func", strings=True),
        ),
        decorators=("rq.decorators.job", "django_rq.job", "django_rq.decorators.job", "rq.job"),
        sightings=(*_WORKERS, *_SIMPLE_WORKERS, _CALL_COMMAND),
        signs=("rq.get_current_job", "rq.job.get_current_job"),
        behaviour=behaviour,
        modules=("jobs.py", "tasks.py"),
        unfed=unfed,
    ),
)
