"""CL209 close-not-called."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.repairs import of_observation

_CLOSE = "from django.db import close_old_connections\n"


class CloseNotCalled(Rule):
    """
    ## What it does
    Reports a statement that names close_old_connections, or the close method of a connection, without
    calling it.

    ## Why it goes wrong
    The statement does nothing. The code reads as if it were safe, and its connection goes stale as before.

    ## Example
        close_old_connections

    ## Use instead
        close_old_connections()

    ## When it stays silent
    When the name is handed on: as an argument, a decorator, a callback, a value.

    ## References
    - django/db/__init__.py, close_old_connections
    """

    code = "CL209"
    name = "close-not-called"
    severity = "error"

    VALID = (
        Example(
            "called",
            {"settings.py": settings(), "jobs.py": f"{_CLOSE}\n\ndef before_job():\n    close_old_connections()\n"},
        ),
        Example(
            "handed on",
            {
                "settings.py": settings(),
                "jobs.py": f"{_CLOSE}from work import hooks\n\nhooks.before_job.connect(close_old_connections)\n",
            },
        ),
        Example(
            "another database",
            {"settings.py": POSTGRES, "jobs.py": f"{_CLOSE}\n\ndef before_job():\n    close_old_connections\n"},
        ),
    )
    INVALID = (
        Example(
            "without parentheses",
            {"settings.py": settings(), "jobs.py": f"{_CLOSE}\n\ndef before_job():\n    close_old_connections\n"},
            at=("jobs.py:5",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        for seen in facts.observations:
            if seen.kind == "close-not-called" and sessions:
                name = seen.detail or "close_old_connections"
                yield self.finding(
                    f"{name} is named and not called: this statement does nothing",
                    f"call it: {name}()",
                    (Place(seen.span, "no parentheses"), *seen.places),
                    function=seen.function,
                    sessions=sessions,
                    repair=of_observation("call", seen, facts),
                )
