"""CL103 settings-key-slip."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, KeySlip, Place, Repair, Session
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings

_FAILS_IN_OPTIONS = frozenset({"CONN_MAX_AGE", "CONN_HEALTH_CHECKS", "AUTOCOMMIT", "ATOMIC_REQUESTS"})


class SettingsKeySlip(Rule):
    """
    ## What it does
    Reports a key about connections that Django does not read where it stands: misspelt, in lower case, inside
    OPTIONS, beside the aliases, or at the top of the settings module.

    ## Why it goes wrong
    Django ignores keys it does not know without a word: the age or the health check that was meant is not in
    force. Inside OPTIONS it is worse: the driver is called with the key and opening a connection fails with
    TypeError.

    ## Example
        "CON_MAX_AGE": 600,

    ## Use instead
        "CONN_MAX_AGE": 600,

    ## When it stays silent
    Keys of third-party engines, keys of other databases, and module-level names that the settings put into
    DATABASES themselves.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/settings/#databases
    """

    code = "CL103"
    name = "settings-key-slip"
    severity = "error"

    VALID = (
        Example("the right key", {"settings.py": settings('"CONN_MAX_AGE": 600,')}),
        Example(
            "a module-level name that is used",
            {"settings.py": "CONN_MAX_AGE = 600\n" + settings('"CONN_MAX_AGE": CONN_MAX_AGE,')},
        ),
        Example(
            "options of the driver",
            {"settings.py": settings('"OPTIONS": {"connect_timeout": 5, "charset": "utf8mb4"},')},
        ),
        Example("another database", {"settings.py": POSTGRES.replace("CONN_MAX_AGE", "CON_MAX_AGE")}),
    )
    INVALID = (
        Example("misspelt", {"settings.py": settings('"CON_MAX_AGE": 600,')}, at=("settings.py:4",)),
        Example(
            "misspelt beside the right one",
            {
                "settings.py": settings()
                + 'DATABASES["x"] = {**DATABASES["default"], "CONN_MAX_AGE": 60, "CON_MAX_AGE": 5}\n'
            },
            at=("settings.py:6",),
        ),
        Example("lower case", {"settings.py": settings('"conn_max_age": 600,')}, at=("settings.py:4",)),
        Example(
            "inside OPTIONS", {"settings.py": settings('"OPTIONS": {"CONN_MAX_AGE": 600},')}, at=("settings.py:4",)
        ),
        Example(
            "at the top of the module",
            {"settings.py": settings() + "CONN_MAX_AGE = 600\n"},
            at=("settings.py:6",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        found: dict[KeySlip, list[Session]] = {}
        modules = {deployment.module: deployment.slips for deployment in facts.deployments}
        for session in facts.judged_sessions:
            for slip in (*session.database.slips, *modules.get(session.settings.partition("::")[0], ())):
                if not slip.kind.startswith("pool-"):
                    found.setdefault(slip, []).append(session)
        for slip, sessions in found.items():
            message, advice = _words(slip)
            fails = slip.kind == "in-options" and slip.meant in _FAILS_IN_OPTIONS
            yield self.finding(
                message,
                advice,
                (Place(slip.place, f"meant {slip.meant}" if slip.key != slip.meant else "not read here"),),
                severity="error" if fails else "warning",
                sessions=tuple(sessions),
                repair=Repair("key", slip.place, text=slip.meant) if slip.kind in ("misspelt", "case") else None,
            )


def _words(slip: KeySlip) -> tuple[str, str]:
    if slip.kind == "in-options":
        return (
            f"{slip.key} in OPTIONS is handed to the driver: opening a connection fails with TypeError",
            f"move {slip.meant} out of OPTIONS, beside ENGINE",
        )
    if slip.kind == "module-level":
        return (
            f"{slip.key} at the top of the settings module does nothing: Django reads it in DATABASES only",
            f"move {slip.meant} into the database it is meant for",
        )
    if slip.kind == "beside-alias":
        return (
            f"{slip.key} stands beside the aliases of DATABASES, where Django takes it for an alias",
            f"move {slip.meant} into the database it is meant for",
        )
    return f"Django does not read {slip.key}: it does not set {slip.meant}", f"write {slip.meant}"
