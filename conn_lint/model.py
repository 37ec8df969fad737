"""The plain, frozen data that crosses the walls between the parts of conn-lint.

Nothing here reads a file or knows syntax. Seconds are seconds everywhere; paths are relative to the
linted tree with forward slashes (absolute for files outside it); lines and columns count from 1.

NamedTuples rather than dataclasses: importing ``dataclasses`` costs more than a whole run on a commit
that touches nothing relevant.
"""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")

Confidence = Literal["certain", "likely"]


class Span(NamedTuple):
    """A stretch of one file. ``end_column`` is exclusive; an unknown end repeats the start."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Place(NamedTuple):
    """One labelled spot of a finding; the labels of a finding read as one sentence."""

    span: Span
    label: str


class Problem(NamedTuple):
    """Something that could not be read, said once: becomes CL001 (or exit 2 for a server source)."""

    span: Span
    reason: str


# --- values read from settings -----------------------------------------------------------------


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
    path: str
    class_name: str | None
    databases: dict[str, Database]
    open: bool
    """True when there may be aliases that could not be named."""
    names: dict[str, Value]
    """Other settings the verdicts rest on: INSTALLED_APPS, RQ, RQ_QUEUES, CELERY_*, DRAMATIQ_*, ... Lists and
    dictionaries among them may hold an ``Unknown``."""
    slips: tuple[KeySlip, ...] = ()
    problems: tuple[Problem, ...] = ()
    """What could not be read on the way: a missing import, a file that is not Python."""
    notes: tuple[Place, ...] = ()
    """Where something outside the tree may still change settings: ``try: from .local_settings import *``."""

    @property
    def name(self) -> str:
        """How it is named to the user: its module, and its class where it has one."""
        return f"{self.module}::{self.class_name}" if self.class_name else self.module


# --- the project -------------------------------------------------------------------------------

Version = tuple[int, ...]


def _bare(version: Version) -> Version:
    """Without trailing zeros: 4.2 and 4.2.0 are one release."""
    end = len(version)
    while end and not version[end - 1]:
        end -= 1
    return version[:end]


class Requirement(NamedTuple):
    """A distribution the project asks for. ``pinned`` is exact (``==`` or a lock file); ``lowest`` and
    ``below`` bound it otherwise (``lowest`` inclusive, ``below`` exclusive)."""

    name: str
    pinned: Version | None
    lowest: Version | None
    below: Version | None
    place: Span

    def at_least(self, version: Version) -> bool | None:
        """Whether the installed release is ``version`` or later; None when the project leaves it open."""
        wanted = _bare(version)
        if self.pinned is not None:
            return _bare(self.pinned) >= wanted
        if self.lowest is not None and _bare(self.lowest) >= wanted:
            return True
        if self.below is not None and _bare(self.below) <= wanted:
            return False
        return None


class Django(NamedTuple):
    """The Django the project runs on; ``requirement`` None: nothing says, the current release is assumed."""

    requirement: Requirement | None

    def at_least(self, *version: int) -> bool:
        """Whether it is ``version`` or later; an open or absent requirement counts as the current release."""
        if self.requirement is None:
            return True
        return self.requirement.at_least(version) is not False


class WorkerCommand(NamedTuple):
    """A command line in a Procfile, compose file, unit file ... that starts a worker."""

    words: tuple[str, ...]
    place: Span


class ProcessGroup(NamedTuple):
    """The processes that one command line starts; each of their threads may hold a connection for every alias."""

    program: str
    processes: int
    threads: int
    place: Span


# --- the server --------------------------------------------------------------------------------


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


# --- units of work -----------------------------------------------------------------------------

Cleanup = Literal["none", "close_old", "close"]
CLEANUPS: tuple[Cleanup, ...] = ("none", "close_old", "close")
"""From weakest to strongest."""

Verdict = Literal["safe", "goes-away", "goes-away-once", "unknown"]

UnitKind = Literal["job", "loop", "thread", "executor", "consumer", "scheduled", "shell", "library"]
"""``library``: what an installed library asks the database by itself."""

Isolation = Literal["none", "fork", "fork-clean"]
"""Whether each run of a unit has a process of its own: ``fork`` when the parent may hold a connection
that the child inherits, ``fork-clean`` when the parent is known to have closed it."""


class WebServer(NamedTuple):
    """A server that the project's files start, under which no thread serves two requests with the ORM.

    Measured: with uvicorn and gevent every request opens a connection and none is used again."""

    name: str
    """The program, as ``uvicorn``."""
    kind: Literal["asgi", "greenlets"]
    place: Span


class MissingHook(NamedTuple):
    """What keeps a framework from the cleanup that it could do around each run."""

    why: str
    """A sentence without its full stop."""
    place: Span | None
    """Where the project brings it about; None: where each unit is registered."""
    repair: str
    """The next action."""


class UnitOfWork(NamedTuple):
    """Code that runs between two idle gaps, outside a request."""

    span: Span
    function: str
    """Dotted qualified name inside its module, as ``Command.handle``."""
    kind: UnitKind
    framework: str
    touches_orm: Literal["yes", "maybe", "no"]
    cleanup_start: Cleanup
    """The weakest cleanup between the gap and the first ORM use after it, over all paths."""
    cleanup_end: Cleanup
    """The weakest cleanup between the last ORM use and the gap, over all paths."""
    gap: float | None
    """Idle seconds before it; None: unbounded."""
    gap_place: Span | None
    orm_path: tuple[Place, ...]
    """From the entry to the ORM use that the verdict rests on, call by call."""
    registrations: tuple[Place, ...]
    """Where the project hands the function to its framework."""
    isolation: Isolation
    isolation_why: str
    isolation_place: Span | None
    note: str = ""
    """What the framework does or does not do here, one sentence."""
    ends: bool = False
    """The thread ends with the unit (its connection is abandoned rather than reused)."""
    hook: MissingHook | None = None
    """What keeps its framework from closing, where the framework could."""
    command: str = ""
    """The management command by which it reaches the ORM, when it calls one."""
    coroutine: bool = False
    """Its code runs in an event loop, so the ORM runs in another thread than the code itself."""


class Gap(NamedTuple):
    """An idle time between two queries of one unit of work."""

    seconds: float | None
    """It lasts that long at most; None: nothing bounds it."""
    usual: float
    """How long it lasts at most in practice where nothing bounds it; 0: not known."""
    before: Cleanup
    """The cleanup between the first query and the wait."""
    after: Cleanup
    """The cleanup between the wait and the second query."""


class Observation(NamedTuple):
    """A fact of one spot in the code that a rule reports as it stands."""

    kind: Literal[
        "close-in-atomic",
        "close-in-wrong-thread",
        "close-not-called",
        "close-while-iterating",
        "fork-with-connection",
        "liveness-test",
        "long-gap",
        "query-at-import",
        "removed-close-connection",
        "retry-without-close",
        "single-alias-close",
    ]
    span: Span
    function: str | None
    places: tuple[Place, ...] = ()
    detail: str = ""
    gap: Gap | None = None
    """Of a "long-gap"."""


# --- what the rules see, and what they say -------------------------------------------------------


class Facts(NamedTuple):
    """Everything that was read, joined; the one argument of a rule."""

    root: str
    django: Django
    requirements: dict[str, Requirement]
    deployments: tuple[Deployment, ...]
    servers: tuple[ServerAnswer, ...]
    units: tuple[UnitOfWork, ...]
    observations: tuple[Observation, ...]
    problems: tuple[Problem, ...]
    assume_mysql: bool
    """MySQL was asked for by --assume-mysql, or follows from a driver or a server source."""
    sessions: tuple[Session, ...] = ()
    """Every alias of every deployment; those that do not count among them."""
    notes: tuple[str, ...] = ()
    """What a reader must know about the reading as a whole, each one line."""
    processes: tuple[ProcessGroup, ...] = ()
    """The processes that the project's command lines start, where they say how many."""
    web_servers: tuple[WebServer, ...] = ()
    """Those under which persistent connections are never used again."""

    @property
    def judged_sessions(self) -> tuple[Session, ...]:
        return tuple(session for session in self.sessions if session.counts)


class Finding(NamedTuple):
    """One thing to tell the user. ``places[0]`` is where it is reported."""

    code: str
    name: str
    severity: Severity
    confidence: Confidence
    message: str
    help: str
    places: tuple[Place, ...]
    function: str | None = None
    settings_modules: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    suppressed: bool = False
    """By a comment."""
    baseline: bool = False
    """It stands in the baseline: known, and to be mended another day."""
    fingerprint: str = ""
    """Stays the same when lines move; the core fills it in."""

    @property
    def active(self) -> bool:
        """Whether it counts: neither suppressed nor in the baseline."""
        return not (self.suppressed or self.baseline)

    @property
    def span(self) -> Span:
        return self.places[0].span


class RuleText(NamedTuple):
    """A rule's documentation: ``severity`` is the highest it reports, ``text`` is Markdown."""

    code: str
    name: str
    severity: Severity
    summary: str
    text: str


class Skipped(NamedTuple):
    """A rule that could not be asked, and why."""

    rule: str
    reason: str


class UnitVerdict(NamedTuple):
    """What becomes of one unit's connections, by alias, and why."""

    unit: UnitOfWork
    verdicts: dict[str, Verdict]
    why: str


class Result(NamedTuple):
    """One run. ``findings`` are sorted by place and hold the suppressed ones too; ``errors`` are the
    reasons why the run is incomplete (exit status 2), one line each."""

    findings: tuple[Finding, ...]
    skipped: tuple[Skipped, ...]
    facts: Facts
    errors: tuple[str, ...] = ()
    verdicts: tuple[UnitVerdict, ...] = ()
    """Every unit of work, for --show."""
    asked: frozenset[str] = frozenset()
    """The codes of the rules that looked."""
