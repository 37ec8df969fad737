"""CL204 close-in-atomic."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings


def _view(*body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return (
        "from django.contrib.auth.models import User\nfrom django.db import close_old_connections, transaction\n"
        f"\n\ndef rename(pk):\n{lines}"
    )


def _helper(*body: str) -> dict[str, str]:
    """A view that calls a helper, which closes by ``body``, in a transaction."""
    lines = "".join(f"    {line}\n" for line in body)
    return {
        "settings.py": settings(),
        "db.py": f"from django.db import close_old_connections, connection\n\n\ndef refresh():\n{lines}",
        "views.py": _view("with transaction.atomic():", f"    {_SAVE}", "    refresh()").replace(
            "\n\n\n", "\n\nfrom db import refresh\n\n\n", 1
        ),
    }


_SAVE = 'User.objects.filter(pk=pk).update(last_name="")'


class CloseInAtomic(Rule):
    """
    ## What it does
    Reports a close of the connection inside transaction.atomic().

    ## Why it goes wrong
    Within atomic() autocommit is off, which makes close_old_connections() close whatever the age. The
    transaction goes with the connection: what the block wrote so far is rolled back by the server, a later
    query in the block fails with TransactionManagementError, and without one nothing is said at all.

    ## Example
        with transaction.atomic():
            User.objects.filter(pk=pk).update(last_name="")
            close_old_connections()

    ## Use instead
        close_old_connections()
        with transaction.atomic():
            User.objects.filter(pk=pk).update(last_name="")

    ## When it stays silent
    When the close stands before or after the block, or is guarded by `if not connection.in_atomic_block`, as it
    should be in a helper that anybody may call.

    ## References
    - django/db/backends/base/base.py, BaseDatabaseWrapper.close_if_unusable_or_obsolete
    - https://docs.djangoproject.com/en/stable/topics/db/transactions/#django.db.transaction.atomic
    """

    code = "CL204"
    name = "close-in-atomic"
    severity = "error"

    VALID = (
        Example(
            "closed before the transaction",
            {
                "settings.py": settings(),
                "views.py": _view("close_old_connections()", "with transaction.atomic():", f"    {_SAVE}"),
            },
        ),
        Example(
            "closed after the transaction",
            {
                "settings.py": settings(),
                "views.py": _view("with transaction.atomic():", f"    {_SAVE}", "close_old_connections()"),
            },
        ),
        Example(
            "a helper that looks whether it is called in a transaction",
            _helper("if not connection.in_atomic_block:", "    close_old_connections()"),
        ),
        Example(
            "another database",
            {
                "settings.py": POSTGRES,
                "views.py": _view("with transaction.atomic():", f"    {_SAVE}", "    close_old_connections()"),
            },
        ),
    )
    INVALID = (
        Example(
            "closed inside the transaction",
            {
                "settings.py": settings(),
                "views.py": _view("with transaction.atomic():", f"    {_SAVE}", "    close_old_connections()"),
            },
            at=("views.py:8",),
        ),
        Example("a helper that is called inside the transaction", _helper("close_old_connections()"), at=("db.py:5",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        for seen in facts.observations:
            if seen.kind == "close-in-atomic" and sessions:
                yield self.finding(
                    "closing the connection inside atomic() ends the transaction: what the block wrote is rolled back"
                    + (f" ({seen.detail})" if seen.detail else ""),
                    "close before the block opens, or after it; in a helper, only if not connection.in_atomic_block",
                    (Place(seen.span, "closes here"), *seen.places),
                    function=seen.function,
                    sessions=sessions,
                )
