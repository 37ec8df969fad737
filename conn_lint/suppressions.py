"""``# conn-lint: ignore[CL201] reason`` comments: finding them, and telling what each suppresses."""

from __future__ import annotations

import io
import os
import re
import tokenize
from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Facts, Finding, Span
from conn_lint.project.tree import Tree, Unreadable

MARK = b"conn-lint:"
"""Files without these bytes hold no suppression."""

_DIRECTIVE = re.compile(r"#\s*conn-lint:\s*ignore\b(?:\s*\[([^\]\n]*)\])?")


class Directive(NamedTuple):
    """One comment. ``words`` are the codes and names in it, as written; none for a blanket one."""

    span: Span
    words: tuple[str, ...]


def directives(path: str, data: bytes) -> tuple[Directive, ...]:
    """The suppressions in a file; ``path`` is the path of their spans."""
    if MARK not in data:
        return ()
    text = data.decode(errors="replace")
    found = []
    for line, column, comment in _python_comments(text) if path.endswith(".py") else _lines(text):
        match = _DIRECTIVE.search(comment)
        if match:
            words = tuple(word.strip() for word in (match[1] or "").split(",") if word.strip())
            span = Span(path, line, column + match.start() + 1, line, column + match.end() + 1)
            found.append(Directive(span, words))
    return tuple(found)


def suppress(findings: tuple[Finding, ...], tree: Tree, facts: Facts, asked: frozenset[str]) -> tuple[Finding, ...]:
    """``findings`` with ``suppressed`` set where a comment says so, and CL002 about the comments themselves.

    A comment counts on every line of every place of a finding. ``asked`` are the codes of the rules that were
    asked; the others make no comment unused.
    """
    from conn_lint.rules import codes_of

    found = _every_directive(findings, tree, facts)
    if not found:
        return findings
    codes = {word: codes_of(word) for directive in found for word in directive.words}
    named = {directive: {code for word in directive.words for code in codes[word]} for directive in found}
    used: set[tuple[Directive, str]] = set()
    marked = []
    for finding in findings:
        by = [each for each in found if finding.code in named[each] and _stands_on(each.span, finding)]
        used.update((directive, finding.code) for directive in by)
        marked.append(finding._replace(suppressed=True) if by else finding)
    if "CL002" in asked:
        marked += _about(found, codes, used, asked)
    return tuple(marked)


def _about(
    found: list[Directive], codes: dict[str, tuple[str, ...]], used: set[tuple[Directive, str]], asked: frozenset[str]
) -> Iterator[Finding]:
    from conn_lint.rules.cl002_unused_suppression import UnusedSuppression

    rule = UnusedSuppression()
    for directive in found:
        if not directive.words:
            yield rule.blanket(directive.span)
        unknown = tuple(word for word in directive.words if not codes[word])
        if unknown:
            yield rule.unknown(directive.span, unknown)
        idle = tuple(
            word
            for word in directive.words
            if codes[word]
            and asked.issuperset(codes[word])
            and not any((directive, code) in used for code in codes[word])
        )
        if idle:
            yield rule.unused(directive.span, idle, tuple(word for word in directive.words if word not in idle))


def _stands_on(span: Span, finding: Finding) -> bool:
    return any(
        place.span.path == span.path and place.span.line <= span.line <= max(place.span.line, place.span.end_line)
        for place in finding.places
    )


def _every_directive(findings: tuple[Finding, ...], tree: Tree, facts: Facts) -> list[Directive]:
    """The suppressions in Python files, in option files, and in whatever else a finding has a place in."""
    paths = {path for path in tree.paths if path.endswith(".py")}
    paths.update(place.span.path for server in facts.servers for place in server.places)
    paths.update(place.span.path for finding in findings for place in finding.places)
    return [directive for path in sorted(paths) for directive in directives(path, _data(path, tree))]


def _data(path: str, tree: Tree) -> bytes:
    """The bytes of a file; none for one that cannot be read, which is reported by itself where it matters."""
    if path in tree:
        try:
            return tree.read(path)
        except Unreadable:
            return b""
    full = os.path.join(tree.root, path)  # an absolute path stays what it is
    if not os.path.isfile(full):
        return b""
    with open(full, "rb") as file:
        return file.read()


def _lines(text: str) -> list[tuple[int, int, str]]:
    return [(number, 0, line) for number, line in enumerate(text.split("\n"), 1)]


def _python_comments(text: str) -> list[tuple[int, int, str]]:
    """Line, column and text of each comment; of every line where the text cannot be split into tokens."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return _lines(text)
    return [(*token.start, token.string) for token in tokens if token.type == tokenize.COMMENT]
