"""CL003 unknown-setting."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import assess
from conn_lint.model import Facts, Finding, Place, Session, Unknown
from conn_lint.rules.base import Example, Rule, listed, unique
from conn_lint.rules.examples import MYCNF, settings


class UnknownSetting(Rule):
    """
    ## What it does
    Reports, once per cause, a value that a verdict rests on and that cannot be known from the source: an age
    from the environment without a default, an option file that two servers read differently.

    ## Why it goes wrong
    Nothing is wrong yet: it is not known whether connections outlive the server's timeout, and no other rule
    will say so.

    ## Example
        "CONN_MAX_AGE": int(os.environ["DB_AGE"]),

    ## Use instead
        "CONN_MAX_AGE": int(os.environ.get("DB_AGE", 60)),

    ## When it stays silent
    When the verdicts are the same whatever the value is, when a default is known (it is judged), and when the
    value is given with `--env`.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/settings/#conn-max-age
    """

    code = "CL003"
    name = "unknown-setting"
    severity = "info"

    VALID = (
        Example(
            "a default is judged",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": int(os.environ.get("DB_AGE", 60)),')},
        ),
        Example(
            "the value is given",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": int(os.environ["DB_AGE"]),')},
            args=("--env", "DB_AGE=60"),
        ),
        Example(
            "health checks make every age safe",
            {
                "settings.py": "import os\n\n"
                + settings('"CONN_MAX_AGE": int(os.environ["DB_AGE"]),', '"CONN_HEALTH_CHECKS": True,')
            },
        ),
        Example(
            "the server is named",
            {"settings.py": settings('"CONN_MAX_AGE": 600,'), "my.cnf": "[mysqld-8.0]\nwait_timeout = 6000\n"},
            args=(*MYCNF, "--server", "mysql-8.0"),
        ),
        Example(
            "a value that no verdict rests on",
            {"settings.py": "import os\n\n" + settings('"HOST": os.environ["DB_HOST"],')},
        ),
    )
    INVALID = (
        Example(
            "an age without a default",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": int(os.environ["DB_AGE"]),')},
            at=("settings.py:6",),
        ),
        Example(
            "a timeout that only one version of the server reads",
            {"settings.py": settings('"CONN_MAX_AGE": 600,'), "my.cnf": "[mysqld-8.0]\nwait_timeout = 60\n"},
            at=("my.cnf:2",),
            args=MYCNF,
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        causes: dict[tuple[str, Unknown | None], list[Session]] = {}
        for session in facts.judged_sessions:
            if _undecided(session, facts):
                causes.setdefault(_cause(session), []).append(session)
        for (what, value), sessions in causes.items():
            yield self._finding(what, value, tuple(sessions))

    def _finding(self, what: str, value: Unknown | None, sessions: tuple[Session, ...]) -> Finding:
        first = sessions[0]
        aliases = listed(unique(session.database.alias for session in sessions))
        if value is None:
            return self.finding(
                f"the {first.limit.variable} of {aliases} cannot be known: {first.limit.why}",
                "name the server with --server (mysql-8.0, mariadb-10.11), or ask it with --variables or --live",
                (Place(first.limit.place or first.database.place, "not known"),),
                sessions=sessions,
            )
        bind = " ".join(f"--env {name}=VALUE" for name in value.env)
        return self.finding(
            f"{what} of {aliases} cannot be known: {value.why}",
            f"pass {bind} as the deployment has it" if bind else f"set {what} where it can be read from the source",
            (Place(value.place or first.database.place, f"{what} is decided here"),),
            sessions=sessions,
        )


def _undecided(session: Session, facts: Facts) -> bool:
    if assess(session, facts.django, start="close_old", end="close_old").verdict == "unknown":
        return True
    return any(
        assess(session, facts.django, start=unit.cleanup_start, end=unit.cleanup_end, gap=unit.gap).verdict == "unknown"
        for unit in facts.units
        if unit.touches_orm != "no" and not unit.ends
    )


def _cause(session: Session) -> tuple[str, Unknown | None]:
    """What keeps the verdicts on ``session`` open; the idle limit first, as it is the same for all aliases."""
    if session.limit.seconds is None:
        return session.limit.why, None
    database = session.database
    if isinstance(database.conn_max_age, Unknown) and database.conn_max_age.default is None:
        return "CONN_MAX_AGE", database.conn_max_age
    if isinstance(database.conn_health_checks, Unknown):
        return "CONN_HEALTH_CHECKS", database.conn_health_checks
    return session.limit.why, None
