"""YAML with the lines of its values: just enough around PyYAML's node graph, which is never constructed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from conn_lint.model import Span
from conn_lint.server.deploy.source import NotRead

MISSING = "reading YAML needs PyYAML: pip install 'conn-lint[deploy]'"


class Scalar(NamedTuple):
    """``text`` as YAML understands it; ``block``: written as a literal or folded block, whose first line is the
    one after ``place``."""

    text: str
    place: Span
    block: bool


class Sequence(NamedTuple):
    items: tuple[Node, ...]
    place: Span


class Mapping(NamedTuple):
    """``entries`` in their order; merge keys (``<<``) are spread, the mapping's own keys win."""

    entries: dict[str, Node]
    place: Span
    keys: dict[str, Span]

    def text(self, *path: str) -> str:
        """The scalar at ``path``, "" when there is none."""
        found = self.at(*path)
        return found.text if isinstance(found, Scalar) else ""

    def at(self, *path: str) -> Node | None:
        node: Node | None = self
        for key in path:
            node = node.entries.get(key) if isinstance(node, Mapping) else None
        return node


Node = Scalar | Sequence | Mapping

MAX_NODES = 200_000
"""More than any deployment file has: aliases of aliases can stand for billions."""


def documents(text: str, path: str) -> list[Node]:
    """The documents of the YAML (or JSON) ``text``. Raises NotRead when it is not YAML, or nothing can read it."""
    try:
        import yaml
    except ImportError as error:
        raise NotRead(MISSING) from error
    try:
        composed = list(yaml.compose_all(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise NotRead(f"is not YAML: {error.problem or error.context}", mark.line + 1 if mark else 0) from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NotRead(f"is not YAML: {str(error).splitlines()[0]}") from error
    reader = _Reader(path)
    return [reader.node(each) for each in composed if each is not None]


class _Reader:
    def __init__(self, path: str) -> None:
        self.path = path
        self.left = MAX_NODES
        self.open: set[int] = set()

    def node(self, node: object) -> Node:
        import yaml

        assert isinstance(node, yaml.Node)
        self.left -= 1
        if self.left < 0 or id(node) in self.open:
            raise NotRead("holds itself, or too much", node.start_mark.line + 1)
        place = self.place(node)
        if isinstance(node, yaml.ScalarNode):
            return Scalar(node.value, place, node.style in ("|", ">"))
        self.open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                return Sequence(tuple(self.node(each) for each in node.value), place)
            assert isinstance(node, yaml.MappingNode)
            return self.mapping(node.value, place)
        finally:
            self.open.discard(id(node))

    def mapping(self, pairs: list[tuple[object, object]], place: Span) -> Mapping:
        entries: dict[str, Node] = {}
        keys: dict[str, Span] = {}
        merged: list[Mapping] = []
        for key_node, value_node in pairs:
            key, value = self.node(key_node), self.node(value_node)
            if not isinstance(key, Scalar):
                continue
            if key.text == "<<":
                merged += [each for each in _each(value) if isinstance(each, Mapping)]
            else:
                entries[key.text], keys[key.text] = value, key.place
        for base in merged:
            entries = {**base.entries, **entries}
            keys = {**base.keys, **keys}
        return Mapping(entries, place, keys)

    def place(self, node: object) -> Span:
        import yaml

        assert isinstance(node, yaml.Node)
        start, end = node.start_mark, node.end_mark
        single = start.line == end.line
        end_line, end_column = (end.line + 1, end.column + 1) if single else (start.line + 1, start.column + 1)
        return Span(self.path, start.line + 1, start.column + 1, end_line, end_column)


def _each(node: Node) -> tuple[Node, ...]:
    return node.items if isinstance(node, Sequence) else (node,)


def walk(node: Node, trail: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Node]]:
    """``node`` and everything in it, each with the keys that lead to it."""
    yield trail, node
    if isinstance(node, Mapping):
        for key, value in node.entries.items():
            yield from walk(value, (*trail, key))
    elif isinstance(node, Sequence):
        for value in node.items:
            yield from walk(value, trail)
