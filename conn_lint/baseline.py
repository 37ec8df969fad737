"""The baseline: findings that were there when conn-lint came, so that only new ones fail a run.

It is a JSON file with one finding per line, known by its fingerprint, which stays when lines move. A fingerprint
that belongs to no finding any more is stale, and said (CL002): left in, it would hide the next finding like it.
"""

from __future__ import annotations

import json
import os
import re
from typing import NamedTuple

from conn_lint.config import ConfigError
from conn_lint.model import Finding, Place, Span

SCHEMA = 1


class Entry(NamedTuple):
    """One finding of the baseline, and its line in the file. Only the fingerprint counts, the rest is for readers."""

    fingerprint: str
    code: str
    path: str
    function: str | None
    message: str
    line: int = 0


class Baseline(NamedTuple):
    """A baseline file; ``path`` is as findings name it: relative to the linted tree, absolute outside it."""

    path: str
    entries: tuple[Entry, ...]


def read(path: str, root: str) -> Baseline:
    """The baseline in the file ``path``. Raises ConfigError when it is not one."""
    shown = os.path.relpath(path)
    try:
        with open(path, encoding="utf-8") as file:
            text = file.read()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"baseline {shown}: {reason}; --write-baseline makes one") from error
    try:
        content = json.loads(text)
        if content["schema"] != SCHEMA:
            raise ConfigError(f"baseline {shown}: schema {content['schema']!r} is not {SCHEMA}: write it anew")
        found = [_entry(each) for each in content["findings"]]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ConfigError(f"baseline {shown}: it is no baseline of conn-lint; --write-baseline makes one") from error
    lines = {
        word: number for number, line in enumerate(text.splitlines(), 1) for word in re.findall("[0-9a-f]{32}", line)
    }
    inside = os.path.relpath(path, root)
    return Baseline(
        path if inside.startswith("..") else inside.replace(os.sep, "/"),
        tuple(entry._replace(line=lines.get(entry.fingerprint, 1)) for entry in found),
    )


def _entry(written: dict[str, object]) -> Entry:
    """One finding as it is ``written``; raises LookupError and TypeError where that is none."""

    def text(name: str) -> str:
        value = written[name]
        if not isinstance(value, str):
            raise TypeError(name)
        return value

    function = None if written["function"] is None else text("function")
    return Entry(text("fingerprint"), text("code"), text("path"), function, text("message"))


def apply(findings: tuple[Finding, ...], baseline: Baseline, asked: frozenset[str]) -> tuple[Finding, ...]:
    """``findings`` with ``baseline`` set on those it holds, and CL002 about the entries that are stale.

    An entry of a rule that was not ``asked`` is neither used nor stale.
    """
    known = {entry.fingerprint for entry in baseline.entries}
    marked = [finding._replace(baseline=True) if finding.fingerprint in known else finding for finding in findings]
    there = {finding.fingerprint for finding in findings if not finding.suppressed}
    stale = [entry for entry in baseline.entries if entry.code in asked and entry.fingerprint not in there]
    if stale and "CL002" in asked:
        from conn_lint.rules.cl002_unused_suppression import UnusedSuppression

        places = [
            Place(Span(baseline.path, each.line), f"{each.code} in {each.path}: no longer found") for each in stale
        ]
        marked.append(UnusedSuppression().stale(tuple(places)))
    return tuple(marked)


def written(findings: tuple[Finding, ...], old: Baseline | None, asked: frozenset[str]) -> tuple[str, int]:
    """The text of a baseline that holds ``findings``, and how many it holds.

    What comments suppress is left out; entries of ``old`` stay where their rule was not ``asked``.
    """
    entries = [
        Entry(each.fingerprint, each.code, each.span.path, each.function, each.message)
        for each in findings
        if not each.suppressed
    ]
    entries += [entry for entry in (old.entries if old else ()) if entry.code not in asked]
    entries.sort(key=lambda each: (each.path, each.code, each.fingerprint))
    lines = [json.dumps(dict(zip(Entry._fields[:-1], entry, strict=False)), ensure_ascii=False) for entry in entries]
    body = ",\n    ".join(lines)
    return f'{{\n  "schema": {SCHEMA},\n  "findings": [\n    {body}\n  ]\n}}\n', len(entries)
