"""CL201 job-without-close."""

from __future__ import annotations

from conn_lint.rules.base import Example
from conn_lint.rules.examples import DJANGO_RQ, FORKING_WORKER, POSTGRES, SIMPLE_WORKER, settings
from conn_lint.rules.outside import OutsideRule

_IMPORTS = "from django.contrib.auth.models import User\nfrom django_rq import job\n"
_BODY = 'User.objects.get(pk=pk).email_user("Report", "Attached.")\n'
_BARE = f'{_IMPORTS}\n\n@job("default")\ndef send_report(pk):\n    {_BODY}'
_CLOSED = (
    "from django.db import close_old_connections\n"
    f'{_IMPORTS}\n\n@job("default")\ndef send_report(pk):\n'
    f"    close_old_connections()\n    try:\n        {_BODY}    finally:\n        close_old_connections()\n"
)
_GEARMAN = (
    "import os\n\nimport django\nimport gearman\n\n"
    'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\ndjango.setup()\n\n'
    "from django.contrib.auth.models import User\n\n\n"
    "def resize(worker, job):\n    {close}return str(User.objects.count())\n\n\n"
    'worker = gearman.GearmanWorker(["localhost:4730"])\nworker.register_task("resize", resize)\nworker.work()\n'
)
_SCHEDULED = (
    "import os\n\nimport django\nfrom apscheduler.schedulers.blocking import BlockingScheduler\n\n"
    'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\ndjango.setup()\n\n'
    "from django.contrib.auth.models import User\n\nscheduler = BlockingScheduler()\n\n\n"
    '@scheduler.scheduled_job("interval", {interval})\ndef count_users():\n    print(User.objects.count())\n\n\n'
    "scheduler.start()\n"
)


class JobWithoutClose(OutsideRule):
    """
    ## What it does
    Reports a job, a message handler or a scheduled function that reaches the ORM while nothing closes the
    connection between the idle time before it and its first query.

    ## Why it goes wrong
    In Django itself only the request signals call close_old_connections(). A worker that waits for its next job
    keeps the connection of the last one; once the wait is longer than the server's wait_timeout, the next query
    fails with (2006, 'MySQL server has gone away') and so does every one after it. CONN_MAX_AGE alone does not help,
    not even 0: nothing but close_old_connections() looks at it. That closes what is older than CONN_MAX_AGE, which
    has to be below wait_timeout for it, and with CONN_HEALTH_CHECKS (Django 4.1 and later) what no longer answers.

    ## Example
        @job("default")
        def send_report(pk):
            User.objects.get(pk=pk).email_user("Report", "Attached.")

    ## Use instead
        from django.db import close_old_connections

        @job("default")
        def send_report(pk):
            close_old_connections()
            User.objects.get(pk=pk).email_user("Report", "Attached.")

    ## When it stays silent
    When the framework closes around every job (Celery with its Django fixup, dramatiq with
    DbConnectionsMiddleware, huey's db_task, django-q), when each job has a process of its own and the parent is
    known to hold no connection, and when a close in the job, its decorators, context managers, base classes or
    helpers runs before the first query on every path. A forking worker whose parent may hold a connection is a
    warning. A function that only probably reaches the ORM is shown one severity lower. What runs again and again after
    short pauses, as beat asks its scheduler or at the interval that a job was scheduled with, is info: only a
    restart of the server ends its connection.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#connection-management
    - https://python-rq.org/docs/workers/
    """

    code = "CL201"
    name = "job-without-close"
    severity = "error"
    kinds = ("job", "consumer", "scheduled")

    VALID = (
        Example(
            "old connections closed around the job",
            {"settings.py": settings(), "jobs.py": _CLOSED, "Procfile": SIMPLE_WORKER, "requirements.txt": DJANGO_RQ},
        ),
        Example(
            "a process per job, forked after the parent closed",
            {"settings.py": settings(), "jobs.py": _BARE, "Procfile": FORKING_WORKER, "requirements.txt": DJANGO_RQ},
        ),
        Example(
            "a job without the ORM",
            {
                "settings.py": settings(),
                "jobs.py": "from django_rq import job\n\n\n@job\ndef add(a, b):\n    return a + b\n",
                "Procfile": SIMPLE_WORKER,
                "requirements.txt": DJANGO_RQ,
            },
        ),
        Example(
            "another database",
            {"settings.py": POSTGRES, "jobs.py": _BARE, "Procfile": SIMPLE_WORKER, "requirements.txt": DJANGO_RQ},
        ),
        Example(
            "a gearman task that closes first",
            {
                "settings.py": settings(),
                "worker.py": _GEARMAN.format(close="connection.close()\n    ").replace(
                    "import User\n", "import User\nfrom django.db import connection\n"
                ),
            },
        ),
    )
    INVALID = (
        Example(
            "a worker that does not fork",
            {"settings.py": settings(), "jobs.py": _BARE, "Procfile": SIMPLE_WORKER, "requirements.txt": DJANGO_RQ},
            at=("jobs.py:6",),
        ),
        Example(
            "a worker that forks, from a parent that may hold a connection",
            {
                "settings.py": settings(),
                "jobs.py": _BARE,
                "Procfile": "worker: rq worker default\n",
                "requirements.txt": DJANGO_RQ,
            },
            at=("jobs.py:6",),
        ),
        Example(
            "a gearman task",
            {"settings.py": settings(), "worker.py": _GEARMAN.format(close="")},
            at=("worker.py:12",),
        ),
        Example(
            "a job that runs twice a day",
            {"settings.py": settings(), "clock.py": _SCHEDULED.format(interval="hours=12")},
            at=("clock.py:15",),
        ),
        Example(
            "a job that keeps its connection alive, until the server restarts",
            {"settings.py": settings(), "clock.py": _SCHEDULED.format(interval="minutes=5")},
            at=("clock.py:15",),
        ),
    )
