"""CL107 interactive-flag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Facts, Finding, Known, Place, Session, Span, candidates
from conn_lint.rules.base import Example, Rule, limit_places, limit_text, listed, unique
from conn_lint.rules.examples import MYCNF, POSTGRES, settings

FOUND_ROWS, INTERACTIVE = 2, 1024
"""``CLIENT.FOUND_ROWS`` and ``CLIENT.INTERACTIVE``, the same in mysqlclient, PyMySQL and mysql-connector."""

_NAMES = ("client_flag", "client_flags")
"""The option of MySQLdb and PyMySQL, and that of mysql-connector."""


class Flags(NamedTuple):
    """Where the flag is set, and whether those of Django are kept beside it."""

    place: Span
    keeps_found_rows: bool


class InteractiveFlag(Rule):
    """
    ## What it does
    Reports CLIENT.INTERACTIVE among the flags that OPTIONS give to the connection.

    ## Why it goes wrong
    Sessions of an interactive client end after interactive_timeout, whatever wait_timeout says. And the flags in
    OPTIONS replace Django's own, CLIENT.FOUND_ROWS: an UPDATE that changes nothing then counts 0 rows, so that
    save() of an unchanged object takes the row for missing, inserts it again and fails with IntegrityError
    (1062, "Duplicate entry").

    ## Example
        "OPTIONS": {"client_flag": CLIENT.INTERACTIVE},

    ## Use instead
        "OPTIONS": {"init_command": "SET SESSION wait_timeout = 3600"},

    ## When it stays silent
    Other flags, and flags that cannot be known. With CLIENT.INTERACTIVE | CLIENT.FOUND_ROWS only the timeout
    is another one, which is said as information.

    ## References
    - https://dev.mysql.com/doc/refman/8.4/en/server-system-variables.html#sysvar_interactive_timeout
    - django/db/backends/mysql/base.py, DatabaseWrapper.get_connection_params
    """

    code = "CL107"
    name = "interactive-flag"
    severity = "warning"

    VALID = (
        Example(
            "the session sets its own timeout",
            {"settings.py": settings('"OPTIONS": {"init_command": "SET SESSION wait_timeout = 3600"},')},
        ),
        Example(
            "another flag",
            {"settings.py": settings('"OPTIONS": {"client_flag": 2},')},
        ),
        Example(
            "a flag that the environment decides",
            {"settings.py": "import os\n\n" + settings('"OPTIONS": {"client_flag": int(os.environ["DB_FLAGS"])},')},
        ),
        Example("another database", {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example(
            "the flag alone",
            {
                "settings.py": "from MySQLdb.constants import CLIENT\n\n"
                + settings('"OPTIONS": {"client_flag": CLIENT.INTERACTIVE},')
            },
            at=("settings.py:6",),
        ),
        Example(
            "beside the flag that Django sets",
            {
                "settings.py": "from pymysql.constants import CLIENT\n\n"
                + settings('"OPTIONS": {"client_flag": CLIENT.INTERACTIVE | CLIENT.FOUND_ROWS},'),
                "my.cnf": "[mysqld]\ninteractive_timeout = 60\n",
            },
            at=("settings.py:6",),
            args=MYCNF,
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        found: dict[Flags, list[Session]] = {}
        for session in facts.judged_sessions:
            flags = _flags(session)
            if flags:
                found.setdefault(flags, []).append(session)
        for flags, sessions in found.items():
            yield self._finding(flags, tuple(sessions))

    def _finding(self, flags: Flags, sessions: tuple[Session, ...]) -> Finding:
        aliases = listed(unique(session.database.alias for session in sessions))
        limits = tuple(dict.fromkeys(session.chain[0] if session.chain else session.limit for session in sessions))
        ruling = tuple(limit for limit in limits if limit.variable == "interactive_timeout")
        said = []
        if ruling:
            texts = listed(unique(limit_text(limit) for limit in ruling))
            said.append(f"sessions of {aliases} end after {texts}, not after wait_timeout")
        advice = 'set the timeout wanted with OPTIONS["init_command"]: "SET SESSION wait_timeout = ..."'
        if not flags.keeps_found_rows:
            said.append(
                "Django's CLIENT.FOUND_ROWS is lost: save() of an unchanged object counts 0 rows, inserts it again and "
                "fails with IntegrityError"
            )
            advice += ", or at least write CLIENT.INTERACTIVE | CLIENT.FOUND_ROWS"
        elif not ruling:
            said.append(f"sessions of {aliases} are interactive ones")
        return self.finding(
            f"CLIENT.INTERACTIVE is set: {'; and '.join(said)}",
            advice,
            (Place(flags.place, "these flags"), *limit_places(ruling)),
            severity="info" if flags.keeps_found_rows else "warning",
            sessions=sessions,
        )


def _flags(session: Session) -> Flags | None:
    """The flags of the connection, when CLIENT.INTERACTIVE is among them on every branch."""
    options = session.database.options
    value = next((options[name] for name in _NAMES if name in options), None)
    known = candidates(value) if value is not None else ()
    if value is None or not known or not all(_has(each, INTERACTIVE) for each in known):
        return None
    place = known[0].place or value.place or session.database.place
    return Flags(place, all(_has(each, FOUND_ROWS) for each in known))


def _has(known: Known, flag: int) -> bool:
    """Whether ``flag`` is set: in a number, or in mysql-connector's list, where a negative one unsets it."""
    value = known.value
    if isinstance(value, (list, tuple)):
        return flag in value and -flag not in value
    return isinstance(value, int) and bool(value & flag)
