"""The report as JSON; ``schema.json`` beside this file describes it."""

from __future__ import annotations

import json

from conn_lint.model import Finding, Fix, Place, Result, Span
from conn_lint.output.counts import count, reported
from conn_lint.output.view import View

SCHEMA = 1
"""The version of the format; it grows when a key changes its meaning or goes."""


def render(result: Result, view: View) -> str:
    """The whole report, what is suppressed included."""
    return dumps(
        {
            "schema": SCHEMA,
            "version": view.version,
            "findings": [_finding(finding) for finding in result.findings],
            "summary": {
                "errors": count(result, "error"),
                "warnings": count(result, "warning"),
                "infos": count(result, "info"),
                "suppressed": len(result.findings) - len(reported(result)),
                "files": len({finding.span.path for finding in reported(result)}),
                "fixed": result.fixed,
                "notes": list(result.facts.notes),
            },
            "skipped": [{"rule": skipped.rule, "reason": skipped.reason} for skipped in result.skipped],
        }
    )


def dumps(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "name": finding.name,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": finding.message,
        "help": finding.help,
        **position(finding.span),
        "function": finding.function,
        "settings_modules": list(finding.settings_modules),
        "aliases": list(finding.aliases),
        "places": [place_of(place) for place in finding.places],
        "fix": _fix(finding.fix),
        "suppressed": not finding.active,
        "baseline": finding.baseline,
        "fingerprint": finding.fingerprint,
    }


def _fix(fix: Fix | None) -> dict[str, object] | None:
    if fix is None:
        return None
    edits = [{**position(edit.span), "content": edit.content} for edit in fix.edits]
    return {"safety": fix.safety, "title": fix.title, "edits": edits}


def position(span: Span) -> dict[str, object]:
    """The keys that say where something is; an end that is not known is the start."""
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line or span.line,
        "end_column": span.end_column or span.column,
    }


def place_of(place: Place) -> dict[str, object]:
    return {**position(place.span), "label": place.label}
