"""mysqld-auto.cnf, in which MySQL 8.0 and later keep what SET PERSIST set; it beats option files and command line.

Both versions of the file, and every case of ``tests/server/test_persisted.py``, were measured by starting MySQL
8.0.46 and 9.7.4 on them. MariaDB has no such file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Place, ServerAnswer, Span
from conn_lint.server.flavours import Flavour
from conn_lint.server.options import MAXIMUM_SECONDS, MINIMUM_SECONDS, Variable
from conn_lint.server.reader import OPEN_TO_ALL, Files
from conn_lint.server.verdicts import Refused, Verdict

NAME = "mysqld-auto.cnf"

_VARIABLES: tuple[Variable, ...] = ("wait_timeout", "interactive_timeout")

_SECTIONS = ("mysql_static_variables", "mysql_dynamic_parse_early_variables", "mysql_dynamic_variables")
"""Of a file of version 2, in the order in which they are applied."""


class Persisted(NamedTuple):
    """The timeouts that the file sets, in seconds, with their places; or why the server does not start."""

    values: dict[Variable, tuple[int, Span]]
    refused: Refused | None = None


def writes_it(flavour: Flavour) -> bool:
    """Whether ``flavour`` keeps and reads such a file."""
    return flavour.family == "mysql" and flavour.version >= (8, 0)


def read_persisted(path: str, files: Files) -> Persisted:
    """What the server takes from the mysqld-auto.cnf at ``path``."""
    shown = files.shown(path)
    data = files.read(os.path.abspath(path))
    if isinstance(data, str):
        return Persisted({}, None if data == OPEN_TO_ALL else Refused(data, Span(shown, 1)))
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):
        return _refused(f"{NAME} is not JSON", shown)
    version = table.get("Version") if isinstance(table, dict) else None
    if version not in (1, 2) or isinstance(version, (bool, float)):
        return _refused(f"{NAME} has no Version 1 or 2", shown)
    values: dict[Variable, tuple[int, Span]] = {}
    for name, entry in _entries(table, version):
        variable = next((each for each in _VARIABLES if each == name.lower()), None)
        place = Span(shown, _line_of(data, name))
        seconds = _seconds(entry)
        if seconds is None and version == 1:
            return Persisted({}, Refused(f"the entry of {name} in {NAME} is not as MySQL writes it", place))
        if variable and seconds is not None:
            values[variable] = (seconds, place)
    return Persisted(values)


def _refused(reason: str, shown: str) -> Persisted:
    return Persisted({}, Refused(reason, Span(shown, 1)))


def _entries(table: dict[str, object], version: int) -> Iterator[tuple[str, object]]:
    """Name and entry of every variable of the file."""
    if version == 1:
        section = table.get("mysql_server")
        for name, entry in section.items() if isinstance(section, dict) else ():
            if name != "mysql_server_static_options":
                yield name, entry
            elif isinstance(entry, dict):
                yield from entry.items()
        return
    for key in _SECTIONS:
        section = table.get(key)
        if isinstance(section, dict):
            yield from section.items()


def _seconds(entry: object) -> int | None:
    """The number at the start of an entry's text (``1K`` is 1), within the bounds of the timeouts; None for an
    entry without Metadata, or whose value is no text."""
    if not isinstance(entry, dict) or not isinstance(entry.get("Metadata"), dict):
        return None
    text = entry.get("Value")
    if not isinstance(text, str):
        return None
    digits = text.strip()
    digits = digits[: len(digits) - len(digits.lstrip("0123456789"))]
    return min(max(int(digits[:20] or "0"), MINIMUM_SECONDS), MAXIMUM_SECONDS)


def _line_of(data: bytes, variable: str) -> int:
    return data.count(b"\n", 0, data.find(f'"{variable}"'.encode())) + 1


def with_persisted(
    answer: ServerAnswer, verdicts: list[Verdict], persisted: Persisted, *, off: set[Flavour], alone: bool
) -> tuple[ServerAnswer, list[Verdict]]:
    """``answer`` and ``verdicts`` as the file changes them.

    Only a MySQL writes it, so where both families were asked, MySQL's servers are meant. Those of ``off`` are
    told by their option files not to load it. ``alone``: no option file was given, so a timeout that is not in
    this file cannot be known.
    """
    found = [verdict for verdict in verdicts if writes_it(verdict.flavour)]
    if not found:
        return answer, verdicts
    places = [Place(span, f"{name} = {seconds}, persisted") for name, (seconds, span) in persisted.values.items()]
    answer = answer._replace(places=(*(_overridden(each, persisted) for each in answer.places), *places))
    loaded = Persisted({}, persisted.refused)  # a broken file keeps the server from starting all the same
    return answer, [_with(each, loaded if each.flavour in off else persisted, alone) for each in found]


def _with(verdict: Verdict, persisted: Persisted, alone: bool) -> Verdict:
    if verdict.refused or persisted.refused:
        return verdict._replace(refused=verdict.refused or persisted.refused)
    values = verdict.values | {name: seconds for name, (seconds, _) in persisted.values.items()}
    sources = verdict.sources | {name: span for name, (_, span) in persisted.values.items()}
    unsure = ""
    if alone and "wait_timeout" not in persisted.values:
        unsure = "wait_timeout is not persisted, so the option files decide: give them too"
    return verdict._replace(values=values, sources=sources, unsure=unsure)


def _overridden(place: Place, persisted: Persisted) -> Place:
    name = place.label.split(" ", 1)[0]
    if name in persisted.values and not place.label.endswith("overridden"):
        return Place(place.span, f"{place.label}, overridden")
    return place
