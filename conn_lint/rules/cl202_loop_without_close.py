"""CL202 loop-without-close."""

from __future__ import annotations

from conn_lint.rules.base import Example
from conn_lint.rules.examples import MYCNF, POSTGRES, SHORT_TIMEOUT, settings
from conn_lint.rules.outside import OutsideRule

_COMMAND = "shop/management/commands/poll.py"


def _command(*body: str, imports: str = "") -> str:
    lines = "".join(f"            {line}\n" for line in body)
    return (
        "import time\n\nfrom django.contrib.auth.models import User\n"
        f"from django.core.management.base import BaseCommand\n{imports}\n\n"
        f"class Command(BaseCommand):\n    def handle(self, *args, **options):\n        while True:\n{lines}"
    )


def _project(command: str, **files: str) -> dict[str, str]:
    packages = ("shop/__init__.py", "shop/management/__init__.py", "shop/management/commands/__init__.py")
    return {"settings.py": settings(), _COMMAND: command, **dict.fromkeys(packages, ""), **files}


_GENERATOR = ("name = pick()", "yield User.objects.filter(first_name=name).first()")
_QUERY = "User.objects.filter(is_active=False).delete()"
_CLOSE = "from django.db import close_old_connections\n"


class LoopWithoutClose(OutsideRule):
    """
    ## What it does
    Reports an endless or blocking loop that reaches the ORM on its turns while nothing closes the connection
    between the wait and the next query.

    ## Why it goes wrong
    A management command is one long unit to Django: nobody calls close_old_connections() before it ends. When
    a wait of the loop is longer than the server's wait_timeout, the next turn fails with
    (2006, 'MySQL server has gone away'), and a loop that swallows the error fails for ever. A close before the
    loop, after it, or in one of its branches only does not help; one after the error costs a turn each time.

    ## Example
        while True:
            User.objects.filter(is_active=False).delete()
            time.sleep(36000)

    ## Use instead
        from django.db import close_old_connections

        while True:
            close_old_connections()
            User.objects.filter(is_active=False).delete()
            time.sleep(36000)

    ## When it stays silent
    When a close runs on every turn between the wait and the first query, and when the loop ends by itself. A loop
    whose waits are all shorter than the timeout keeps its connection warm: that nothing in it closes is info, for
    the day the server is restarted or the connection killed, and silent where some path closes after an error.
    Of loops in each other only the one that idles and queries is reported.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#connection-management
    - https://code.djangoproject.com/ticket/21597
    """

    code = "CL202"
    name = "loop-without-close"
    severity = "error"
    kinds = ("loop",)

    VALID = (
        Example(
            "old connections closed at the top of every turn",
            _project(_command("close_old_connections()", _QUERY, "time.sleep(36000)", imports=_CLOSE)),
        ),
        Example(
            "a pause below the timeout, and a close after an error",
            _project(
                _command(
                    "try:",
                    f"    {_QUERY}",
                    "except Exception:",
                    "    close_old_connections()",
                    "time.sleep(5)",
                    imports=_CLOSE,
                )
            ),
        ),
        Example(
            "a pause below the timeout until something is done",
            _project(_command("if not User.objects.exists():", "    break", "time.sleep(5)")),
        ),
        Example(
            "nothing that waits between the queries: on to the next name until one is free",
            _project(
                _command(
                    "name = str(uuid.uuid4())",
                    'print("tried", User.objects.get(username=name))',
                    imports="import uuid\n",
                )
            ),
        ),
        Example(
            "a generator, which rests for as long as whoever goes over it takes",
            _project(_command(*_GENERATOR)),
        ),
        Example("a loop without the ORM", _project(_command('print("alive")', "time.sleep(36000)"))),
        Example(
            "the connection closed before the wait",
            _project(
                _command(
                    _QUERY, "connection.close()", "time.sleep(36000)", imports="from django.db import connection\n"
                )
            ),
        ),
        Example("another database", _project(_command(_QUERY, "time.sleep(36000)")) | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example(
            "a pause longer than the timeout",
            _project(_command(_QUERY, "time.sleep(36000)")),
            at=(f"{_COMMAND}:9",),
        ),
        Example(
            "a consumer in a loop that connects anew, said where it idles",
            _project(_command("for message in connect().listen():", "    User.objects.count()")),
            at=(f"{_COMMAND}:10",),
        ),
        Example(
            "a short pause that is longer than a short timeout",
            _project(_command(_QUERY, "time.sleep(60)"), **{"my.cnf": SHORT_TIMEOUT}),
            at=(f"{_COMMAND}:9",),
            args=MYCNF,
        ),
        Example(
            "a name without parentheses",
            _project(_command("close_old_connections", _QUERY, "time.sleep(36000)", imports=_CLOSE)),
            at=(f"{_COMMAND}:10",),
        ),
        Example("a pause below the timeout", _project(_command(_QUERY, "time.sleep(5)")), at=(f"{_COMMAND}:9",)),
    )
