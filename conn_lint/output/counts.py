"""The figures of a result that every format tells."""

from __future__ import annotations

from conn_lint.model import SEVERITIES, Finding, Result, Severity


def reported(result: Result) -> tuple[Finding, ...]:
    """The findings that no comment suppresses."""
    return tuple(finding for finding in result.findings if not finding.suppressed)


def count(result: Result, severity: Severity) -> int:
    return sum(finding.severity == severity for finding in reported(result))


def summary(result: Result) -> str:
    """``3 errors, 1 warning in 4 files; 2 suppressed``."""
    numbers = [(count(result, severity), severity) for severity in reversed(SEVERITIES)]
    words = ", ".join(_plural(number, word) for number, word in numbers if number)
    files = len({finding.span.path for finding in reported(result)})
    suppressed = len(result.findings) - len(reported(result))
    line = f"{words} in {_plural(files, 'file')}" if words else "no findings"
    return f"{line}; {suppressed} suppressed" if suppressed else line


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or word == "info" else f"{number} {word}s"
