"""Temporal: activities run in the worker's own process; what closes around them is an interceptor of the project."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from conn_lint.workers.frameworks.base import Around, Behaviour, Context, Framework

if TYPE_CHECKING:
    from conn_lint.workers.symbols import ClassSymbol

_INBOUND = "ActivityInboundInterceptor"
_RUNS = "execute_activity"
"""The method in which an interceptor runs the next one, and the last of them the activity."""


def behaviour(context: Context) -> Behaviour:
    """The project's interceptors around each activity, where anything of it names ``interceptors=``."""
    if not any(b"interceptors" in data for data in context.files(".py")):
        return Behaviour()
    return Behaviour(around=tuple(Around(class_, _RUNS) for class_ in _interceptors(context)))


def _interceptors(context: Context) -> Iterator[ClassSymbol]:
    from conn_lint.workers.symbols import ClassSymbol

    for path in context.graph.index.with_base(_INBOUND):
        facts = context.graph.facts(path)
        for name in tuple(facts.classes) if facts else ():
            class_ = ClassSymbol(path, name)
            if context.graph.is_a(class_, f"temporalio.worker.{_INBOUND}"):
                yield class_


FRAMEWORKS = (
    Framework(
        name="Temporal",
        kind="job",
        words=(b"temporalio",),
        source="temporalio 1.35.0 activity.py defn; worker/_activity.py: coroutines in the event loop, synchronous"
        " activities in an executor, inside the interceptors' execute_activity(); worker/_interceptor.py",
        decorators=("temporalio.activity.defn",),
        behaviour=behaviour,
    ),
)
