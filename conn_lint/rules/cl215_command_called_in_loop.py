"""CL215 command-called-in-loop."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding
from conn_lint.rules.base import Example, gone, limit_text
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import OutsideRule, endangered
from conn_lint.rules.repairs import of_unit
from conn_lint.rules.unitwords import NOUNS, places_of, remedy, subject

_HEAD = (
    "import time\n\nfrom django.core.management import call_command\n"
    "from django.core.management.base import BaseCommand\n"
    "from django.db import close_old_connections\n\n\nclass Command(BaseCommand):\n    def handle(self, **options):\n"
)
_PRUNE = (
    "from django.contrib.auth.models import User\nfrom django.core.management.base import BaseCommand\n\n\n"
    "class Command(BaseCommand):\n    def handle(self, **options):\n"
    "        User.objects.filter(is_active=False).delete()\n"
)


def _files(*body: str) -> dict[str, str]:
    lines = "".join(f"        {line}\n" for line in body)
    return {
        "settings.py": settings(),
        "shop/management/commands/nightly.py": _HEAD + lines,
        "shop/management/commands/prune.py": _PRUNE,
    }


class CommandCalledInLoop(OutsideRule):
    """
    ## What it does
    Reports call_command() in an endless loop, a job or a thread when the command uses the database and nothing closes
    the connection between two runs.

    ## Why it goes wrong
    A command started by manage.py closes every connection when it ends. call_command() does not: the connection
    stays open in the process that calls it, and the run after an idle gap longer than the server's wait_timeout
    fails with (2006, 'MySQL server has gone away').

    ## Example
        while True:
            call_command("clearsessions")
            time.sleep(86400)

    ## Use instead
        from django.db import close_old_connections

        while True:
            close_old_connections()
            call_command("clearsessions")
            time.sleep(86400)

    ## When it stays silent
    When the loop, the job, its framework or the command itself closes; when the command is known to use no database;
    in views and in commands that end.

    ## References
    - django/core/management/base.py, BaseCommand.run_from_argv (closes since Django 1.8)
    - https://docs.djangoproject.com/en/stable/ref/django-admin/#running-management-commands-from-your-code
    """

    code = "CL215"
    name = "command-called-in-loop"
    severity = "error"

    VALID = (
        Example(
            "old connections closed before each run",
            _files(
                "while True:",
                "    close_old_connections()",
                '    call_command("clearsessions")',
                "    time.sleep(86400)",
            ),
        ),
        Example("called once", _files('call_command("clearsessions")')),
        Example(
            "a command without the database",
            _files("while True:", '    call_command("collectstatic")', "    time.sleep(86400)"),
        ),
        Example(
            "another database",
            _files("while True:", '    call_command("clearsessions")', "    time.sleep(86400)")
            | {"settings.py": POSTGRES},
        ),
    )
    INVALID = (
        Example(
            "a command of Django",
            _files("while True:", '    call_command("clearsessions")', "    time.sleep(86400)"),
            at=("shop/management/commands/nightly.py:10",),
        ),
        Example(
            "a command of the project",
            _files("while True:", '    call_command("prune")', "    time.sleep(86400)"),
            at=("shop/management/commands/nightly.py:10",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for unit in facts.units:
            if not unit.command or unit.hook or unit.ends or unit.isolation != "none":
                continue
            found = endangered(unit, facts)
            if not found:
                continue
            sessions = tuple(each.session for each in found)
            limit, noun = sessions[0].limit, NOUNS[unit.kind]
            yield self.finding(
                f"{subject(unit)} runs the command {unit.command} by call_command(), which unlike manage.py leaves its "
                f"connection open: after an idle gap longer than {limit_text(limit)} this and every later {noun} fails "
                f"with {gone(limit)}",
                remedy(unit, facts, sessions),
                places_of(unit, sessions),
                confidence="likely" if unit.touches_orm == "maybe" else "certain",
                function=unit.function,
                sessions=sessions,
                repair=of_unit(unit, facts),
            )
