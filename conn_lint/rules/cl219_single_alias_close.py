"""CL219 single-alias-close."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule, listed
from conn_lint.rules.examples import settings
from conn_lint.rules.repairs import of_observation

_TWO = (
    'DATABASES = {\n    "default": {"ENGINE": "django.db.backends.mysql"},\n'
    '    "archive": {"ENGINE": "django.db.backends.mysql"},\n}\n'
)


def _command(close: str, query: str = 'User.objects.using("archive").count()') -> dict[str, str]:
    return {
        "settings.py": _TWO,
        "shop/management/commands/poll.py": "import time\n\nfrom django.contrib.auth.models import User\n"
        "from django.core.management.base import BaseCommand\nfrom django.db import connection, connections\n\n\n"
        "class Command(BaseCommand):\n    def handle(self, **options):\n        while True:\n"
        f"            {close}()\n            User.objects.count()\n"
        f"            {query}\n            time.sleep(86400)\n",
    }


class SingleAliasClose(Rule):
    """
    ## What it does
    Reports connection.close() as the close of a worker in a project that uses more than one MySQL alias.

    ## Why it goes wrong
    `connection` is the connection of the alias "default". Those of the other aliases stay open and go stale, and the
    first query on them after an idle gap longer than wait_timeout fails with 2006.

    ## Example
        connection.close()

    ## Use instead
        from django.db import connections

        connections.close_all()

    ## When it stays silent
    With one MySQL alias; when no code names another alias and no router is set; outside jobs, loops and threads.

    ## References
    - https://docs.djangoproject.com/en/stable/topics/db/multi-db/
    - django/db/__init__.py, DefaultConnectionProxy
    """

    code = "CL219"
    name = "single-alias-close"
    severity = "info"

    VALID = (
        Example("all connections closed", _command("connections.close_all")),
        Example("one alias", _command("connection.close") | {"settings.py": settings()}),
        Example("the other alias is not used", _command("connection.close", "pass")),
    )
    INVALID = (
        Example("an alias that stays open", _command("connection.close"), at=("shop/management/commands/poll.py:11",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for seen in facts.observations:
            if seen.kind != "single-alias-close":
                continue
            used = seen.detail.split()
            others = tuple(
                session
                for session in facts.judged_sessions
                if session.database.alias != "default" and (session.database.alias in used or "by-router" in used)
            )
            if others:
                names = listed(tuple(sorted({session.database.alias for session in others})))
                yield self.finding(
                    f"connection.close() closes the alias default only; {names} stays open and goes stale",
                    "close every alias: django.db.connections.close_all()"
                    if facts.django.at_least(1, 8)
                    else "close every connection of django.db.connections",
                    (Place(seen.span, "closes default"), *seen.places),
                    function=seen.function,
                    sessions=others,
                    repair=of_observation("close-all", seen, facts),
                )
