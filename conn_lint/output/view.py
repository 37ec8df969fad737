"""What a format needs beside the result: where the reader stands, and how much is to be said."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from conn_lint.model import SEVERITIES, Finding, RuleText, Severity

Lines = Callable[[str, int], "str | None"]
"""Gives line N of a path, counted from 1, with secrets masked; None when there is none to show."""


class View(NamedTuple):
    """The reader's side of a report."""

    version: str = ""
    """Of conn-lint."""
    prefix: str = ""
    """The folder that leads from the working directory to the linted tree."""
    lines: Lines = lambda path, number: None  # noqa: ARG005
    rules: Callable[[], tuple[RuleText, ...]] = tuple
    """The documentation of every rule, for formats that carry it."""
    floor: Severity = "warning"
    """Findings of this severity and above fail the run."""
    colour: bool = False
    quiet: bool = False
    """Nothing but what fails the run."""
    verbose: bool = False
    """What was read, left out and suppressed, too."""

    def fails(self, finding: Finding) -> bool:
        """Whether ``finding`` makes the exit status 1."""
        return finding.active and SEVERITIES.index(finding.severity) >= SEVERITIES.index(self.floor)
