"""One answer out of what several candidate servers make of the same options."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Remark, ServerAnswer, Span
from conn_lint.server.flavours import Flavour
from conn_lint.server.options import Variable


class Refused(NamedTuple):
    """A server does not start, because of what stands at ``place``. ``foreign``: only because it does not know
    options there that another server may know."""

    reason: str
    place: Span
    foreign: bool = False

    def __str__(self) -> str:
        return f"{self.reason} ({self.place})"


class Verdict(NamedTuple):
    """What one flavour applies, in seconds, and where it was set; or ``refused``: why it does not start.
    ``unsure``: why its values cannot be known although it may start."""

    flavour: Flavour
    values: dict[Variable, int]
    sources: dict[Variable, Span]
    refused: Refused | None
    unsure: str = ""


def agreed(answer: ServerAnswer, verdicts: list[Verdict]) -> ServerAnswer:
    """``answer`` with the outcome that all ``verdicts`` share, or "unknown" with each of them in its reason."""
    meant = _meant(verdicts)
    told: dict[str, list[Flavour]] = {}
    for verdict in meant:
        told.setdefault(_told(verdict), []).append(verdict.flavour)
    if len(told) > 1:
        each = "; ".join(f"{what} on {_names(flavours, told)}" for what, flavours in told.items())
        return answer._replace(reason=f"it depends on the server, so name it with --server: {each}")
    first = meant[0]
    if first.refused:
        remark = Remark("refused", first.refused.place, first.refused.reason)
        return answer._replace(outcome="refused", reason=str(first.refused), remarks=(remark, *answer.remarks))
    if first.unsure:
        return answer._replace(reason=first.unsure)
    place = first.sources.get("wait_timeout")
    reason = f"wait_timeout is set at {place}" if place else "wait_timeout is not set for the server: the default"
    other = next((verdict for verdict in verdicts if verdict not in meant and verdict.refused), None)
    if other:
        reason += f"; {other.flavour.name} would not start with it: {other.refused}"
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
    if all(verdict.refused for verdict in verdicts):
        return verdicts
    return [verdict for verdict in verdicts if not (verdict.refused and verdict.refused.foreign)]


def _told(verdict: Verdict) -> str:
    if verdict.refused:
        return "refused"
    if verdict.unsure:
        return f"unknown ({verdict.unsure})"
    seconds = verdict.values
    return f"wait_timeout {seconds['wait_timeout']} s, interactive_timeout {seconds['interactive_timeout']} s"


def _names(flavours: list[Flavour], told: dict[str, list[Flavour]]) -> str:
    """``flavours`` by their names; with a release where another one of the same series does something else."""
    everywhere = [{flavour.name for flavour in each} for each in told.values()]
    split = {name for names in everywhere for name in names if sum(name in each for each in everywhere) > 1}
    return ", ".join(dict.fromkeys(each.exact_name if each.name in split else each.name for each in flavours))
