"""Where the timeout in force is not the one that stands in the option file."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Remark, Span
from conn_lint.server.options import MAXIMUM_SECONDS, MINIMUM_SECONDS, prefix_of, timeout_named
from conn_lint.server.reader import Outcome, Seen

_POWERS = {"k": 10, "m": 20, "g": 30}
"""The suffixes that the manuals name; the others are read too, and seldom meant."""


def remarks_on(outcomes: list[Outcome]) -> tuple[Remark, ...]:
    """What the servers that start pass over, and what is surprising about all of them."""
    starting = [outcome for outcome in outcomes if not outcome.refused]
    if not starting:
        return ()
    passed_over = dict.fromkeys(remark for outcome in starting for remark in outcome.remarks)
    each = [list(_surprises(outcome)) for outcome in starting]
    return (*passed_over, *(remark for remark in each[0] if all(remark in found for found in each)))


def _surprises(outcome: Outcome) -> Iterator[Remark]:
    in_force = set(outcome.sources.values())
    for index, seen in enumerate(outcome.seen):
        if not seen.read:
            continue
        if seen.effect is None:
            yield from _without_effect(seen)
        elif seen.place in in_force:
            reason = _unexpected(seen)
            if reason:
                yield Remark("surprising", seen.place, reason)
        else:
            later = _overriding(seen, outcome.seen[index + 1 :], in_force)
            if later:
                yield later


def _without_effect(seen: Seen) -> Iterator[Remark]:
    variable = timeout_named(seen.option.name)
    if variable and prefix_of(seen.option.name) == "maximum":
        reason = f"bounds what a session may set later, and leaves {variable} as it is"
        yield Remark("surprising", seen.place, f"{_name(seen)} {reason}")


def _unexpected(seen: Seen) -> str:
    """Why the option gives another value than the one it shows; "" when it does not."""
    assert seen.effect is not None
    variable, seconds = seen.effect.variable, seen.effect.seconds
    prefix = prefix_of(seen.option.name)
    if prefix in ("skip", "disable", "enable"):
        return f"{_name(seen)} switches nothing: it makes {variable} {seconds} s"
    written = seen.option.written.strip("'\" ")
    meant = _meant(written)
    if meant == seconds:
        return ""
    text = f"{_name(seen)} = {written or 'nothing'} makes {variable} {seconds} s"
    if meant is None:
        return text
    if meant < MINIMUM_SECONDS == seconds:
        return f"{text}, the least there is: 0 does not switch the timeout off"
    if meant > MAXIMUM_SECONDS == seconds:
        return f"{text}, the most there is"
    return text


def _meant(written: str) -> int | None:
    """The seconds that a reader of the file takes ``written`` for, None where nobody can tell."""
    digits = written.removeprefix("+")
    power = _POWERS.get(digits[-1:].lower(), 0)
    digits = digits[:-1] if power else digits
    return int(digits) << power if digits.isascii() and digits.isdigit() and len(digits) < 30 else None


def _overriding(seen: Seen, following: tuple[Seen, ...], in_force: set[Span]) -> Remark | None:
    """A later line of the same group and file that sets something else, when that is the one in force."""
    assert seen.effect is not None
    for later in following:
        if (
            later.effect
            and later.place in in_force
            and (later.effect.variable, later.group) == (seen.effect.variable, seen.group)
            and later.place.path == seen.place.path
            and later.effect.seconds != seen.effect.seconds
        ):
            told = f"{seen.effect.variable} = {seen.option.written} does not hold"
            again = f"line {later.place.line} sets it to {later.effect.seconds} s in the same group"
            return Remark("surprising", seen.place, f"{told}: {again}")
    return None


def _name(seen: Seen) -> str:
    return seen.option.name.decode("latin-1")
