"""CL218 ping-hack."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Deployment, Facts, Finding, Observation, Place, UnitOfWork
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import endangered
from conn_lint.rules.repairs import of_observation

_HEAD = (
    "import time\n\nfrom django.contrib.auth.models import User\nfrom django.core.management.base import BaseCommand\n"
    "from django.db import close_old_connections, connection\n\n\n"
    "class Command(BaseCommand):\n    def handle(self, **options):\n        while True:\n"
)


def _files(*body: str, options: tuple[str, ...] = ()) -> dict[str, str]:
    lines = "".join(f"            {line}\n" for line in (*body, "User.objects.count()", "time.sleep(86400)"))
    return {"settings.py": settings(*options), "shop/management/commands/poll.py": _HEAD + lines}


_AT = "shop/management/commands/poll.py"
_WHY = {
    "ensure_connection": "ensure_connection() opens a connection only where there is none: one that the server has "
    "dropped is still there, and the next query fails",
    "SELECT 1": "this query fails on a connection that the server has dropped just as the next one would",
    "ping": "ping() of the driver's connection raises on a connection that the server has dropped, or reconnects "
    "behind Django's back and loses the session's settings (PyMySQL before 1.2; isolation level, init_command)",
}
_RECONNECT = frozenset("auto_reconnect autoreconnect reconnect".split())


class PingHack(Rule):
    """
    ## What it does
    Reports attempts to revive a connection: connection.connection.ping(), and ensure_connection() or SELECT 1 in a
    worker that nothing else protects, and reconnect options of the driver.

    ## Why it goes wrong
    ensure_connection() looks only whether there is a connection object; a query as a test fails as any other
    would. ping() raises, or makes the driver reconnect without what Django set up for the session. The option
    reconnect is none of the driver's arguments: it raises TypeError at the first connection.

    ## Example
        connection.ensure_connection()

    ## Use instead
        from django.db import close_old_connections

        close_old_connections()

    ## When it stays silent
    When the test stands in a try whose except closes the connection; for `if not connection.is_usable()` before a
    close; for ensure_connection() in a loop that waits for the server to come up, or in a worker that closes its
    connections.

    ## References
    - https://code.djangoproject.com/ticket/15119
    - django/db/backends/base/base.py, BaseDatabaseWrapper.ensure_connection
    """

    code = "CL218"
    name = "ping-hack"
    severity = "warning"

    VALID = (
        Example("old connections closed", _files("close_old_connections()")),
        Example(
            "closed where nobody answers",
            _files("try:", "    connection.connection.ping()", "except Exception:", "    connection.close()"),
        ),
        Example(
            "closed where it is not usable",
            _files("if connection.connection and not connection.is_usable():", "    connection.close()"),
        ),
        Example(
            "waiting for the server to come up",
            {
                "settings.py": settings(),
                _AT: _HEAD + "            try:\n                connection.ensure_connection()\n                break\n"
                "            except Exception:\n                time.sleep(1)\n",
            },
        ),
        Example("another database", _files("connection.ensure_connection()") | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("a connection that is there already", _files("connection.ensure_connection()"), at=(f"{_AT}:11",)),
        Example("a ping", _files("connection.connection.ping(True)"), at=(f"{_AT}:11",)),
        Example(
            "a query as a test",
            _files("with connection.cursor() as cursor:", '    cursor.execute("SELECT 1")'),
            at=(f"{_AT}:12",),
        ),
        Example(
            "an option that the driver does not have",
            _files("close_old_connections()", options=('"OPTIONS": {"reconnect": True},',)),
            at=("settings.py:4",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        in_danger = [unit for unit in facts.units if unit.touches_orm == "yes" and endangered(unit, facts)]
        for seen in facts.observations:
            if seen.kind != "liveness-test" or not sessions:
                continue
            if seen.detail == "ping" or any(_stands_in(seen, unit) for unit in in_danger):
                yield self.finding(
                    f"this is no safe way to revive the connection: {_WHY[seen.detail]}",
                    "call django.db.close_old_connections() before the first query of every turn or job instead"
                    if facts.django.at_least(1, 6)
                    else "call django.db.close_connection() after every turn or job instead",
                    (Place(seen.span, "the test"), *seen.places),
                    function=seen.function,
                    sessions=sessions,
                    repair=of_observation("close-instead", seen, facts),
                )
        for deployment in facts.deployments:
            yield from self._options(deployment, facts)

    def _options(self, deployment: Deployment, facts: Facts) -> Iterator[Finding]:
        for session in facts.judged_sessions:
            for name, value in session.database.options.items() if session.is_of(deployment) else ():
                if name in _RECONNECT:
                    yield self.finding(
                        f"OPTIONS[{name!r}] is no argument of the MySQL drivers: connecting fails with TypeError",
                        "remove the option, and call django.db.close_old_connections() around each unit of work that "
                        "is no request",
                        (Place(value.place or session.database.place, "this option"),),
                        severity="error",
                        sessions=(session,),
                    )


def _stands_in(seen: Observation, unit: UnitOfWork) -> bool:
    """Whether what was seen belongs to ``unit``: it is written in it, or on the way to its first query."""
    inside = unit.span.path == seen.span.path and unit.span.line <= seen.span.line <= unit.span.end_line
    return inside or any(
        place.span.path == seen.span.path and place.span.line == seen.span.line for place in unit.orm_path
    )
