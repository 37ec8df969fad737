"""One answer out of what several candidate servers make of the same options."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import ServerAnswer, Span
from conn_lint.server.flavours import Flavour
from conn_lint.server.options import Variable


class Verdict(NamedTuple):
    """What one flavour applies, in seconds, and where it was set; or ``refusal``: why it does not start."""

    flavour: Flavour
    values: dict[Variable, int]
    sources: dict[Variable, Span]
    refusal: str | None


def agreed(answer: ServerAnswer, verdicts: list[Verdict]) -> ServerAnswer:
    """``answer`` with the outcome that all ``verdicts`` share, or "unknown" with each of them in its reason."""
    told: dict[str, list[Flavour]] = {}
    for verdict in verdicts:
        told.setdefault(_told(verdict), []).append(verdict.flavour)
    if len(told) > 1:
        each = "; ".join(f"{what} on {_names(flavours)}" for what, flavours in told.items())
        return answer._replace(reason=f"it depends on the server, so name it with --server: {each}")
    first = verdicts[0]
    if first.refusal is not None:
        return answer._replace(outcome="refused", reason=first.refusal)
    place = first.sources.get("wait_timeout")
    return answer._replace(
        outcome="value",
        reason=f"wait_timeout is set at {place}" if place else "wait_timeout is not set for the server: the default",
        wait_timeout=first.values["wait_timeout"],
        interactive_timeout=first.values["interactive_timeout"],
        wait_place=place,
        interactive_place=first.sources.get("interactive_timeout"),
    )


def _told(verdict: Verdict) -> str:
    if verdict.refusal is not None:
        return "refused"
    seconds = verdict.values
    return f"wait_timeout {seconds['wait_timeout']} s, interactive_timeout {seconds['interactive_timeout']} s"


def _names(flavours: list[Flavour]) -> str:
    return ", ".join(dict.fromkeys(flavour.name for flavour in flavours))
