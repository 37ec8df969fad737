"""Markdown for a comment on a pull request or a step summary."""

from __future__ import annotations

import re

from conn_lint.model import Finding, Result, Span
from conn_lint.output.counts import reported, summary
from conn_lint.output.printable import at, printable
from conn_lint.output.view import View

MAX_LENGTH = 60_000
"""Characters; GitHub takes comments of up to 65 536. The findings beyond are only counted."""

_SPECIAL = re.compile(r"([\\`*{}\[\]<>|~#&!]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
"""An underscore inside a word, as in wait_timeout, is one."""

_WORDS = {"error": "error", "warning": "warning", "info": "note"}


def render(result: Result, view: View) -> str:
    """A headline that counts, then one section per finding, as many as a comment holds."""
    text = f"### conn-lint: {summary(result)}\n"
    text += "".join(f"\n> {_plain(note)}\n" for note in (*result.errors, *result.facts.notes))
    findings = reported(result)
    for number, finding in enumerate(findings):
        section = _section(finding, view.prefix)
        if len(text) + len(section) > MAX_LENGTH:
            return f"{text}\nand {len(findings) - number} more, too many for one comment\n"
        text += section
    return text


def _section(finding: Finding, prefix: str) -> str:
    head = f"**{_WORDS[finding.severity]} {finding.code}** {finding.name} in {_place(finding.span, prefix)}"
    lines = [f"\n{head}\n", f"{_plain(finding.message)}\n"]
    lines += [f"- {_place(place.span, prefix)} {_plain(place.label)}" for place in finding.places]
    if finding.settings_modules:
        lines.append(f"- settings: {', '.join(f'`{name}`' for name in finding.settings_modules)}")
    lines.append(f"- help: {_plain(finding.help)}")
    return "\n".join(lines) + "\n"


def _place(span: Span, prefix: str) -> str:
    return f"`{at(span, prefix).replace('`', chr(39))}`"


def _plain(text: str) -> str:
    """``text`` without effect: no markup, and no ``@name`` that would call somebody."""
    return _SPECIAL.sub(r"\\\1", printable(text)).replace("@", "@\N{ZERO WIDTH SPACE}")
