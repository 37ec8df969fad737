"""What a rule is, and the words that several rules say in the same way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from conn_lint.model import (
    Confidence,
    Facts,
    Finding,
    IdleLimit,
    Known,
    OneOf,
    Place,
    Repair,
    Session,
    Severity,
    Span,
    Value,
)

NOTHING_JUDGED = "no database alias is on MySQL or MariaDB"

GONE_AWAY = "(2006, 'MySQL server has gone away')"


class Example(NamedTuple):
    """A whole small project. ``at`` are the places, as path:line, where the rule reports it, none for a
    valid one; ``args`` are the command-line arguments it is read with."""

    title: str
    files: dict[str, str]
    at: tuple[str, ...] = ()
    args: tuple[str, ...] = ()


class Rule:
    """One rule: metadata, examples that are run as tests and printed by --explain, and ``check``.

    The docstring is the rule's documentation. ``severity`` is the highest the rule reports.
    A subclass without VALID and INVALID examples is refused, unless it is declared ``abstract``.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity]
    VALID: ClassVar[tuple[Example, ...]] = ()
    INVALID: ClassVar[tuple[Example, ...]] = ()
    always: ClassVar[bool] = False
    """Whether the rule is asked even where no database alias is judged."""

    def __init_subclass__(cls, abstract: bool = False) -> None:
        if abstract:
            return
        if not (cls.VALID and cls.INVALID and all(example.at for example in cls.INVALID)):
            raise TypeError(f"{cls.__name__} has no VALID, no INVALID, or an INVALID that is reported nowhere")
        if cls.code in REGISTRY:
            raise TypeError(f"{cls.code} is taken by {type(REGISTRY[cls.code]).__name__}")
        REGISTRY[cls.code] = cls()

    def skip(self, facts: Facts) -> str | None:
        """Why the rule cannot be asked about ``facts``, or None."""
        return None if facts.judged_sessions or self.always else NOTHING_JUDGED

    def check(self, facts: Facts) -> Iterator[Finding]:
        """Every finding of this rule."""
        raise NotImplementedError

    def finding(
        self,
        message: str,
        advice: str,
        places: tuple[Place, ...],
        *,
        severity: Severity | None = None,
        confidence: Confidence = "certain",
        function: str | None = None,
        sessions: tuple[Session, ...] = (),
        repair: Repair | None = None,
    ) -> Finding:
        """A finding of this rule, holding for ``sessions``; ``advice`` is the next action.

        A likely finding is a warning where a certain one would be an error.
        """
        shown = severity or self.severity
        return Finding(
            code=self.code,
            name=self.name,
            severity="warning" if confidence == "likely" and shown == "error" else shown,
            confidence=confidence,
            message=message,
            help=advice,
            places=places,
            function=function,
            settings_modules=unique(session.settings for session in sessions if session.settings),
            aliases=unique(session.database.alias for session in sessions),
            repair=repair,
        )


REGISTRY: dict[str, Rule] = {}


def unique(words: Iterator[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(words)))


def listed(words: tuple[str, ...]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1]))) if words else ""


def seconds(value: float) -> str:
    return f"{value:.12g} s"


def gone(limit: IdleLimit) -> str:
    """The error that meets a session dropped at ``limit``: a hop shuts the connection without the server's word
    (measured behind HAProxy 2.6: 2013)."""
    return "(2013, 'Lost connection to MySQL server during query')" if limit.hop else GONE_AWAY


def limit_text(limit: IdleLimit) -> str:
    """``wait_timeout 28800 s``, with a word where it is assumed or not known; a hop is named as one.

    What says so is named where no place can be shown for it: a live server, a file that leaves the default.
    """
    if limit.hop and limit.seconds is not None:
        return f"the idle limit of {limit.variable}, {seconds(limit.seconds)}"
    if limit.seconds is None:
        return f"{limit.variable} (unknown)"
    source = " (assumed)" if limit.assumed else f" ({limit.why})" if limit.found or not limit.place else ""
    return f"{limit.variable} {seconds(limit.seconds)}{source}"


def limit_places(limits: tuple[IdleLimit, ...]) -> tuple[Place, ...]:
    """Where the limits are set, for those that are set anywhere."""
    return tuple({each.place: Place(each.place, limit_text(each)) for each in limits if each.place}.values())


def age_text(known: Known) -> str:
    """``CONN_MAX_AGE 600 s``, or what else stands there."""
    value = known.value
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"CONN_MAX_AGE {seconds(value)}"
    return f"CONN_MAX_AGE {value!r}"


def age_place(session: Session, known: Known | None = None) -> Span:
    """Where the age was decided; where the alias is defined when it is Django's default."""
    value = session.database.conn_max_age
    return (known.place if known else None) or value.place or session.database.place


def unless(value: Value, known: Known) -> str:
    """`` (unless X is set)`` and the like: when the setting ``value`` is not ``known``."""
    if isinstance(value, Known):
        return ""
    variables = f"{listed(value.env)} {'is' if len(value.env) == 1 else 'are'}"
    if not value.env:
        return " (on one branch)" if isinstance(value, OneOf) else ""
    return f" (unless {variables} set)" if value.default in (None, known) else f" (when {variables} set so)"


def of_sites(facts: Facts) -> tuple[Session, ...]:
    """The judged sessions, but those of settings without ROOT_URLCONF where other settings of the project have it:
    no request can be served with them (django/core/handlers/base.py ``resolve_request``)."""
    sites = {each.name for each in facts.deployments if "ROOT_URLCONF" in each.names or each.notes}
    rooted = any("ROOT_URLCONF" in each.names for each in facts.deployments)
    return tuple(each for each in facts.judged_sessions if not rooted or each.settings in sites)
