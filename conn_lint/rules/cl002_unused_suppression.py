"""CL002 unused-suppression."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place, Repair, Span
from conn_lint.rules.base import Example, Rule, listed
from conn_lint.rules.examples import MYCNF, SHORT_TIMEOUT, settings

SHOWN_ENTRIES = 3
"""So many stale entries of a baseline are shown."""


class UnusedSuppression(Rule):
    """
    ## What it does
    Reports a `# conn-lint: ignore[...]` comment that suppresses nothing, that names no rule, or that names a
    rule which does not exist; and, as information, entries of the baseline whose findings are gone.

    ## Why it goes wrong
    A suppression that outlives its finding hides the next one on that line. One without a code hides findings
    that nobody has looked at.

    ## Example
        "CONN_MAX_AGE": 0,  # conn-lint: ignore[CL101] the proxy pings

    ## Use instead
        "CONN_MAX_AGE": 600,  # conn-lint: ignore[CL101] the proxy pings

    ## When it stays silent
    A suppression of a rule that was not asked in this run (`--select`, `--ignore`, no database on MySQL) is
    neither used nor unused.

    ## References
    - https://docs.astral.sh/ruff/rules/unused-noqa/
    """

    code = "CL002"
    name = "unused-suppression"
    severity = "warning"

    VALID = (
        Example(
            "a suppression that suppresses",
            {
                "settings.py": settings('"CONN_MAX_AGE": 600,  # conn-lint: ignore[CL101] the proxy pings'),
                "my.cnf": SHORT_TIMEOUT,
            },
            args=MYCNF,
        ),
        Example(
            "a rule by its name, at another place of the finding",
            {
                "settings.py": settings('"CONN_MAX_AGE": 600,'),
                "my.cnf": "[mysqld]\nwait_timeout = 10  # conn-lint: ignore[age-reaches-timeout] replica only\n",
            },
            args=MYCNF,
        ),
        Example(
            "a rule that is not asked",
            {"settings.py": settings('"CONN_MAX_AGE": 0,  # conn-lint: ignore[CL101]')},
            args=("--ignore", "CL101"),
        ),
        Example(
            "text in a string",
            {"settings.py": settings() + 'HELP = "# conn-lint: ignore"\n'},
        ),
    )
    INVALID = (
        Example(
            "nothing to suppress",
            {"settings.py": settings('"CONN_MAX_AGE": 0,  # conn-lint: ignore[CL101] the proxy pings')},
            at=("settings.py:4",),
        ),
        Example(
            "no code",
            {"settings.py": settings('"CONN_MAX_AGE": 600,  # conn-lint: ignore'), "my.cnf": SHORT_TIMEOUT},
            at=("settings.py:4",),
            args=MYCNF,
        ),
        Example(
            "a code that does not exist",
            {"settings.py": settings('"CONN_MAX_AGE": 0,  # conn-lint: ignore[CL999]')},
            at=("settings.py:4",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:  # noqa: ARG002
        """Nothing: what is unused shows only when all findings exist, so the core asks the methods below."""
        return iter(())

    def blanket(self, span: Span) -> Finding:
        return self.finding(
            "this suppression names no rule, and suppresses nothing",
            "name the rules: # conn-lint: ignore[CL201] reason",
            (Place(span, "no rule is named"),),
        )

    def unknown(self, span: Span, words: tuple[str, ...]) -> Finding:
        return self.finding(
            f"there is no rule {listed(words)}",
            "see `conn-lint --list-rules` for codes and names",
            (Place(span, "no such rule"),),
        )

    def unused(self, span: Span, codes: tuple[str, ...], used: tuple[str, ...] = ()) -> Finding:
        """The comment at ``span`` names ``codes`` in vain, and ``used`` with reason."""
        return self.finding(
            f"nothing here is reported by {listed(codes)}: the suppression is unused",
            f"remove {listed(codes)} from the comment, or the comment",
            (Place(span, "suppresses nothing"),),
            repair=Repair("comment", span, text=", ".join(used)),
        )

    def stale(self, places: tuple[Place, ...]) -> Finding:
        """Entries of the baseline, at ``places``, whose findings are gone."""
        number = len(places)
        entries = "1 entry of the baseline belongs" if number == 1 else f"{number} entries of the baseline belong"
        return self.finding(
            f"{entries} to no finding any more",
            "write the baseline anew with --write-baseline",
            places[:SHOWN_ENTRIES],
            severity="info",
        )
