"""GitLab's code quality report: an array of issues in the form of Code Climate that GitLab reads."""

from __future__ import annotations

from conn_lint.model import Finding, Place, Result, Severity
from conn_lint.output.counts import reported
from conn_lint.output.json import dumps
from conn_lint.output.printable import at, shown
from conn_lint.output.view import View

_SEVERITIES: dict[Severity, str] = {"error": "major", "warning": "minor", "info": "info"}


def render(result: Result, view: View) -> str:
    """Every finding that is neither suppressed nor in the baseline; paths lead from the working directory."""
    return dumps([_issue(finding, view.prefix) for finding in reported(result)])


def _issue(finding: Finding, prefix: str) -> dict[str, object]:
    first, *others = finding.places
    places = [f"- `{at(place.span, prefix)}` {place.label}" for place in others]
    return {
        "type": "issue",
        "check_name": f"{finding.code} {finding.name}",
        "description": f"{finding.code} {finding.name}: {finding.message}",
        "content": {"body": "\n".join([*places, f"- help: {finding.help}"])},
        "categories": ["Bug Risk"],
        "severity": _SEVERITIES[finding.severity],
        "fingerprint": finding.fingerprint,
        "location": _location(first, prefix),
        "other_locations": [_location(place, prefix) for place in others],
    }


def _location(place: Place, prefix: str) -> dict[str, object]:
    span = place.span
    begin = span.line or 1
    return {"path": shown(span.path, prefix), "lines": {"begin": begin, "end": max(span.end_line, begin)}}
