"""CL304 extreme-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, IdleLimit, Place, Session
from conn_lint.rules.base import Example, Rule, seconds
from conn_lint.rules.examples import settings
from conn_lint.rules.optionfiles import option_file

LEAST_SECONDS = 60
MOST_SECONDS = 86400


class ExtremeTimeout(Rule):
    """
    ## What it does
    Says when the server drops the sessions of an alias in less than a minute, or keeps them for more than a day.

    ## Why it goes wrong
    Below a minute the server can drop the connection within one unit of work: while a page is rendered, a file
    is fetched or a report is written between two queries. Above a day connections that nobody uses any more, of
    killed workers behind a network that lost them, stay and count against max_connections; and what lies between
    (balancers, NAT) has long dropped the connection while the server still keeps it.

    ## Example
        wait_timeout = 10

    ## Use instead
        wait_timeout = 3600

    ## When it stays silent
    Between 60 s and 86400 s, and where the timeout is assumed or not known.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_wait_timeout
    - https://mariadb.com/kb/en/server-system-variables/#wait_timeout
    """

    code = "CL304"
    name = "extreme-timeout"
    severity = "info"

    VALID = (
        option_file("an hour", "[mysqld]\nwait_timeout = 3600\n"),
        option_file("a minute", "[mysqld]\nwait_timeout = 60\n"),
        option_file("a day", "[mysqld]\nwait_timeout = 86400\n"),
        option_file("the other timeout", "[mysqld]\ninteractive_timeout = 10\n"),
        Example("no server given", {"settings.py": settings(), "my.cnf": "[mysqld]\nwait_timeout = 10\n"}),
    )
    INVALID = (
        option_file("ten seconds", "[mysqld]\nwait_timeout = 10\n", at=("my.cnf:2",)),
        option_file("a week", "[mysqld]\nwait_timeout = 604800\n", at=("my.cnf:2",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        found: dict[IdleLimit, list[Session]] = {}
        for session in facts.judged_sessions:
            limit = session.chain[0] if session.chain else session.limit
            told = limit.seconds is not None and not limit.assumed and not limit.hop
            if told and not LEAST_SECONDS <= (limit.seconds or 0) <= MOST_SECONDS:
                found.setdefault(limit, []).append(session)
        for limit, sessions in found.items():
            value = limit.seconds or 0
            if value < LEAST_SECONDS:
                message = f"the server drops a session that idles for {seconds(value)}: a pause within a job is enough"
                advice = "raise it to some minutes, or close the connection before every longer pause"
            else:
                message = f"the server keeps a session that idles for {seconds(value)}, more than a day"
                advice = "lower it, so that connections that nobody uses any more are given back"
            place = limit.place or sessions[0].database.place
            yield self.finding(
                message,
                advice,
                (Place(place, f"{limit.variable} {seconds(value)}"),),
                sessions=tuple(sessions),
            )
