"""What can be changed in the linted files so that a finding goes away."""

from __future__ import annotations

from typing import Literal, NamedTuple

from conn_lint.model.places import Span

Safety = Literal["safe", "unsafe"]
"""``safe``: it does what its title says and nothing else. ``unsafe``: right in most programs, to be read before it is
committed."""

RepairKind = Literal[
    "close-at-start",
    "close-each-turn",
    "close-at-end",
    "close-after-wait",
    "close-in-handler",
    "close-before-fork",
    "call",
    "run-in-thread",
    "close-all",
    "close-instead",
    "rename-removed",
    "value",
    "key",
    "decorator",
    "first-item",
    "comment",
]


class Repair(NamedTuple):
    """What a rule wants to be changed; whether it can be, and how, is for those who see the source."""

    kind: RepairKind
    span: Span
    """The function, loop, statement or value that it is about."""
    uses: tuple[Span, ...] = ()
    """The way to the query that the finding rests on."""
    wait: Span | None = None
    """What idles before that query."""
    registrations: tuple[Span, ...] = ()
    """Where the function is handed to what calls it."""
    aliases: tuple[str, ...] = ()
    """The database aliases whose connections are meant."""
    text: str = ""
    """What stands there afterwards, of a "value", a "key" or a "comment"; {} is the value that is there."""
    title: str = ""
    """What the change of a "value" is called; the key of the list that gets a "first-item"."""
    module: str = ""
    """Where the names of a "decorator" are from."""
    renamed: tuple[tuple[str, str], ...] = ()
    """The names of a "decorator", each with the one in its place."""


class Edit(NamedTuple):
    """``content`` in place of what ``span`` holds, which may be nothing; positions are those of the file before any
    edit, its end is exclusive and always known."""

    span: Span
    content: str


class Fix(NamedTuple):
    """Edits that belong together."""

    safety: Safety
    title: str
    """What they do, as an imperative."""
    edits: tuple[Edit, ...]
