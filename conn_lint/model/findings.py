"""Everything that was read, joined for the rules, and what they say about it."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model.fixes import Fix, Repair
from conn_lint.model.places import Confidence, Place, Problem, Severity, Span
from conn_lint.model.project import Django, ProcessGroup, Requirement
from conn_lint.model.server import ServerAnswer, Session
from conn_lint.model.settings import Deployment
from conn_lint.model.units import Observation, UnitOfWork, Verdict, WebServer


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
    repair: Repair | None = None
    """What its rule wants to be changed."""
    fix: Fix | None = None
    """How that can be done; the core fills it in."""

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
    fixed: int = 0
    """How many findings are gone, as their files were changed."""
