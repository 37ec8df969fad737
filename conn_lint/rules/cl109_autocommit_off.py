"""CL109 autocommit-off."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, OneOf, Place, Session, Span, candidates
from conn_lint.rules.base import Example, Rule, listed, unique, unless
from conn_lint.rules.examples import POSTGRES, settings


class AutocommitOff(Rule):
    """
    ## What it does
    Reports AUTOCOMMIT switched off.

    ## Why it goes wrong
    Every query then opens a transaction that only transaction.commit() ends. atomic() does not commit either: it
    takes itself to be nested. Where the connection is closed first (after a request, by close_old_connections()
    or by the server) the writes are rolled back without an error. Under REPEATABLE READ a loop reads the same
    old rows for ever, and MariaDB drops the session after idle_transaction_timeout.

    ## Example
        "AUTOCOMMIT": False,

    ## Use instead
        "ATOMIC_REQUESTS": True,

    ## When it stays silent
    With AUTOCOMMIT on, which is Django's default, and before Django 1.6, which did not know it.

    ## References
    - https://docs.djangoproject.com/en/stable/topics/db/transactions/#autocommit
    - django/db/transaction.py, Atomic.__enter__
    """

    code = "CL109"
    name = "autocommit-off"
    severity = "warning"

    VALID = (
        Example("a transaction per request", {"settings.py": settings('"ATOMIC_REQUESTS": True,')}),
        Example("autocommit, said aloud", {"settings.py": settings('"AUTOCOMMIT": True,')}),
        Example("Django's default", {"settings.py": settings()}),
        Example(
            "on unless an environment variable says otherwise",
            {
                "settings.py": "import os\n\n"
                + settings('"AUTOCOMMIT": os.environ.get("DB_AUTOCOMMIT", "yes") == "yes",')
            },
        ),
        Example("another database", {"settings.py": POSTGRES.replace('"CONN_MAX_AGE": None', '"AUTOCOMMIT": False')}),
        Example(
            "Django that does not know it",
            {"settings.py": settings('"AUTOCOMMIT": False,'), "requirements.txt": "Django==1.5.12\n"},
        ),
    )
    INVALID = (
        Example("off", {"settings.py": settings('"AUTOCOMMIT": False,')}, at=("settings.py:4",)),
        Example(
            "off for every alias",
            {"settings.py": settings() + 'for database in DATABASES.values():\n    database["AUTOCOMMIT"] = False\n'},
            at=("settings.py:7",),
        ),
        Example(
            "off by the default of an environment variable",
            {
                "settings.py": "import os\n\n"
                + settings('"AUTOCOMMIT": os.environ.get("DB_AUTOCOMMIT", "no") == "yes",')
            },
            at=("settings.py:6",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        if not facts.django.at_least(1, 6):
            return
        found: dict[tuple[Span, str], list[Session]] = {}
        for session in facts.judged_sessions:
            value = session.database.autocommit
            for known in (value.default,) if isinstance(value, OneOf) and value.default else candidates(value):
                if not known.value:
                    place = known.place or value.place or session.database.place
                    found.setdefault((place, unless(value, known)), []).append(session)
        for (place, condition), sessions in found.items():
            aliases = listed(unique(session.database.alias for session in sessions))
            yield self.finding(
                f"AUTOCOMMIT is off{condition}: what code writes is rolled back when the connection closes, "
                "inside atomic() too, unless it calls transaction.commit()",
                "leave AUTOCOMMIT on; use atomic() or ATOMIC_REQUESTS where several writes belong together",
                (Place(place, f"AUTOCOMMIT of {aliases}"),),
                sessions=tuple(sessions),
            )
