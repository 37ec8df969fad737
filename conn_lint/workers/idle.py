"""How long a connection idles between two runs of the same code, and what protects it meanwhile."""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.model import Span
from conn_lint.workers import effects as fx
from conn_lint.workers.effects import Effect
from conn_lint.workers.paths import CLOSE, NONE, UNBOUNDED, Crossing


def between(turn: Effect, span: Span, seconds: float) -> Iterable[Crossing]:
    """What lies between the last query of one run and the first of the next, where runs are ``seconds`` apart."""
    _, made = fx.repeat(fx.sequence(fx.waiting(seconds, span), turn), endless=True)
    return made.values()


def bounded(worst: Crossing | None) -> float | None:
    """The seconds that ``worst`` idles at most; None where nothing bounds them."""
    wait = worst.stretch.wait if worst else None
    return None if wait is None or wait.seconds == UNBOUNDED else wait.seconds


def least_protected(crossings: Iterable[Crossing]) -> Crossing | None:
    """The idle time with the least protection; of equals the longest."""

    def protection(crossing: Crossing) -> tuple[int, float, float, bool]:
        stretch = crossing.stretch
        rank = 2 if stretch.after else 1 if stretch.before else 0
        if CLOSE in (stretch.before, stretch.after):
            rank = 3
        wait = stretch.wait
        return rank, -stretch.late, -(wait.seconds if wait else 0), wait is not None and wait.unsure

    return min((each for each in crossings if not each.child), key=protection, default=None)


def is_closed(run: Effect, span: Span) -> bool:
    """Whether something is closed after the last query of ``run``, whichever way it goes."""
    worst = least_protected(between(run, span, UNBOUNDED))
    return worst is not None and worst.stretch.before != NONE


def closes_somewhere(turn: Effect, crossings: Iterable[Crossing] = ()) -> bool:
    """Whether any path through a turn, or through ``crossings``, cleans up, after an error included."""
    stretches = [crossing.stretch for crossing in (*crossings, *turn.crossings.values())]
    for paths in turn.exits.values():
        stretches += (stretch for path in paths.values() for stretch in (path.lead, path.tail))
    return any(stretch.before or stretch.after for stretch in stretches)
