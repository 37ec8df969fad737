"""CL111 persistent-dev-server."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import max_ages
from conn_lint.model import Deployment, Facts, Finding, Known, Place, Session, Span, Unknown
from conn_lint.rules.base import Example, Rule, age_place, age_text, listed, unique
from conn_lint.rules.examples import POSTGRES, settings

_DEBUG = "DEBUG = True\n"


class PersistentDevServer(Rule):
    """
    ## What it does
    Mentions settings for development, those with DEBUG, that keep connections open.

    ## Why it goes wrong
    runserver handles each connection of a browser in a thread of its own. A connection to the database belongs to
    its thread: the next request opens another one, and what was kept open is never used again. It waits for
    Python's garbage collector or the server's timeout, so that a page with many requests can use up
    max_connections.

    ## Example
        "CONN_MAX_AGE": 600,

    ## Use instead
        "CONN_MAX_AGE": 0,

    ## When it stays silent
    Where DEBUG or the age cannot be known, or differ by branch.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#caveats
    - django/core/servers/basehttp.py, run: ThreadingMixIn over WSGIServer, which closes no connection
    """

    code = "CL111"
    name = "persistent-dev-server"
    severity = "info"

    VALID = (
        Example("no age", {"settings.py": _DEBUG + settings('"CONN_MAX_AGE": 0,')}),
        Example("no debugging", {"settings.py": "DEBUG = False\n" + settings('"CONN_MAX_AGE": 600,')}),
        Example("DEBUG is not set", {"settings.py": settings('"CONN_MAX_AGE": 600,')}),
        Example(
            "an age for production only",
            {"settings.py": _DEBUG + settings('"CONN_MAX_AGE": 0 if DEBUG else 600,')},
        ),
        Example(
            "the environment decides",
            {
                "settings.py": 'import os\n\nDEBUG = os.environ.get("DEBUG", "1") == "1"\n'
                + settings('"CONN_MAX_AGE": 600,')
            },
        ),
        Example("another database", {"settings.py": _DEBUG + POSTGRES}),
    )
    INVALID = (
        Example("an age", {"settings.py": _DEBUG + settings('"CONN_MAX_AGE": 600,')}, at=("settings.py:5",)),
        Example("kept for ever", {"settings.py": _DEBUG + settings('"CONN_MAX_AGE": None,')}, at=("settings.py:5",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        debugging = {each.name: each for each in facts.deployments if _debugs(each)}
        found: dict[tuple[Span, str], list[Session]] = {}
        for session in facts.judged_sessions:
            value = session.database.conn_max_age
            if session.settings not in debugging or isinstance(value, Unknown):
                continue
            ages = max_ages(session.database, facts.django)
            if ages and all(age is None or age > 0 for _, age in ages):
                known = ages[0][0]
                found.setdefault((age_place(session, known), age_text(known)), []).append(session)
        for (place, age), sessions in found.items():
            aliases = listed(unique(session.database.alias for session in sessions))
            debug = (debugging[session.settings].names["DEBUG"].place for session in sessions)
            yield self.finding(
                f"{age} with DEBUG: runserver uses a new thread, and so a new connection to {aliases}, for each "
                "connection of a browser, and leaves the old one open",
                "set CONN_MAX_AGE to 0 in the settings for development",
                (
                    Place(place, f"{age} of {aliases}"),
                    *{each: Place(each, "settings for development") for each in debug if each}.values(),
                ),
                sessions=tuple(sessions),
            )


def _debugs(deployment: Deployment) -> bool:
    value = deployment.names.get("DEBUG")
    return isinstance(value, Known) and value.value is True
