"""Whether a file may query when it is imported, by its bytes: most uses of a manager outside of functions make a
queryset, and nothing looks at it there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from conn_lint.workers.django import INSTANCE_QUERIES, LAZY, QUERYING

_USES = tuple(
    (word, re.compile(pattern))
    for word, pattern in (
        (b".objects", rb"\.objects\b"),
        (b"._default_manager", rb"\._default_manager\b"),
        (b"connection.cursor(", rb"\bconnection\.cursor\("),
    )
)
"""What uses a manager or a cursor, by the bytes without which it is not looked for."""

IMPORT_WORDS = (*(word for word, _ in _USES), b"def ready(")
"""A file without any of these does not query when it is imported, nor when its application is ready."""

_WORK = re.compile(rb"(\.?)\b([a-z_]\w*)\s*\(|\b(?:for|if|in|or|and|not)\b|(?<=[)\]])\s*\[|(?<=[(\[{,])\s*\*(?!\*)")
"""What may do something with a queryset: calls of functions and methods (classes are only made), operators,
subscripts of what is called, and what is unpacked."""

_LAZY = frozenset(name.encode() for name in (*LAZY, "as_manager"))
_QUERYING = frozenset(name.encode() for name in (*QUERYING, *INSTANCE_QUERIES, "cursor"))
_TRANSLATING = frozenset(
    b"_ _lazy gettext gettext_lazy ngettext_lazy npgettext_lazy pgettext_lazy ugettext_lazy".split()
)
"""Functions that are given texts and nothing else (Django 5.2 ``utils/translation``), as they are called everywhere."""

_MANAGERS = (b".objects", b"._default_manager")
_OPENING, _CLOSING = b"([{", b")]}"
_HEAD = re.compile(rb"[ \t]*(?:class\b|(?:async\s+)?(def )|def\b)|[^\s#)\]}\"'@]")
"""A line on which a definition begins, or a statement of the module; of a function with its ``def``."""

_IN_LAMBDA = re.compile(rb"\blambda\b[^:,()\n]*:[^,()\n]*$")
"""A line up to a place in what a lambda returns."""

_FORMATTED = re.compile(rb"(?<!\w)(?:[fF][rR]?|[rR][fF])[\"']")
_TEXT = re.compile(
    rb"#[^\n]*"
    rb"|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''(?:[^\\]|\\.)*?'''"
    rb"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'",
    re.DOTALL,
)
"""Comments and strings."""

Makes = Callable[[bytes], bool]
"""Whether every function of that name makes querysets or expressions and queries nothing, by what is known of it."""


def may_query_at_import(data: bytes) -> bool:
    """Whether the source ``data`` may use a manager or a cursor outside its functions; decided without parsing."""
    return next(uses_at_import(data), None) is not None


def uses_at_import(data: bytes, makes: Makes = lambda _: False) -> Iterator[int]:
    """Where ``data`` may query by a manager or a cursor outside its functions."""
    uses = [use.span() for word, pattern in _USES if word in data for use in pattern.finditer(data)]
    last, inside = -1, True
    for start, end in sorted(uses):
        line = data.rfind(b"\n", 0, start) + 1
        last, inside = line, _in_function(data, line, last, inside)
        lazy = inside or _IN_LAMBDA.search(data, line, start) or _stays_lazy(data, start, end, makes)
        if not lazy:
            yield start


def may_query_when_ready(data: bytes) -> bool:
    """Whether ``data`` may hold an ``AppConfig`` with a ``ready()`` of its own."""
    return b"def ready(" in data and b"AppConfig" in data


def only_makes(function: bytes) -> bool:
    """Whether the source ``function``, its head included, makes querysets and expressions, and looks at none."""
    text = _code(function)
    inside = text.find(b"(") + 1
    return all(call[1] and call[2] in _LAZY for call in _WORK.finditer(text, inside))


def _in_function(data: bytes, line: int, last: int, inside: bool) -> bool:
    """Whether what begins last before the end of the line at ``line`` is a function; also where nothing does. The same
    is known, as ``inside``, of the line at ``last``."""
    while line > last:
        head = _HEAD.match(data, line)
        if head:
            return head[1] is not None
        line = data.rfind(b"\n", 0, line - 1) + 1 if line else -1
    return inside


def _stays_lazy(data: bytes, start: int, end: int, makes: Makes) -> bool:
    """Whether the lines around a manager make a queryset and do nothing with it: ``queryset = Order.objects.all()``.

    A method of a manager that is none of Django's counts as making one, too: nobody can say that it queries."""
    text = _code(data[data.rfind(b"\n", 0, start) + 1 : _end(data, end, b"\n#")])
    return all(_looks_at_none(call, text, makes) for call in _WORK.finditer(text))


def _looks_at_none(call: re.Match[bytes], text: bytes, makes: Makes) -> bool:
    """Whether ``call`` looks at no queryset."""
    name = call[2]
    if call[1]:
        return name in _LAZY or (name not in _QUERYING and text.endswith(_MANAGERS, 0, call.start()))
    if not name or not (name in _TRANSLATING or makes(name)):
        return False
    end = _end(text, call.end(), b")")
    return not any(pattern.search(text, call.end(), end) for _, pattern in _USES)


def _end(text: bytes, start: int, stops: bytes) -> int:
    """Where the first of ``stops`` stands behind ``start`` outside of brackets; the end where none does."""
    depth = 0
    for at in range(start, len(text)):
        if depth <= 0 and text[at] in stops:
            return at
        depth += (text[at] in _OPENING) - (text[at] in _CLOSING)
    return len(text)


def _code(source: bytes) -> bytes:
    """``source`` with blanks in the place of comments and strings; as it is where strings hold code."""
    return source if _FORMATTED.search(source) else _TEXT.sub(lambda found: b" " * len(found[0]), source)
