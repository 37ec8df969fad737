"""CL001 unreadable-file."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place, Problem
from conn_lint.rules.base import Example, Rule, listed
from conn_lint.rules.examples import settings

UNREAD = ("cannot be read", "cannot be decoded", "cannot be parsed", "is larger than")
"""How a problem begins that leaves a whole file unread; others, as an include that leads nowhere, leave a part."""

OLDER = "is Python 2 source"
"""How the problem of a file begins that was read as Python 3 would read it."""

_NAMED = 3
"""So many files of Python 2 are named; where there is one, there are many."""

_OLD_COMMAND = (
    "import time\n\nfrom django.contrib.auth.models import User\n"
    "from django.core.management.base import BaseCommand\n\n\n"
    "class Command(BaseCommand):\n    def handle(self, *args, **options):\n        while True:\n"
    "            print User.objects.count()\n            time.sleep(60)\n"
)


class UnreadableFile(Rule):
    """
    ## What it does
    Reports a file that the verdicts need and that cannot be read, decoded or parsed: a settings module, a
    module with workers, an included option file. A part that is missing (an include or an import that leads out
    of the tree) is said as information, and once that files are Python 2 source.

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
        Example(
            "commands of Python 2, said once",
            {
                "settings.py": settings('"CONN_MAX_AGE": 600,'),
                **{f"shop/management/commands/{name}.py": _OLD_COMMAND for name in ("clean", "count")},
            },
            at=("shop/management/commands/clean.py:1",),
        ),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        older = [problem for problem in facts.problems if problem.reason.startswith(OLDER)]
        if older:
            yield self._older([problem.span.path for problem in older], older[0])
        for problem in facts.problems:
            if problem in older:
                continue
            unread = problem.reason.startswith(UNREAD)
            yield self.finding(
                f"{problem.span.path} {problem.reason}" + (": nothing in it is judged" if unread else ""),
                "mend the file, or leave it out with `exclude` in [tool.conn-lint]"
                if unread
                else "what hangs on it is not judged",
                (Place(problem.span, problem.reason),),
                severity="warning" if unread else "info",
            )

    def _older(self, paths: list[str], first: Problem) -> Finding:
        """The files of Python 2 in one."""
        message = f"{first.span.path} {first.reason}"
        if len(paths) > 1:
            rest = len(paths) - _NAMED
            names = (*paths[:_NAMED], f"{rest} more") if rest > 0 else tuple(paths)
            message = f"{len(paths)} files are {first.reason.removeprefix('is ')}: {listed(names)}"
        return self.finding(
            message,
            "they are judged like the others; leave out what nothing runs with `exclude` in [tool.conn-lint]",
            (Place(first.span, "Python 2 source"),),
            severity="info",
        )
