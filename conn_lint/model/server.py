"""What the servers and the hops before them do to an idle session."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conn_lint.model.places import Place, Problem, Span
from conn_lint.model.settings import Database, Deployment


class TimeoutSetting(NamedTuple):
    """One assignment of wait_timeout or interactive_timeout in an option file."""

    variable: Literal["wait_timeout", "interactive_timeout"]
    text: str
    group: str
    place: Span


class Remark(NamedTuple):
    """What a user of option files may not expect of the server that reads them.

    ``refused``: it does not start. ``ignored``: it starts, and passes over a file or the rest of one;
    ``missing``: and over an include line that names nothing. ``surprising``: a timeout is another than the one
    written there, or than the one written before it in the same group."""

    kind: Literal["refused", "ignored", "missing", "surprising"]
    place: Span
    reason: str


ServerKind = Literal["option files", "variables", "live", "deployment"]
"""Where an answer about a server comes from; ``deployment``: a compose file, Terraform, a ConfigMap ..."""


class ServerAnswer(NamedTuple):
    """What one server source says. ``wait_timeout`` and ``interactive_timeout`` are the global values in
    force, in seconds; None unless ``outcome`` is "value"."""

    name: str
    outcome: Literal["value", "refused", "unknown"]
    reason: str
    wait_timeout: int | None = None
    interactive_timeout: int | None = None
    flavour: str | None = None
    wait_place: Span | None = None
    interactive_place: Span | None = None
    places: tuple[Place, ...] = ()
    groups: tuple[tuple[Span, str], ...] = ()
    """The assignments in option files, by place, and the group that each stands in."""
    misplaced: tuple[TimeoutSetting, ...] = ()
    """Assignments the server never reads because of the group they stand in."""
    remarks: tuple[Remark, ...] = ()
    alias: str | None = None
    """The database alias this source is bound to; None: all of them."""
    problems: tuple[Problem, ...] = ()
    session_wait_timeout: int | None = None
    """wait_timeout of the session that asked a live server; differs from the global value by init_connect."""
    init_connect: str = ""
    """SQL that the server runs for each new session, but those of administrators."""
    transaction_timeouts: tuple[tuple[str, int], ...] = ()
    """MariaDB's limits for sessions that idle inside a transaction, variable and seconds; those that are on."""
    max_connections: int | None = None
    """None where the source does not say."""
    kind: ServerKind = "option files"
    found: bool = False
    """Found in the tree rather than given: it says what some server of the project is started with."""
    hosts: tuple[str, ...] = ()
    """The host names under which the source itself knows the server (a compose service); empty: not said."""


class Hop(NamedTuple):
    """Something between Django and the server that drops idle connections: a proxy, a balancer, a NAT."""

    name: str
    seconds: float | None
    """None: it never drops one."""
    why: str
    """What says so: a documented default, a file, the configuration."""
    place: Span | None = None
    aliases: tuple[str, ...] = ()
    """The aliases whose connections pass it; empty: all."""
    hosts: tuple[str, ...] = ()
    """Patterns of the HOST names that lead to it; empty: any."""


class IdleLimit(NamedTuple):
    """After how many idle seconds the session of one alias is dropped, and what says so.

    ``seconds`` None: not knowable (``why`` says the reason)."""

    seconds: float | None
    why: str
    place: Span | None
    assumed: bool
    variable: str = "wait_timeout"
    """The server variable that rules the session; the name of the hop where a hop does."""
    group: str = ""
    """The group of the option file in which ``place`` stands."""
    hop: bool = False
    """A hop between Django and the server drops the connection, not the server."""
    found: bool = False
    """Rests on a file found in the tree, which may not be what this deployment runs with."""
    at_most: float | None = None
    """Where ``seconds`` is not knowable: a bound that holds all the same, None for none."""


class Session(NamedTuple):
    """The connections of one alias under one settings module, and when the server drops them."""

    settings: str
    """The settings module (``module::Class`` for a class); empty when Django's defaults stand in for it."""
    database: Database
    limit: IdleLimit
    counts: bool
    """Whether it is judged: it speaks MySQL's protocol, or is taken to."""
    chain: tuple[IdleLimit, ...] = ()
    """Every limit on the way, the server's first, then those of the hops; ``limit`` is the smallest."""
    suggested: Hop | None = None
    """A hop that nobody declared and the name of HOST suggests."""

    def is_of(self, deployment: Deployment) -> bool:
        return self.settings == deployment.name

    def whole(self, deployment: Deployment) -> Database:
        """The database as ``deployment`` has it, on every engine its branches may choose."""
        return deployment.databases.get(self.database.alias, self.database)
