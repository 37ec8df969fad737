"""Reading the idle limit of a proxy from its own configuration file."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from conn_lint.model import Span
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.files import read_given


class Limit(NamedTuple):
    """``seconds`` after which an idle client is dropped, None: never; ``why`` names the settings and ``line``
    the line of the one in force, 0 where it is a default."""

    seconds: float | None
    why: str
    line: int


Reader = Callable[[str], Limit]
"""From the text of a file to the limit; raises ValueError with the reason when it says none."""


def read_limit(path: str, shown: str) -> tuple[Limit, Span]:
    """The idle limit that the ProxySQL, HAProxy or MaxScale configuration file ``path`` sets, and its place.

    Raises ServerSourceError in one line that names ``shown`` when the file cannot be read, is of none of
    these programs, or does not say which of its limits MySQL connections meet.
    """
    text = read_given(path, shown).decode("utf-8-sig", "replace")
    reader = _reader(text)
    if reader is None:
        raise ServerSourceError(f"{shown}: is not a configuration file of ProxySQL, HAProxy or MaxScale")
    try:
        limit = reader(text)
    except ValueError as error:
        raise ServerSourceError(f"{shown}: {error}") from error
    return limit, Span(shown, limit.line or 1)


def _reader(text: str) -> Reader | None:
    if re.search(r"^\s*mysql_variables\s*[=:]", text, re.MULTILINE):
        from conn_lint.server.proxies import proxysql

        return proxysql.read
    if re.search(r"^\s*(defaults|frontend|backend|listen)\b", text, re.MULTILINE):
        from conn_lint.server.proxies import haproxy

        return haproxy.read
    if re.search(r"^\s*type\s*=\s*service\s*$", text, re.MULTILINE):
        from conn_lint.server.proxies import maxscale

        return maxscale.read
    return None
