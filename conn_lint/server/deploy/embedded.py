"""Option files inside YAML (ConfigMaps, Helm values), and variables of Ansible roles."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conn_lint.server.deploy.documents import Mapping, Node, Scalar, walk
from conn_lint.server.deploy.source import Block, Setting, Source

_SERVER_GROUP = re.compile(r"^\s*\[(mysqld|mariadbd?|server)\b", re.MULTILINE)

_ROLE_VARIABLE = re.compile(r"(?:mysql|mariadb)_((?:wait|interactive)_timeout)")
"""``mysql_wait_timeout`` of geerlingguy.mysql and the roles made after it."""

_GROUPS = frozenset("mysqld mariadb mariadbd".split())


def blocks(document: Node, path: str) -> Iterator[Source]:
    """A source for each scalar of the document that holds an option file with a group of the server."""
    for trail, node in walk(document):
        if isinstance(node, Scalar) and node.block and _SERVER_GROUP.search(node.text):
            name = ".".join(trail[-2:])
            yield Source(name=f"{name} of {path}", place=node.place, blocks=(_block(node, path),))


def _block(node: Scalar, path: str) -> Block:
    return Block(node.text.encode(), path, node.place.line + 1, 0)


def variables(document: Node, path: str) -> Iterator[Source]:
    """The timeouts that a playbook, an inventory or role defaults set, ``mysql_wait_timeout: 300``, or under the name
    of their group, ``mysqld: {wait_timeout: 300}``."""
    settings = []
    for trail, node in walk(document):
        if not isinstance(node, Mapping):
            continue
        for key, value in node.entries.items():
            named = _ROLE_VARIABLE.fullmatch(key)
            name = named[1] if named else key if trail[-1:] and trail[-1] in _GROUPS else ""
            if name in ("wait_timeout", "interactive_timeout") and isinstance(value, Scalar):
                literal = value.text.strip().isdecimal()
                settings.append(Setting(name, value.text.strip() if literal else None, value.place, value.text))
    if settings:
        yield Source(name=path, place=settings[0].place, settings=tuple(settings))
