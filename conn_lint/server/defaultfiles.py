"""The option files that a server reads by itself, in their order; the later ones win.

Measured on MariaDB 10.5.23, 10.11.19, 11.8.9 and MySQL 5.6.24, 9.7.4 (``init_default_directories`` in
``mysys/my_default.c``). Nothing else is read without an include, /etc/my.cnf.d and /etc/mysql/conf.d neither.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from conn_lint.server.flavours import Flavour

SYSTEM = ("/etc/my.cnf", "/etc/mysql/my.cnf")


def default_files(flavour: Flavour, environment: Mapping[str, str], extra: tuple[str, ...] = ()) -> list[str]:
    """The paths of those files that exist; ``extra`` are the ``--defaults-extra-file``.

    ``environment`` is the server's: MYSQL_HOME (on MariaDB with ``mariadb_home`` MARIADB_HOME before it) names a
    folder of its own, HOME that of ~/.my.cnf. A folder that occurs twice counts at its last place.
    """
    home = environment.get("MYSQL_HOME", "")
    if flavour.rules.mariadb_names:
        home = environment.get("MARIADB_HOME") or home
    listed = list(SYSTEM)
    listed += [os.path.join(home, "my.cnf")] if home else []
    listed += extra
    listed += [os.path.join(environment["HOME"], ".my.cnf")] if environment.get("HOME") else []
    last = {path: index for index, path in enumerate(listed)}
    return [path for index, path in enumerate(listed) if last[path] == index and os.path.isfile(path)]


def group_suffix(flavour: Flavour, environment: Mapping[str, str]) -> str:
    """The suffix that the environment gives where ``--defaults-group-suffix`` does not."""
    suffix = environment.get("MYSQL_GROUP_SUFFIX", "") if flavour.rules.suffix_from_environment else ""
    if flavour.rules.mariadb_names:
        suffix = environment.get("MARIADB_GROUP_SUFFIX") or suffix
    return suffix
