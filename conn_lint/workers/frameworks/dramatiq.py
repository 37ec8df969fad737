"""dramatiq: only django_dramatiq's DbConnectionsMiddleware closes, and only where the settings list it."""

from __future__ import annotations

import re

from conn_lint.model import MissingHook, Repair, Span
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Hook
from conn_lint.workers.frameworks.settings import known
from conn_lint.workers.paths import CLOSE_OLD

_CLOSES = re.compile(rb"\bclose\w*\s*\(")

MIDDLEWARE = "django_dramatiq.middleware.DbConnectionsMiddleware"


def behaviour(context: Context) -> Behaviour:
    """Whether the middleware runs: it does unless the settings are known to leave it out, or nothing in the tree
    names it or has one of its own that closes.

    Without DRAMATIQ_BROKER django_dramatiq's own list holds it; with DRAMATIQ_BROKER that dictionary replaces
    the list as a whole (django-dramatiq 0.15.0 ``apps.py``). Without django_dramatiq among the apps nothing
    closes. A project's own middleware may close as well: it is followed.
    """
    from conn_lint.workers.symbols import ClassSymbol

    for broker in known(context, "DRAMATIQ_BROKER"):
        listed = broker.value.get("MIDDLEWARE", ()) if isinstance(broker.value, dict) else None
        if isinstance(listed, (list, tuple)) and not any(_may_be(each) for each in listed):
            why = "DRAMATIQ_BROKER lists no DbConnectionsMiddleware, so dramatiq closes nothing around its messages"
            change = Repair("first-item", broker.place or Span("", 0), text=MIDDLEWARE, title="MIDDLEWARE")
            hook = MissingHook(why, broker.place, f'add "{MIDDLEWARE}" as the first of MIDDLEWARE', change)
            own = [found for each in listed if isinstance(found := context.graph.lookup(str(each)), ClassSymbol)]
            return Behaviour(
                hook=hook,
                before=tuple((middleware, "before_process_message") for middleware in own),
                after=tuple((middleware, "after_process_message") for middleware in reversed(own)),
            )
    if not known(context, "DRAMATIQ_BROKER") and not _closes_somehow(context):
        why = "dramatiq closes nothing around its messages, and nothing here adds a middleware that does"
        return Behaviour(hook=MissingHook(why, None, f"install django-dramatiq, whose {MIDDLEWARE} closes"))
    return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="DbConnectionsMiddleware closes before and after a message")


def _closes_somehow(context: Context) -> bool:
    """Whether the project depends on django_dramatiq, names it, or may close in a middleware of its own."""
    if "django-dramatiq" in context.requirements:
        return True
    return any(
        b"django_dramatiq" in data
        or b"django-dramatiq" in data
        or (b"_process_message" in data and _CLOSES.search(data) is not None)
        for data in context.files(".py", ".txt", ".toml")
    )


def _may_be(middleware: object) -> bool:
    """Whether an item of MIDDLEWARE is it, or a project's own that may stand for it."""
    if not isinstance(middleware, str):
        return True
    return middleware == MIDDLEWARE or "DbConnection" in middleware or "CloseOld" in middleware


FRAMEWORKS = (
    Framework(
        name="dramatiq",
        kind="job",
        words=(b"dramatiq",),
        source="django-dramatiq 0.15.0 middleware.py DbConnectionsMiddleware, apps.py; dramatiq 2.2.1 broker.py",
        decorators=("dramatiq.actor",),
        hooks=(Hook("dramatiq.GenericActor", ("perform",)), Hook("dramatiq.generic.GenericActor", ("perform",))),
        behaviour=behaviour,
    ),
)
