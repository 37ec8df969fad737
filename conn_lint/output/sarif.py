"""SARIF 2.1.0, as GitHub code scanning, Azure DevOps and editors read it.

Paths are relative to the working directory, which in CI is the root of the repository (``%SRCROOT%``); files
outside it have absolute URIs. The places of a finding beside its first are its related locations.
"""

from __future__ import annotations

import posixpath
from urllib.parse import quote

from conn_lint.model import Finding, Fix, Place, Result, RuleText, Severity, Span
from conn_lint.output.json import dumps
from conn_lint.output.view import View

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "connLint/v1"
"""The name of our fingerprint: it grows when fingerprints are made in another way."""

_LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "note"}
_PROBLEM_SEVERITIES: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "recommendation"}


def render(result: Result, view: View) -> str:
    """One run; suppressed findings are in it and marked so."""
    rules = view.rules()
    index = {rule.code: number for number, rule in enumerate(rules)}
    notes = [("error", error) for error in result.errors] + [("note", note) for note in result.facts.notes]
    run = {
        "tool": {
            "driver": {"name": "conn-lint", "semanticVersion": view.version, "rules": [_rule(rule) for rule in rules]}
        },
        "invocations": [
            {
                "executionSuccessful": not result.errors,
                "toolExecutionNotifications": [{"level": level, "message": {"text": text}} for level, text in notes],
            }
        ],
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "the working directory of the run"}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index, result.facts.root, view.prefix) for finding in result.findings],
    }
    return dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]})


def _rule(rule: RuleText) -> dict[str, object]:
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "help": {"text": rule.text, "markdown": rule.text},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["reliability"], "problem.severity": _PROBLEM_SEVERITIES[rule.severity]},
    }


def _result(finding: Finding, index: dict[str, int], root: str, prefix: str) -> dict[str, object]:
    first, *others = finding.places
    location: dict[str, object] = _physical(first.span, root, prefix)
    if finding.function:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.function, "kind": "function"}]
    found: dict[str, object] = {
        "ruleId": finding.code,
        "level": _LEVELS[finding.severity],
        "message": {"text": f"{finding.message}\nhelp: {finding.help}"},
        "locations": [location],
        "relatedLocations": [_related(number, place, root, prefix) for number, place in enumerate(others, 1)],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {
            "confidence": finding.confidence,
            "aliases": list(finding.aliases),
            "settingsModules": list(finding.settings_modules),
        },
    }
    if finding.code in index:
        found["ruleIndex"] = index[finding.code]
    if finding.fix:
        found["fixes"] = [_fix(finding.fix, root, prefix)]
    if not finding.active:
        found["suppressions"] = [{"kind": "inSource" if finding.suppressed else "external"}]
    return found


def _fix(fix: Fix, root: str, prefix: str) -> dict[str, object]:
    changes: dict[str, list[dict[str, object]]] = {}
    for edit in fix.edits:
        replacement = {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.content}}
        changes.setdefault(edit.span.path, []).append(replacement)
    return {
        "description": {"text": fix.title},
        "artifactChanges": [
            {"artifactLocation": _artifact(path, root, prefix), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }


def _related(number: int, place: Place, root: str, prefix: str) -> dict[str, object]:
    return {"id": number, **_physical(place.span, root, prefix), "message": {"text": place.label}}


def _physical(span: Span, root: str, prefix: str) -> dict[str, object]:
    physical: dict[str, object] = {"artifactLocation": _artifact(span.path, root, prefix)}
    if span.line:
        physical["region"] = _region(span)
    return {"physicalLocation": physical}


def _region(span: Span) -> dict[str, int]:
    region = {"startLine": span.line, "startColumn": span.column}
    if span.end_line:
        region |= {"endLine": span.end_line, "endColumn": span.end_column}
    return region


def _artifact(path: str, root: str, prefix: str) -> dict[str, str]:
    """Relative to the working directory where the file lies below it, else an absolute URI."""
    if not posixpath.isabs(path):
        relative = posixpath.normpath(posixpath.join(prefix, path))
        if not relative.startswith("../"):
            return {"uri": quote(relative, errors="surrogateescape"), "uriBaseId": "%SRCROOT%"}
    return {"uri": "file://" + quote(posixpath.join(root, path), errors="surrogateescape")}
