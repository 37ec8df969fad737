"""CL306 interactive-only."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place, ServerAnswer, Session
from conn_lint.rules.base import seconds
from conn_lint.rules.examples import settings
from conn_lint.rules.optionfiles import OptionFileRule, option_file

DEFAULT_SECONDS = 28800

_INTERACTIVE = (
    '"OPTIONS": {"client_flag": 1024},  # CLIENT.INTERACTIVE',
    '"CONN_MAX_AGE": 60,',
)


class InteractiveOnly(OptionFileRule):
    """
    ## What it does
    Says when only one of the two timeouts was lowered, and it is the one that Django's sessions do not follow.

    ## Why it goes wrong
    A session takes wait_timeout, unless its client asks to be an interactive one (CLIENT.INTERACTIVE), as the
    mysql program does at a terminal: then it takes interactive_timeout. Django's drivers do not ask by
    themselves. An interactive_timeout of 600 s alone leaves Django's connections at 28800 s.

    ## Example
        interactive_timeout = 600

    ## Use instead
        wait_timeout = 600
        interactive_timeout = 600

    ## When it stays silent
    When both are set, when only the one is that the sessions follow, and for init_command and the like, which
    set the session's own value.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_interactive_timeout
    - https://mariadb.com/kb/en/server-system-variables/#interactive_timeout
    """

    code = "CL306"
    name = "interactive-only"
    severity = "info"

    VALID = (
        option_file("both", "[mysqld]\nwait_timeout = 600\ninteractive_timeout = 600\n"),
        option_file("the one that Django's sessions follow", "[mysqld]\nwait_timeout = 600\n"),
        option_file("longer sessions for people", "[mysqld]\ninteractive_timeout = 86400\n"),
        option_file(
            "interactive sessions",
            "[mysqld]\ninteractive_timeout = 600\n",
            files={"settings.py": settings(*_INTERACTIVE)},
        ),
        option_file("neither", "[mysqld]\nport = 3306\n"),
    )
    INVALID = (
        option_file("the one that they do not follow", "[mysqld]\ninteractive_timeout = 600\n", at=("my.cnf:2",)),
        option_file(
            "the other way round",
            "[mysqld]\nwait_timeout = 600\n",
            at=("my.cnf:2",),
            files={"settings.py": settings(*_INTERACTIVE)},
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for server in facts.servers:
            if server.outcome != "value" or None in (server.wait_timeout, server.interactive_timeout):
                continue
            for variable, other in (("wait_timeout", "interactive_timeout"), ("interactive_timeout", "wait_timeout")):
                followers = tuple(each for each in facts.judged_sessions if _follows(each, server, variable))
                if followers:
                    yield from self._lowered(server, variable, other, followers)

    def _lowered(
        self, server: ServerAnswer, variable: str, other: str, followers: tuple[Session, ...]
    ) -> Iterator[Finding]:
        """The finding that ``other`` was lowered and ``variable``, which ``followers`` follow, was not."""
        set_to = {
            "wait_timeout": (server.wait_timeout, server.wait_place),
            "interactive_timeout": (server.interactive_timeout, server.interactive_place),
        }
        lowered, place = set_to[other]
        value, own_place = set_to[variable]
        by_hand = own_place is not None and server.kind == "option files"
        if lowered is None or lowered >= DEFAULT_SECONDS or value != DEFAULT_SECONDS or by_hand or place is None:
            return
        yield self.finding(
            f"{other} {seconds(lowered)} is not what the sessions of Django follow: {variable} is {seconds(value)}",
            f"set {variable} as well, if Django's connections are meant",
            (Place(place, f"only {other} is lowered"),),
            sessions=followers,
        )


def _follows(session: Session, server: ServerAnswer, variable: str) -> bool:
    """Whether the sessions of ``session`` are known to take the global ``variable`` of ``server``."""
    limit = session.chain[0] if session.chain else session.limit
    return limit.variable == variable and limit.why == server.name and server.alias in (None, session.database.alias)
