"""JUnit XML, as Jenkins, GitLab, Azure DevOps and others read it: one test case per finding.

A finding that fails the run is a failure, one below ``--fail-on`` a passed case that speaks, one that is suppressed or
in the baseline a skipped case. Without findings there is one passed case: an empty suite is an error to some readers.
"""

from __future__ import annotations

from xml.sax.saxutils import escape, quoteattr

from conn_lint.model import Finding, Result
from conn_lint.output.counts import summary
from conn_lint.output.printable import at, printable, shown
from conn_lint.output.view import View


def render(result: Result, view: View) -> str:
    """One suite for the whole run."""
    cases = [_case(finding, view) for finding in result.findings]
    cases += [_error(error) for error in result.errors]
    if not cases:
        cases = ['  <testcase classname="conn-lint" name="no findings"/>']
    failures = sum(map(view.fails, result.findings))
    skipped = sum(not finding.active for finding in result.findings)
    counts = f'tests="{len(cases)}" failures="{failures}" errors="{len(result.errors)}"'
    said = [*result.facts.notes, summary(result)]
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f'<testsuites name="conn-lint" {counts}>',
            f'<testsuite name="conn-lint" {counts} skipped="{skipped}">',
            *cases,
            f"  <system-out>{_text(chr(10).join(said))}</system-out>",
            "</testsuite>",
            "</testsuites>\n",
        ]
    )


def _case(finding: Finding, view: View) -> str:
    path = shown(finding.span.path, view.prefix)
    attributes = {
        "classname": path,
        "name": f"{finding.code} {finding.name} at {at(finding.span, view.prefix)}",
        "file": path,
        "line": str(finding.span.line),
    }
    words = " ".join(f"{name}={_attribute(value)}" for name, value in attributes.items())
    return f"  <testcase {words}>\n    {_outcome(finding, view)}\n  </testcase>"


def _outcome(finding: Finding, view: View) -> str:
    if not finding.active:
        by = "by a comment" if finding.suppressed else "in the baseline"
        return f'<skipped message="suppressed {by}"/>' if finding.suppressed else f'<skipped message="{by}"/>'
    lines = [f"{finding.severity}: {finding.message}"]
    lines += [f"{at(place.span, view.prefix)}: {place.label}" for place in finding.places]
    text = _text("\n".join([*lines, f"help: {finding.help}"]))
    if view.fails(finding):
        return f'<failure type="{finding.code}" message={_attribute(finding.message)}>{text}</failure>'
    return f"<system-out>{text}</system-out>"


def _error(error: str) -> str:
    return (
        '  <testcase classname="conn-lint" name="the run is complete">\n'
        f'    <error type="incomplete" message={_attribute(error)}/>\n  </testcase>'
    )


def _text(text: str) -> str:
    """``text`` as XML 1.0 has it, which knows no control characters."""
    return escape("\n".join(map(printable, text.split("\n"))))


def _attribute(text: str) -> str:
    return quoteattr(printable(text))
