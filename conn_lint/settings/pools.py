"""Keys about connection pools: those of libraries that another engine does not read, or hands to its driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.model import KeySlip
from conn_lint.settings.containers import Table
from conn_lint.settings.nodes import leaves
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conn_lint.settings.machine import Machine

KEYS = frozenset(
    "max_conns max_lifetime max_overflow pool pool_class pool_name pool_options pool_pre_ping pool_recycle"
    " pool_reset_session pool_size pool_timeout pool_use_lifo poolclass pre_ping recycle".split()
)
"""In lower case: Django's own for PostgreSQL and Oracle, SQLAlchemy's, and those of the engines with a pool."""

READ = frozenset("ECHO MAX_OVERFLOW POOL_SIZE PRE_PING RECYCLE TIMEOUT".split())
"""What django-db-connection-pool 1.2.6 takes from POOL_OPTIONS (``PoolMixin._get_dialect``): these, spelt so."""


def pool_slips(machine: Machine, tree: Tree) -> tuple[KeySlip, ...]:
    """The keys about pools in the dict of one alias, in its OPTIONS and in its POOL_OPTIONS, read or not."""
    found: dict[KeySlip, None] = {}
    for table in _tables(tree):
        found.update(dict.fromkeys(_written(machine, table, "pool-beside-engine")))
        for options in _tables(machine.read(table, "OPTIONS")):
            found.update(dict.fromkeys(_written(machine, options, "pool-in-options")))
        for options in _tables(machine.read(table, "POOL_OPTIONS")):
            for key, _ in machine.keys(options):
                if isinstance(key, str) and key not in READ and key in options.written:
                    meant = key.upper() if key.upper() in READ else ""
                    found[KeySlip(key, meant, "pool-option", options.written[key].span())] = None
    return tuple(found)


def _tables(tree: Tree) -> list[Table]:
    return [leaf for leaf in leaves(tree) if isinstance(leaf, Table)]


def _written(machine: Machine, table: Table, kind: str) -> Iterator[KeySlip]:
    for key, _ in machine.keys(table):
        if isinstance(key, str) and key.lower() in KEYS and key in table.written:
            yield KeySlip(key, "", kind, table.written[key].span())  # type: ignore[arg-type]
