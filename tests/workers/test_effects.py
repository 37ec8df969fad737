"""The algebra of effects against the concrete paths of small programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise, product
from typing import NamedTuple

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from conn_lint.model import Place, Span
from conn_lint.workers import effects as fx
from conn_lint.workers.effects import Effect
from conn_lint.workers.paths import CLOSE, CLOSE_OLD, NONE, Query

AT = Span("a.py", 1)
QUERY = fx.query(Query(AT, "queries"))


def wait(seconds: float) -> Effect:
    return fx.waiting(seconds, AT)


def sequence(*effects: Effect) -> Effect:
    return reduce(fx.sequence, effects, fx.nothing())


def crossings(effect: Effect) -> set[tuple[int, float | None, int]]:
    """(cleanup before the wait, seconds, cleanup after it) of every idle time between two queries."""
    return {crossing.stretch.key for crossing in effect.crossings.values()}


# --- one composition at a time -------------------------------------------------------------------


@pytest.mark.parametrize(
    "effect",
    [
        fx.nothing(),
        QUERY,
        wait(5),
        sequence(QUERY, QUERY),
        sequence(QUERY, wait(5)),
        sequence(wait(5), QUERY),
        sequence(QUERY, fx.cleanup(CLOSE), QUERY),
        sequence(QUERY, fx.leave("return"), wait(5), QUERY),
        fx.either(sequence(QUERY, wait(5)), QUERY),
    ],
)
def test_no_crossing_without_a_wait_between_two_queries(effect: Effect) -> None:
    assert crossings(effect) == set()


@pytest.mark.parametrize(
    ("effect", "found"),
    [
        (sequence(QUERY, wait(5), QUERY), {(NONE, 5, NONE)}),
        (sequence(QUERY, fx.cleanup(CLOSE), wait(5), QUERY), {(CLOSE, 5, NONE)}),
        (sequence(QUERY, wait(5), fx.cleanup(CLOSE_OLD), QUERY), {(NONE, 5, CLOSE_OLD)}),
        (sequence(QUERY, wait(5), QUERY, wait(9), QUERY), {(NONE, 5, NONE), (NONE, 9, NONE)}),
        (
            sequence(QUERY, wait(5), fx.either(fx.cleanup(CLOSE), fx.nothing()), QUERY),
            {(NONE, 5, CLOSE), (NONE, 5, NONE)},
        ),
        (
            fx.finally_(sequence(QUERY, wait(5), fx.leave("raise")), sequence(fx.cleanup(CLOSE), QUERY)),
            {(NONE, 5, CLOSE)},
        ),
        (fx.repeat(sequence(wait(5), QUERY), endless=True)[0], {(NONE, 5, NONE)}),
        (fx.repeat(sequence(wait(5), fx.cleanup(CLOSE_OLD), QUERY), endless=True)[0], {(NONE, 5, CLOSE_OLD)}),
        (fx.repeat(sequence(QUERY, fx.cleanup(CLOSE), wait(5)), endless=False)[0], {(CLOSE, 5, NONE)}),
        (fx.repeat(sequence(wait(5), QUERY, fx.leave("break")), endless=True)[0], set()),
    ],
)
def test_crossings(effect: Effect, found: set[tuple[int, float, int]]) -> None:
    assert crossings(effect) == found


def test_an_endless_loop_without_a_way_out_never_ends() -> None:
    loop, _ = fx.repeat(QUERY, endless=True)
    assert loop.exits.keys() == {fx.FOR_EVER}
    assert fx.sequence(loop, wait(5)) is loop
    assert not fx.finally_(loop, QUERY).queries


def test_what_comes_before_an_endless_loop_idles_until_its_first_query() -> None:
    loop, made = fx.repeat(QUERY, endless=True)
    assert crossings(sequence(QUERY, wait(5), loop)) == {(NONE, 5, NONE)}
    assert not made


def test_a_loop_that_may_end_may_also_not_begin() -> None:
    loop, _ = fx.repeat(QUERY, endless=False)
    assert {path.first is not None for path in loop.normal.values()} == {False, True}


def test_what_follows_a_break_in_an_endless_loop_runs_after_it() -> None:
    loop, _ = fx.repeat(fx.either(sequence(QUERY, fx.leave("break")), wait(5)), endless=True)
    assert crossings(sequence(loop, wait(9), QUERY)) == {(NONE, 9, NONE)}


def test_a_function_that_returns_ends_normally_for_its_caller() -> None:
    function = fx.called(sequence(QUERY, fx.leave("return")), Place(AT, "calls f()"))
    assert function.exits.keys() == {"normal"}


def test_what_a_function_raises_passes_through_its_caller() -> None:
    function = fx.called(fx.either(QUERY, fx.leave("raise")), Place(AT, "calls f()"))
    assert function.exits.keys() == {"normal", "raise"}


def test_a_query_in_a_called_function_is_reached_by_the_call() -> None:
    inner = fx.called(QUERY, Place(Span("b.py", 2), "calls g()"))
    outer = fx.called(inner, Place(Span("c.py", 3), "calls f()"))
    (path,) = outer.normal.values()
    assert path.first is not None
    assert [place.span.path for place in path.first.places] == ["c.py", "b.py", "a.py"]


# --- random programs -----------------------------------------------------------------------------


class Step(NamedTuple):
    """``q`` queries, ``o`` and ``c`` close (old ones, all), a number waits."""

    what: str | float


class Exit(NamedTuple):
    kind: str


class Block(NamedTuple):
    parts: tuple[Program, ...]


class Branch(NamedTuple):
    sides: tuple[Program, Program]


class Loop(NamedTuple):
    body: Program
    endless: bool


class Finally(NamedTuple):
    body: Program
    final: Program


Program = Step | Exit | Block | Branch | Loop | Finally
Event = str | float
LEVELS = {"o": CLOSE_OLD, "c": CLOSE}


def effect_of(program: Program) -> Effect:
    if isinstance(program, Step):
        if program.what == "q":
            return QUERY
        return fx.cleanup(LEVELS[program.what]) if isinstance(program.what, str) else wait(program.what)
    if isinstance(program, Exit):
        return fx.leave(program.kind)
    if isinstance(program, Block):
        return sequence(*map(effect_of, program.parts))
    if isinstance(program, Branch):
        return fx.either(*map(effect_of, program.sides))
    if isinstance(program, Loop):
        return fx.repeat(effect_of(program.body), endless=program.endless)[0]
    return fx.finally_(effect_of(program.body), effect_of(program.final))


def runs(program: Program, turns: int) -> list[tuple[tuple[Event, ...], str]]:
    """What happens on every concrete run, and how it ends; loops take ``turns`` turns at most."""
    if isinstance(program, Step):
        return [((program.what,), "normal")]
    if isinstance(program, Exit):
        return [((), program.kind)]
    if isinstance(program, Block):
        found: list[tuple[tuple[Event, ...], str]] = [((), "normal")]
        for part in program.parts:
            found = list(_then(found, runs(part, turns)))
        return found
    if isinstance(program, Branch):
        return [run for side in program.sides for run in runs(side, turns)]
    if isinstance(program, Loop):
        return list(_turns(runs(program.body, turns), turns, program.endless))
    endings = runs(program.final, turns)
    return [
        (events + after, kind if end == "normal" else end) if kind != fx.FOR_EVER else (events, kind)
        for (events, kind), (after, end) in product(runs(program.body, turns), endings)
    ]


Runs = list[tuple[tuple[Event, ...], str]]


def _then(first: Runs, then: Runs) -> Iterator[tuple[tuple[Event, ...], str]]:
    for events, kind in first:
        if kind != "normal":
            yield events, kind
        else:
            yield from ((events + more, end) for more, end in then)


def _turns(turn: Runs, turns: int, endless: bool) -> Iterator[tuple[tuple[Event, ...], str]]:
    begun: list[tuple[Event, ...]] = [()]
    for _ in range(turns + 1):
        yield from ((events, fx.FOR_EVER if endless else "normal") for events in begun)
        going: list[tuple[Event, ...]] = []
        for events, (more, kind) in product(begun, turn):
            if kind in ("normal", "continue"):
                going.append(events + more)
            else:
                yield events + more, "normal" if kind == "break" else kind
        begun = going


def count(program: Program, turns: int) -> int:
    """How many runs there are at most, without making them."""
    if isinstance(program, (Step, Exit)):
        return 1
    if isinstance(program, Block):
        return math.prod(count(part, turns) for part in program.parts)
    if isinstance(program, Branch):
        return sum(count(side, turns) for side in program.sides)
    if isinstance(program, Loop):
        return 2 * sum(int(count(program.body, turns) ** n) for n in range(turns + 2))
    return count(program.body, turns) * count(program.final, turns)


def summary(events: tuple[Event, ...]) -> tuple[float | None, ...]:
    """(strongest cleanup before the last wait, the longest wait, strongest cleanup after that one, and where there is
    one the longest wait after the last such cleanup)."""
    waits = [n for n, event in enumerate(events) if not isinstance(event, str)]
    last = waits[-1] if waits else len(events)
    before = max((LEVELS[event] for event in events[:last] if isinstance(event, str)), default=NONE)
    if not waits:
        return before, None, NONE
    longest = max(waits, key=lambda n: (events[n], n))
    after = max((LEVELS[event] for event in events[longest:] if isinstance(event, str)), default=NONE)
    cleanups = [
        n for n, event in enumerate(events) if n > longest and isinstance(event, str) and LEVELS[event] == after
    ]
    late = max((float(events[n]) for n in waits if cleanups and n > cleanups[-1]), default=0)
    return (before, float(events[longest]), after, *([late] if late else []))


def pauses(events: tuple[Event, ...]) -> set[tuple[float | None, ...]]:
    """What lies between each two queries that follow each other, where there is a wait."""
    at = [n for n, event in enumerate(events) if event == "q"]
    found = {summary(events[a + 1 : b]) for a, b in pairwise(at)}
    return {each for each in found if each[1] is not None}


def outline(events: tuple[Event, ...]) -> tuple[object, ...]:
    """The whole run as its surroundings see it."""
    at = [n for n, event in enumerate(events) if event == "q"]
    if not at:
        return summary(events), False, summary(())
    return summary(events[: at[0]]), True, summary(events[at[-1] + 1 :])


steps = st.builds(Step, st.sampled_from(("q", "q", "o", "c", 5.0, 9.0)))
exits = st.builds(Exit, st.sampled_from(("return", "raise", "break", "continue")))


def programs(depth: int, *, in_loop: bool = False, loops: bool = True) -> st.SearchStrategy[Program]:
    """Programs of blocks nested ``depth`` deep; ``break`` and ``continue`` only inside loops."""
    leaving = exits if in_loop else st.builds(Exit, st.sampled_from(("return", "raise")))
    leaf = st.one_of(steps, steps, steps, leaving)
    if not depth:
        return leaf
    inner = programs(depth - 1, in_loop=in_loop, loops=loops)
    kinds: list[st.SearchStrategy[Program]] = [
        leaf,
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: Block(tuple(parts))),
        st.tuples(inner, inner).map(Branch),
        st.builds(Finally, inner, inner),
    ]
    if loops:
        kinds.append(st.builds(Loop, programs(depth - 1, in_loop=True, loops=False), st.booleans()))
    return st.one_of(*kinds)


TURNS = 4
"""Enough to show every idle time: a turn each for the query before, the longest wait, the last one, the query."""


@given(programs(3))
def test_every_concrete_run_is_among_the_paths(program: Program) -> None:
    assume(count(program, TURNS) < 4000)
    effect = effect_of(program)
    found = crossings(effect)
    known = {
        kind: {(path.lead.key, path.first is not None, path.tail.key) for path in paths.values()}
        for kind, paths in effect.exits.items()
    }
    for events, kind in runs(program, TURNS):
        assert pauses(events) <= found
        assert outline(events) in known.get(kind, set())


@given(programs(3))
def test_no_path_is_weaker_than_every_concrete_run(program: Program) -> None:
    assume(count(program, TURNS) < 4000)
    concrete = {pause for events, _ in runs(program, TURNS) for pause in pauses(events)}
    for before, seconds, after in crossings(effect_of(program)):
        assert any(b <= before and a <= after and (s or 0) >= (seconds or 0) for b, s, a in concrete)


@given(programs(3, loops=False))
def test_without_loops_the_paths_are_exactly_the_concrete_runs(program: Program) -> None:
    effect = effect_of(program)
    concrete = runs(program, 0)
    assert crossings(effect) == {pause for events, _ in concrete for pause in pauses(events)}
    for kind in {kind for _, kind in concrete} | effect.exits.keys():
        paths = effect.exits.get(kind, {}).values()
        assert {(path.lead.key, path.first is not None, path.tail.key) for path in paths} == {
            outline(events) for events, end in concrete if end == kind
        }
