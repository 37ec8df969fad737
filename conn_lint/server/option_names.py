"""Which options a server knows: one it does not know keeps it from starting.

The list beside this file is complete for MariaDB 10.11 and generous for the others: an option of a later
release than the list may be missing there, an option of any older one is not held against it.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

from conn_lint.server.flavours import Flavour

Kind = Literal["number", "number or nothing", "text", "anything"]

_KINDS: dict[str, Kind] = {"n": "number", "o": "number or nothing", "s": "text", "-": "anything"}

_PLUGINS = frozenset(
    "audit_log audit_null authentication aws_key_management caching_sha2_password cassandra clone column columnstore"
    " component connect connection_control cracklib daemon_memcached ddl_rewriter disks ed25519 example federated"
    " feedback file_key_management galera group_replication gssapi handlersocket hashicorp_key_management"
    " innodb_memcached keyring locales mecab metadata_lock_info mle mroonga mysql_firewall mysql_native_password mysqlx"
    " ndb oqgraph pam pbxt performance_schema plugin provider pxc query_cache_info query_response_time rewriter rocksdb"
    " rpl_semi_sync s3 server_audit sha256_password simple_password_check password_reuse_check sphinx spider sql_errlog"
    " sql_error_log telemetry test thread_pool tokudb unix_socket user_variables validate_password version_tokens wsrep"
    " xtradb".split()
)
"""First words of options that plugins, components and builds bring: whether they are there is not seen here."""


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
    if _of_plugin(spelled) or "." in spelled:
        return "undecided"
    if flavour.rules.unique_prefixes:
        expanded = [name for name in known if name.startswith(spelled)]
        if len(expanded) == 1:
            return Known(expanded[0], known[expanded[0]])
        if expanded:
            return "undecided"
    if flavour.family == "mysql" and flavour.version > (8, 0) and spelled.startswith("innodb_"):
        return "undecided"
    return "unknown"


def _column(flavour: Flavour) -> str:
    if flavour.family == "mariadb":
        return "M" if flavour.version == (10, 11) else "m"
    if flavour.version < (8, 0):
        return "5"
    return "8" if flavour.version == (8, 0) else "9"


def _of_plugin(spelled: str) -> bool:
    words = spelled.split("_")
    return any("_".join(words[:count]) in _PLUGINS for count in range(1, min(len(words), 3) + 1))


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
