"""CL217 old-close-in-ending-thread."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import max_ages
from conn_lint.model import Facts, Finding, Repair
from conn_lint.rules.base import Example, age_text, listed, unique
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import OutsideRule
from conn_lint.rules.unitwords import places_of, subject

_AGE = '"CONN_MAX_AGE": 60,'


def _thread(close: str) -> str:
    return (
        "import threading\n\nfrom django.contrib.auth.models import User\n"
        "from django.db import close_old_connections, connections\n\n\n"
        'def recount():\n    try:\n        User.objects.filter(is_active=True).update(last_name="")\n'
        f"    finally:\n        {close}()\n\n\n"
        "def view(request):\n    threading.Thread(target=recount).start()\n"
    )


class OldCloseInEndingThread(OutsideRule):
    """
    ## What it does
    Reports a thread that ends with close_old_connections() as its only close, with a CONN_MAX_AGE other than 0.

    ## Why it goes wrong
    close_old_connections() keeps what is younger than CONN_MAX_AGE, for the next unit of work in the same thread.
    A thread that ends has none: its connection stays open on the server until Python's garbage collector finds
    it, one more with every thread, until the server refuses new ones (1040, 1226).

    ## Example
        def recount():
            try:
                User.objects.filter(is_active=True).update(last_name="")
            finally:
                close_old_connections()

        threading.Thread(target=recount).start()

    ## Use instead
        from django.db import connections

        def recount():
            try:
                User.objects.filter(is_active=True).update(last_name="")
            finally:
                connections.close_all()

        threading.Thread(target=recount).start()

    ## When it stays silent
    With CONN_MAX_AGE 0, where close_old_connections() closes everything; when the thread closes in another way as
    well; for threads that live on, as those of a pool do.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#persistent-connections
    - django/db/backends/base/base.py, BaseDatabaseWrapper.close_if_unusable_or_obsolete
    """

    code = "CL217"
    name = "old-close-in-ending-thread"
    severity = "warning"

    VALID = (
        Example(
            "everything closed at the end of the thread",
            {"settings.py": settings(_AGE), "views.py": _thread("connections.close_all")},
        ),
        Example(
            "no connection outlives its unit of work",
            {"settings.py": settings(), "views.py": _thread("close_old_connections")},
        ),
        Example("another database", {"settings.py": POSTGRES, "views.py": _thread("close_old_connections")}),
    )
    INVALID = (
        Example(
            "connections are kept for a minute",
            {"settings.py": settings(_AGE), "views.py": _thread("close_old_connections")},
            at=("views.py:7",),
        ),
        Example(
            "connections are kept for ever",
            {"settings.py": settings('"CONN_MAX_AGE": None,'), "views.py": _thread("close_old_connections")},
            at=("views.py:7",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for unit in facts.units:
            if not unit.ends or unit.touches_orm != "yes" or unit.cleanup_end != "close_old":
                continue
            kept = [
                (session, known)
                for session in facts.judged_sessions
                for known, age in max_ages(session.database, facts.django)
                if age is None or age > 0
            ]
            sessions = tuple(session for session in facts.judged_sessions if any(each is session for each, _ in kept))
            if sessions:
                ages = listed(unique(age_text(known) for _, known in kept))
                call = "connections.close_all()" if facts.django.at_least(1, 8) else "connection.close()"
                yield self.finding(
                    f"{subject(unit)} ends its thread with close_old_connections(), which with {ages} leaves the "
                    "connection open: it stays on the server until Python's garbage collector finds it",
                    f"close in a finally clause at the end of the thread: django.db.{call}",
                    places_of(unit, sessions),
                    function=unit.function,
                    sessions=sessions,
                    repair=Repair("close-all", unit.span) if facts.django.at_least(1, 8) else None,
                )
