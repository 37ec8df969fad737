"""APScheduler: jobs run in reused pool threads or processes, and nothing in it knows of Django."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook, Registrar
from conn_lint.workers.frameworks.paces import of_apscheduler, of_schedule

_SCHEDULERS = ("apscheduler", "scheduler", "sched")

FRAMEWORKS = (
    Framework(
        name="APScheduler",
        kind="scheduled",
        words=(
            *(b"DjangoJobStore", b".add_job", b".scheduled_job", b".add_listener(", b"register_job", b"JobStore"),
            *(b".add_interval_job", b".add_cron_job", b".add_date_job", b".interval_schedule", b".cron_schedule"),
        ),
        pace=of_apscheduler,
        source="APScheduler 2.1.2 scheduler.py, 3.10.4, 3.11.3 executors/base.py, pool.py: nothing touches django.db;"
        " django-apscheduler 0.7.0 util.close_old_connections",
        registrars=(
            Registrar(".add_job", 0, "func", strings=True, receivers=_SCHEDULERS, packed=(("args", 2), ("kwargs", 3))),
            Registrar(".add_listener", 0, "callback", receivers=_SCHEDULERS),
            *(
                Registrar(f".add_{trigger}_job", 0, "func", receivers=_SCHEDULERS)
                for trigger in ("interval", "cron", "date")
            ),
            Registrar("django_apscheduler.jobstores.register_job", None, "func"),
        ),
        # The first thing the scheduler asks after each sleep (APScheduler 3.11.3 ``BaseScheduler._process_jobs``);
        # it calls the other methods right after, or in the thread of whoever changes a job.
        hooks=(Hook(".BaseJobStore", ("get_due_jobs",)),),
        sightings=("django_apscheduler.jobstores.DjangoJobStore",),
        decorators=(
            *(".scheduled_job", "django_apscheduler.jobstores.register_job"),
            *("apscheduler*.interval_schedule", "apscheduler*.cron_schedule"),
        ),
    ),
    Framework(
        name="schedule",
        kind="scheduled",
        words=(b"import schedule", b"from schedule"),
        pace=of_schedule,
        source="schedule 1.2.2 __init__.py Scheduler.run_pending: nothing touches django.db",
        runner="schedule.run_pending",
        sightings=("schedule.run_pending",),
        registrars=(Registrar(".do", 0, "job_func", receivers=("schedule",)),),
        decorators=("schedule.repeat",),
    ),
)
