"""The figures of a result that every format tells."""

from __future__ import annotations

from conn_lint.model import SEVERITIES, Finding, Result, Severity


def reported(result: Result) -> tuple[Finding, ...]:
    """The findings that no comment suppresses and that the baseline does not hold."""
    return tuple(finding for finding in result.findings if finding.active)


def count(result: Result, severity: Severity) -> int:
    return sum(finding.severity == severity for finding in reported(result))


def summary(result: Result) -> str:
    """``3 errors, 1 warning in 4 files; 2 suppressed; 5 in the baseline; 1 fixed; 2 fixable with --fix``."""
    numbers = [(count(result, severity), severity) for severity in reversed(SEVERITIES)]
    words = ", ".join(_plural(number, word) for number, word in numbers if number)
    files = len({finding.span.path for finding in reported(result)})
    line = f"{words} in {_plural(files, 'file')}" if words else "no findings"
    suppressed = sum(finding.suppressed for finding in result.findings)
    known = sum(finding.baseline for finding in result.findings)
    notes = [(suppressed, "suppressed"), (known, "in the baseline"), (result.fixed, "fixed")]
    line += "".join(f"; {number} {word}" for number, word in notes if number)
    return line + (f"; {hint}" if (hint := _fixable(result)) else "")


def _fixable(result: Result) -> str:
    """``3 fixable with --fix, 1 more with --unsafe-fixes``."""
    fixes = [finding.fix for finding in reported(result) if finding.fix]
    safe = sum(fix.safety == "safe" for fix in fixes)
    unsafe = len(fixes) - safe
    words = [f"{safe} fixable with --fix"] if safe else []
    if unsafe:
        words.append(f"{unsafe} more with --unsafe-fixes" if safe else f"{unsafe} fixable with --fix --unsafe-fixes")
    return ", ".join(words)


def _plural(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 or word == "info" else f"{number} {word}s"
