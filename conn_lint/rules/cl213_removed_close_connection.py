"""CL213 removed-close-connection."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.repairs import of_observation

_OLD = "from django.db import close_connection\n\n\ndef after_job():\n    close_connection()\n"
_NEW = "from django.db import close_old_connections\n\n\ndef after_job():\n    close_old_connections()\n"


class RemovedCloseConnection(Rule):
    """
    ## What it does
    Reports django.db.close_connection, which Django 1.6 deprecated and Django 1.8 removed.

    ## Why it goes wrong
    On Django 1.8 and later the import fails, or the attribute is missing when the worker comes to it.

    ## Example
        from django.db import close_connection

    ## Use instead
        from django.db import close_old_connections

    ## When it stays silent
    When the project pins a Django before 1.6, and for functions of that name from elsewhere.

    ## References
    - https://docs.djangoproject.com/en/1.8/internals/deprecation/#deprecation-removed-in-1-8
    - https://docs.djangoproject.com/en/1.6/releases/1.6/#persistent-database-connections
    """

    code = "CL213"
    name = "removed-close-connection"
    severity = "error"

    VALID = (
        Example("its successor", {"settings.py": settings(), "jobs.py": _NEW}),
        Example(
            "Django before 1.6",
            {"settings.py": settings(), "jobs.py": _OLD, "requirements.txt": "Django==1.5.12\n"},
        ),
        Example(
            "a function of the project",
            {
                "settings.py": settings(),
                "jobs.py": _OLD.replace("django.db", "pool"),
                "pool.py": "close_connection = print\n",
            },
        ),
        Example("another database", {"settings.py": POSTGRES, "jobs.py": _OLD}),
    )
    INVALID = (
        Example("an import that fails", {"settings.py": settings(), "jobs.py": _OLD}, at=("jobs.py:1",)),
        Example(
            "deprecated in Django 1.7",
            {"settings.py": settings(), "jobs.py": _OLD, "requirements.txt": "Django==1.7.11\n"},
            at=("jobs.py:1",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        if not facts.django.at_least(1, 6):
            return
        gone = facts.django.at_least(1, 8)
        for seen in facts.observations:
            if seen.kind == "removed-close-connection" and sessions:
                yield self.finding(
                    "django.db.close_connection was removed in Django 1.8: this fails when it runs"
                    if gone
                    else "django.db.close_connection is deprecated since Django 1.6 and gone in 1.8",
                    "use django.db.close_old_connections(), which keeps connections younger than CONN_MAX_AGE; "
                    "connection.close() closes under any age",
                    (Place(seen.span, "close_connection"), *seen.places),
                    severity="error" if gone else "warning",
                    function=seen.function,
                    sessions=sessions,
                    repair=of_observation("rename-removed", seen, facts),
                )
