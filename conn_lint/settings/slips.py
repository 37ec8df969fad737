"""Keys that Django does not read where they stand: misspelt, in lower case, in the wrong dict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conn_lint.model import KeySlip
from conn_lint.project.tree import Unreadable
from conn_lint.settings.containers import Table
from conn_lint.settings.nodes import leaves
from conn_lint.settings.values import ABSENT, Const, Tree

if TYPE_CHECKING:
    from conn_lint.settings.machine import Machine

KEYS = frozenset(
    "ATOMIC_REQUESTS AUTOCOMMIT CONN_HEALTH_CHECKS CONN_MAX_AGE DISABLE_SERVER_SIDE_CURSORS ENGINE HOST NAME OPTIONS"
    " PASSWORD PORT TEST TIME_ZONE USER".split()
)
"""The keys of one alias that Django reads (docs: Settings, DATABASES)."""

KNOWN_ELSEWHERE = frozenset(
    "CHARSET COLLATION CONN_POOL POOL_OPTIONS PRIMARY READ_ONLY REPLICA ROUTER SCHEMA SCHEMAS"
    " SUPPORTS_TRANSACTIONS TEST_CHARSET TEST_COLLATION TEST_CREATE TEST_DEPENDENCIES TEST_MIRROR TEST_NAME"
    " TEST_USER USE_TZ".split()
)
"""Keys that other libraries or old Djangos read, so that they are never taken for a slip."""

MISNOMERS = {
    "CONNECTION_HEALTH_CHECK": "CONN_HEALTH_CHECKS",
    "CONNECTION_HEALTH_CHECKS": "CONN_HEALTH_CHECKS",
    "CONNECTION_MAX_AGE": "CONN_MAX_AGE",
    "HEALTH_CHECK": "CONN_HEALTH_CHECKS",
    "HEALTH_CHECKS": "CONN_HEALTH_CHECKS",
    "MAX_CONNECTION_AGE": "CONN_MAX_AGE",
    "MAX_CONN_AGE": "CONN_MAX_AGE",
}
"""Keys that people write for another, and that are no near miss of it."""

AGES = ("CONN_MAX_AGE", "CONN_HEALTH_CHECKS")


def table_slips(machine: Machine, tree: Tree) -> tuple[KeySlip, ...]:
    """The slips in the dict of one alias, and in its OPTIONS."""
    found: dict[tuple[str, object], KeySlip] = {}
    for leaf in leaves(tree):
        if not isinstance(leaf, Table):
            continue
        present = [key for key, _ in machine.keys(leaf) if isinstance(key, str)]
        for key in present:
            meant = _meant(key)
            if meant is not None and (meant not in present or (meant in AGES and key.upper() != meant)):
                _add(found, leaf, key, meant, "case" if key.upper() == meant else "misspelt")
        for options in leaves(machine.read(leaf, "OPTIONS")):
            if isinstance(options, Table):
                for key, _ in machine.keys(options):
                    if isinstance(key, str) and key.upper() in AGES:
                        _add(found, options, key, key.upper(), "in-options")
    return tuple(found.values())


def module_slips(machine: Machine, scope: Table, databases: Tree, aliases: tuple[str, ...]) -> tuple[KeySlip, ...]:
    """The slips outside the dicts of the aliases: at the top of the module, and beside the aliases."""
    found: dict[tuple[str, object], KeySlip] = {}
    for key in AGES:
        held = machine.read(scope, key)
        if key in scope.cells and held is not ABSENT and key in scope.written and not _used(machine, key):
            _add(found, scope, key, key, "module-level")
    for leaf in leaves(databases):
        if not isinstance(leaf, Table):
            continue
        for key in aliases:
            if key.upper() in (*AGES, "OPTIONS", "ENGINE") and any(
                isinstance(part, Const) or key.upper() == "OPTIONS" for part in leaves(machine.read(leaf, key))
            ):
                _add(found, leaf, key, key.upper(), "beside-alias")
    return tuple(found.values())


def _add(found: dict[tuple[str, object], KeySlip], table: Table, key: str, meant: str, kind: str) -> None:
    at = table.written.get(key)
    if at is not None:
        place = at.span()
        found[(key, place)] = KeySlip(key, meant, kind, place)  # type: ignore[arg-type]


def _used(machine: Machine, name: str) -> bool:
    """Whether code of the project refers to ``name`` anywhere but where it sets it."""
    tree = machine.project.tree
    for path in tree.paths:
        if path.endswith(".py"):
            try:
                data = tree.read(path)
            except Unreadable:
                continue  # what matters of it is said where it matters
            if name.encode() in data and _refers(data.decode(errors="replace"), name):
                return True
    return False


def _refers(text: str, name: str) -> bool:
    """Whether ``name`` stands in ``text`` otherwise than as a key, a keyword or what is assigned to."""
    return re.search(rf"(?<![\w\"']){name}(?![\w\"']|\s*=(?!=))", text) is not None


def _meant(key: str) -> str | None:
    """The key of Django's that ``key`` must be a slip of; None when it is one, or is no near miss."""
    if key in KEYS or key in KNOWN_ELSEWHERE:
        return None
    upper = key.upper()
    if upper in KEYS:
        return upper
    if upper in MISNOMERS:
        return MISNOMERS[upper]
    best = min(KEYS, key=lambda one: (_distance(upper, one), one))
    return best if _distance(upper, best) <= (2 if len(best) >= 9 else 1) and len(best) > 4 else None


def _distance(one: str, other: str) -> int:
    """Damerau's distance: insertions, deletions, substitutions and swaps of neighbours."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        last, row = row, [i]
        for j, b in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before = last
    return row[-1]
