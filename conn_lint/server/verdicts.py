"""One answer out of what several candidate servers make of the same options."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import ServerAnswer, Span
from conn_lint.server.flavours import Flavour
from conn_lint.server.options import Variable


class Verdict(NamedTuple):
    """What one flavour applies, in seconds, and where it was set; or ``refusal``: why it does not start.
    ``foreign``: only because of options that it does not know and another server may."""

    flavour: Flavour
    values: dict[Variable, int]
    sources: dict[Variable, Span]
    refusal: str | None
    foreign: bool = False


def agreed(answer: ServerAnswer, verdicts: list[Verdict]) -> ServerAnswer:
    """``answer`` with the outcome that all ``verdicts`` share, or "unknown" with each of them in its reason."""
    meant = _meant(verdicts)
    told: dict[str, list[Flavour]] = {}
    for verdict in meant:
        told.setdefault(_told(verdict), []).append(verdict.flavour)
    if len(told) > 1:
        each = "; ".join(f"{what} on {_names(flavours)}" for what, flavours in told.items())
        return answer._replace(reason=f"it depends on the server, so name it with --server: {each}")
    first = meant[0]
    if first.refusal is not None:
        return answer._replace(outcome="refused", reason=first.refusal)
    place = first.sources.get("wait_timeout")
    reason = f"wait_timeout is set at {place}" if place else "wait_timeout is not set for the server: the default"
    if len(meant) < len(verdicts):
        other = next(verdict for verdict in verdicts if verdict.foreign and verdict.refusal)
        reason += f"; {other.flavour.name} would not start with it: {other.refusal}"
    return answer._replace(
        outcome="value",
        reason=reason,
        wait_timeout=first.values["wait_timeout"],
        interactive_timeout=first.values["interactive_timeout"],
        wait_place=place,
        interactive_place=first.sources.get("interactive_timeout"),
    )


def _meant(verdicts: list[Verdict]) -> list[Verdict]:
    """The servers that the files can be for: one that does not know an option is out when another starts."""
    if all(verdict.refusal is not None for verdict in verdicts):
        return verdicts
    return [verdict for verdict in verdicts if verdict.refusal is None or not verdict.foreign]


def _told(verdict: Verdict) -> str:
    if verdict.refusal is not None:
        return "refused"
    seconds = verdict.values
    return f"wait_timeout {seconds['wait_timeout']} s, interactive_timeout {seconds['interactive_timeout']} s"


def _names(flavours: list[Flavour]) -> str:
    return ", ".join(dict.fromkeys(flavour.name for flavour in flavours))
