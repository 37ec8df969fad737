"""Variables out of what the client programs print, in whichever form.

Forms: ``mysql`` and ``mariadb`` with ``-B -N -s -t -E -X -H -vvv`` or at their prompt, ``mysqladmin
variables``, MySQL Shell's JSON, CSV exports, ``mysqld --verbose --help``. Names are compared whole, so that
innodb_lock_wait_timeout is not taken for wait_timeout.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple


class Row(NamedTuple):
    """One variable. ``session``: the value of the session that asked, not the server's global one."""

    name: str
    value: str
    line: int
    session: bool


def rows(text: str) -> list[Row]:
    """Every variable that ``text`` shows, in order; names in lower case with underscores."""
    start = text.lstrip()[:200].lower()
    if start.startswith(("{", "[")):
        return list(_json_rows(text))
    if "<field name=" in text:
        return list(_xml_rows(text))
    if "<table" in start or "<td>" in text.lower():
        return list(_html_rows(text))
    return list(_line_rows(text))


def is_prompt(line: str) -> bool:
    """``mysql> ...``, ``MariaDB [shop]> ...``, and MySQL Shell's ``MySQL  localhost  SQL > ...``."""
    head, mark, _ = line.partition(">")
    return bool(mark) and head.lower().startswith(("mysql", "mariadb [")) and len(head) < 80


def _row(name: str, value: str, line: int, session: bool) -> Row:
    name = name.strip().lower()
    for prefix, of_session in (("@@global.", False), ("@@session.", True), ("@@local.", True), ("@@", True)):
        if name.startswith(prefix):
            name, session = name[len(prefix) :], of_session
            break
    return Row(name.replace("-", "_"), value.strip(), line, session)


def _pairs(header: list[str] | None, cells: list[str], line: int, session: bool) -> Iterator[Row]:
    """The variables of one line of cells: under the names of a SELECT's ``header``, else name and value."""
    if header is not None:
        for name, value in zip(header, cells, strict=False):
            yield _row(name, value, line, session)
    elif len(cells) >= 2:
        yield _row(cells[0], cells[1], line, session)


class _Lines:
    """What earlier lines say about the next: the statement typed at a prompt, a SELECT's header, ..."""

    def __init__(self) -> None:
        self.statement: str | None = None
        self.session = False
        self.header: list[str] | None = None
        self.vertical_name = ""

    def prompt(self, line: str) -> None:
        self.statement = line.partition(">")[2]
        self.header = None

    def result(self) -> None:
        """A result begins: what was typed decides whose values these are."""
        if self.statement is not None:
            words = self.statement.lower().split()
            self.session = "show" in words and "global" not in words
            self.statement = None


def _line_rows(text: str) -> Iterator[Row]:
    state = _Lines()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if is_prompt(line):
            state.prompt(line)
        elif stripped.startswith(("+-", "*****")):
            state.result()
        elif state.statement is not None and "\t" not in line:
            state.statement += " " + stripped.removeprefix("->")
        elif stripped.startswith("|"):
            yield from _cells([cell.strip() for cell in stripped.strip("|").split("|")], number, state)
        elif "\t" in stripped:
            state.result()
            yield from _cells(stripped.split("\t"), number, state)
        elif ":" in stripped:
            yield from _vertical(stripped, number, state)
        elif stripped.startswith("@@"):
            yield from _cells([stripped], number, state)
        elif stripped:
            yield from _loose_cells(stripped, number, state)


def _cells(cells: list[str], number: int, state: _Lines) -> Iterator[Row]:
    if cells[0].startswith("@@"):
        state.header = cells
        return
    yield from _pairs(state.header, cells, number, state.session)
    state.header = None


def _vertical(line: str, number: int, state: _Lines) -> Iterator[Row]:
    name, _, value = line.partition(":")
    if name == "Variable_name":
        state.vertical_name = value
    elif name == "Value" and state.vertical_name:
        yield _row(state.vertical_name, value, number, state.session)
        state.vertical_name = ""
    elif name.startswith("@@"):
        yield _row(name, value, number, state.session)


def _loose_cells(line: str, number: int, state: _Lines) -> Iterator[Row]:
    """CSV, the two columns of ``--verbose --help``, and the one value below a one-column header."""
    for separator in (",", ";", None):
        cells = [cell.strip("\"' ") for cell in line.split(separator)]
        if len(cells) == 2 or (state.header is not None and len(cells) == len(state.header)):
            yield from _cells(cells, number, state)
            return
        if separator and cells[0].startswith("@@"):
            state.header = cells
            return


def _xml_rows(text: str) -> Iterator[Row]:
    name = ""
    at = 0
    while (at := text.find("<field name=", at)) >= 0:
        quote = text[at + 12 : at + 13]
        key_end = text.find(quote, at + 13)
        start = text.find(">", key_end) + 1
        end = text.find("<", start)
        if min(key_end, start, end) <= 0:
            return
        key, value = text[at + 13 : key_end], text[start:end]
        line = text.count("\n", 0, at) + 1
        if key == "Variable_name":
            name = value
        elif key == "Value":
            yield _row(name, value, line, False)
        else:
            yield _row(key, value, line, False)
        at = end


def _html_rows(text: str) -> Iterator[Row]:
    header: list[str] | None = None
    lowered = text.lower()
    at = 0
    while (at := lowered.find("<tr", at)) >= 0:
        end = lowered.find("<tr", at + 3)
        cells = _html_cells(text[at : end if end >= 0 else len(text)])
        line = text.count("\n", 0, at) + 1
        if cells and cells[0].startswith("@@"):
            header = cells
        elif cells:
            yield from _pairs(header, cells, line, False)
        at += 3


def _html_cells(row: str) -> list[str]:
    """The texts of the cells of one row, tags left out."""
    cells: list[str] = []
    for piece in row.split("<")[1:]:
        tag, _, content = piece.partition(">")
        word = tag.split(None, 1)[0].lower() if tag.strip() else ""
        if word in ("td", "th"):
            cells.append(content)
        elif cells and not word.startswith("/t"):
            cells[-1] += content
    return [cell.strip() for cell in cells]


def _json_rows(text: str) -> Iterator[Row]:
    """Objects with Variable_name and Value, or with the variables for keys, at any depth.

    Raises ValueError when the text is not JSON, nor one JSON value after another.
    """
    import json

    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        yield from _json_values(value, text.count("\n", 0, at) + 1)
        at = end
        while at < len(text) and text[at].isspace():
            at += 1


def _json_values(value: object, line: int) -> Iterator[Row]:
    if isinstance(value, list):
        for each in value:
            yield from _json_values(each, line)
    elif isinstance(value, dict):
        keys = {str(key).lower(): each for key, each in value.items()}
        if "variable_name" in keys:
            yield _row(str(keys["variable_name"]), str(keys.get("value", keys.get("variable_value", ""))), line, False)
            return
        for name, each in keys.items():
            if isinstance(each, (dict, list)):
                yield from _json_values(each, line)
            else:
                yield _row(name, str(each), line, False)
