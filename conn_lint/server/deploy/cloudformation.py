"""AWS CloudFormation: ``Parameters`` of RDS parameter groups, in YAML or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

from conn_lint.server.deploy.documents import Mapping, Node, Scalar, walk
from conn_lint.server.deploy.source import Setting, Source

_TYPES = frozenset(("AWS::RDS::DBParameterGroup", "AWS::RDS::DBClusterParameterGroup"))


def sources(document: Node, path: str) -> Iterator[Source]:
    """Every parameter group of the template that is for MySQL, MariaDB, or does not say."""
    for trail, node in walk(document):
        if not isinstance(node, Mapping) or node.text("Type") not in _TYPES:
            continue
        parameters = node.at("Properties", "Parameters")
        family = node.text("Properties", "Family")
        if isinstance(parameters, Mapping) and (server := server_of_family(family)) is not None:
            settings = [_setting(name, value) for name, value in parameters.entries.items()]
            yield Source(f"{trail[-1]} of {path}", node.place, server or None, settings=tuple(settings))


def server_of_family(family: str) -> str | None:
    """``mysql-8.0`` for ``mysql8.0`` and ``aurora-mysql8.0``, "" for a family not known; None for another engine."""
    found = re.fullmatch(r"(?:aurora-)?(mysql|mariadb)(\d+\.\d+)", family)
    if found:
        return f"{found[1]}-{found[2]}"
    return None if re.match(r"(aurora-)?postgres|oracle|sqlserver|db2", family) else ""


def _setting(name: str, value: Node) -> Setting:
    if isinstance(value, Scalar) and value.text.strip().isdecimal():
        return Setting(name, value.text.strip(), value.place, value.text)
    return Setting(name, None, value.place, value.text if isinstance(value, Scalar) else "")
