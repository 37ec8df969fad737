"""CL102 age-type."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Facts, Finding, Place, Repair, Session, Severity, Span, Unknown, candidates
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
        Example(
            "an environment variable that django-environ makes an integer",
            {
                "settings.py": "import environ\n\nenv = environ.Env()\n"
                + settings('"CONN_MAX_AGE": env.int("DB_AGE", default=600),')
            },
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
        Example(
            "an environment variable as it is, with a number for its default",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": os.environ.get("DB_AGE", 600),')},
            at=("settings.py:6",),
        ),
        Example(
            "a comma that makes it a tuple",
            {"settings.py": settings() + 'DATABASES["default"]["CONN_MAX_AGE"] = (600,)\n'},
            at=("settings.py:6",),
        ),
        Example("True", {"settings.py": settings('"CONN_MAX_AGE": True,')}, at=("settings.py:4",)),
        Example("a negative age", {"settings.py": settings('"CONN_MAX_AGE": -1,')}, at=("settings.py:4",)),
        Example("infinity", {"settings.py": settings('"CONN_MAX_AGE": float("inf"),')}, at=("settings.py:4",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        if not facts.django.at_least(1, 6):
            return
        found: dict[Slip, list[Session]] = {}
        for session in facts.judged_sessions:
            for slip in _slips(session):
                found.setdefault(slip, []).append(session)
        for slip, sessions in found.items():
            aliases = listed(unique(session.database.alias for session in sessions))
            yield self.finding(
                slip.message,
                slip.advice,
                (Place(slip.place, f"CONN_MAX_AGE of {aliases}"),),
                severity=slip.severity,
                sessions=tuple(sessions),
                repair=_TO_NUMBER._replace(span=slip.place) if "int(" in slip.advice else None,
            )


_TO_NUMBER = Repair("value", Span("", 0), text="int({})", title="make CONN_MAX_AGE a number")


class Slip(NamedTuple):
    """An age that is no plain number of seconds, and where it was decided."""

    place: Span
    severity: Severity
    message: str
    advice: str


def _slips(session: Session) -> Iterator[Slip]:
    age = session.database.conn_max_age
    if isinstance(age, Unknown) and age.text:
        variables = f"{listed(age.env)} {'is' if len(age.env) == 1 else 'are'} set"
        always = age.default is not None and isinstance(age.default.value, str)
        when = (
            f", whether {variables} or not: opening a connection"
            if always
            else f" when {variables}: opening a connection then"
        )
        yield Slip(
            age_place(session),
            "error",
            f"CONN_MAX_AGE is a string{when} fails with TypeError",
            "make it a number: int(...)",
        )
        return
    for known in candidates(age):
        said = _said(known.value)
        if said:
            yield Slip(age_place(session, known), *said)


def _said(value: object) -> tuple[Severity, str, str] | None:
    """Severity, message and advice about an age; None when it is fine."""
    if isinstance(value, str):
        fails = f"CONN_MAX_AGE is the string {value!r}: opening a connection fails with TypeError"
        return "error", fails, "make it a number: int(...)"
    if value is None or value is False:
        return None
    if value is True:
        return "warning", "CONN_MAX_AGE True is one second", "write the seconds, or None to keep connections for ever"
    if not isinstance(value, (int, float)):
        fails = f"CONN_MAX_AGE is {value!r}: opening a connection fails with TypeError"
        comma = isinstance(value, tuple) and len(value) == 1
        return "error", fails, "remove the comma that makes it a tuple" if comma else "write the seconds as a number"
    if value != value or value == float("inf"):
        never = f"CONN_MAX_AGE {value} never comes: connections are kept for ever, as with None"
        return "warning", never, "write None where that is meant, else the seconds"
    if value < 0:
        closes = f"CONN_MAX_AGE {value} closes after every request, as 0 does"
        return "warning", closes, "write 0, or None to keep connections for ever"
    return None
