"""CL003 unknown-setting."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.lifetime import assess, assess_unit
from conn_lint.model import Facts, Finding, Place, Session, Span, Unknown
from conn_lint.rules.base import Example, Rule, listed, unique
from conn_lint.rules.examples import MYCNF, settings

SHOWN_PLACES = 3
"""So many of the places that one cause leaves open are shown."""


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
    When the verdicts are the same whatever the value is, when a default is known (it is judged), when the value
    is given with `--env` or `--env-file`, and when it is a string whatever it says (CL102).

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
            "a string whatever it says",
            {"settings.py": "import os\n\n" + settings('"CONN_MAX_AGE": os.environ["DB_AGE"],')},
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
        causes: dict[tuple[str, str], list[tuple[Cause, Session]]] = {}
        unread = {Span(problem.span.path, 1) for problem in facts.problems}  # CL001 says that nothing is known there
        for session in facts.judged_sessions:
            cause = _cause(session)
            if cause and cause.place not in unread and _undecided(session, facts):
                causes.setdefault((cause.what, cause.why), []).append((cause, session))
        for (what, why), found in causes.items():
            aliases = listed(unique(session.database.alias for _, session in found))
            places = dict.fromkeys(cause.place for cause, _ in found)
            yield self.finding(
                f"{what} of {aliases} cannot be known: {why}",
                found[0][0].advice,
                tuple(Place(place, f"{what} is decided here") for place in places)[:SHOWN_PLACES],
                sessions=tuple(session for _, session in found),
            )


class Cause(NamedTuple):
    """What cannot be known, why, where that is decided, and what to do about it."""

    what: str
    why: str
    place: Span
    advice: str


def _undecided(session: Session, facts: Facts) -> bool:
    if assess(session, facts.django, start="close_old", end="close_old").verdict == "unknown":
        return True
    return any(
        assess_unit(session, facts.django, unit).verdict == "unknown"
        for unit in facts.units
        if unit.touches_orm != "no" and not unit.ends
    )


def _cause(session: Session) -> Cause | None:
    """What may keep the verdicts on ``session`` open; the idle limit first, as it is the same for all aliases."""
    limit, database = session.limit, session.database
    if limit.seconds is None:
        advice = "give a source that tells it: --mycnf with --server, --variables or --live"
        if limit.why.startswith("OPTIONS"):
            advice = "write it where it can be read from the source"
        return Cause(limit.variable, limit.why, limit.place or database.place, advice)
    for name, value in (("CONN_MAX_AGE", database.conn_max_age), ("CONN_HEALTH_CHECKS", database.conn_health_checks)):
        if isinstance(value, Unknown) and value.default is None and not (value.text and name == "CONN_MAX_AGE"):
            bind = " ".join(f"--env {variable}=VALUE" for variable in value.env)
            advice = f"pass {bind} as the deployment has it" if bind else f"set {name} where it can be read"
            if "is not in the project" in value.why:
                advice = (
                    f"set {name} in a file of the project, or name the settings that are deployed: --settings MODULE"
                )
            return Cause(name, value.why, value.place or database.place, advice)
    return None
