"""CL104 health-checks-ignored."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.lifetime import max_ages
from conn_lint.model import Django, Facts, Finding, Known, Place, Repair, Session, Span, Unknown, candidates
from conn_lint.rules.base import Example, Rule, listed, unique
from conn_lint.rules.examples import POSTGRES, settings

_OFF_WORDS = frozenset({"0", "f", "false", "n", "no", "none", "off"})
"""Texts that are meant to switch something off."""


class HealthChecksIgnored(Rule):
    """
    ## What it does
    Reports a CONN_HEALTH_CHECKS that does not do what it says: set for a Django before 4.1, which does not know
    it, or a string such as "False", which is true.

    ## Why it goes wrong
    Django before 4.1 ignores the key without a word: a connection that the server has dropped is used again, and
    the query fails with (2006, 'MySQL server has gone away'). Later Djangos take any true value, so that a text
    from the environment switches the checks on whatever it says.

    ## Example
        "CONN_HEALTH_CHECKS": True,
        "CONN_MAX_AGE": 600,

    ## Use instead
        "CONN_MAX_AGE": 0,

    ## When it stays silent
    Where no requirement keeps Django below 4.1, where it is False, and where a string means what it does.
    With a CONN_MAX_AGE of 0 nothing depends on it, and it is said as information.

    ## References
    - https://docs.djangoproject.com/en/stable/releases/4.1/#database-backends
    - django/db/backends/base/base.py, BaseDatabaseWrapper.connect
    """

    code = "CL104"
    name = "health-checks-ignored"
    severity = "warning"

    VALID = (
        Example(
            "no age, no checks, before Django 4.1",
            {"settings.py": settings('"CONN_MAX_AGE": 0,'), "requirements.txt": "Django==3.2.25\n"},
        ),
        Example(
            "checks on Django 4.1",
            {
                "settings.py": settings('"CONN_HEALTH_CHECKS": True,', '"CONN_MAX_AGE": 600,'),
                "requirements.txt": "Django==4.1\n",
            },
        ),
        Example(
            "a requirement that allows a later Django",
            {
                "settings.py": settings('"CONN_HEALTH_CHECKS": True,', '"CONN_MAX_AGE": 600,'),
                "requirements.txt": "Django>=3.2\n",
            },
        ),
        Example(
            "switched off before Django 4.1",
            {
                "settings.py": settings('"CONN_HEALTH_CHECKS": False,', '"CONN_MAX_AGE": 600,'),
                "requirements.txt": "Django==3.2.25\n",
            },
        ),
        Example("a string that means yes", {"settings.py": settings('"CONN_HEALTH_CHECKS": "True",')}),
        Example("the empty string, which is false", {"settings.py": settings('"CONN_HEALTH_CHECKS": "",')}),
        Example(
            "an environment variable made a boolean",
            {
                "settings.py": "import os\n\n"
                + settings('"CONN_HEALTH_CHECKS": os.environ.get("DB_CHECK", "no") == "yes",')
            },
        ),
        Example(
            "another database",
            {
                "settings.py": POSTGRES.replace('"CONN_MAX_AGE": None', '"CONN_HEALTH_CHECKS": True'),
                "requirements.txt": "Django==3.2.25\n",
            },
        ),
    )
    INVALID = (
        Example(
            "checks before Django 4.1",
            {
                "settings.py": settings('"CONN_HEALTH_CHECKS": True,', '"CONN_MAX_AGE": 600,'),
                "requirements.txt": "Django==3.2.25\n",
            },
            at=("settings.py:4",),
        ),
        Example(
            "checks under a limit below 4.1, set later on",
            {
                "settings.py": settings('"CONN_MAX_AGE": 600,')
                + 'DATABASES["default"].update(CONN_HEALTH_CHECKS=True)\n',
                "requirements.txt": "Django>=3.2,<4.1\n",
            },
            at=("settings.py:7",),
        ),
        Example(
            "a string that is meant to switch them off",
            {"settings.py": settings('"CONN_HEALTH_CHECKS": "False",')},
            at=("settings.py:4",),
        ),
        Example(
            "an environment variable as it is",
            {"settings.py": "import os\n\n" + settings('"CONN_HEALTH_CHECKS": os.environ.get("DB_CHECK", False),')},
            at=("settings.py:6",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        if not facts.django.at_least(1, 6):
            return  # every request has a connection of its own
        known_to_django = facts.django.at_least(4, 1)
        found: dict[tuple[Span, str], list[Session]] = {}
        for session in facts.judged_sessions:
            for place, problem in _texts(session) if known_to_django else _ignored(session):
                found.setdefault((place, problem), []).append(session)
        for (place, problem), sessions in found.items():
            where = Place(place, f"CONN_HEALTH_CHECKS of {listed(unique(each.database.alias for each in sessions))}")
            if known_to_django:
                finding = self._text(problem, where, tuple(sessions))
                switched_off = Repair("value", place, text="False", title="set CONN_HEALTH_CHECKS to False")
                yield finding._replace(repair=switched_off)
            else:
                yield self._before_4_1(where, facts.django, tuple(sessions))

    def _text(self, problem: str, where: Place, sessions: tuple[Session, ...]) -> Finding:
        return self.finding(
            problem,
            "make it True or False; a text from the environment has to be compared or cast",
            (where,),
            severity="info",
            sessions=sessions,
        )

    def _before_4_1(self, where: Place, django: Django, sessions: tuple[Session, ...]) -> Finding:
        required = django.requirement
        ageless = all(age == 0 for session in sessions for _, age in max_ages(session.database, django))
        return self.finding(
            "CONN_HEALTH_CHECKS does nothing before Django 4.1: connections are used again without a look at them",
            "upgrade Django, or set CONN_MAX_AGE below the server's idle timeout and drop the key",
            (where, *([Place(required.place, "keeps Django below 4.1")] if required else [])),
            severity="info" if ageless else "warning",
            sessions=sessions,
        )


def _ignored(session: Session) -> Iterator[tuple[Span, str]]:
    """Where the checks are switched on."""
    value = session.database.conn_health_checks
    for known in candidates(value):
        if known.value:
            yield known.place or value.place or session.database.place, ""


def _texts(session: Session) -> Iterator[tuple[Span, str]]:
    """Where a text switches the checks on against its meaning, or whatever it says; and what to say about it."""
    value = session.database.conn_health_checks
    if isinstance(value, Unknown) and value.text:
        names = f"{listed(value.env)} {'is' if len(value.env) == 1 else 'are'}"
        said = f"CONN_HEALTH_CHECKS is a string when {names} set: any text but the empty one switches the checks on"
        yield value.place or session.database.place, said
        return
    for known in candidates(value):
        if _says_no(known):
            said = f"CONN_HEALTH_CHECKS is the string {known.value!r}, which is true: the checks are on"
            yield known.place or session.database.place, said


def _says_no(known: Known) -> bool:
    return isinstance(known.value, str) and known.value.strip().lower() in _OFF_WORDS
