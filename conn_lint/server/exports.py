"""Variables out of structured exports: JSON of any tool, XML, HTML, SQL INSERTs.

JSON shapes: objects with the variables for keys (Ansible, Aiven), pairs of name and value under the names that the
tools give them (MySQL Shell, DBeaver, ``aws rds describe-db-parameters``, ``gcloud sql instances describe``,
``az mysql flexible-server parameter list``), at any depth.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from conn_lint.server.variablerow import Row, pairs, row_of

_NAME_KEYS = ("variable_name", "parametername", "name")
_VALUE_KEYS = ("value", "variable_value", "global_value", "parametervalue", "currentvalue", "current_value")

_TAGS = re.compile(
    r"""<(?:field|column)\s+name\s*=\s*(["'])(?P<key>[^"'<>]*)\1[^<>]*>(?P<text>[^<]*)<"""
    r"""|<(?P<tag>variable_name|(?:variable_|global_)?value)>(?P<content>[^<]*)<""",
    re.IGNORECASE,
)

_TUPLE = re.compile(r"""\(\s*(["'`])(?P<name>\w+)\1\s*,\s*(["']?)(?P<value>[^"'(),]*)\3\s*,?\s*\)""")


def xml_rows(text: str) -> Iterator[Row]:
    """``<field name="Variable_name">`` of the clients, ``<column name=...>`` of phpMyAdmin, ``<Variable_name>`` of
    DBeaver and DataGrip."""
    name = ""
    for found in _TAGS.finditer(text):
        key = (found["key"] or found["tag"] or "").lower()
        value = found["text"] if found["key"] is not None else found["content"]
        line = text.count("\n", 0, found.start()) + 1
        if key == "variable_name":
            name = value
        elif key in _VALUE_KEYS and name:
            yield row_of(name, value, line)
            name = ""
        elif found["key"]:
            yield row_of(key, value, line)


def has_xml(text: str) -> bool:
    return _TAGS.search(text) is not None


def tuple_rows(text: str) -> Iterator[Row]:
    """``('wait_timeout', '600')``: SQL INSERTs, and what Python prints for rows."""
    for found in _TUPLE.finditer(text):
        yield row_of(found["name"], found["value"], text.count("\n", 0, found.start()) + 1)


def html_rows(text: str) -> Iterator[Row]:
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
            yield from pairs(header, cells, line, session=False)
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


def json_rows(text: str, at: int) -> Iterator[Row]:
    """The variables of the JSON that begins at ``at``, one value or several after another.

    Raises ValueError when it is no JSON.
    """
    import json

    decoder = json.JSONDecoder()
    while at < len(text):
        value, end = decoder.raw_decode(text, at)
        yield from _json_values(value, text, at, end)
        at = end
        while at < len(text) and (text[at].isspace() or text[at] == ","):
            at += 1


def _json_values(value: object, text: str, start: int, end: int) -> Iterator[Row]:
    if isinstance(value, list):
        if len(value) == 2 and all(isinstance(each, str) for each in value):
            yield row_of(value[0], value[1], _line_of(text, value[0], start, end))
        for each in value:
            yield from _json_values(each, text, start, end)
    elif isinstance(value, dict):
        keys = {str(key).lower(): each for key, each in value.items()}
        name = next((keys[key] for key in _NAME_KEYS if isinstance(keys.get(key), str)), None)
        found = next((keys[key] for key in _VALUE_KEYS if keys.get(key) is not None), None)
        pair = isinstance(name, str) and found is not None
        if pair:
            yield row_of(str(name), str(found), _line_of(text, str(name), start, end))
        for key, each in value.items():
            if isinstance(each, (dict, list)):
                yield from _json_values(each, text, start, end)
            elif not pair:
                yield row_of(str(key), str(each), _line_of(text, str(key), start, end))


def _line_of(text: str, word: str, start: int, end: int) -> int:
    """The line of ``word`` in the JSON between ``start`` and ``end``, its first line where it is spelled else."""
    at = text.find(f'"{word}"', start, end)
    return text.count("\n", 0, at if at >= 0 else start) + 1
