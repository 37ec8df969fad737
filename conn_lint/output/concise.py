"""One line per finding: ``path:line:column: CODE severity message``."""

from __future__ import annotations

from conn_lint.model import Result
from conn_lint.output.counts import reported
from conn_lint.output.printable import printable, shown
from conn_lint.output.view import View


def render(result: Result, view: View) -> str:
    """The report, without a summary."""
    lines = [
        f"{shown(finding.span.path, view.prefix)}:{finding.span.line}:{finding.span.column}: "
        f"{finding.code} {finding.severity} {printable(finding.message)}"
        for finding in reported(result)
    ]
    lines += [f"note: {printable(note)}" for note in result.facts.notes]
    return "".join(f"{line}\n" for line in lines)
