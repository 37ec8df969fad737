"""CL001 unreadable-file."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import settings

UNREAD = ("cannot be read", "cannot be decoded", "cannot be parsed", "is larger than")
"""How a problem begins that leaves a whole file unread; others, as an include that leads nowhere, leave a part."""


class UnreadableFile(Rule):
    """
    ## What it does
    Reports a file that the verdicts need and that cannot be read, decoded or parsed: a settings module, a
    module with workers, an included option file. A part that is missing (an include or an import that leads out
    of the tree) is said as information.

    ## Why it goes wrong
    What stands in such a file is not judged. A worker in it may go away without a word, and a settings module
    in it may have another CONN_MAX_AGE than the one that was seen.

    ## Example
        "CONN_MAX_AGE" = 600,

    ## Use instead
        "CONN_MAX_AGE": 600,

    ## When it stays silent
    Files that hold nothing of interest are never opened for parsing, whatever their syntax.

    ## References
    - https://docs.python.org/3/reference/lexical_analysis.html#encoding-declarations
    """

    code = "CL001"
    name = "unreadable-file"
    severity = "warning"
    always = True

    VALID = (
        Example("a settings module that parses", {"settings.py": settings('"CONN_MAX_AGE": 600,')}),
        Example(
            "a broken file without anything of interest",
            {"settings.py": settings('"CONN_MAX_AGE": 600,'), "notes.py": "def broken(:\n"},
        ),
        Example(
            "a coding line that says what the bytes are",
            {"settings.py": "# -*- coding: latin-1 -*-\n" + settings('"CONN_MAX_AGE": 600,')},
        ),
    )
    INVALID = (
        Example(
            "a settings module with a syntax error",
            {"settings.py": settings('"CONN_MAX_AGE" = 600,')},
            at=("settings.py:4",),
        ),
        Example(
            "a settings module of Python 2",
            {"settings.py": settings('"CONN_MAX_AGE": 600,') + 'print "settings loaded"\n'},
            at=("settings.py:7",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        for problem in facts.problems:
            unread = problem.reason.startswith(UNREAD)
            yield self.finding(
                f"{problem.span.path} {problem.reason}" + (": nothing in it is judged" if unread else ""),
                "mend the file, or leave it out with `exclude` in [tool.conn-lint]"
                if unread
                else "what hangs on it is not judged",
                (Place(problem.span, problem.reason),),
                severity="warning" if unread else "info",
            )
