"""Container images of MySQL and MariaDB, and the arguments their servers are started with."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from conn_lint.model import Span
from conn_lint.server.deploy.source import Setting

_FAMILIES = {
    "mysql": "mysql",
    "mysql-server": "mysql",
    "percona": "mysql",
    "percona-server": "mysql",
    "mariadb": "mariadb",
}

_SERVERS = ("mysqld", "mariadbd", "mysqld_safe", "mariadbd-safe")

CONFIGURATION_FOLDERS = (
    "/etc/my.cnf",
    "/etc/my.cnf.d",
    "/etc/mysql",
    "/opt/bitnami/mysql/conf",
    "/opt/bitnami/mariadb/conf",
    "/config/custom.cnf",
)
"""Where the images of Docker, Bitnami and LinuxServer have their servers look for option files."""


def server_of(image: str) -> str | None:
    """``mysql-8.0`` for ``mysql:8.0.36``, ``mariadb`` for ``bitnami/mariadb:latest``; None for another image."""
    default = re.search(r":-([^}]*)\}", image)
    name = default[1] if default and image.startswith("${") else image
    repository, _, tag = name.rpartition("/")[2].partition("@")[0].partition(":")
    family = _FAMILIES.get(repository)
    if family is None:
        return None
    version = re.match(r"(\d+)\.(\d+)", tag)
    return f"{family}-{version[1]}.{version[2]}" if version else family


def starts_server(words: list[str]) -> bool:
    """Whether a command line names the server's own program."""
    return any(word.rpartition("/")[2] in _SERVERS for word in words)


def arguments(words: list[str], place: Span) -> Iterator[Setting]:
    """The options among the ``words`` of a server's command line: ``--name=value`` and ``--name value``."""
    for at, word in enumerate(words):
        if not word.startswith("--"):
            continue
        name, equals, value = word[2:].partition("=")
        following = words[at + 1] if at + 1 < len(words) else ""
        if not equals and following and not following.startswith("-"):
            value = following
        literal = "$" not in value and "{{" not in value
        yield Setting(name, value if literal else None, place, value)


def split(text: str) -> list[str]:
    """The words of a command line as a shell has them; split at white space where a quotation is never closed."""
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def configures(target: str) -> bool:
    """Whether a file mounted at ``target`` is an option file of the server, or a folder of them."""
    return any(target == folder or target.startswith((f"{folder}/", f"{folder}.d")) for folder in CONFIGURATION_FOLDERS)
