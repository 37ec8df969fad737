"""What the option file of a client (OPTIONS["read_default_file"]) does to the timeout of its sessions.

Measured with mysqlclient 2.3.1 on MariaDB Connector/C 3.3.20: ``init-command`` runs after the one that the program
gives, several run in the order of the file; ``interactive-timeout`` with any value, an empty one too, makes the
session an interactive one, and without ``=`` does nothing; ``wait_timeout`` and ``loose-`` names are passed over.
"""

from __future__ import annotations

import os
from typing import NamedTuple

from conn_lint.model import Known, Span
from conn_lint.project.tree import display
from conn_lint.server.flavours import MARIADB_10_11
from conn_lint.server.grammar import Group, Include, Option, entries

MAX_BYTES = 1_000_000

_CONNECTOR_C_GROUPS = ("client-server", "client-mariadb")
"""Read by MariaDB Connector/C and not by libmysqlclient."""


class ClientOptions(NamedTuple):
    """``commands`` are the texts of the init-commands, in the order in which they run; ``interactive`` is where
    the session is made an interactive one; ``disputed``: other client libraries read less of the file than MariaDB's;
    ``includes``: files are included, and were not read."""

    commands: tuple[Known, ...] = ()
    interactive: Span | None = None
    disputed: bool = False
    includes: bool = False


def read_client_file(path: str, group: str | None, *, root: str) -> ClientOptions | None:
    """What ``path`` says in [client] and [``group``]; None when there is no such file here, or it cannot be read.

    ``root`` is the linted tree, which the path is shown relative to.
    """
    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES)
    except (OSError, ValueError):
        return None
    shown = display(path, os.path.abspath(root))
    commands: list[Known] = []
    found = ClientOptions()
    section = ""
    for entry in entries(data, MARIADB_10_11):
        if isinstance(entry, Group):
            section = entry.name
        elif isinstance(entry, Include):
            found = found._replace(includes=True)
        elif isinstance(entry, Option) and entry.value is not None:
            name = entry.name.replace(b"_", b"-")
            own = section == "client" or section == group
            if name in (b"init-command", b"interactive-timeout") and (own or section in _CONNECTOR_C_GROUPS):
                place = Span(shown, entry.line, entry.column, entry.line, entry.end_column)
                found = found._replace(disputed=found.disputed or not own)
                if name == b"init-command":
                    commands.append(Known(entry.value.decode("utf-8", "replace"), place))
                else:
                    found = found._replace(interactive=place)
    return found._replace(commands=tuple(commands))
