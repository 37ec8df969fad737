"""What a piece of code does to a connection, as a small algebra.

Paths (``paths``) compose; where a composition puts a wait between two queries, that crossing is remembered, because
there the connection idles. A piece of code is the set of its paths by the way they leave it. Sets stay small:
cleanups are three, waits few.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from conn_lint.model import Place, Span
from conn_lint.workers.paths import UNBOUNDED, Crossing, Fork, Path, Query, Stretch, Wait, join

FOR_EVER = "for ever"
"""The exit of a path that is still in an endless loop: it leads into the loop and never out of it."""

CHILD = "child"
"""The exit of a path that goes on in a forked process, to that process's end; the parent takes the others."""

ASIDE = (FOR_EVER, CHILD)
"""Exits of paths after which the caller does not go on."""

Paths = dict[tuple[object, ...], Path]

EMPTY = Path(Stretch())


def _add(target: dict[Any, Any], more: dict[Any, Any]) -> None:
    """Add ``more`` to ``target``; what is there already stays, so that the first witness of a path is kept."""
    for key, value in more.items():
        target.setdefault(key, value)


class Effect:
    """The paths of a piece of code by the way they leave it, and the crossings inside."""

    __slots__ = ("crossings", "exits")

    def __init__(
        self, exits: dict[str, Paths] | None = None, crossings: dict[tuple[object, ...], Crossing] | None = None
    ):
        self.exits = exits or {}
        self.crossings = crossings or {}

    @property
    def normal(self) -> Paths:
        return self.exits.get("normal", {})

    @property
    def queries(self) -> bool:
        """Whether any path that comes to an end uses the ORM."""
        return any(path.first for kind, paths in self.exits.items() if kind not in ASIDE for path in paths.values())

    def leaving(self, *kinds: str) -> Paths:
        """All paths that leave by one of ``kinds``."""
        merged: Paths = {}
        for kind in kinds:
            merged.update(self.exits.get(kind, {}))
        return merged


def of(path: Path, exit_: str = "normal") -> Effect:
    return Effect({exit_: {path.key: path}})


_NOTHING = of(EMPTY)


def nothing() -> Effect:
    """Effects are never changed once they are made, so that all that do nothing can be one."""
    return _NOTHING


def cleanup(level: int) -> Effect:
    return of(Path(Stretch(before=level)))


def waiting(seconds: float, span: Span, what: str = "", usual: float = 0, *, unsure: bool = False) -> Effect:
    return of(Path(Stretch(wait=Wait(seconds, span, what, usual, unsure=unsure))))


def asking(span: Span) -> Effect:
    """Waiting for what somebody types."""
    return of(Path(Stretch(wait=Wait(UNBOUNDED, span, unsure=True, person=True))))


def query(at: Query) -> Effect:
    return of(Path(Stretch(), at, Stretch(), at))


def leave(kind: str) -> Effect:
    return of(EMPTY, kind)


def forking(at: Fork) -> Effect:
    """The process forks, and what follows may be what the new one does."""
    return of(Path(Stretch(fork=at)))


def in_child(effect: Effect, at: Fork | None = None) -> Effect:
    """``effect`` in a forked process, beside a parent that goes on at once; ``at``: forked now, not before."""
    paths: Paths = {}
    for each in effect.exits.values():
        _add(paths, each)
    if at is not None:
        paths = chain((Path(Stretch(fork=at)),), Effect({"normal": paths}), {})["normal"]
    return Effect({"normal": {EMPTY.key: EMPTY}, CHILD: paths})


def _chain(first: Path, then: Path, crossings: dict[tuple[object, ...], Crossing], kind: str) -> Path:
    handled = first.handled or then.handled
    if first.first is None:
        excuse = max(first.excuse, then.excuse) if then.first is None else 0
        return Path(join(first.lead, then.lead), then.first, then.tail, then.last, handled, excuse)
    between = join(first.tail, then.lead)
    if then.first is None:
        return Path(first.lead, first.first, between, first.last, handled, first.excuse)
    if between.fork is not None and first.last is not None and (kind == CHILD or between.fork.inline):
        crossings.setdefault((CHILD, *between.key), Crossing(between, first.last, then.first, child=True))
    elif kind != CHILD and between.wait is not None and first.last is not None:
        key = (*between.key, between.wait.span) if between.wait.what else between.key
        crossings.setdefault(key, Crossing(between, first.last, then.first))
    return Path(first.lead, first.first, then.tail, then.last, handled)


def chain(starts: Iterable[Path], then: Effect, crossings: dict[tuple[object, ...], Crossing]) -> dict[str, Paths]:
    """Every path of ``then`` after every one of ``starts``, by exit; new crossings are added to ``crossings``."""
    exits: dict[str, Paths] = {}
    starts = tuple(starts)
    for kind, paths in then.exits.items():
        out = exits.setdefault(kind, {})
        for start in starts:
            for path in paths.values():
                joined = _chain(start, path, crossings, kind)
                out.setdefault(joined.key, joined)
    return exits


def sequence(first: Effect, then: Effect) -> Effect:
    """``first``, and where it ends normally ``then``."""
    if then is _NOTHING:
        return first
    if first is _NOTHING:
        return then
    if then.exits.keys() == {"normal"} and len(then.normal) == 1 and EMPTY.key in then.normal and not then.crossings:
        return first
    if not first.normal:
        return first  # ``then`` is never reached
    crossings = {**first.crossings}
    _add(crossings, then.crossings)
    exits = {kind: dict(paths) for kind, paths in first.exits.items() if kind != "normal"}
    for kind, paths in chain(first.normal.values(), then, crossings).items():
        target = exits.setdefault(kind, {})
        _add(target, paths)
    return Effect(exits, crossings)


def either(*branches: Effect) -> Effect:
    """One of ``branches``."""
    if all(branch is branches[0] for branch in branches[1:]):
        return branches[0] if branches else Effect()
    exits: dict[str, Paths] = {}
    crossings: dict[tuple[object, ...], Crossing] = {}
    for branch in branches:
        for kind, paths in branch.exits.items():
            target = exits.setdefault(kind, {})
            _add(target, paths)
        _add(crossings, branch.crossings)
    return Effect(exits, crossings)


def repeat(turn: Effect, *, endless: bool) -> tuple[Effect, dict[tuple[object, ...], Crossing]]:
    """``turn`` again and again, and the crossings that only the repetition makes.

    The effect leaves by ``break`` as normal; without ``endless`` also after any number of turns, else it stays.
    """
    made: dict[tuple[object, ...], Crossing] = {}
    again = {**turn.leaving("continue"), **turn.normal}
    step = Effect({"normal": again})
    reached: Paths = {EMPTY.key: EMPTY}
    fresh: Paths = reached
    while fresh:
        extended = chain(fresh.values(), step, made).get("normal", {})
        fresh = {key: path for key, path in extended.items() if key not in reached}
        reached = {**reached, **fresh}
    crossings = {**turn.crossings}
    _add(crossings, made)
    exits: dict[str, Paths] = {FOR_EVER if endless else "normal": dict(reached)}
    leaving = Effect({kind: paths for kind, paths in turn.exits.items() if kind not in ("normal", "continue")})
    for kind, paths in chain(reached.values(), leaving, crossings).items():
        target = exits.setdefault("normal" if kind == "break" else kind, {})
        _add(target, paths)
    return Effect(exits, crossings), made


def finally_(inner: Effect, final: Effect) -> Effect:
    """``inner``, and however it ends ``final``."""
    if not any(paths for kind, paths in inner.exits.items() if kind not in ASIDE):
        return inner
    crossings = {**inner.crossings}
    _add(crossings, final.crossings)
    exits: dict[str, Paths] = {}
    for kind, paths in inner.exits.items():
        ends = chain(paths.values(), final, crossings) if kind not in ASIDE else {kind: paths}
        for then, reached in ends.items():
            target = exits.setdefault(kind if then == "normal" else then, {})
            _add(target, reached)
    return Effect(exits, crossings)


def renamed(effect: Effect, names: dict[str, str]) -> Effect:
    """``effect`` with its exits under other names."""
    exits: dict[str, Paths] = {}
    for kind, paths in effect.exits.items():
        target = exits.setdefault(names.get(kind, kind), {})
        _add(target, paths)
    return Effect(exits, effect.crossings)


def unraised(effect: Effect) -> Effect:
    """``effect`` without the ways out of it that exceptions take."""
    return Effect({kind: paths for kind, paths in effect.exits.items() if kind != "raise"}, effect.crossings)


def excused(effect: Effect, excuse: int) -> Effect:
    """``effect`` with an ``excuse`` for what does not query in it: EARLY where it was chosen by the time, FAILED where
    nothing comes after it."""

    def excusing(path: Path) -> Path:
        return path._replace(excuse=max(excuse, path.excuse)) if path.first is None else path

    return mapped(effect, excusing)


def mapped(effect: Effect, change: Callable[[Path], Path]) -> Effect:
    """``effect`` with every path that leads out of it changed."""
    exits = {kind: {each.key: each for each in map(change, paths.values())} for kind, paths in effect.exits.items()}
    return Effect(exits, effect.crossings)


def beside(effect: Effect) -> Effect:
    """``effect`` of a coroutine that runs beside its caller, which goes on at once: what it waits for is its own."""

    def unhurried(stretch: Stretch) -> Stretch:
        return Stretch(max(stretch.before, stretch.after), fork=stretch.fork) if stretch.wait else stretch

    return mapped(effect, lambda path: path._replace(lead=unhurried(path.lead), tail=unhurried(path.tail)))


def relabelled(effect: Effect, at: Place) -> Effect:
    """``effect`` of a call with ``at`` for the place of the call, which is the first of each query's."""

    return _with_queries(effect, lambda found: found._replace(calls=(at, *found.calls[1:])))


def in_event_loop(effect: Effect) -> Effect:
    """``effect`` of a coroutine that a thread runs in an event loop of its own: sync_to_async() hands what it queries
    to a thread for all such loops (asgiref 3.8 ``sync.py SyncToAsync.__call__``, ``single_thread_executor``)."""
    return _with_queries(effect, lambda found: found._replace(elsewhere=True))


def _with_queries(effect: Effect, change: Callable[[Query], Query]) -> Effect:
    exits = {
        kind: {
            key: path._replace(first=path.first and change(path.first), last=path.last and change(path.last))
            for key, path in paths.items()
        }
        for kind, paths in effect.exits.items()
    }
    crossings = {
        key: crossing._replace(before=change(crossing.before), after=change(crossing.after))
        for key, crossing in effect.crossings.items()
    }
    return Effect(exits, crossings)


def called(effect: Effect, at: Place, keep: tuple[str, ...] = ()) -> Effect:
    """``effect`` of a function as its caller sees it: its returns end normally, what it raises, ``keep``s,
    never leaves or does in another process passes through, and ``at`` (the call) comes before every query in it."""

    def through(found: Query | None) -> Query | None:
        return found and Query(found.span, found.what, (at, *found.calls), found.elsewhere)

    def spent(stretch: Stretch) -> Stretch:
        wait = stretch.wait
        return stretch._replace(wait=wait._replace(calls=(at, *wait.calls))) if wait and wait.what else stretch

    exits: dict[str, Paths] = {}
    for kind, paths in effect.exits.items():
        target = exits.setdefault(kind if kind in ("raise", *ASIDE, *keep) else "normal", {})
        for key, path in paths.items():
            target.setdefault(
                key,
                Path(spent(path.lead), through(path.first), spent(path.tail), through(path.last), excuse=path.excuse),
            )
    crossings = {
        key: crossing._replace(
            stretch=spent(crossing.stretch),
            before=crossing.before._replace(calls=(at, *crossing.before.calls)),
            after=crossing.after._replace(calls=(at, *crossing.after.calls)),
        )
        for key, crossing in effect.crossings.items()
    }
    return Effect(exits, crossings)
