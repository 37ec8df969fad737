"""CL109 autocommit-off."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Known, OneOf, Place, Session, Span, candidates
from conn_lint.rules.base import Example, Rule, listed, unique, unless
from conn_lint.rules.examples import POSTGRES, settings

COMMAND = "shop/management/commands/work.py"


def _command(*lines: str) -> str:
    """A management command whose ``handle`` does ``lines``."""
    body = "".join(f"        {line}\n" for line in lines)
    return (
        "import time\n\nfrom django.core.management.base import BaseCommand\nfrom django.db import transaction\n\n"
        "from shop.models import Order\n\n\n"
        f"class Command(BaseCommand):\n    def handle(self, **options):\n{body}"
    )


def _project(*lines: str, option: str = "") -> dict[str, str]:
    """A project with a worker that does ``lines``; ``option`` is one of its OPTIONS."""
    return {
        "settings.py": settings(f'"OPTIONS": {{{option}}},') + 'INSTALLED_APPS = ["shop"]\n',
        "shop/models.py": "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n",
        COMMAND: _command(*lines),
    }


_REPEATABLE = '"isolation_level": "repeatable read"'


class AutocommitOff(Rule):
    """
    ## What it does
    Reports AUTOCOMMIT switched off, and transactions around loops that poll.

    ## Why it goes wrong
    Every query then opens a transaction that only transaction.commit() ends. atomic() does not commit either: it
    takes itself to be nested. Where the connection is closed first (after a request, by close_old_connections()
    or by the server) the writes are rolled back without an error. Under REPEATABLE READ a loop reads the same
    old rows for ever, and MariaDB drops the session after idle_transaction_timeout.

    A transaction around a loop without end never commits what the loop writes, and keeps its locks; where it ends
    with the loop, the loop never sees under REPEATABLE READ what it waits for. Django asks for READ COMMITTED
    since 2.0, unless OPTIONS has an isolation_level.

    ## Example
        "AUTOCOMMIT": False,

    ## Use instead
        "ATOMIC_REQUESTS": True,

    ## When it stays silent
    With AUTOCOMMIT on, which is Django's default, and before Django 1.6, which did not know it. About a
    transaction inside each turn of a loop, and about a loop that works something off without waiting.

    ## References
    - https://docs.djangoproject.com/en/stable/topics/db/transactions/#autocommit
    - django/db/transaction.py, Atomic.__enter__
    - https://docs.djangoproject.com/en/stable/ref/databases/#mysql-isolation-level
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
        Example(
            "a transaction in each turn",
            _project(
                "while True:", "    with transaction.atomic():", "        Order.objects.update()", "    time.sleep(1)"
            ),
        ),
        Example(
            "a transaction around a loop that works something off",
            _project(
                "with transaction.atomic():",
                "    while True:",
                "        if not Order.objects.filter(sent=False)[:100].update(sent=True):",
                "            break",
                option=_REPEATABLE,
            ),
        ),
        Example(
            "waiting inside a transaction that sees what others commit",
            _project(
                "with transaction.atomic():",
                "    while True:",
                "        if Order.objects.filter(pk=1).exists():",
                "            break",
                "        time.sleep(1)",
            ),
        ),
        Example(
            "waiting with reads that lock, which see the latest rows",
            _project(
                "with transaction.atomic():",
                "    while True:",
                "        if Order.objects.select_for_update().filter(sent=True).exists():",
                "            break",
                "        time.sleep(1)",
                option=_REPEATABLE,
            ),
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
        Example(
            "a transaction around a loop without end",
            _project(
                "with transaction.atomic():",
                "    while True:",
                "        Order.objects.update()",
                "        time.sleep(1)",
            ),
            at=(f"{COMMAND}:12",),
        ),
        Example(
            "waiting inside a transaction that never sees new rows",
            _project(
                "with transaction.atomic():",
                "    while True:",
                "        if Order.objects.filter(pk=1).exists():",
                "            break",
                "        time.sleep(1)",
                option=_REPEATABLE,
            ),
            at=(f"{COMMAND}:12",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        yield from self.around_loops(facts)
        if facts.django.at_least(1, 6):
            yield from self.switched_off(facts)

    def around_loops(self, facts: Facts) -> Iterator[Finding]:
        """Measured on MariaDB 10.11 with Django 5.2: under REPEATABLE READ a loop inside atomic() counts the same
        rows on every turn while another connection adds some, under READ COMMITTED it sees each of them."""
        stale = tuple(session for session in facts.judged_sessions if _keeps_its_snapshot(session, facts))
        for seen in facts.observations:
            if seen.kind != "transaction-around-loop":
                continue
            for_ever = seen.detail == "for ever"
            sessions = facts.judged_sessions if for_ever else stale
            if not sessions:
                continue
            why = "what it writes is never committed, and its locks are kept" if for_ever else ""
            if stale:
                why += f"{', and ' if why else ''}under REPEATABLE READ it sees the same rows on every turn"
            yield self.finding(
                f"this loop goes round inside one transaction: {why}",
                "open the transaction inside the loop, one for each turn",
                (Place(seen.span, f"lasts {seen.detail}"),),
                function=seen.function,
                sessions=sessions,
            )

    def switched_off(self, facts: Facts) -> Iterator[Finding]:
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


def _keeps_its_snapshot(session: Session, facts: Facts) -> bool:
    """Whether a transaction goes on to see the rows that its first read saw (``isolation_level`` of
    django/db/backends/mysql/base.py: READ COMMITTED since 2.0; None leaves it to the server)."""
    option = session.database.options.get("isolation_level")
    if option is None:
        return not facts.django.at_least(2, 0)
    if isinstance(option, Known) and option.value is None:
        return True
    return any(str(known.value).lower() in ("repeatable read", "serializable") for known in candidates(option))
