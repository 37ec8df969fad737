"""CL220 library-own-queries."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import assess_unit
from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, age_text, gone, limit_places, limit_text, listed, seconds, unique
from conn_lint.rules.examples import MYCNF, POSTGRES, settings
from conn_lint.rules.outside import OutsideRule

_JOBS = (
    "from apscheduler.schedulers.blocking import BlockingScheduler\n"
    "from django_apscheduler.jobstores import DjangoJobStore\n\n\n"
    "def main():\n    scheduler = BlockingScheduler()\n"
    '    scheduler.add_jobstore(DjangoJobStore(), "default")\n    scheduler.start()\n'
)
_BEAT = "beat: celery -A shop beat --scheduler django_celery_beat.schedulers:DatabaseScheduler\n"
_TASKS = "from celery import shared_task\n\n\n@shared_task\ndef ping():\n    return 1\n"
_SHORT = "[mysqld]\nwait_timeout = 4\ninteractive_timeout = 4\n"


class LibraryOwnQueries(OutsideRule):
    """
    ## What it does
    Reports libraries that use the database by themselves in a process without requests, in releases and under
    settings where their connection goes stale: the job store of django-apscheduler before 0.6, and the
    DatabaseScheduler of django-celery-beat where it idles longer than the server allows.

    ## Why it goes wrong
    These processes wait for the next job and query then. Where the library does not close, or the age keeps the
    connection, the query after a gap longer than wait_timeout fails with (2006, 'MySQL server has gone away'): jobs
    are no longer scheduled.

    ## Example
        django-apscheduler==0.5.0

    ## Use instead
        django-apscheduler==0.7.0

    ## When it stays silent
    With releases that close or try again, with gaps shorter than the idle limit, and on other databases.

    ## References
    - https://github.com/jcass77/django-apscheduler/blob/main/docs/changelog.md
    - django_celery_beat/schedulers.py, DatabaseScheduler.schedule_changed
    """

    code = "CL220"
    name = "library-own-queries"
    severity = "warning"

    VALID = (
        Example(
            "a release that tries again",
            {"settings.py": settings(), "jobs.py": _JOBS, "requirements.txt": "django-apscheduler==0.7.0\n"},
        ),
        Example(
            "a scheduler that looks every five seconds",
            {"settings.py": settings('"CONN_MAX_AGE": None,'), "tasks.py": _TASKS, "Procfile": _BEAT},
        ),
        Example(
            "another database",
            {"settings.py": POSTGRES, "jobs.py": _JOBS, "requirements.txt": "django-apscheduler==0.5.0\n"},
        ),
    )
    INVALID = (
        Example(
            "a release that does not close",
            {"settings.py": settings(), "jobs.py": _JOBS, "requirements.txt": "django-apscheduler==0.5.0\n"},
            at=("jobs.py:7",),
        ),
        Example(
            "a server that drops sessions after four seconds",
            {"settings.py": settings('"CONN_MAX_AGE": None,'), "tasks.py": _TASKS, "Procfile": _BEAT, "my.cnf": _SHORT},
            at=("Procfile:1",),
            args=MYCNF,
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for unit in facts.units:
            if unit.kind != "library":
                continue
            found = []
            for session in facts.judged_sessions:
                result = assess_unit(session, facts.django, unit)
                if result.verdict in ("goes-away", "goes-away-once"):
                    found.append((session, result))
            if not found:
                continue
            sessions = tuple(session for session, _ in found)
            limit = sessions[0].limit
            idle = "until its next job" if unit.gap is None else f"up to {seconds(unit.gap)}"
            ages = listed(unique(age_text(known) for _, result in found for known in result.ages))
            kept = f", with {ages} the connection is kept" if unit.cleanup_start == "close_old" and ages else ""
            yield self.finding(
                f"{unit.function} of {unit.framework} queries by itself and idles {idle}{kept}: a gap longer than "
                f"{limit_text(limit)} ends in {gone(limit)}; {unit.note}",
                "set CONN_MAX_AGE below the server's wait_timeout"
                if unit.cleanup_start == "close_old"
                else f"upgrade {unit.framework}",
                (
                    Place(unit.span, f"{unit.function} is chosen here"),
                    *unit.registrations,
                    *limit_places(tuple(session.limit for session in sessions)),
                ),
                sessions=sessions,
            )
