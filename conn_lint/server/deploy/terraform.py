"""Terraform: parameters of managed servers (AWS RDS, Google Cloud SQL, Azure, Alibaba) in HCL.

The file is read by python-hcl2 into a syntax tree with lines; nothing is evaluated, a value that is not a literal
is open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from conn_lint.model import Span
from conn_lint.server.deploy.cloudformation import server_of_family
from conn_lint.server.deploy.source import NotRead, Setting, Source

if TYPE_CHECKING:
    from lark import Token, Tree

MISSING = "reading Terraform needs python-hcl2: pip install 'conn-lint[deploy]'"

_NAME_KEYS = ("name", "param_name")
_VALUE_KEYS = ("value", "param_value")

_PARAMETERS = re.compile(
    r"aws_(db|rds_cluster)_parameter_group|google_sql_database_instance"
    r"|azurerm_(mysql_flexible_server|mysql|mariadb)_configuration|alicloud_(db_instance|rds_parameter_group|polardb_cluster|polardb_parameter_group)"
)


class _Literal(NamedTuple):
    text: str | None
    written: str
    place: Span


def sources(text: str, path: str) -> Iterator[Source]:
    """Every resource or module of the Terraform file that sets parameters of a MySQL or MariaDB server.

    Raises NotRead when it is not HCL, or nothing can read it.
    """
    try:
        import hcl2
        from lark.exceptions import LarkError, UnexpectedInput
    except ImportError as error:
        raise NotRead(MISSING) from error
    try:
        tree = hcl2.parses_to_tree(text if text.endswith("\n") else f"{text}\n")
    except UnexpectedInput as error:
        raise NotRead("is not HCL", error.line) from error
    except (LarkError, RecursionError) as error:
        raise NotRead("is not HCL") from error
    for body in _children(tree, "body"):
        for block in _children(body, "block"):
            yield from _source(block, path)


def _source(block: Tree[Token], path: str) -> Iterator[Source]:
    kind, *labels = _labels(block)
    known = kind == "resource" and bool(labels) and _PARAMETERS.fullmatch(labels[0])
    if not known and kind != "module":
        return
    attributes = _attributes(block, path)
    server = _server(attributes, kind == "module")
    if server is None:
        return
    pairs = [_setting(_fields(node, path)) for node in block.iter_subtrees() if node.data in ("body", "object")]
    settings = sorted((pair for pair in pairs if pair is not None), key=lambda setting: setting.place)
    if settings:
        name = ".".join(labels if kind == "resource" else (kind, *labels))
        place = Span(path, block.meta.line, block.meta.column)
        yield Source(f"{name} of {path}", place, server or None, settings=tuple(settings))


def _server(attributes: dict[str, _Literal], module: bool) -> str | None:
    """What the block says of its server: a name as of --server, "" when it does not say, None for another engine
    (and for a module that never says MySQL or MariaDB)."""
    for key in ("family", "engine", "db_type", "database_version"):
        text = (attributes[key].text or "") if key in attributes else ""
        if key == "family" and text:
            return server_of_family(text)
        if text:
            found = re.match(r"(?:aurora-)?(mysql|mariadb)(?:_(\d+)_(\d+))?", text.lower())
            if found is None:
                return None
            return f"{found[1]}-{found[2]}.{found[3]}" if found[2] else found[1]
    return None if module else ""


def _setting(fields: dict[str, _Literal]) -> Setting | None:
    """The parameter that one block or object names with its value."""
    name = next((fields[key] for key in _NAME_KEYS if key in fields), None)
    value = next((fields[key] for key in _VALUE_KEYS if key in fields), None)
    if name is None or value is None or name.text is None:
        return None
    return Setting(name.text, value.text, value.place, value.written)


def _children(node: Tree[Token], *names: str) -> Iterator[Tree[Token]]:
    """The subtrees right below ``node`` of one of the grammar's ``names``; all of them without any."""
    from lark import Tree

    for child in node.children:
        if isinstance(child, Tree) and (not names or child.data in names):
            yield child


def _labels(block: Tree[Token]) -> list[str]:
    return [_text(child).strip('"') for child in _children(block, "identifier", "string")]


def _attributes(block: Tree[Token], path: str) -> dict[str, _Literal]:
    body = next(_children(block, "body"), None)
    return _fields(body, path) if body is not None else {}


def _fields(node: Tree[Token], path: str) -> dict[str, _Literal]:
    """The attributes that stand directly in a body or an object, by name."""
    found = {}
    for child in _children(node, "attribute", "object_elem"):
        parts = list(_children(child))
        if len(parts) >= 2:
            found[_text(parts[0]).strip('"')] = _literal(parts[-1], path)
    return found


def _literal(node: Tree[Token], path: str) -> _Literal:
    written = _text(node)
    meta = node.meta
    place = Span(path, meta.line, meta.column, meta.end_line, meta.end_column)
    plain = re.fullmatch(r'"([^"$%{}\\]*)"|(-?\d+)', written)
    text = None if plain is None else plain[1] if plain[1] is not None else plain[2]
    return _Literal(text, written, place)


def _text(node: Tree[Token]) -> str:
    """The source of ``node``, without its white space."""
    return "".join(str(token).strip() for token in node.scan_values(lambda _: True))
