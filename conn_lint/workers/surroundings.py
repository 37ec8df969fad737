"""What runs before, after and around an entrypoint each time: of its framework, and of the project by its hooks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from conn_lint.workers import effects as fx
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.callables import is_method
from conn_lint.workers.effects import Effect
from conn_lint.workers.entries import Entry
from conn_lint.workers.entrypoints import Finder
from conn_lint.workers.frameworks.base import Behaviour, Preparer
from conn_lint.workers.symbols import ClassSymbol

ALL_EVENTS = "update"
"""What middleware is put around that sees every event of a bot (aiogram 3.31.0 ``dispatcher/dispatcher.py``
``Dispatcher.feed_update``)."""


def surrounded(job: Effect, entry: Entry, behaviour: Behaviour, finder: Finder) -> Effect:
    """One whole run of ``entry``, which itself does ``job``."""
    function = finder.graph.function(entry.func.named or entry.func.symbol)
    if function is None:
        return job
    if entry.around is not None:
        job = finder.around(entry.around, (entry.framework.around, *entry.framework.runs_by), job)
    for class_, name, calls in behaviour.around:
        method = finder.graph.method(class_, name)
        head = finder.graph.head(method) if method else None
        if method and head and (function.is_async or not head.is_async):  # else it closes in another thread
            job = finder.around(v.Func(method, class_), (name, *calls), job)
    for middleware, name in _middleware(entry, function, finder):
        job = finder.around(middleware, (name,), job)
    for override, calls in _overrides(entry, function, finder):
        job = finder.around(override, calls, job)
    for preparer in _preparers(entry, function, finder):
        job = fx.sequence(_ended(finder.perform(preparer)), job)
    once = fx.finally_(_ended(job), fx.cleanup(behaviour.end)) if behaviour.end else _ended(job)
    for callback in (*finder.callbacks_of(entry), *_methods(behaviour.after, finder)):
        once = fx.sequence(once, _ended(finder.perform(callback)))
    for callback in _methods(behaviour.before, finder):
        once = fx.sequence(_ended(finder.perform(callback)), once)
    return once


def _preparers(entry: Entry, function: f.Function, finder: Finder) -> Iterator[v.Func]:
    """What the framework of ``entry``, which is ``function``, runs before it."""
    owner = entry.func.owner or (ClassSymbol(function.span.path, function.owner) if function.owner else None)
    for preparer in entry.framework.preparers:
        if preparer.around or not _concerns(preparer, function):
            continue
        yield from finder.preparers.get(preparer.name, ())
        if owner is not None and not preparer.name:
            yield from _methods(((owner, name) for name in preparer.methods), finder)


def _overrides(entry: Entry, function: f.Function, finder: Finder) -> Iterator[tuple[v.Func, tuple[str, ...]]]:
    """What overrides the methods by which the framework of ``entry``, which is ``function``, runs it: innermost first,
    each with the methods by which it may go on. Of several overrides of one it is not known which is used."""
    for preparer in entry.framework.preparers:
        found = finder.preparers.get(preparer.name, ()) if preparer.around and _concerns(preparer, function) else ()
        for number, name in enumerate(preparer.methods):
            named = [func for func in found if func.symbol.qualname.rpartition(".")[2] == name]
            if len(named) == 1:
                yield named[0], (name, *preparer.methods[:number])


def _concerns(preparer: Preparer, function: f.Function) -> bool:
    return preparer.before is None or any(map(preparer.before, _decorators(function)))


def _middleware(entry: Entry, function: f.Function, finder: Finder) -> Iterator[tuple[v.Func, str]]:
    """What is called around ``entry``, which is ``function``, innermost first, each with the name by which it calls
    what it goes on with."""
    events = {name.rpartition(".")[2] for name in _decorators(function)}
    for what, middleware in reversed(finder.middleware.get(entry.framework.name, ())):
        head = finder.graph.head(middleware.symbol)
        first = head.params[is_method(head) :][:1] if head else ()
        if first and (what == ALL_EVENTS or not events or what in events):
            yield middleware, first[0]


def _decorators(function: f.Function) -> list[str]:
    """The names of what ``function`` is decorated with, as they are written."""
    return [f.written(each.func if isinstance(each, f.Call) else each) for each in function.decorators]


def _methods(named: Iterable[tuple[ClassSymbol, str]], finder: Finder) -> Iterator[v.Func]:
    for class_, name in named:
        method = finder.graph.method(class_, name)
        if method is not None:
            yield v.Func(method, class_)


def _ended(effect: Effect) -> Effect:
    """All ways out of a function taken as one: its framework goes on to the next run."""
    ends = {kind: paths for kind, paths in effect.exits.items() if kind not in fx.ASIDE}
    return fx.renamed(Effect(ends, effect.crossings), dict.fromkeys(ends, "normal"))
