"""What installed libraries ask the database by themselves, in processes that serve no request."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Cleanup, Known, Place, Requirement, Span, UnitOfWork
from conn_lint.project.commandline import option
from conn_lint.workers.frameworks.base import Context

JOB_STORE = "django_apscheduler.jobstores.DjangoJobStore"
RETRIES_SINCE = (0, 6)
"""django-apscheduler 0.6.0 ``util.retry_on_db_operational_error`` closes and tries again; 0.4.0 and 0.5.0 have no
such thing in ``jobstores.py``."""

BEAT_CLOSES_SINCE = (2, 0)
"""django-celery-beat 2.0.0 ``DatabaseScheduler.schedule_changed`` closes old connections first; 1.1.1 only in
``sync``."""
BEAT_INTERVAL = 5.0
"""Seconds (django-celery-beat 2.9.0 ``schedulers.DEFAULT_MAX_INTERVAL``)."""


def library_units(context: Context) -> Iterator[UnitOfWork]:
    """A unit for each library of which the source shows that it is in use."""
    for sighting in context.sightings.get(JOB_STORE, ())[:1]:
        requirement = context.requirements.get("django-apscheduler")
        if _since(requirement, RETRIES_SINCE) is False:
            note = "django-apscheduler closes and tries again since 0.6"
            yield _unit(sighting.span, "DjangoJobStore", "django-apscheduler", "none", None, note, requirement)
    scheduler = _database_scheduler(context)
    if scheduler is not None:
        requirement = context.requirements.get("django-celery-beat")
        closes = _since(requirement, BEAT_CLOSES_SINCE) is not False
        note = "it looks for changes of the schedule before each run, and closes old connections first"
        yield _unit(
            scheduler,
            "DatabaseScheduler",
            "django-celery-beat",
            "close_old" if closes else "none",
            _beat_interval(context),
            note if closes else "django-celery-beat closes before it looks for changes since 2.0",
            requirement,
        )


def _since(requirement: Requirement | None, version: tuple[int, ...]) -> bool | None:
    return None if requirement is None else requirement.at_least(version)


def _unit(
    span: Span, name: str, library: str, start: Cleanup, gap: float | None, note: str, requirement: Requirement | None
) -> UnitOfWork:
    places = (Place(requirement.place, f"the release of {library}"),) if requirement else ()
    return UnitOfWork(
        span=span,
        function=name,
        kind="library",
        framework=library,
        touches_orm="yes",
        cleanup_start=start,
        cleanup_end="none",
        gap=gap,
        gap_place=None,
        orm_path=(),
        registrations=places,
        isolation="none",
        isolation_why="",
        isolation_place=None,
        note=note,
    )


def _database_scheduler(context: Context) -> Span | None:
    """Where the settings or a command line choose the scheduler of django-celery-beat."""
    for name in ("CELERY_BEAT_SCHEDULER", "CELERYBEAT_SCHEDULER"):
        for deployment in context.deployments:
            value = deployment.names.get(name)
            if isinstance(value, Known) and "DatabaseScheduler" in str(value.value) and value.place:
                return value.place
    for command in context.commands:
        words = command.words
        if "beat" in words or "-B" in words:
            chosen = option(words, "-S", "--scheduler")
            if chosen == "django" or "DatabaseScheduler" in chosen:
                return command.place
    return None


def _beat_interval(context: Context) -> float:
    """Seconds between two looks at the database at most."""
    for name in ("CELERY_BEAT_MAX_LOOP_INTERVAL", "CELERYBEAT_MAX_LOOP_INTERVAL"):
        for deployment in context.deployments:
            value = deployment.names.get(name)
            if isinstance(value, Known) and isinstance(value.value, (int, float)) and value.value:
                return float(value.value)
    return BEAT_INTERVAL
