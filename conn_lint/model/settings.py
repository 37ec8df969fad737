"""What the settings modules hold: values as far as they are known, databases, deployments."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

from conn_lint.model.places import Place, Problem, Span


class Known(NamedTuple):
    """Exactly this value. ``place`` is where it was decided; None when it is Django's default."""

    value: Any
    place: Span | None = None


class OneOf(NamedTuple):
    """One of these, by branch; the set is closed.

    ``env`` names the environment variables that choose between them, ``default`` is the one in force when
    none of them is set (None: not known)."""

    values: tuple[Known, ...]
    env: tuple[str, ...] = ()
    default: Known | None = None

    @property
    def place(self) -> Span | None:
        return next((value.place for value in self.values if value.place), None)


class Unknown(NamedTuple):
    """Not decidable from the source.

    ``env`` names the environment variables it hangs on, ``default`` is the value in force when none of
    them is set (None: no default known), ``possible`` are values seen on some branches. ``text``: where the
    environment decides it, it is the variable's text as it stands, a string.
    """

    why: str
    env: tuple[str, ...] = ()
    default: Known | None = None
    place: Span | None = None
    possible: tuple[Known, ...] = ()
    text: bool = False


Value = Known | OneOf | Unknown


def candidates(value: Value) -> tuple[Known, ...]:
    """Every value that the source itself names for ``value``: all of a Known or OneOf, and of an
    Unknown its default, else the values of its branches."""
    if isinstance(value, Known):
        return (value,)
    if isinstance(value, OneOf):
        return value.values
    return (value.default,) if value.default else value.possible


class KeySlip(NamedTuple):
    """A settings key that Django does not read where it stands; one about a pool (``pool-``) may be the engine's."""

    key: str
    meant: str
    kind: Literal[
        "misspelt",
        "case",
        "in-options",
        "module-level",
        "beside-alias",
        "pool-beside-engine",
        "pool-in-options",
        "pool-option",
    ]
    place: Span


class Database(NamedTuple):
    """One alias of DATABASES as Django would see it, its defaults filled in."""

    alias: str
    engine: Value
    conn_max_age: Value
    conn_health_checks: Value
    autocommit: Value
    atomic_requests: Value
    options: dict[str, Value]
    host: Value
    port: Value
    mysql: bool | None
    """Whether the engine speaks MySQL's protocol; None when that cannot be known."""
    place: Span
    slips: tuple[KeySlip, ...] = ()
    as_mysql: Database | None = None
    """The same alias where its engine may be MySQL's, when branches or the environment choose between engines:
    what the other engines' branches set is left out. None when there is nothing to leave out."""


class Deployment(NamedTuple):
    """One leaf settings module, judged by itself."""

    module: str
    """Its dotted name; its path where another service in the tree has a module of that name."""
    path: str
    class_name: str | None
    databases: dict[str, Database]
    open: bool
    """True when there may be aliases that could not be named."""
    names: dict[str, Value]
    """Other settings the verdicts rest on: DEBUG, RQ, CELERY_DB_REUSE_MAX, DRAMATIQ_BROKER, ... Lists and
    dictionaries among them may hold an ``Unknown``."""
    slips: tuple[KeySlip, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What could not be read on the way: a missing import, a file that is not Python."""
    notes: tuple[Place, ...] = ()
    """Where something outside the tree may still change settings: ``try: from .local_settings import *``."""
    unseen: Unknown | None = None
    """Why there may be aliases that could not be named."""

    @property
    def name(self) -> str:
        """How it is named to the user: its module, and its class where it has one."""
        return f"{self.module}::{self.class_name}" if self.class_name else self.module
