"""Which options a server knows: one it does not know keeps it from starting.

The list beside this file is complete for MariaDB 10.11 and generous for the others: an option of any older release
is not held against it, and of a series later than the list nothing is.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from conn_lint.server.flavours import Flavour

Kind = Literal["number", "number or nothing", "text", "anything"]

_KINDS: dict[str, Kind] = {"n": "number", "o": "number or nothing", "s": "text", "-": "anything"}

_PLUGINS = frozenset(
    "aws_key_management cassandra column columnstore connect cracklib disks ed25519 example federated feedback"
    " file_key_management galera gssapi handlersocket hashicorp_key_management innodb_memcached locales"
    " metadata_lock_info mroonga oqgraph pam pbxt performance_schema plugin provider pxc query_cache_info"
    " query_response_time rocksdb rpl_semi_sync s3 server_audit simple_password_check password_reuse_check sphinx"
    " spider sql_errlog sql_error_log test thread_pool tokudb unix_socket user_variables wsrep xtradb".split()
)
"""First words of options that plugins, components and builds bring: whether they are there is not seen here."""

_PLUGINS_OF_MYSQL = frozenset(
    "audit_log audit_null authentication caching_sha2_password clone component connection_control daemon_memcached"
    " ddl_rewriter group_replication keyring mecab mle mysql_firewall mysql_native_password mysqlx ndb rewriter"
    " sha256_password telemetry validate_password version_tokens".split()
)


_LAST = {"mysql": (9, 7), "mariadb": (11, 8)}
"""The last series whose options the list has."""


class Known(NamedTuple):
    """An option of the server; ``name`` is its full name where a prefix of it was written."""

    name: str
    kind: Kind


def lookup(spelled: str, flavour: Flavour) -> Known | Literal["unknown", "undecided"]:
    """What ``flavour`` knows by ``spelled`` (lower case, underscores, without skip_ and the like).

    "undecided": a plugin may bring it, or the list says nothing about this version.
    """
    if flavour.family == "mysql" and flavour.version < (5, 6):
        return "undecided"
    known = _options(_column(flavour))
    if spelled in known:
        return Known(spelled, known[spelled])
    if _of_plugin(spelled, flavour) or "." in spelled:
        return "undecided"
    if flavour.rules.unique_prefixes:
        expanded = [name for name in known if name.startswith(spelled)]
        if len(expanded) == 1 and expanded[0] != "wait_timeout":  # a prefix of that is wsrep_on's too
            return Known(expanded[0], known[expanded[0]])
        if expanded:
            return "unknown" if _ambiguous(expanded, flavour) else "undecided"
    if flavour.family == "mysql" and flavour.version > (8, 0) and spelled.startswith("innodb_"):
        return "undecided"
    return "undecided" if flavour.version > _LAST[flavour.family] else "unknown"


def _ambiguous(names: list[str], flavour: Flavour) -> bool:
    """Whether two of ``names`` are there in every version."""
    lasting = _options("M" if flavour.family == "mariadb" else "8")
    return "wait_timeout" in names or sum(name in lasting for name in names) > 1


def _column(flavour: Flavour) -> str:
    if flavour.family == "mariadb":
        return "M" if flavour.version == (10, 11) else "m"
    if flavour.version < (8, 0):
        return "5"
    return "8" if flavour.version == (8, 0) else "9"


def _of_plugin(spelled: str, flavour: Flavour) -> bool:
    words = spelled.split("_")
    starts = {"_".join(words[:count]) for count in range(1, min(len(words), 3) + 1)}
    return bool(starts & _PLUGINS) or (flavour.family == "mysql" and bool(starts & _PLUGINS_OF_MYSQL))


@cache
def _options(column: str) -> dict[str, Kind]:
    found: dict[str, Kind] = {}
    for line in _text().split("\n"):
        if line and not line.startswith("#"):
            name, kind, servers = line.split(" ")
            if column in servers:
                found[name] = _KINDS[kind]
    return found


@cache
def _text() -> str:
    path = __file__.removesuffix(".py").removesuffix(".pyc") + ".txt"
    with open(path, encoding="ascii") as file:
        return file.read()
