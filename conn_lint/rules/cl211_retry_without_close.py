"""CL211 retry-without-close."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Observation, Place
from conn_lint.rules.base import GONE_AWAY, Example, Rule
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import endangered
from conn_lint.rules.repairs import of_observation

_AT = "shop/orders.py"


def _files(*body: str, imports: str = "OperationalError, close_old_connections") -> dict[str, str]:
    lines = "".join(f"    {line}\n" for line in body)
    return {
        "settings.py": settings(),
        _AT: "import time\n\nfrom django.contrib.auth.models import User\n"
        f"from django.db import {imports}\n\n\ndef rename(user):\n{lines}",
    }


def _loop(*handler: str, tried: str = "user.save()") -> tuple[str, ...]:
    inside = (f"        {line}" for line in handler)
    return ("for attempt in range(3):", "    try:", f"        return {tried}", "    except OperationalError:", *inside)


_TENACITY = {
    "settings.py": settings(),
    _AT: "from django.db import OperationalError, close_old_connections\n"
    "from tenacity import retry, retry_if_exception_type\n\n\n"
    "@retry(retry=retry_if_exception_type(OperationalError))\ndef rename(user):\n    user.save()\n",
}
_HOW = {
    "loop": "this goes on",
    "again": "this does the work again",
    "decorator": "this calls the function again",
}


class RetryWithoutClose(Rule):
    """
    ## What it does
    Reports code that catches OperationalError or InterfaceError, and goes on or does its work again without
    closing the connection.

    ## Why it goes wrong
    Django does not replace a connection that the server has dropped: it stays in its place until something closes
    it, so every further attempt fails as well, however often and however long after. Measured with mysqlclient
    2.3.1 and PyMySQL 1.2.4 on Django 5.2, inside atomic() too. With PyMySQL the second failure is an
    InterfaceError (0, ''), which `except OperationalError` does not catch.

    ## Example
        for attempt in range(3):
            try:
                return user.save()
            except OperationalError:
                time.sleep(attempt)

    ## Use instead
        from django.db import close_old_connections

        for attempt in range(3):
            try:
                return user.save()
            except OperationalError:
                close_old_connections()
                time.sleep(attempt)

    ## When it stays silent
    When something closes or connects, when the code looks at the error, speaks of locks or deadlocks, or waits for
    the server to come up; when the exception is raised again; in an endless loop that another rule reports for the
    missing close.

    ## References
    - django/db/backends/base/base.py, BaseDatabaseWrapper.close_if_unusable_or_obsolete (errors_occurred)
    - https://code.djangoproject.com/ticket/24810
    """

    code = "CL211"
    name = "retry-without-close"
    severity = "warning"

    VALID = (
        Example("closed before the next attempt", _files(*_loop("close_old_connections()", "time.sleep(attempt)"))),
        Example("raised again", _files(*_loop("raise"))),
        Example("given up", _files(*_loop("return None"))),
        Example(
            "a retry after a deadlock", _files(*_loop("if attempt == 2:", "    raise  # the deadlock is still there"))
        ),
        Example(
            "the error is looked at",
            _files(
                "while True:",
                "    try:",
                "        return user.save()",
                "    except OperationalError as error:",
                "        if error.args[0] != 3024:",
                "            raise",
            ),
        ),
        Example(
            "waiting for the server to come up",
            _files(
                "while True:",
                "    try:",
                "        return connection.ensure_connection()",
                "    except OperationalError:",
                "        time.sleep(1)",
                imports="OperationalError, connection",
            ),
        ),
        Example(
            "tenacity closes between the attempts",
            _TENACITY
            | {_AT: _TENACITY[_AT].replace("Error))", "Error), before_sleep=lambda state: close_old_connections())")},
        ),
        Example(
            "an endless loop, for CL202",
            _files(
                "while True:",
                "    try:",
                "        user.save()",
                "    except OperationalError:",
                "        pass",
                "    time.sleep(86400)",
            ),
        ),
        Example("another database", _files(*_loop("time.sleep(1)")) | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("three attempts", _files(*_loop("time.sleep(attempt)")), at=(f"{_AT}:11",)),
        Example(
            "again in the except clause",
            _files("try:", "    user.save()", "except OperationalError:", "    user.save()"),
            at=(f"{_AT}:10",),
        ),
        Example(
            "items skipped",
            _files(
                "for user in User.objects.all():",
                "    try:",
                "        user.save()",
                "    except OperationalError:",
                "        continue",
            ),
            at=(f"{_AT}:11",),
        ),
        Example("tenacity", _TENACITY, at=(f"{_AT}:5",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        loops = [unit for unit in facts.units if unit.kind == "loop" and endangered(unit, facts)]
        for seen in facts.observations:
            if seen.kind != "retry-without-close" or not sessions:
                continue
            words = seen.detail.split()
            around = {(place.span.path, place.span.line) for place in seen.places}
            if any((unit.span.path, unit.span.line) in around for unit in loops):
                continue
            yield self.finding(
                f"{_HOW[words[0]]} after an error without closing the connection: one that the server has dropped "
                f"stays in place, and every further query fails with {GONE_AWAY}" + _also(words, facts),
                _advice(seen, facts),
                (Place(seen.span, "catches the error"), *seen.places),
                function=seen.function,
                sessions=sessions,
                repair=of_observation("close-in-handler", seen, facts),
            )


def _also(words: list[str], facts: Facts) -> str:
    if "driver" in words:
        return "; Django raises its own exceptions in the place of the driver's, which this does not catch"
    if "operational" in words and "pymysql" in facts.requirements:
        return "; PyMySQL raises InterfaceError (0, '') from the second time on, which this does not catch"
    return ""


def _advice(seen: Observation, facts: Facts) -> str:
    call = "close_old_connections()" if facts.django.at_least(1, 6) else "close_connection()"
    where = "between two attempts" if seen.detail.startswith("decorator") else "in the except clause"
    return f"call django.db.{call} {where}, outside of atomic(): after an error it closes what does not answer any more"
