"""Variables out of what the client programs print, in whichever form.

Forms: ``mysql`` and ``mariadb`` with ``-B -N -s -t -E -X -H -vvv`` or at their prompt, ``mysqladmin
variables``, MySQL Shell, CSV and text exports, ``mysqld --verbose --help``, the exporter of Prometheus, and the
structured ones of ``exports``. Names are compared whole, so that innodb_lock_wait_timeout is not taken for
wait_timeout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from conn_lint.server import exports
from conn_lint.server.variablerow import Row, pairs, row_of

_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
"""Colours and cursor movements of a terminal (ECMA-48)."""

_JSON_START = re.compile(r"^[ \t]*(?:\{\s*(?:[\"}]|$)|\[\s*(?:[\"{\[\]]|$))", re.MULTILINE)

_PROMPT = re.compile(r"^[\w .:@\[\]()/|*-]{1,79}> ?(?=\s*(?:show|select|set|use|\\\w)\b)", re.IGNORECASE)
"""A prompt that someone has made, before a statement."""

_FOOTER = re.compile(r"^\d+ rows? in set\b", re.MULTILINE)
"""What the clients print below a result at a prompt, and with ``-vv``."""

_ECHO = re.compile(r"^-{8,}\n.*\n-{8,}$", re.MULTILINE)
"""The statement as ``-v`` repeats it."""

_VALUE_COLUMNS = ("global_value", "variable_value", "value")


def rows(text: str) -> list[Row]:
    """Every variable that ``text`` shows, in order; names in lower case with underscores.

    Raises ValueError when the text is cut JSON.
    """
    text = _ESCAPES.sub("", text)
    if exports.has_xml(text):
        return list(exports.xml_rows(text))
    if "<table" in text[:2000].lower() or "<td>" in text.lower():
        return list(exports.html_rows(text))
    start = _JSON_START.search(text)
    if start and not text[: start.start()].strip().count("\n") > _NOISE_LINES:
        try:
            return list(exports.json_rows(text, start.end() - len(start[0].lstrip())))
        except ValueError:
            if not text[: start.start()].strip() and text.lstrip().startswith(("{", '["', "[{", "[[")):
                raise
    return [*_line_rows(text), *exports.tuple_rows(text)]


_NOISE_LINES = 20
"""So many lines of warnings may stand before JSON."""


def of_unseen_session(text: str) -> bool:
    """Whether ``text`` is a result at a prompt whose statement was left out."""
    plain = _ESCAPES.sub("", text)
    if not _FOOTER.search(plain) or _ECHO.search(plain.replace("\r\n", "\n")):
        return False
    return not any(is_prompt(line) for line in plain.splitlines())


def is_prompt(line: str) -> bool:
    """``mysql> ...``, ``MariaDB [shop]> ...``, MySQL Shell's ``MySQL  localhost  SQL > ...``, or one of their own."""
    head, mark, _ = line.partition(">")
    usual = bool(mark) and head.lower().startswith(("mysql", "mariadb ")) and len(head) < 80
    return usual or _PROMPT.match(line) is not None


class _Lines:
    """What earlier lines say about the next: the statement typed at a prompt, a SELECT's header, ..."""

    def __init__(self) -> None:
        self.statement: str | None = None
        self.session = False
        self.header: list[str] | None = None
        self.vertical_name = ""
        self.value_column = 1

    def prompt(self, line: str) -> None:
        self.statement = line.partition(">")[2]
        self.header = None
        self.value_column = 1

    def result(self) -> None:
        """A result begins: what was typed decides whose values these are."""
        if self.statement is not None:
            words = self.statement.lower().replace("`", "").split()
            shown = "show" in words and "global" not in words
            self.session = shown or any("session_variables" in word for word in words)
            self.statement = None


def _line_rows(text: str) -> Iterator[Row]:
    state = _Lines()
    for number, line in enumerate(text.splitlines(), start=1):
        stripped = line.strip()
        if is_prompt(line):
            state.prompt(line)
        elif stripped.startswith(("+-", "*****", "---")):
            state.result()
        elif state.statement is not None and "\t" not in line:
            state.statement += " " + stripped.removeprefix("->")
        elif stripped.startswith("|"):
            yield from _cells([cell.strip() for cell in stripped.strip("|").split("|")], number, state)
        elif "\t" in stripped:
            state.result()
            yield from _cells([cell.strip("\"' ") for cell in stripped.split("\t")], number, state)
        elif "|" in stripped and len(stripped.split("|")[0].split()) == 1:
            yield from _cells([cell.strip() for cell in stripped.rstrip("|").split("|")], number, state)
        elif ":" in stripped:
            yield from _vertical(stripped, number, state)
        elif stripped.startswith("@@"):
            yield from _cells([stripped], number, state)
        elif stripped:
            yield from _loose_cells(stripped, number, state)


def _cells(cells: list[str], number: int, state: _Lines) -> Iterator[Row]:
    first = cells[0].lower()
    if first.startswith("@@"):
        state.header = cells
        return
    if first == "variable_name":
        columns = [cell.lower() for cell in cells]
        state.value_column = next((columns.index(name) for name in _VALUE_COLUMNS if name in columns), 1)
        return
    if len(cells) == 2 and (first in _KEYS or (first in _VALUES and state.vertical_name)):
        yield from _vertical(f"{cells[0]}: {cells[1]}", number, state)
        return
    if state.header is None and len(cells) > state.value_column > 1:
        cells = [cells[0], cells[state.value_column]]
    yield from pairs(state.header, cells, number, session=state.session)
    state.header = None
    if len(cells) > _WIDE:
        yield from (row_of(name, value, number) for name, value in pairwise(cells))


_WIDE = 4
"""A row of so many cells may have its name anywhere: ``aws rds describe-db-parameters --output text``."""

_KEYS = ("variable_name", "parametername", "name")
_VALUES = ("value", "variable_value", "global_value", "parametervalue")


def _vertical(line: str, number: int, state: _Lines) -> Iterator[Row]:
    """``Variable_name: x`` above ``Value: y``, and YAML, with the names of other tools."""
    name, _, value = line.removeprefix("- ").partition(":")
    key, value = name.strip().lower(), value.strip().strip("\"'")
    if key in _KEYS:
        state.vertical_name = value
    elif key in _VALUES and state.vertical_name:
        yield row_of(state.vertical_name, value, number, state.session)
        state.vertical_name = ""
    elif name.startswith("@@") or key in ("wait_timeout", "interactive_timeout"):
        yield row_of(name, value, number, state.session)


def _loose_cells(line: str, number: int, state: _Lines) -> Iterator[Row]:
    """CSV, the two columns of ``--verbose --help``, and the one value below a one-column header."""
    for separator in (",", ";", None):
        cells = [cell.strip("\"' ") for cell in line.split(separator)]
        wide = state.value_column > 1 and len(cells) > state.value_column
        if len(cells) == 2 or wide or (state.header is not None and len(cells) == len(state.header)):
            yield from _cells(cells, number, state)
            return
        if separator and (cells[0].startswith("@@") or cells[0].lower() == "variable_name"):
            yield from _cells(cells, number, state)
            return
