"""mysqld-auto.cnf, in which MySQL 8.0 and later keep what SET PERSIST set; it beats option files and command line.

Version 2 measured on MySQL 9.7.4, version 1 on 9.7.4 and read from ``Persisted_variables_cache`` in
``sql/persisted_variable.cc`` (mysql-server 03a81ca8f). MariaDB has no such file.
"""

from __future__ import annotations

import json
import os
from typing import NamedTuple

from conn_lint.model import Place, ServerAnswer, Span
from conn_lint.server.flavours import Flavour
from conn_lint.server.options import MAXIMUM_SECONDS, MINIMUM_SECONDS, Variable
from conn_lint.server.reader import OPEN_TO_ALL, Files
from conn_lint.server.verdicts import Refused, Verdict

_VARIABLES: tuple[Variable, ...] = ("wait_timeout", "interactive_timeout")

_SECTIONS = {1: "mysql_server", 2: "mysql_dynamic_variables"}


class Persisted(NamedTuple):
    """The timeouts that the file sets, in seconds, with their places. ``odd``: those whose entry is not as MySQL
    writes them: 9.7 passes over such an entry, 8.0 refuses to start for some of them."""

    values: dict[Variable, tuple[int, Span]]
    odd: dict[Variable, Span]
    refused: Refused | None = None


def writes_it(flavour: Flavour) -> bool:
    """Whether ``flavour`` keeps and reads such a file."""
    return flavour.family == "mysql" and flavour.version >= (8, 0)


def read_persisted(path: str, files: Files) -> Persisted:
    """What the server takes from the mysqld-auto.cnf at ``path``."""
    shown = files.shown(path)
    data = files.read(os.path.abspath(path))
    if isinstance(data, str):
        refused = None if data == OPEN_TO_ALL else Refused(data, Span(shown, 1))
        return Persisted({}, {}, refused)
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):
        return Persisted({}, {}, Refused("is not JSON: the server does not start with such a file", Span(shown, 1)))
    version = table.get("Version") if isinstance(table, dict) else None
    if version not in (1, 2) or isinstance(version, bool):
        return Persisted({}, {}, Refused("has no Version 1 or 2", Span(shown, 1)))
    section = table.get(_SECTIONS[version])
    values: dict[Variable, tuple[int, Span]] = {}
    odd: dict[Variable, Span] = {}
    for variable in _VARIABLES:
        if isinstance(section, dict) and variable in section:
            place = Span(shown, _line_of(data, variable))
            seconds = _seconds(section[variable])
            if seconds is None:
                odd[variable] = place
            else:
                values[variable] = (seconds, place)
    return Persisted(values, odd)


def _seconds(entry: object) -> int | None:
    """The seconds of an entry as MySQL writes them: a text within the bounds, and Metadata."""
    if not isinstance(entry, dict) or not isinstance(entry.get("Metadata"), dict):
        return None
    text = entry.get("Value")
    if not isinstance(text, str) or not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return int(text) if MINIMUM_SECONDS <= int(text) <= MAXIMUM_SECONDS else None


def _line_of(data: bytes, variable: str) -> int:
    return data.count(b"\n", 0, data.find(f'"{variable}"'.encode())) + 1


def with_persisted(
    answer: ServerAnswer, verdicts: list[Verdict], persisted: Persisted, *, alone: bool
) -> tuple[ServerAnswer, list[Verdict]]:
    """``answer`` and ``verdicts`` as the file changes them.

    Only a MySQL writes it, so where both families were asked, MySQL's servers are meant. ``alone``: no option
    file was given, so a timeout that is not in this file cannot be known.
    """
    found = [verdict for verdict in verdicts if writes_it(verdict.flavour)]
    if not found:
        return answer, verdicts
    places = [Place(span, f"{name} = {seconds}, persisted") for name, (seconds, span) in persisted.values.items()]
    answer = answer._replace(places=(*(_overridden(each, persisted) for each in answer.places), *places))
    return answer, [_with(verdict, persisted, alone) for verdict in found]


def _with(verdict: Verdict, persisted: Persisted, alone: bool) -> Verdict:
    if verdict.refused or persisted.refused:
        return verdict._replace(refused=verdict.refused or persisted.refused)
    values = verdict.values | {name: seconds for name, (seconds, _) in persisted.values.items()}
    sources = verdict.sources | {name: span for name, (_, span) in persisted.values.items()}
    unsure = ""
    if persisted.odd and verdict.flavour.version < (9, 7):
        name, span = next(iter(persisted.odd.items()))
        unsure = f"the entry of {name} in {span} is not as MySQL writes it"
    elif alone and "wait_timeout" not in persisted.values:
        unsure = "wait_timeout is not persisted, so the option files decide: give them too"
    return verdict._replace(values=values, sources=sources, unsure=unsure)


def _overridden(place: Place, persisted: Persisted) -> Place:
    name = place.label.split(" ", 1)[0]
    if name in persisted.values and not place.label.endswith("overridden"):
        return Place(place.span, f"{place.label}, overridden")
    return place
