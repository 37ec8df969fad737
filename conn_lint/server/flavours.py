"""What the readers of option files of MySQL and MariaDB do differently, by version.

Measured on MariaDB 10.5.23, 10.11.19, 11.8.9 and MySQL 5.6.24, 9.7.4; MySQL 8.0 and the later 8.x are read
from ``mysys/my_default.cc`` and ``mysys/my_getopt.cc`` (mysql-server 087b0bbd7 and 0478f4b97 of 2019/20,
villagesql-server 112b9b34d for the later state). A version between two of these has both for candidates: an
answer about it is definite when they agree.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from conn_lint.server.errors import ServerSourceError

Version = tuple[int, ...]


class Rules(NamedTuple):
    """How one generation of the code reads option files."""

    joins_long_lines: bool = False
    """False: the tail of a line beyond 4094 bytes is read as a line of its own (``fgets`` in
    ``search_default_file_with_ext``). True: the line is read whole."""
    trims_directives: bool = False
    """False: ``get_argument`` takes the last byte of an include line for its newline, also at the end of a
    file that has none, and keeps a ``# comment`` as part of the name."""
    extension_from_first_dot: bool = False
    """``!includedir`` judges ``a.b.cnf`` by ``.b.cnf`` (``fn_ext``) instead of ``.cnf`` (``fn_ext2``)."""
    any_case: bool = False
    """Option names are compared without case (``findopt``)."""
    unique_prefixes: bool = True
    """``wait_time`` is accepted for ``wait_timeout`` (``my_getopt_prefix_matching``)."""
    shortest_prefixes: tuple[int, int] = (2, 3)
    """How many letters of wait_timeout and interactive_timeout are unique: ``w`` is wsrep_on's too, ``in``
    init_connect's."""
    dotted_names: bool = True
    """``anything.wait_timeout`` is ``wait_timeout`` (``check_struct_option``)."""
    suffixes: bytes = b"kmgtpe"
    negative: Literal["refused", "wraps", "minimum"] = "wraps"
    """``-1``: refused; taken modulo 2**64, so the maximum; or the minimum (``getopt_ull``)."""
    refuses_empty: bool = False
    """``wait_timeout=`` is refused rather than 0 (``setval``, EE_OPTION_WITH_EMPTY_VALUE)."""
    refuses_lost_bits: bool = False
    """A suffix that pushes bits out of 64 is refused rather than taken modulo 2**64 (``eval_num_suffix``)."""
    loose_error: Literal["refused", "minimum", "zero"] = "minimum"
    """What ``loose-wait_timeout=60s`` leaves behind."""
    maximum_lowers: bool = False
    """``maximum-wait_timeout`` lowers the value in force at that moment rather than later SETs only."""
    major_groups: bool = False
    """``[mariadb-11]`` is read beside ``[mariadb-11.8]``."""
    cluster_group: bool = False
    """``[mysql_cluster]`` is read."""


MYSQL_5_6 = Rules(extension_from_first_dot=True, suffixes=b"kmg", loose_error="refused", shortest_prefixes=(1, 3))
MYSQL_5_7 = MYSQL_5_6._replace(shortest_prefixes=(1, len("intera")))  # internal_tmp_disk_storage_engine
MYSQL_8_0 = Rules(
    unique_prefixes=False,
    dotted_names=False,
    negative="minimum",
    refuses_empty=True,
    refuses_lost_bits=True,
    loose_error="refused",
)
MYSQL_8_LATE = MYSQL_8_0._replace(joins_long_lines=True)
MYSQL_9_7 = MYSQL_8_LATE._replace(trims_directives=True, maximum_lowers=True, cluster_group=True)
MARIADB_10_5 = Rules()
MARIADB_10_11 = Rules(any_case=True, negative="refused", loose_error="zero")
MARIADB_11_8 = MARIADB_10_11._replace(major_groups=True)


class Flavour(NamedTuple):
    """A server as far as option files go."""

    family: Literal["mysql", "mariadb"]
    version: Version
    rules: Rules

    @property
    def name(self) -> str:
        return f"{self.family}-{'.'.join(map(str, self.version))}"

    @property
    def groups(self) -> frozenset[str]:
        """The groups it reads, in lower case, as ``--verbose --help`` prints them."""
        number = ".".join(map(str, self.version))
        found = {"mysqld", "server", f"mysqld-{number}"}
        if self.family == "mysql":
            return frozenset(found | ({"mysql_cluster"} if self.rules.cluster_group else set()))
        found |= {"mariadb", f"mariadb-{number}", "client-server", "galera"}
        if self.version >= (10, 4):
            found |= {"mariadbd", f"mariadbd-{number}"}
        if self.rules.major_groups:
            found |= {f"mariadb-{self.version[0]}", f"mariadbd-{self.version[0]}"}
        return frozenset(found)


_LIKE_8_0: Any = {
    "extension_from_first_dot": False,
    "suffixes": MYSQL_8_0.suffixes,
    "negative": "minimum",
    "refuses_empty": True,
    "refuses_lost_bits": True,
}
"""What MySQL 5.7 may have from either side."""

_GENERATIONS: dict[str, tuple[tuple[Version, tuple[Rules, ...]], ...]] = {
    "mysql": (
        ((5, 0), (MYSQL_5_6,)),
        ((5, 7), (MYSQL_5_7, MYSQL_5_7._replace(**_LIKE_8_0))),
        ((8, 0), (MYSQL_8_0, MYSQL_8_LATE)),
        ((8, 1), (MYSQL_8_LATE, MYSQL_9_7)),
        ((9, 7), (MYSQL_9_7,)),
    ),
    "mariadb": (
        ((5, 0), (MARIADB_10_5,)),
        ((10, 6), (MARIADB_10_5, MARIADB_10_11)),
        ((10, 11), (MARIADB_10_11,)),
        ((11, 0), (MARIADB_10_11, MARIADB_11_8)),
        ((11, 8), (MARIADB_11_8,)),
    ),
}
"""From each version on: the rules its servers may follow."""

CURRENT = ("mariadb-10.11", "mariadb-11.8", "mysql-8.0", "mysql-8.4", "mysql-9.7")
"""What a server may be when nothing says which it is."""


def candidates(server: str | None) -> tuple[Flavour, ...]:
    """The flavours that ``server`` ("mariadb-10.11.19", "mysql-8.0", "mysql"; None: any current one) may be.

    Raises ServerSourceError for a name that is none of these.
    """
    if server is None:
        return tuple(flavour for name in CURRENT for flavour in candidates(name))
    family, _, number = server.lower().partition("-")
    if family not in ("mysql", "mariadb"):
        raise _unknown(server)
    if not number:
        return tuple(flavour for name in CURRENT if name.startswith(family) for flavour in candidates(name))
    parts = number.split("-")[0].split(".")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]):
        raise _unknown(server)
    version = (int(parts[0]), int(parts[1]))
    if version < (5, 0):
        raise _unknown(server)
    rules = next(rules for since, rules in reversed(_GENERATIONS[family]) if version >= since)
    return tuple(Flavour("mysql" if family == "mysql" else "mariadb", version, each) for each in rules)


def _unknown(server: str) -> ServerSourceError:
    return ServerSourceError(f"unknown server {server!r}: name it like mysql-8.0, mysql-9.7 or mariadb-10.11")
