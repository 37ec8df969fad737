"""CL212 framework-hook-missing."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, MissingHook, Place, Session, UnitOfWork
from conn_lint.rules.base import Example, Rule, gone, limit_places, limit_text, listed, unique
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import endangered
from conn_lint.rules.unitwords import subject, uses

SHOWN_UNITS = 3
"""So many units are shown with a cause that they share."""

_CELERY = (
    'import os\n\nfrom celery import Celery\n\n{before}app = Celery("shop")\n{after}'
    'app.config_from_object("django.conf:settings", namespace="CELERY")\napp.autodiscover_tasks()\n'
)
_SET = 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")\n'
_QUERY = 'User.objects.filter(is_active=False).update(last_name="")'
_TASKS = (
    "from celery import shared_task\nfrom django.contrib.auth.models import User\n\n\n"
    f"@shared_task\ndef tidy():\n    {_QUERY}\n"
)
_HUEY = (
    "from django.contrib.auth.models import User\nfrom huey.contrib.djhuey import {task}\n\n\n"
    f"@{{task}}()\ndef tidy():\n    {_QUERY}\n"
)
_ACTOR = (
    f"import dramatiq\nfrom django.contrib.auth.models import User\n\n\n@dramatiq.actor\ndef tidy():\n    {_QUERY}\n"
)
_MIDDLEWARE = 'DRAMATIQ_BROKER = {{\n    "BROKER": "dramatiq.brokers.redis.RedisBroker",\n    "MIDDLEWARE": [{}],\n}}\n'


class FrameworkHookMissing(Rule):
    """
    ## What it does
    Reports jobs whose framework closes old connections around every job and is kept from it: a Celery app that
    is made before DJANGO_SETTINGS_MODULE is set, without fixups or with CELERY_DB_REUSE_MAX; huey's `task` where
    `db_task` would close; dramatiq without DbConnectionsMiddleware.

    ## Why it goes wrong
    Celery installs its Django fixup when the app is made, and only if DJANGO_SETTINGS_MODULE is in the
    environment by then; it is the fixup that closes before and after every task. Without such a hook a job is
    like any other code outside a request: nothing looks at CONN_MAX_AGE, and the first job after an idle gap
    longer than wait_timeout fails with (2006, 'MySQL server has gone away').

    ## Example
        app = Celery("shop")
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

    ## Use instead
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
        app = Celery("shop")

    ## When it stays silent
    When the variable may be set before the app is made (by a deployment file, by manage.py, by a module that is
    imported first), when one of several apps has the fixup, when the jobs run where they are called (always
    eager, immediate), and for jobs that close by themselves or do not reach the ORM.

    ## References
    - celery/fixups/django.py, fixup() and DjangoWorkerFixup
    - https://huey.readthedocs.io/en/latest/django.html
    - https://github.com/Bogdanp/django_dramatiq#middleware
    """

    code = "CL212"
    name = "framework-hook-missing"
    severity = "error"

    VALID = (
        Example(
            "the variable set first",
            {
                "settings.py": settings(),
                "shop/__init__.py": "",
                "shop/celery.py": _CELERY.format(before=_SET, after=""),
                "shop/tasks.py": _TASKS,
            },
        ),
        Example(
            "the variable set by the service",
            {
                "settings.py": settings(),
                "shop/__init__.py": "",
                "shop/celery.py": _CELERY.format(before="", after=_SET),
                "shop/tasks.py": _TASKS,
                "worker.service": "[Service]\nEnvironment=DJANGO_SETTINGS_MODULE=settings\n"
                "ExecStart=celery -A shop worker\n",
            },
        ),
        Example("huey's db_task", {"settings.py": settings(), "tasks.py": _HUEY.format(task="db_task")}),
        Example(
            "dramatiq with the middleware",
            {
                "settings.py": settings() + _MIDDLEWARE.format('"django_dramatiq.middleware.DbConnectionsMiddleware"'),
                "tasks.py": _ACTOR,
            },
        ),
        Example(
            "a task that closes by itself",
            {
                "settings.py": settings(),
                "tasks.py": _HUEY.format(task="task")
                .replace("import User\n", "import User\nfrom django.db import close_old_connections\n")
                .replace("    User", "    close_old_connections()\n    User"),
            },
        ),
        Example(
            "a task without the ORM",
            {"settings.py": settings(), "tasks.py": _HUEY.format(task="task").replace(_QUERY, "print(1)")},
        ),
        Example("another database", {"settings.py": POSTGRES, "tasks.py": _HUEY.format(task="task")}),
    )
    INVALID = (
        Example(
            "a Celery app made before the variable is set",
            {
                "settings.py": settings(),
                "shop/__init__.py": "",
                "shop/celery.py": _CELERY.format(before="", after=_SET),
                "shop/tasks.py": _TASKS,
            },
            at=("shop/celery.py:5",),
        ),
        Example(
            "a Celery app without fixups",
            {
                "settings.py": settings(),
                "shop/__init__.py": "",
                "shop/celery.py": _CELERY.format(before=_SET, after="").replace('"shop"', '"shop", fixups=[]'),
                "shop/tasks.py": _TASKS,
            },
            at=("shop/celery.py:6",),
        ),
        Example(
            "Celery told to keep connections",
            {
                "settings.py": settings() + "CELERY_DB_REUSE_MAX = 100\n",
                "shop/__init__.py": "",
                "shop/celery.py": _CELERY.format(before=_SET, after=""),
                "shop/tasks.py": _TASKS,
            },
            at=("settings.py:6",),
        ),
        Example(
            "huey's task",
            {"settings.py": settings(), "tasks.py": _HUEY.format(task="task")},
            at=("tasks.py:6",),
        ),
        Example(
            "dramatiq without the middleware",
            {
                "settings.py": settings() + _MIDDLEWARE.format('"dramatiq.middleware.Retries"'),
                "tasks.py": _ACTOR,
            },
            at=("settings.py:6",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        causes: dict[MissingHook, list[tuple[UnitOfWork, tuple[Session, ...]]]] = {}
        for unit in facts.units:
            if unit.hook is None or unit.touches_orm == "no":
                continue
            sessions = tuple(each.session for each in endangered(unit, facts))
            if sessions and unit.hook.place is None:
                yield self._report(unit.hook, [(unit, sessions)])
            elif sessions:
                causes.setdefault(unit.hook, []).append((unit, sessions))
        for hook, found in causes.items():
            yield self._report(hook, found)

    def _report(self, hook: MissingHook, found: list[tuple[UnitOfWork, tuple[Session, ...]]]) -> Finding:
        units = [unit for unit, _ in found]
        sessions = tuple({id(each): each for _, used in found for each in used}.values())
        certain = [unit for unit in units if unit.touches_orm == "yes"]
        shown = (certain or units)[:SHOWN_UNITS]
        rest = len(units) - len(shown)
        names = unique(subject(unit) for unit in shown)
        limit = sessions[0].limit
        more = f" and {rest} more {shown[0].framework} {'job' if rest == 1 else 'jobs'}" if rest else ""
        places = [Place(hook.place, hook.why)] if hook.place else []
        for unit in shown:
            places.append(Place(unit.span, f"this {unit.framework} job"))
            places += [place for place in unit.orm_path if place.span != unit.span]
            places += unit.registrations if hook.place is None else ()
        places += limit_places(tuple(session.limit for session in sessions))
        return self.finding(
            f"{hook.why}: {', '.join(names) if more else listed(names)}{more}"
            f" {uses(shown[0]) if len(units) == 1 else uses(shown[0]).replace('uses', 'use')},"
            f" and after an idle gap longer than {limit_text(limit)} the next query fails with {gone(limit)}",
            hook.repair,
            tuple(places),
            confidence="certain" if certain else "likely",
            function=shown[0].function if hook.place is None else None,
            sessions=sessions,
            repair=hook.change and hook.change._replace(span=hook.place or shown[0].span),
        )
