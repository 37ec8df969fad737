"""The figures of a result that every format tells."""

from __future__ import annotations

from conn_lint.model import SEVERITIES, Finding, Result, Severity


def reported(result: Result) -> tuple[Finding, ...]:
    """The findings that no comment suppresses and that the baseline does not hold."""
    return tuple(finding for finding in result.findings if finding.active)


def count(result: Result, severity: Severity) -> int:
    return sum(finding.severity == severity for finding in reported(result))


def summary(result: Result) -> str:
    """``3 errors, 1 warning in 4 files; 2 suppressed; 5 in the baseline``."""
    numbers = [(count(result, severity), severity) for severity in reversed(SEVERITIES)]
    words = ", ".join(_plural(number, word) for number, word in numbers if number)
    files = len({finding.span.path for finding in reported(result)})
    line = f"{words} in {_plural(files, 'file')}" if words else "no findings"
    suppressed = sum(finding.suppressed for finding in result.findings)
    known = sum(finding.baseline for finding in result.findings)
    return line + (f"; {suppressed} suppressed" if suppressed else "") + (f"; {known} in the baseline" if known else "")


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or word == "info" else f"{number} {word}s"
