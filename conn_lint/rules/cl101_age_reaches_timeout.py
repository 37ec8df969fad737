"""CL101 age-reaches-timeout."""

from __future__ import annotations

from conn_lint.model import IdleLimit, Session
from conn_lint.rules.age import AgeRule
from conn_lint.rules.base import Example
from conn_lint.rules.examples import MYCNF, POSTGRES, SHORT_TIMEOUT, settings


class AgeReachesTimeout(AgeRule):
    """
    ## What it does
    Compares CONN_MAX_AGE with the idle timeout of the session: wait_timeout, interactive_timeout for an
    interactive client, or what OPTIONS["init_command"] sets.

    ## Why it goes wrong
    Django looks at the age of a connection before and after each request, in close_old_connections(). A
    connection that is younger than CONN_MAX_AGE is used again, although the server may have dropped it: the
    first query after an idle gap between the two fails with (2006, 'MySQL server has gone away'). Django then
    closes it, so that the next request works, and the next gap fails again. The same holds for jobs that call
    close_old_connections().

    ## Example
        "CONN_MAX_AGE": 3600,

    ## Use instead
        "CONN_MAX_AGE": 5,

    ## When it stays silent
    With CONN_MAX_AGE below the timeout, with CONN_HEALTH_CHECKS (Django 4.1 and later: the connection is
    pinged before it is used again), before Django 1.6, which closes after every request, and for settings without
    ROOT_URLCONF beside others that have it, when no job relies on the age. An age equal to the timeout is said as
    information.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#persistent-connections
    - django/db/backends/base/base.py, BaseDatabaseWrapper.close_if_unusable_or_obsolete
    """

    code = "CL101"
    name = "age-reaches-timeout"
    severity = "error"

    VALID = (
        Example(
            "an age below the timeout",
            {"settings.py": settings('"CONN_MAX_AGE": 5,'), "my.cnf": SHORT_TIMEOUT},
            args=MYCNF,
        ),
        Example("an age below the default timeout", {"settings.py": settings('"CONN_MAX_AGE": 3600,')}),
        Example("no age", {"settings.py": settings(), "my.cnf": SHORT_TIMEOUT}, args=MYCNF),
        Example(
            "health checks",
            {
                "settings.py": settings('"CONN_MAX_AGE": None,', '"CONN_HEALTH_CHECKS": True,'),
                "my.cnf": SHORT_TIMEOUT,
                "requirements.txt": "Django==4.2\n",
            },
            args=MYCNF,
        ),
        Example(
            "Django that has no persistent connections",
            {"settings.py": settings('"CONN_MAX_AGE": None,'), "requirements.txt": "Django==1.5.12\n"},
        ),
        Example(
            "a session that sets its own timeout",
            {
                "settings.py": settings(
                    '"CONN_MAX_AGE": 600,', '"OPTIONS": {"init_command": "SET SESSION wait_timeout=3600"},'
                ),
                "my.cnf": SHORT_TIMEOUT,
            },
            args=MYCNF,
        ),
        Example(
            "settings of a worker, which serve no requests",
            {
                "settings.py": settings('"CONN_MAX_AGE": 0,') + 'ROOT_URLCONF = "shop.urls"\n',
                "worker_settings.py": settings('"CONN_MAX_AGE": None,'),
            },
        ),
        Example("another database", {"settings.py": POSTGRES, "my.cnf": SHORT_TIMEOUT}, args=MYCNF),
    )
    INVALID = (
        Example(
            "an age above the timeout",
            {"settings.py": settings('"CONN_MAX_AGE": 3600,'), "my.cnf": SHORT_TIMEOUT},
            at=("settings.py:4",),
            args=MYCNF,
        ),
        Example(
            "connections kept for ever, under an assumed timeout",
            {"settings.py": settings('"CONN_MAX_AGE": None,')},
            at=("settings.py:4",),
        ),
        Example(
            "health checks before Django 4.1",
            {
                "settings.py": settings('"CONN_MAX_AGE": 3600,', '"CONN_HEALTH_CHECKS": True,'),
                "my.cnf": SHORT_TIMEOUT,
                "requirements.txt": "Django==3.2.25\n",
            },
            at=("settings.py:4",),
            args=MYCNF,
        ),
        Example(
            "an age that is the default of an environment variable",
            {
                "settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": int(os.environ.get("DB_AGE", 600)),'),
                "my.cnf": SHORT_TIMEOUT,
            },
            at=("settings.py:6",),
            args=MYCNF,
        ),
    )

    def ruling(self, session: Session) -> IdleLimit | None:
        return None if session.limit.hop else session.limit._replace(at_most=None)
