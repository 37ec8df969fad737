"""Workflow commands of GitHub Actions: each finding becomes an annotation on its line of the pull request."""

from __future__ import annotations

from conn_lint.model import Finding, Result, Severity
from conn_lint.output.counts import reported, summary
from conn_lint.output.printable import at, printable, shown
from conn_lint.output.view import View

_COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "info": "notice"}


def render(result: Result, view: View) -> str:
    """One command per finding and note, then the summary for the log."""
    lines = [_command(finding, view.prefix) for finding in reported(result)]
    lines += [f"::notice title=conn-lint::{_data(printable(note))}" for note in result.facts.notes]
    if not view.quiet:
        lines.append(summary(result))
    return "".join(f"{line}\n" for line in lines)


def _command(finding: Finding, prefix: str) -> str:
    span = finding.span
    properties = {"file": shown(span.path, prefix)}
    if span.line:
        properties["line"] = str(span.line)
        # columns are taken only for what stands on one line
        if span.end_line == span.line:
            properties |= {"endLine": str(span.end_line), "col": str(span.column), "endColumn": str(span.end_column)}
        elif span.end_line:
            properties["endLine"] = str(span.end_line)
    properties["title"] = f"{finding.code} {finding.name}"
    words = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    others = [f"{at(place.span, prefix)}: {printable(place.label)}" for place in finding.places[1:]]
    message = "\n".join([printable(finding.message), *others, f"help: {printable(finding.help)}"])
    return f"::{_COMMANDS[finding.severity]} {words}::{_data(message)}"


def _data(text: str) -> str:
    """``text`` as the message of a command (actions/toolkit, ``escapeData``)."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """``text`` as the value of a property (actions/toolkit, ``escapeProperty``)."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
