"""CL210 close-while-iterating."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import max_ages
from conn_lint.model import Facts, Finding, Known, Place, Session
from conn_lint.rules.base import Example, Rule, seconds, unique
from conn_lint.rules.examples import POSTGRES, settings

_AT = "shop/views.py"
_MYSQLCLIENT = "Django==5.2\nmysqlclient==2.2.7\n"


def _files(
    *body: str, rows: str = "User.objects.iterator()", age: str = "0", pins: str = _MYSQLCLIENT
) -> dict[str, str]:
    lines = "".join(f"        {line}\n" for line in body)
    return {
        "settings.py": settings(f'"CONN_MAX_AGE": {age},'),
        "requirements.txt": pins,
        _AT: "from django.contrib.auth.models import User\nfrom django.db import close_old_connections, connection\n"
        f"\n\ndef rename(work):\n    for user in {rows}:\n{lines}",
    }


_CLOSE = "close_old_connections()"
_OTHER_DRIVERS = frozenset("django-pymysql pymysql mysql-connector mysql-connector-python".split())


class CloseWhileIterating(Rule):
    """
    ## What it does
    Reports a close of the connection in the body of a loop over a queryset's iterator().

    ## Why it goes wrong
    iterator() keeps its cursor open until the last row. mysqlclient asks the connection for further results when
    that cursor is closed, and raises a bare MySQLdb.OperationalError (2006, '') when the connection is closed by
    then: after the last row, when all the work is done. Measured with Django 5.2, mysqlclient 2.3.1 and MariaDB
    10.11; PyMySQL 1.2.4 takes no harm, nor does a plain loop over the queryset, which fetches all rows first.

    ## Example
        for user in User.objects.iterator():
            close_old_connections()

    ## Use instead
        for user in list(User.objects.iterator()):
            close_old_connections()

    ## When it stays silent
    With PyMySQL or MySQL Connector; when the loop is left right after the close; for a close in an except clause;
    for close_old_connections() with CONN_MAX_AGE None, which closes nothing that works.

    ## References
    - django/db/models/sql/compiler.py, cursor_iter
    - MySQLdb/cursors.py, BaseCursor.close
    """

    code = "CL210"
    name = "close-while-iterating"
    severity = "error"

    VALID = (
        Example("all rows fetched first", _files(_CLOSE, "work(user)", rows="list(User.objects.iterator())")),
        Example("a plain loop", _files(_CLOSE, "work(user)", rows="User.objects.all()")),
        Example("a connection kept for ever", _files(_CLOSE, "work(user)", age="None")),
        Example("left right after the close", _files("if work(user):", "    connection.close()", "    break")),
        Example("PyMySQL", _files(_CLOSE, "work(user)", pins="PyMySQL==1.1.1\n")),
        Example("after an error", _files("try:", "    work(user)", "except ValueError:", f"    {_CLOSE}")),
        Example("only where it is not usable", _files("if not connection.is_usable():", "    connection.close()")),
        Example("another database", _files(_CLOSE, "work(user)") | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("old connections closed on every turn", _files(_CLOSE, "work(user)"), at=(f"{_AT}:7",)),
        Example("a close whatever the age", _files("work(user)", "connection.close()", age="None"), at=(f"{_AT}:8",)),
        Example("an age that passes on the way", _files("work(user)", _CLOSE, age="60"), at=(f"{_AT}:8",)),
        Example("a driver that nothing names", _files(_CLOSE, pins="Django==5.2\n"), at=(f"{_AT}:7",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        if not _OTHER_DRIVERS.isdisjoint(facts.requirements):
            return
        known = "mysqlclient" in facts.requirements
        for seen in facts.observations:
            if seen.kind != "close-while-iterating":
                continue
            closing = tuple(each for each in facts.judged_sessions if _closes(each, seen.detail, facts))
            if not closing:
                continue
            after = "" if seen.detail == "close" else _when(closing, facts)
            yield self.finding(
                f"this closes the connection{after} while iterator() has its cursor open: when the rows end, "
                "mysqlclient raises MySQLdb.OperationalError (2006, '')",
                "fetch the rows first (list(...) or a loop over the queryset itself), or close outside the loop",
                (Place(seen.span, "closes here"), *seen.places),
                severity="warning" if after else "error",
                confidence="certain" if known else "likely",
                function=seen.function,
                sessions=closing,
            )


def _closes(session: Session, cleanup: str, facts: Facts) -> bool:
    """Whether ``cleanup`` may close a connection of ``session`` that works, under Django's own engine."""
    engine = session.database.engine
    if isinstance(engine, Known) and "connector" in str(engine.value):
        return False
    return cleanup == "close" or any(age is not None for _, age in max_ages(session.database, facts.django))


def _when(sessions: tuple[Session, ...], facts: Facts) -> str:
    """At which age it closes; empty: at once."""
    ages = [age for each in sessions for _, age in max_ages(each.database, facts.django) if age is not None]
    return "" if min(ages) <= 0 else f", once it is {' or '.join(unique(tuple(map(seconds, ages))))} old,"
