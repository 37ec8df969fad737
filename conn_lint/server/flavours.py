"""What the readers of option files of MySQL and MariaDB do differently, by version.

Every difference was measured by running the servers as Debian and Ubuntu package them (5.6.24: as Oracle does);
the names of functions are those of ``mysys/my_default.cc`` and ``mysys/my_getopt.cc``. A release between two that
were run has both for candidates: an answer about it is definite when they agree.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

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
    passes_loose_autoset: bool = False
    """``loose-autoset-wait_timeout`` is passed over rather than refused."""
    maximum_lowers: bool = False
    """``maximum-wait_timeout`` lowers the value in force at that moment rather than later SETs only."""
    major_groups: bool = False
    """``[mariadb-11]`` is read beside ``[mariadb-11.8]``."""
    cluster_group: bool = False
    """``[mysql_cluster]`` is read."""
    suffix_from_environment: bool = True
    """MYSQL_GROUP_SUFFIX stands in for ``--defaults-group-suffix``."""
    mariadb_names: bool = False
    """MARIADB_HOME and MARIADB_GROUP_SUFFIX go before the MYSQL_ ones."""


MYSQL_5_6 = Rules(
    extension_from_first_dot=True,
    suffixes=b"kmg",
    loose_error="refused",
    shortest_prefixes=(1, 3),
    suffix_from_environment=False,
    passes_loose_autoset=True,
)
MYSQL_5_7 = Rules(
    unique_prefixes=False,
    suffixes=b"kmg",
    negative="minimum",
    refuses_empty=True,
    loose_error="refused",
    passes_loose_autoset=True,
)
MYSQL_8_0 = Rules(
    unique_prefixes=False,
    dotted_names=False,
    negative="minimum",
    refuses_empty=True,
    refuses_lost_bits=True,
    loose_error="refused",
    passes_loose_autoset=True,
)
MYSQL_8_0_28 = MYSQL_8_0._replace(joins_long_lines=True)
MYSQL_8_0_36 = MYSQL_8_0_28._replace(maximum_lowers=True)
MYSQL_8_4 = MYSQL_8_0_36._replace(cluster_group=True)
MYSQL_9_7 = MYSQL_8_4._replace(trims_directives=True)
MARIADB_10_5 = Rules()
MARIADB_10_6 = Rules(negative="refused")
MARIADB_11_4 = MARIADB_10_6._replace(loose_error="zero")
MARIADB_10_6_23 = MARIADB_11_4._replace(any_case=True)
MARIADB_10_11 = MARIADB_10_6_23._replace(mariadb_names=True)
MARIADB_11_8 = MARIADB_10_11._replace(major_groups=True)


class Flavour(NamedTuple):
    """A server as far as option files go."""

    family: Literal["mysql", "mariadb"]
    version: Version
    rules: Rules
    like: Version
    """The release that was run and has these rules."""

    @property
    def name(self) -> str:
        return f"{self.family}-{'.'.join(map(str, self.version))}"

    @property
    def exact_name(self) -> str:
        """The name where releases of one series differ."""
        return f"{self.name} (as {'.'.join(map(str, self.like))})"

    def groups(self, suffix: str = "") -> frozenset[str]:
        """The groups it reads, in lower case, as ``--verbose --help`` prints them; with ``suffix``
        (``--defaults-group-suffix``) those with that suffix as well, in the order of the files."""
        found = self._groups()
        return found | {name + suffix.lower() for name in found}

    def _groups(self) -> frozenset[str]:
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


_MEASURED: dict[str, tuple[tuple[Version, Rules], ...]] = {
    "mysql": (
        ((5, 6, 22), MYSQL_5_6),
        ((5, 6, 24), MYSQL_5_6),
        ((5, 7, 11), MYSQL_5_7),
        ((5, 7, 42), MYSQL_5_7),
        ((8, 0, 19), MYSQL_8_0),
        ((8, 0, 28), MYSQL_8_0_28),
        ((8, 0, 36), MYSQL_8_0_36),
        ((8, 0, 46), MYSQL_8_0_36),
        ((8, 4, 4), MYSQL_8_4),
        ((8, 4, 13), MYSQL_8_4),
        ((9, 7, 4), MYSQL_9_7),
    ),
    "mariadb": (
        ((10, 3, 39), MARIADB_10_5),
        ((10, 5, 23), MARIADB_10_5),
        ((10, 6, 7), MARIADB_10_6),
        ((10, 6, 23), MARIADB_10_6_23),
        ((10, 11, 7), MARIADB_10_6),
        ((10, 11, 19), MARIADB_10_11),
        ((11, 4, 5), MARIADB_11_4),
        ((11, 8, 6), MARIADB_11_8),
        ((11, 8, 9), MARIADB_11_8),
    ),
}
"""The releases that were run, oldest first. One between two of them has both for candidates; within a series the
ones of that series alone speak for it, and the first and the last speak for what is older and newer."""

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
    patch = int(parts[2]) if len(parts) > 2 and parts[2].isdecimal() else None
    found = {rules: like for like, rules in _measured(_MEASURED[family], version, patch)}
    return tuple(
        Flavour("mysql" if family == "mysql" else "mariadb", version, rules, like) for rules, like in found.items()
    )


def is_known(server: str) -> bool:
    """Whether ``candidates`` knows ``server``."""
    try:
        return bool(candidates(server))
    except ServerSourceError:
        return False


_Run = tuple[Version, Rules]


def _measured(runs: tuple[_Run, ...], series: Version, patch: int | None) -> list[_Run]:
    """The runs that a release of ``series`` may behave like; ``patch`` None: any release of it."""
    own = [run for run in runs if run[0][:2] == series]
    if own and patch is None:
        return own
    wanted = (*series, patch or 0)
    before = [run for run in own or runs if run[0] <= wanted]
    after = [run for run in own or runs if run[0] >= wanted]
    return before[-1:] + after[:1]


def _unknown(server: str) -> ServerSourceError:
    return ServerSourceError(f"unknown server {server!r}: name it like mysql-8.0, mysql-9.7 or mariadb-10.11")
