"""CL004 assumed-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import Assessment, assess, assess_unit
from conn_lint.model import Facts, Finding, Place, Session
from conn_lint.rules.base import Example, Rule, age_place, limit_text, seconds
from conn_lint.rules.examples import MYCNF, POSTGRES, settings


class AssumedTimeout(Rule):
    """
    ## What it does
    Says once that the server's idle timeout was assumed, when a verdict rests on it.

    ## Why it goes wrong
    Without an option file, saved variables or a live server the default of MySQL and MariaDB is taken: 28800 s.
    Managed servers and tuned ones often have far less, and an age that is safe below 28800 s is not safe there.

    ## Example
        "CONN_MAX_AGE": 600,

    ## Use instead
        "CONN_MAX_AGE": 0,

    ## When it stays silent
    When a server source is given (`--mycnf`, `--variables`, `--live`), and when every verdict is the same under
    any timeout: with CONN_MAX_AGE 0, or with health checks, nothing is assumed.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_wait_timeout
    - https://mariadb.com/kb/en/server-system-variables/#wait_timeout
    """

    code = "CL004"
    name = "assumed-timeout"
    severity = "info"

    VALID = (
        Example("no verdict rests on the timeout", {"settings.py": settings('"CONN_MAX_AGE": 0,')}),
        Example(
            "the server's option file is given",
            {"settings.py": settings('"CONN_MAX_AGE": 600,'), "my.cnf": "[mysqld]\nwait_timeout = 3600\n"},
            args=MYCNF,
        ),
        Example(
            "health checks",
            {"settings.py": settings('"CONN_MAX_AGE": None,', '"CONN_HEALTH_CHECKS": True,')},
        ),
        Example("another database", {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example(
            "an age that is safe only below the assumed timeout",
            {"settings.py": settings('"CONN_MAX_AGE": 600,')},
            at=("settings.py:4",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for session in facts.judged_sessions:
            place = _resting(session, facts) if session.limit.assumed else None
            if place:
                assumed = seconds(session.limit.seconds or 0)
                yield self.finding(
                    f"no server source was given: {session.limit.variable} {assumed}, the server's default, is assumed",
                    "pass --mycnf FILE, --variables FILE or --live URL to judge by the server's own timeout",
                    (place,),
                    sessions=(session,),
                )
                return


def _resting(session: Session, facts: Facts) -> Place | None:
    """A place whose verdict would change with the timeout of ``session``."""
    open_limit = session._replace(limit=session.limit._replace(seconds=None))

    if _differ(*(assess(each, facts.django, start="close_old", end="close_old") for each in (open_limit, session))):
        return Place(age_place(session), f"judged against {limit_text(session.limit)}")
    for unit in facts.units:
        if unit.touches_orm == "no" or unit.ends:
            continue
        if _differ(*(assess_unit(each, facts.django, unit) for each in (open_limit, session))):
            return Place(unit.gap_place or unit.span, f"judged against {limit_text(session.limit)}")
    return None


def _differ(without: Assessment, known: Assessment) -> bool:
    """Whether the verdict is open ``without`` the limit, and is not where that is ``known``."""
    return without.verdict == "unknown" != known.verdict
