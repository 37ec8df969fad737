"""Units of work: what each entrypoint and endless loop does to the connection, as the rules see it."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import Literal

from conn_lint.model import CLEANUPS, Deployment, Observation, Place, Span, UnitOfWork, WorkerCommand
from conn_lint.project.project import Project
from conn_lint.workers import effects as fx
from conn_lint.workers import values as v
from conn_lint.workers.aliases import with_aliases
from conn_lint.workers.corrections import Corrections
from conn_lint.workers.effects import Effect
from conn_lint.workers.entries import Entry
from conn_lint.workers.entrypoints import Finder
from conn_lint.workers.eventloops import ends_soon
from conn_lint.workers.extract import MODULE
from conn_lint.workers.follow import Follower
from conn_lint.workers.frameworks import all_frameworks
from conn_lint.workers.frameworks.base import Behaviour, Context
from conn_lint.workers.frameworks.paces import ONCE, Pace
from conn_lint.workers.gaps import SlowFollower, commands, long_gaps
from conn_lint.workers.graph import Graph
from conn_lint.workers.guessers import Guessers
from conn_lint.workers.idle import between, bounded, closes_somewhere, is_closed, least_protected
from conn_lint.workers.imports import observe_imports
from conn_lint.workers.libraries import library_units
from conn_lint.workers.loops import EndlessLoop, idle_runs
from conn_lint.workers.outside import RUNS_COMMAND
from conn_lint.workers.paths import UNBOUNDED, Crossing
from conn_lint.workers.retries import observe_retries
from conn_lint.workers.runners import Runners
from conn_lint.workers.surroundings import surrounded
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol
from conn_lint.workers.unfollowed import Unfollowed


def units_of(
    project: Project,
    deployments: tuple[Deployment, ...],
    corrections: Corrections,
    commands: tuple[WorkerCommand, ...],
    *,
    explain: bool,
) -> tuple[tuple[UnitOfWork, ...], tuple[Observation, ...]]:
    """As ``conn_lint.workers.read_units``."""
    finder = Finder(Graph(project), corrections, all_frameworks())
    finder.unfollowed = Unfollowed() if explain else None
    corrections.check(finder.graph)
    finder.find()
    finder.enlist_configured()
    guessers = Guessers(finder)
    runners = Runners(finder)
    observe_imports(finder, commands)
    context = Context(project.requirements, commands, deployments, finder.sightings, project, finder.graph)
    for framework in finder.frameworks:
        started = framework.unfed(context) if framework.modules else None
        if started is not None:
            finder.guess(
                framework, Place(started, "run by this worker, when something outside the project enqueues it")
            )
    finder.leave_out()
    units: list[UnitOfWork] = []
    behaviours: dict[int, Behaviour] = {}
    replaced = {entry.func.symbol for entry in finder.entries.values() if entry.func.named}
    parts: dict[int, frozenset[FunctionSymbol]] = {}
    for entry in sorted(finder.entries.values(), key=lambda entry: entry.signed):
        framework = entry.framework
        if entry.func.named is None and entry.func.symbol in replaced:
            continue  # a method that runs other functions, each of which is an entrypoint
        if entry.signed:  # all others are followed by now
            if id(framework) not in parts:
                parts[id(framework)] = finder.parts_of_others(framework)
            if entry.func.symbol in parts[id(framework)]:
                continue  # a part of a job that is known
        if id(framework) not in behaviours:
            behaviours[id(framework)] = framework.behaviour(context)
        made = _of_entry(entry, behaviours[id(framework)], finder, guessers, runners)
        units.extend(_explained(made, [_decorated(func, finder) for func in (entry.func, *entry.others)], finder))
    units += library_units(context)
    dynamic = _guessed_loops(finder)
    for place, loop in finder.loops.items():
        made = _of_loop(loop, dynamic.get(place, loop), finder.graph)
        units.extend(_explained(made, (loop.symbol,), finder))
    observed = [*finder.observations.values(), *_long_gaps(finder, units), *observe_retries(finder.graph)]
    observations = tuple(sorted(observed, key=lambda each: (each.span, each.kind)))
    observations = with_aliases(observations, units, project)
    return tuple(sorted(units, key=lambda unit: (unit.span, unit.kind))), observations


def _explained(units: Iterable[UnitOfWork], starts: Iterable[Hashable], finder: Finder) -> Iterator[UnitOfWork]:
    """``units``, each with what could not be followed from ``starts`` and may matter to it."""
    for unit in units:
        if finder.unfollowed is None:
            yield unit
        else:
            limits = unit.touches_orm != "no"
            yield unit._replace(unfollowed=finder.unfollowed.below(starts, finder.graph, limits=limits))


def _guessed_loops(finder: Finder) -> dict[tuple[str, int], EndlessLoop]:
    """The endless loops that are not seen to use the ORM and call code that cannot be known here, by place."""
    guesser = Follower(finder.graph, finder.corrections, "calls")
    guesser.share(finder)
    for loop in finder.loops.values():
        if not loop.turn.queries and finder.graph.is_beside_django(loop.symbol.path):
            guesser.run(_around(loop, finder.graph), entry=True)
    return {place: loop for place, loop in guesser.loops.items() if loop.turn.queries}


def _around(loop: EndlessLoop, graph: Graph) -> v.Func:
    """The function that holds ``loop``."""
    head = graph.head(loop.symbol)
    return v.Func(loop.symbol, ClassSymbol(loop.symbol.path, head.owner) if head and head.owner else None)


def _long_gaps(finder: Finder, units: Iterable[UnitOfWork]) -> Iterable[Observation]:
    """The long idle times inside the units that use the ORM, and inside management commands."""
    querying = {(unit.span.path, unit.function) for unit in units if unit.touches_orm == "yes"}
    functions: list[v.Func] = []
    for entry in finder.entries.values():
        symbol = entry.func.named or entry.func.symbol
        if (symbol.path, _shown(symbol.qualname)) in querying:
            functions += (_decorated(func, finder) for func in (entry.func, *entry.others))
    for loop in finder.loops.values():
        if loop.turn.queries:
            functions.append(_around(loop, finder.graph))
    leading = finder.pausing.leading()
    functions = [each for each in functions if each.symbol in leading]
    return long_gaps(SlowFollower(finder), (*functions, *commands(finder.graph)))


def _of_entry(
    entry: Entry, behaviour: Behaviour, finder: Finder, guessers: Guessers, runners: Runners
) -> Iterable[UnitOfWork]:
    function = finder.graph.function(entry.func.named or entry.func.symbol)
    if function is None:
        return
    if entry.pool == "processes" or behaviour.inline:
        return  # the processes end with the pool, and their connections with them
    runnables = [_decorated(func, finder) for func in (entry.func, *entry.others)]
    effect = fx.either(*map(finder.perform, runnables))
    sure: Literal["yes", "maybe"] = "maybe" if entry.guessed else "yes"
    touches: Literal["yes", "maybe", "no"] = sure if effect.queries else "no"
    if touches == "no" and not entry.guessed and finder.graph.is_beside_django(entry.func.symbol.path):
        likely = guessers.likely(entry, runnables)
        if likely.queries:
            effect, touches = likely, "maybe"
    once = surrounded(effect, entry, behaviour, finder)
    pace = entry.pace if entry.pace and entry.pace != ONCE else Pace(UNBOUNDED)
    if pace.seconds != UNBOUNDED:
        once = idle_runs(once, function.span)
    turn = fx.sequence(fx.cleanup(behaviour.start), once) if behaviour.start else once
    if entry.framework.runner:
        turn = runners.turn_around(entry.framework, turn) or turn
    worst = least_protected(between(turn, function.span, pace.seconds or UNBOUNDED))
    wait = worst.stretch.wait if worst else None
    gap = behaviour.gap if entry.pace is None else bounded(worst)
    if entry.pace == ONCE:
        gap = 0.0
    elsewhere = worst is not None and worst.after.elsewhere
    may_end = (entry.framework.ends or behaviour.ends or _pool_ends(entry, finder)) and not elsewhere
    forever = _loops_for_ever(effect) or (may_end and _lasts(entry, runnables, worst, finder))
    ends = may_end and not forever
    yield UnitOfWork(
        span=function.span,
        function=_shown(function.qualname),
        kind=entry.framework.kind,
        framework=entry.framework.name,
        touches_orm=touches,
        cleanup_start=CLEANUPS[worst.stretch.after if worst else 0],
        cleanup_end=CLEANUPS[worst.stretch.before if worst else 0],
        gap=0.0 if forever and entry.framework.ends else gap,  # its loop idles, which is a unit of its own
        gap_place=None,
        orm_path=worst.after.places if worst else (),
        command=_command(worst),
        registrations=entry.registrations,
        isolation=behaviour.isolation,
        isolation_why=behaviour.isolation_why,
        isolation_place=behaviour.isolation_place,
        note=behaviour.hook.why if behaviour.hook else behaviour.note,
        ends=ends,
        hook=behaviour.hook,
        coroutine=elsewhere or (function.is_async and not any(wrap.in_thread for wrap in runnables[0].wraps)),
        unsure_gap=behaviour.unsure or pace.seconds is None or (wait is not None and wait.unsure),
        never_closes=gap is not None and entry.pace != ONCE and not closes_somewhere(turn),
        closes_at_times=closes_somewhere(turn),
        closes_unless_raised=ends
        and is_closed(surrounded(fx.unraised(effect), entry, behaviour, finder), function.span),
        start_delay=worst.stretch.late if worst else 0,
    )


def _pool_ends(entry: Entry, finder: Finder) -> bool:
    """Whether ``entry`` runs in threads that end soon: with the function that made their pool, or its event loop."""
    if entry.pool != "event loop":
        return entry.pool == "threads"
    lasting = {loop.symbol for loop in finder.loops.values() if loop.lasts}
    callers = [(place.span.path, finder.graph.function_at(place.span)) for place in entry.registrations]
    return all(
        function is not None and ends_soon(finder.graph, FunctionSymbol(path, function.qualname), lasting)
        for path, function in callers
    )


def _lasts(entry: Entry, functions: list[v.Func], worst: Crossing | None, finder: Finder) -> bool:
    """Whether one of ``functions``, which are those of ``entry``, or what runs them holds a loop that goes on until the
    program is told to stop, or what the query of ``worst`` is reached by lies in one."""
    symbols = {each.symbol for each in (*functions, *filter(None, (entry.around,)))}
    reached = [place.span for place in worst.after.places] if worst else []
    return any(
        loop.symbol in symbols or any(_holds(loop.span, span) for span in reached)
        for loop in finder.loops.values()
        if loop.lasts
    )


def _holds(outer: Span, inner: Span) -> bool:
    return outer.path == inner.path and outer.line <= inner.line <= outer.end_line


def _decorated(func: v.Func, finder: Finder) -> v.Func:
    """``func`` inside its decorators, unless it was taken through them before."""
    if func.named is not None or func.closure:
        return func
    found = finder.callable_of(func.symbol, func.owner)
    if not isinstance(found, v.Func):
        return func
    return found._replace(bound=func.bound) if found.symbol == func.symbol else found


def _of_loop(seen: EndlessLoop, guessed: EndlessLoop, graph: Graph) -> Iterable[UnitOfWork]:
    """The unit that a loop is, as ``seen``; where it was not seen to use the ORM as ``guessed``."""
    loop = seen if seen.turn.queries else guessed
    if not loop.crossings and not loop.daemon:
        return
    worst = least_protected(loop.crossings)
    wait = worst.stretch.wait if worst else None
    gap = bounded(worst)
    if worst is None and loop.turn.queries:
        gap = 0.0  # it never waits between two queries
    function = graph.head(loop.symbol)
    closes = closes_somewhere(loop.turn, loop.crossings)
    yield UnitOfWork(
        span=loop.span,
        function=_shown(loop.symbol.qualname),
        kind="loop",
        framework="endless loop",
        touches_orm="yes" if seen.turn.queries else "maybe" if loop.turn.queries else "no",
        cleanup_start=CLEANUPS[worst.stretch.after if worst else 0],
        cleanup_end=CLEANUPS[worst.stretch.before if worst else 0],
        gap=gap,
        gap_place=wait.span if wait else None,
        orm_path=worst.after.places if worst else (),
        command=_command(worst),
        registrations=(),
        isolation="none",
        isolation_why="",
        isolation_place=None,
        coroutine=function is not None and function.is_async,
        unsure_gap=wait is not None and wait.unsure,
        never_closes=loop.lasts and not closes,
        closes_at_times=closes,
        start_delay=worst.stretch.late if worst else 0,
    )


def _command(worst: Crossing | None) -> str:
    labels = [place.label for place in worst.after.places] if worst else []
    return next((label.removeprefix(RUNS_COMMAND) for label in labels if label.startswith(RUNS_COMMAND)), "")


def _loops_for_ever(effect: Effect) -> bool:
    """Whether the function never comes to its end."""
    return not any(effect.exits.get(kind) for kind in ("normal", "return"))


def _shown(qualname: str) -> str:
    return "" if qualname == MODULE else qualname
