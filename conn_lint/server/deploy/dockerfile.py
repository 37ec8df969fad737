"""Images built on MySQL or MariaDB: the arguments of their CMD, and the option files copied into them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator

from conn_lint.model import Span
from conn_lint.project import deployfiles
from conn_lint.server.deploy.images import arguments, configures, server_of, split, starts_server
from conn_lint.server.deploy.source import Setting, Source


def sources(text: str, path: str, root: str) -> Iterator[Source]:
    """The server that the last stage of the Dockerfile ``path`` below ``root`` starts, if it is one."""
    lines = text.splitlines()
    stages = [number for number, line in enumerate(lines) if re.match(r"FROM\s", line, re.IGNORECASE)]
    if not stages:
        return
    last = lines[stages[-1] :]
    image = next((word for word in last[0].split()[1:] if not word.startswith("--")), "")
    server = server_of(image)
    settings: list[Setting] = []
    started = server is not None
    for command in deployfiles.dockerfile(last):
        words = split(command.text)
        started = started or starts_server(words)
        line = stages[-1] + command.first
        settings += arguments(words, Span(path, line, 1, stages[-1] + command.last, 1))
    files = tuple(_copied(last, path, root))
    if started and (settings or files):
        yield Source(path, Span(path, stages[-1] + 1), server, files=files, settings=tuple(settings))


def _copied(lines: list[str], path: str, root: str) -> Iterator[str]:
    """The option files of the tree that COPY and ADD put where the server reads them."""
    for line in lines:
        words = [word for word in line.split() if not word.startswith("--")]
        if len(words) < 3 or words[0].upper() not in ("COPY", "ADD") or not configures(words[-1].rstrip("/")):
            continue
        for word in words[1:-1]:
            source = os.path.normpath(os.path.join(root, os.path.dirname(path), word))
            if source.startswith(os.path.join(root, "")) and os.path.isfile(source) and source.endswith(".cnf"):
                yield source
