"""What a run was asked to do, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from conn_lint.model import Severity, Span


class ConfigError(Exception):
    """The run cannot be done as asked; the message is one line that names the option or the file and line."""


class ServerSource(NamedTuple):
    """A file or URL that tells of a server, and the database alias it is bound to (None: all)."""

    alias: str | None
    location: str


class HopSource(NamedTuple):
    """A hop between Django and the server as it was asked for: by ``seconds``, the name of a ``preset``, or the
    ``file`` of a proxy. ``aliases`` and ``hosts`` (patterns) say whose connections pass it; empty: all."""

    name: str
    where: str
    place: Span | None = None
    seconds: float | None = None
    preset: str | None = None
    file: str | None = None
    aliases: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


class Config(NamedTuple):
    """Everything that steers a run. Paths are absolute."""

    root: str
    select: tuple[str, ...] = ()
    """Codes of the rules to ask; empty: all."""
    ignore: tuple[str, ...] = ()
    fail_on: Severity = "warning"
    settings: tuple[str, ...] = ()
    env: Mapping[str, str] = {}
    mycnf: tuple[ServerSource, ...] = ()
    mycnf_defaults: bool = False
    """Read what a server reads by itself on this machine, too."""
    mycnf_group_suffix: str = ""
    """What the server is started with for --defaults-group-suffix."""
    variables: tuple[ServerSource, ...] = ()
    live: tuple[ServerSource, ...] = ()
    live_defaults_file: str | None = None
    """An option file of the clients, which says how to log in."""
    live_timeout: float = 10.0
    """Seconds that a live server has for everything."""
    deploy: tuple[ServerSource, ...] = ()
    server: str | None = None
    hops: tuple[HopSource, ...] = ()
    django_version: str | None = None
    assume_mysql: bool = False
    closers: tuple[str, ...] = ()
    """Functions that close old connections, by dotted names and patterns of such names, as the next three."""
    orm: tuple[str, ...] = ()
    """Functions that use the ORM."""
    entrypoints: tuple[str, ...] = ()
    """Functions of which each run is a job."""
    not_entrypoints: tuple[str, ...] = ()
    """Functions that are no units of work."""
    exclude: tuple[str, ...] = ()
    baseline: str | None = None
    unsafe_fixes: bool = False
    """Make the fixes that their user should read as well."""
    cache: bool = True
    show: bool = False


class Given(NamedTuple):
    """One option as it was given: its value, where it was given, and the folder its paths are relative to."""

    value: Any
    where: str
    folder: str
    text: str = ""
    """The whole text of pyproject.toml, when it was given there."""

    def wrong(self, expected: str) -> ConfigError:
        return ConfigError(f"{self.where}: expected {expected}, not {self.value!r}")
