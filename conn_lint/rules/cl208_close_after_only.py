"""CL208 close-after-only."""

from __future__ import annotations

from conn_lint.model import UnitOfWork
from conn_lint.rules.base import Example, age_text, gone, listed, unique
from conn_lint.rules.examples import MYCNF, POSTGRES, SHORT_TIMEOUT, settings
from conn_lint.rules.outside import Endangered, OutsideRule, idle_gap, which
from conn_lint.rules.unitwords import NOUNS, subject, uses

_COMMAND = "shop/management/commands/poll.py"
_QUERY = "User.objects.filter(is_active=False).delete()"
_CLOSE = "close_old_connections()"
_WAIT = "time.sleep(36000)"


def _files(*body: str, age: str = "3600") -> dict[str, str]:
    lines = "".join(f"            {line}\n" for line in body)
    return {
        "settings.py": settings(f'"CONN_MAX_AGE": {age},'),
        _COMMAND: "import time\n\nfrom django.contrib.auth.models import User\n"
        "from django.core.management.base import BaseCommand\nfrom django.db import close_old_connections, connection\n"
        f"\n\nclass Command(BaseCommand):\n    def handle(self, *args, **options):\n        while True:\n{lines}",
    }


_HUEY = {
    "settings.py": settings('"CONN_MAX_AGE": 3600,'),
    "tasks.py": "from django.contrib.auth.models import User\nfrom huey.contrib.djhuey import db_task\n\n\n"
    "@db_task()\ndef clean():\n    User.objects.filter(is_active=False).delete()\n",
}


class CloseAfterOnly(OutsideRule):
    """
    ## What it does
    Reports a job, a thread or the turn of a loop that closes old connections only after the work, with a
    CONN_MAX_AGE other than 0.

    ## Why it goes wrong
    close_old_connections() closes what has passed CONN_MAX_AGE at the moment it is called. Straight after the
    work the connection is young: it stays open, idles through the wait, and the server drops it. Nothing looks at
    it again before the next query, which fails with (2006, 'MySQL server has gone away').

    ## Example
        while True:
            User.objects.filter(is_active=False).delete()
            close_old_connections()
            time.sleep(36000)

    ## Use instead
        from django.db import close_old_connections

        while True:
            close_old_connections()
            User.objects.filter(is_active=False).delete()
            time.sleep(36000)

    ## When it stays silent
    With CONN_MAX_AGE 0, with CONN_HEALTH_CHECKS (Django 4.1 and later), and for connection.close(), which closes
    whatever the age. An age above the server's timeout is the subject of CL101.

    ## References
    - django/db/backends/base/base.py, BaseDatabaseWrapper.close_if_unusable_or_obsolete
    - https://docs.djangoproject.com/en/stable/ref/databases/#connection-management
    """

    code = "CL208"
    name = "close-after-only"
    severity = "error"
    kinds = ("job", "consumer", "scheduled", "loop", "thread", "executor")
    coroutines = None
    after_only = True

    VALID = (
        Example("closed before the work", _files(_CLOSE, _QUERY, _WAIT)),
        Example("closed on both sides", _files(_CLOSE, _QUERY, _CLOSE, _WAIT)),
        Example("an age of 0", _files(_QUERY, _CLOSE, _WAIT, age="0")),
        Example("closed whatever the age", _files(_QUERY, "connection.close()", _WAIT)),
        Example("health checks", _files(_QUERY, _CLOSE, _WAIT, age='3600,\n        "CONN_HEALTH_CHECKS": True')),
        Example("a moment between the close and the work", _files(_CLOSE, "time.sleep(5)", _QUERY, _WAIT)),
        Example("a pause below the timeout", _files(_QUERY, _CLOSE, "time.sleep(5)")),
        Example("a huey that closes before the task, too", _HUEY | {"requirements.txt": "huey==2.4.5\n"}),
        Example("another database", _files(_QUERY, _CLOSE, _WAIT) | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("closed at the end of the turn", _files(_QUERY, _CLOSE, _WAIT), at=(f"{_COMMAND}:10",)),
        Example(
            "an age below a short timeout",
            _files(_QUERY, _CLOSE, "time.sleep(60)", age="5") | {"my.cnf": SHORT_TIMEOUT},
            at=(f"{_COMMAND}:10",),
            args=MYCNF,
        ),
        Example(
            "a huey that closes only after the task",
            _HUEY | {"requirements.txt": "huey==1.11.0\n"},
            at=("tasks.py:6",),
        ),
    )

    def message(self, unit: UnitOfWork, found: tuple[Endangered, ...]) -> str:
        session, assessment = found[0]
        ages = listed(unique(age_text(known) for known in assessment.ages)) or "CONN_MAX_AGE (unknown)"
        return (
            f"{subject(unit)} {uses(unit)} and closes old connections only after the work{which(found)}: with {ages} "
            f"the connection stays open, and the first {NOUNS[unit.kind]} after {idle_gap(unit, found)} "
            f"fails with {gone(session.limit)}"
        )
