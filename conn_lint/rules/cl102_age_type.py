"""CL102 age-type."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place, Session, Severity, Span, Unknown, candidates
from conn_lint.rules.base import Example, Rule, age_place, listed, unique
from conn_lint.rules.examples import POSTGRES, settings


class AgeType(Rule):
    """
    ## What it does
    Reports a CONN_MAX_AGE that is no plain number of seconds: a string, True, a timedelta, infinity, NaN, a
    negative number.

    ## Why it goes wrong
    Django adds the value to its clock as it is. A string or a timedelta fails with TypeError when the first
    connection opens; True is one second; infinity and NaN never come, so that the connection is kept for ever;
    a negative age closes after every request, as 0 does, and does not mean "for ever".

    ## Example
        "CONN_MAX_AGE": "600",

    ## Use instead
        "CONN_MAX_AGE": 600,

    ## When it stays silent
    Integers and floats from 0 on, None, and False, which is 0.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/settings/#conn-max-age
    - django/db/backends/base/base.py, BaseDatabaseWrapper.connect
    """

    code = "CL102"
    name = "age-type"
    severity = "error"

    VALID = (
        Example("an integer", {"settings.py": settings('"CONN_MAX_AGE": 600,')}),
        Example("a float", {"settings.py": settings('"CONN_MAX_AGE": 0.5,')}),
        Example("False, which is 0", {"settings.py": settings('"CONN_MAX_AGE": False,')}),
        Example("None", {"settings.py": settings('"CONN_MAX_AGE": None,', '"CONN_HEALTH_CHECKS": True,')}),
        Example(
            "an environment variable made an integer",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": int(os.environ.get("DB_AGE", "600")),')},
        ),
        Example("another database", {"settings.py": POSTGRES.replace("None", '"600"')}),
    )
    INVALID = (
        Example("a string", {"settings.py": settings('"CONN_MAX_AGE": "600",')}, at=("settings.py:4",)),
        Example(
            "an environment variable as it is",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": os.environ.get("DB_AGE", "600"),')},
            at=("settings.py:6",),
        ),
        Example("True", {"settings.py": settings('"CONN_MAX_AGE": True,')}, at=("settings.py:4",)),
        Example("a negative age", {"settings.py": settings('"CONN_MAX_AGE": -1,')}, at=("settings.py:4",)),
        Example("infinity", {"settings.py": settings('"CONN_MAX_AGE": float("inf"),')}, at=("settings.py:4",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        if not facts.django.at_least(1, 6):
            return
        found: dict[tuple[Span, str], list[Session]] = {}
        slips: dict[tuple[Span, str], tuple[Severity, str, str]] = {}
        for session in facts.judged_sessions:
            age = session.database.conn_max_age
            for known in candidates(age):
                slip = _slip(known.value, age.env if isinstance(age, Unknown) else ())
                if slip:
                    key = age_place(session, known), repr(known.value)
                    slips[key] = slip
                    found.setdefault(key, []).append(session)
        for key, sessions in found.items():
            severity, message, advice = slips[key]
            aliases = listed(unique(session.database.alias for session in sessions))
            yield self.finding(
                message,
                advice,
                (Place(key[0], f"CONN_MAX_AGE {key[1]} of {aliases}"),),
                severity=severity,
                sessions=tuple(sessions),
            )


def _slip(value: object, env: tuple[str, ...]) -> tuple[Severity, str, str] | None:
    """Severity, message and help for an age that is no plain number of seconds."""
    if value is None or value is False:
        return None
    if value is True:
        return "warning", "CONN_MAX_AGE True is one second", "write the seconds, or None to keep connections for ever"
    if isinstance(value, (int, float)):
        if value != value or value == float("inf"):
            return (
                "warning",
                f"CONN_MAX_AGE {value} never comes: connections are kept for ever, as with None",
                "write None where that is meant, else the seconds",
            )
        if value < 0:
            return (
                "warning",
                f"CONN_MAX_AGE {value} closes after every request, as 0 does",
                "write 0, or None to keep connections for ever",
            )
        return None
    kind = "the string " if isinstance(value, str) else ""
    source = f" (so is what {listed(env)} gives)" if env and isinstance(value, str) else ""
    return (
        "error",
        f"CONN_MAX_AGE is {kind}{value!r}{source}: opening a connection fails with TypeError",
        "make it a number: int(...)" if isinstance(value, str) else "write the seconds as a number",
    )
