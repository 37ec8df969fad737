"""Servers that run as containers: compose services, and the containers of Kubernetes manifests."""

from __future__ import annotations

import os
from collections.abc import Iterator

from conn_lint.server.deploy.documents import Mapping, Node, Scalar, Sequence, walk
from conn_lint.server.deploy.images import arguments, configures, server_of, split, starts_server
from conn_lint.server.deploy.source import Setting, Source

_EXTRA_FLAGS = ("MYSQL_EXTRA_FLAGS", "MARIADB_EXTRA_FLAGS")
"""Environment variables that Bitnami's images append to the command line."""


def sources(document: Node, path: str, root: str) -> Iterator[Source]:
    """Every MySQL or MariaDB container of a compose file or a Kubernetes manifest ``path`` below ``root``."""
    for trail, node in walk(document):
        if not isinstance(node, Mapping) or not ({"image", "build"} & set(node.entries)):
            continue
        words = [*_words(node.at("entrypoint")), *_words(node.at("command")), *_words(node.at("args"))]
        server = server_of(node.text("image"))
        if server is None and not starts_server(words):
            continue
        service = trail[-1] if len(trail) > 1 and trail[-2] == "services" else node.text("name")
        names = filter(None, (service, node.text("container_name"), node.text("hostname")))
        yield Source(
            name=f"{service or 'a container'} of {path}",
            place=node.place,
            server=server,
            hosts=tuple(dict.fromkeys(names)) if len(trail) > 1 and trail[-2] == "services" else (),
            files=tuple(_mounted(node.at("volumes"), path, root)),
            settings=(*_command(node), *_environment(node.at("environment"))),
        )


def _words(node: Node | None) -> list[str]:
    if isinstance(node, Sequence):
        return [item.text for item in node.items if isinstance(item, Scalar)]
    return split(node.text) if isinstance(node, Scalar) else []


def _command(container: Mapping) -> Iterator[Setting]:
    """The server's arguments, each at its own place where the command is a list."""
    for key in ("entrypoint", "command", "args"):
        node = container.at(key)
        if isinstance(node, Scalar):
            yield from arguments(split(node.text), node.place)
        elif isinstance(node, Sequence):
            items = [item for item in node.items if isinstance(item, Scalar)]
            for item, following in zip(items, [*items[1:], None], strict=True):
                if item.text.startswith("--"):
                    words = [item.text, following.text] if following else [item.text]
                    yield next(arguments(words, item.place))
                elif " " in item.text:  # sh -c "mysqld --wait_timeout=60"
                    yield from arguments(split(item.text), item.place)


def _environment(node: Node | None) -> Iterator[Setting]:
    """The options in Bitnami's variables, from the mapping and the list form of ``environment``."""
    pairs: list[tuple[str, Scalar]] = []
    if isinstance(node, Mapping):
        pairs = [(key, value) for key, value in node.entries.items() if isinstance(value, Scalar)]
    elif isinstance(node, Sequence):
        for item in node.items:
            if isinstance(item, Scalar):
                name, _, text = item.text.partition("=")
                pairs.append((name, item._replace(text=text)))
    for name, flags in pairs:
        if name in _EXTRA_FLAGS:
            yield from arguments(split(flags.text), flags.place)


def _mounted(node: Node | None, path: str, root: str) -> Iterator[str]:
    """The option files of the tree that are mounted where the server reads them, in the order it does: the main
    file before those of its folders."""
    found: list[tuple[str, str]] = []
    for item in node.items if isinstance(node, Sequence) else ():
        if isinstance(item, Scalar):
            source, _, rest = item.text.partition(":")
            target = rest.partition(":")[0]
        elif isinstance(item, Mapping):
            source, target = item.text("source"), item.text("target")
        else:
            continue
        if source.startswith(".") and configures(target):
            found.append((target, os.path.normpath(os.path.join(root, os.path.dirname(path), source))))
    for _, source in sorted(found, key=lambda pair: (not pair[0].endswith("my.cnf"), pair[0])):
        if not source.startswith(os.path.join(root, "")):
            continue
        if os.path.isfile(source) and source.endswith(".cnf"):
            yield source
        elif os.path.isdir(source):
            for name in sorted(os.listdir(source)):
                if name.endswith(".cnf"):
                    yield os.path.join(source, name)
