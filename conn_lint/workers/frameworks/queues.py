"""Task queues with little or nothing to do with Django, and those whose own loop decides what idles."""

from __future__ import annotations

import re

from conn_lint.workers.django import CLOSE_WORDS
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Registrar
from conn_lint.workers.paths import CLOSE, CLOSE_OLD
from conn_lint.workers.symbols import FunctionSymbol

PROCRASTINATE_CLOSES = (3, 9)
"""procrastinate 3.9.0 has ``contrib/django/db_cleanup.py``, 3.8.0 has not."""

_WHEN_READY = re.compile(rb"""^[ \t]*PROCRASTINATE_ON_APP_READY\s*=\s*["']([\w.]+)["']""", re.MULTILINE)
"""The setting that names the function to which procrastinate gives its app when all tasks are known (procrastinate
3.8.0 ``contrib/django/apps.py``)."""

BACKGROUND_TASKS_POLL = 5.0
"""Seconds between two looks at the queue in the database (django-background-tasks 1.2.8 ``process_tasks --sleep``)."""


def procrastinate(context: Context) -> Behaviour:
    """Whether the middleware of ``procrastinate.contrib.django``, or the project itself, closes around a task."""
    hooks = {found[1].decode() for data in context.files(".py") for found in _WHEN_READY.finditer(data)}
    if any(_wraps_tasks(hook, context) for hook in hooks):
        return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="the project puts its tasks into code that closes")
    if not context.project.installs("procrastinate", *PROCRASTINATE_CLOSES):
        return Behaviour(note="procrastinate closes around a task since 3.9")
    return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="procrastinate closes before and after a task")


def _wraps_tasks(hook: str, context: Context) -> bool:
    """Whether the file of the function that ``hook`` names gives tasks other functions, and closes in one of them."""
    found = context.graph.lookup(hook)
    data = context.project.data(found.path) if isinstance(found, FunctionSymbol) else b""
    return b".func = " in data and any(word in data for word in CLOSE_WORDS)


FRAMEWORKS = (
    Framework(
        name="taskiq",
        kind="job",
        words=(b"taskiq",),
        source="taskiq 0.13.0 receiver/receiver.py: synchronous tasks in a pool of threads, nothing touches django.db",
        decorators=(".broker.task", "taskiq*.task"),
    ),
    Framework(
        name="arq",
        kind="job",
        words=(b"import arq", b"from arq"),
        source="arq 0.28.0 worker.py Worker, cron.py cron: nothing touches django.db",
        registrars=(
            Registrar("arq.cron", 0, "coroutine"),
            Registrar("arq.cron.cron", 0, "coroutine"),
            Registrar("arq.func", 0, "coroutine"),
            Registrar("arq.worker.func", 0, "coroutine"),
        ),
        lists=(("WorkerSettings", "functions"), ("WorkerSettings", "cron_jobs")),
    ),
    Framework(
        name="nameko",
        kind="consumer",
        words=(b"nameko",),
        source="nameko 2.14.1 containers.py: a greenlet per call, nothing touches django.db",
        decorators=(
            "nameko.rpc.rpc",
            "nameko.events.event_handler",
            "nameko.timer.timer",
            "nameko.messaging.consume",
            "nameko.web.handlers.http",
        ),
    ),
    Framework(
        name="Faust",
        kind="consumer",
        words=(b"faust",),
        source="faust-streaming 0.15.3 fixups/django.py Fixup: sets Django up, closes nothing",
        decorators=(
            *(".app.agent", ".app.crontab", ".app.timer"),
            *("faust*.agent", "faust*.crontab", "faust*.task", "faust*.timer"),
        ),
    ),
    Framework(
        name="procrastinate",
        kind="job",
        words=(b"procrastinate",),
        source="procrastinate 3.8.0, 3.9.0 and 3.10.0 contrib/django/db_cleanup.py",
        decorators=(
            "procrastinate.contrib.django.app.task",
            "procrastinate.contrib.django.app.periodic",
        ),
        behaviour=procrastinate,
    ),
    Framework(
        name="django-background-tasks",
        kind="job",
        words=(b"background_task",),
        source="django-background-tasks 1.2.8 management/commands/process_tasks.py Command.run",
        decorators=("background_task.background", "background_task.tasks.background"),
        behaviour=lambda _: Behaviour(
            end=CLOSE_OLD,
            gap=BACKGROUND_TASKS_POLL,
            note="process_tasks asks its queue in the database every 5 s, and closes old connections when it is empty",
        ),
    ),
    Framework(
        name="django-tasks-scheduler",
        kind="job",
        words=(b"from scheduler",),
        source="django-tasks-scheduler 4.4.0 worker/worker.py, helpers/db.py close_db_connections",
        decorators=("scheduler.job", "scheduler.decorators.job"),
        behaviour=lambda _: Behaviour(
            start=CLOSE,
            isolation="fork-clean",
            isolation_why="the worker closes all connections before it forks for each job",
        ),
    ),
    Framework(
        name="django-eb-sqs",
        kind="job",
        words=(b"eb_sqs",),
        source="django-eb-sqs d78493e worker/commons.py django_db_management",
        decorators=("eb_sqs.decorators.task",),
        behaviour=lambda _: Behaviour(
            start=CLOSE_OLD, end=CLOSE_OLD, note="the worker closes old connections before and after a message"
        ),
    ),
    Framework(
        name="AWS Lambda",
        kind="consumer",
        words=(b"def lambda_handler(",),
        source="AWS Lambda: a container is frozen between two events with all it holds, by its documentation",
        functions=("lambda_handler",),
    ),
    Framework(
        name="zappa",
        kind="job",
        words=(b"zappa.async",),
        source="zappa 0.63.0 asynchronous.py, handler.py: nothing touches django.db",
        decorators=("zappa.asynchronous.task", "zappa.asynchronous.task_sns", "zappa.async.task"),
    ),
)
