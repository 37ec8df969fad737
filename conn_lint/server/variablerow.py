"""One variable of a saved output, and the names that outputs give it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """One variable. ``session``: the value of the session that asked, not the server's global one."""

    name: str
    value: str
    line: int
    session: bool


_SCOPES = (("@@global.", False), ("@@session.", True), ("@@local.", True), ("@@", True))

_EXPORTER = "mysql_global_variables_"
"""What Prometheus's mysqld_exporter puts before a name."""


def row_of(name: str, value: str, line: int, session: bool = False) -> Row:
    """The row of a variable as it is spelled in an output; names in lower case with underscores."""
    name = name.strip().strip("`").lower()
    for prefix, of_session in _SCOPES:
        if name.startswith(prefix):
            name, session = name[len(prefix) :], of_session
            break
    return Row(name.replace("-", "_").removeprefix(_EXPORTER), value.strip(), line, session)


def pairs(header: list[str] | None, cells: list[str], line: int, *, session: bool) -> Iterator[Row]:
    """The variables of one line of cells: under the names of a SELECT's ``header``, else name and value."""
    if header is not None:
        for name, value in zip(header, cells, strict=False):
            yield row_of(name, value, line, session)
    elif len(cells) >= 2:
        yield row_of(cells[0], cells[1], line, session)
