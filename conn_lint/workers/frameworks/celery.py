"""Celery: its Django fixup closes around every task, if it was installed when the app was made."""

from __future__ import annotations

from conn_lint.model import MissingHook
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Hook, Preparer, Registrar, Sighting
from conn_lint.workers.frameworks.settings import known, whenever
from conn_lint.workers.paths import CLOSE, CLOSE_OLD

APPS = ("celery.Celery", "celery.app.Celery", "celery.app.base.Celery")

_ANY_APP = (*APPS, "celery.app.app_or_default")
"""What gives an app; the last that of whoever runs the task."""

BEAT_SLEEP = 300.0
"""Seconds that beat sleeps at most between two ticks (``beat_max_loop_interval``, celery 5.5.3 beat.py)."""

_SCHEDULING = (
    *("tick", "setup_schedule", "schedule", "schedule_changed", "all_as_schedule", "sync", "should_sync"),
    *("reserve", "apply_entry", "apply_async", "is_due", "update_from_dict"),
)

VARIABLE = "DJANGO_SETTINGS_MODULE"

LOADERS = frozenset("load_dotenv read_dotenv read_env setup".split())
"""Functions that may put it there without naming it."""

_OUTSIDE = (".env", ".service", ".sh", ".yml", ".yaml", ".conf", ".j2", "Dockerfile", "Procfile", "Makefile")
"""Ends of the names of files that may set the variable before anything of the project is imported."""


def behaviour(context: Context) -> Behaviour:
    """Celery's part before and after a task."""
    if whenever(context, "CELERY_TASK_ALWAYS_EAGER") or whenever(context, "CELERY_ALWAYS_EAGER"):
        return Behaviour(inline=True)
    hook = _no_fixup(context) or _reuse(context)
    if hook is not None:
        return Behaviour(hook=hook)
    level, release = _level(context)
    what = "closes every connection" if level == CLOSE else "closes old connections"
    return Behaviour(start=level, end=level, note=f"{release} {what} before and after a task (its Django fixup)")


def _level(context: Context) -> tuple[int, str]:
    """How the fixup closes, and in which releases.

    ``DjangoWorkerFixup._close_database`` (celery/fixups/django.py): 3.1 calls Django's own function, 4.0 and 4.1
    close, 4.2 to 5.5.3 look at the age, 5.6.0 and later close.
    """
    installs = context.project.installs
    if "django-celery" in context.requirements and "celery" not in context.requirements:
        return CLOSE_OLD, "Celery 3.1"  # which django-celery 3.2 and 3.3 ask for
    if installs("celery", 5, 6):
        return CLOSE, "Celery 5.6 and later"
    if installs("celery", 4, 2):
        return CLOSE_OLD, "Celery 4.2 to 5.5"
    if installs("celery", 4) or not context.project.django.at_least(1, 6):
        return CLOSE, "this Celery"
    return CLOSE_OLD, "Celery 3.1"


def _reuse(context: Context) -> MissingHook | None:
    """CELERY_DB_REUSE_MAX = N: it closes before every N-th task only (``close_database``, 3.1 to 5.7.0; 3.1 looks
    at it only before Django 1.6)."""
    if not context.project.installs("celery", 4) and context.project.django.at_least(1, 6):
        return None
    for value in known(context, "CELERY_DB_REUSE_MAX"):
        if isinstance(value.value, int) and value.value > 1:
            return MissingHook(
                f"with CELERY_DB_REUSE_MAX = {value.value} Celery closes only once in {value.value} tasks",
                value.place,
                "remove CELERY_DB_REUSE_MAX: Celery then closes around every task",
            )
    return None


def _no_fixup(context: Context) -> MissingHook | None:
    """Why no app of the project has the fixup; None when one may have it.

    ``celery.fixups.django.fixup`` runs in ``Celery.__init__`` and installs nothing unless the variable is in the
    environment by then (3.1.26 to 5.7.0; run with 5.5.3).
    """
    apps = [sighting for name in APPS for sighting in context.sightings.get(name, ())]
    found = [_without_fixup(app, context) for app in apps]
    missing = [hook for hook in found if hook is not None]
    return missing[0] if missing and len(missing) == len(found) else None


def _without_fixup(app: Sighting, context: Context) -> MissingHook | None:
    from conn_lint.workers import facts as f

    fixups = dict(app.call.keywords).get("fixups")
    if isinstance(fixups, f.Several) and not fixups.items:
        return MissingHook(
            "this app is made without fixups, so Celery closes nothing around its tasks",
            app.span,
            "leave out fixups: Celery's own list holds the Django fixup",
        )
    if app.in_function or not _named_late(app) or _set_elsewhere(app, context):
        return None
    return MissingHook(
        f"this app is made before {VARIABLE} is set, so Celery installs no Django fixup and closes nothing around"
        " its tasks",
        app.span,
        f'call os.environ.setdefault("{VARIABLE}", ...) before Celery(...)',
    )


def _named_late(app: Sighting) -> bool:
    """Whether the module of ``app`` puts the variable into the environment, and only after the app is made."""
    from conn_lint.workers import facts as f
    from conn_lint.workers.callsites import flat
    from conn_lint.workers.extract import MODULE

    late = False
    for statement in flat(app.facts.functions[MODULE].body):
        value = getattr(statement, "value", None)
        names = isinstance(statement, f.Do) and isinstance(value, f.Item) and value.key == f.Constant(VARIABLE)
        may = False
        if isinstance(value, f.Call) and isinstance(value.func, f.Name):
            names = names or value.args[:1] == (f.Constant(VARIABLE),)
            may = value.func.path.rpartition(".")[2] in LOADERS
        before = statement.span.line < app.span.line if isinstance(statement, (f.Do, f.Let)) else False
        if before and (names or may):
            return False
        late = late or names
    return late


def _set_elsewhere(app: Sighting, context: Context) -> bool:
    """Whether the variable may be set before the module of ``app`` is reached: by a deployment file, by a command
    of manage.py, or by a package it lies in or a module of the project that it imports first."""
    project = context.project
    managed = any("celery" in c.words and any(w.endswith("manage.py") for w in c.words) for c in context.commands)
    if managed or any(_from_outside(path) and VARIABLE.encode() in project.data(path) for path in project.tree.paths):
        return True
    names = {app.facts.module}
    for dotted in app.facts.imports.values():
        span = app.facts.import_spans.get(dotted)
        if span is None or span.line < app.span.line:
            names.add(dotted)
    prefixes = {name.rsplit(".", cut)[0] for name in names for cut in range(name.count(".") + 1)}
    paths = {project.modules.path_of(name) for name in prefixes} - {None, app.span.path}
    return any(VARIABLE.encode() in project.data(path) for path in paths if path)


def _from_outside(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name.endswith(_OUTSIDE) or name.startswith((".env", "Dockerfile", "Procfile"))


FRAMEWORKS = (
    Framework(
        name="Celery",
        kind="job",
        words=(
            b"shared_task",
            b".task(",
            b".task\n",
            b".task\r",
            b".Task)",
            b"(Task)",
            b"periodic_task",
            b"Celery(",
            b"celery.task",
            b"celery.decorators",
            b"celery import task",
            b"task_prerun",
        ),
        source="celery 3.1.26, 4.1.0, 4.2.0, 5.2.7, 5.5.3, 5.6.0 and 5.7.0 fixups/django.py; app/base.py"
        " Celery.__init__",
        registrars=(
            Registrar("celery.shared_task", 0),
            *(Registrar(f"{app}.task", 0) for app in _ANY_APP),
        ),
        decorators=(
            "celery.shared_task",
            "celery.app.shared_task",
            "celery.task",
            "celery.task.task",
            "celery.task.periodic_task",
            "celery.task.base.periodic_task",
            "celery.decorators.task",
            "celery.decorators.periodic_task",
            "celery.current_app.task",
            *(f"{app}.task" for app in _ANY_APP),
            ".app.task",
            ".celery_app.task",
            ".celery.task",
        ),
        preparers=(Preparer("celery.signals.task_prerun.connect"),),
        hooks=tuple(
            Hook(base, ("run",))
            for base in (
                "celery.Task",
                "celery.app.task.Task",
                "celery.task.Task",
                "celery.task.PeriodicTask",
                "celery.task.base.Task",
                "celery.task.base.PeriodicTask",
                "celery.contrib.django.task.DjangoTask",
                *(f"{app}.Task" for app in APPS),
            )
        ),
        sightings=APPS,
        behaviour=behaviour,
    ),
    Framework(
        name="Celery beat",
        kind="scheduled",
        words=(b"celery.beat", b"DatabaseScheduler"),
        source="celery 5.5.3 beat.py Service.start, Scheduler.tick: the scheduler's methods in one long process",
        hooks=tuple(
            Hook(base, _SCHEDULING)
            for base in (
                "celery.beat.Scheduler",
                "django_celery_beat.schedulers.DatabaseScheduler",
                "djcelery.schedulers.DatabaseScheduler",
            )
        ),
        behaviour=lambda _: Behaviour(gap=BEAT_SLEEP, note="beat sleeps 300 s at most between two ticks"),
    ),
    Framework(
        name="Celery events",
        kind="consumer",
        words=(b".Receiver(", b"EventReceiver("),
        source="celery 5.5.3 events/receiver.py EventReceiver.__init__, capture: handlers in one process that listens",
        registrars=(
            Registrar(".Receiver", 1, "handlers", receivers=("events", "celery*")),
            Registrar("celery.events.EventReceiver", 1, "handlers"),
            Registrar("celery.events.receiver.EventReceiver", 1, "handlers"),
        ),
    ),
)
