"""dramatiq: only django_dramatiq's DbConnectionsMiddleware closes, and only where the settings list it."""

from __future__ import annotations

from conn_lint.model import Known, OneOf, Value
from conn_lint.workers.effects import CLOSE_OLD
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework

MIDDLEWARE = "django_dramatiq.middleware.DbConnectionsMiddleware"


def behaviour(context: Context) -> Behaviour:
    """Whether the middleware runs: it does unless the settings are known to leave it out.

    Without DRAMATIQ_BROKER django_dramatiq's own list holds it; with DRAMATIQ_BROKER that dictionary replaces
    the list as a whole (django-dramatiq 0.15.0 ``apps.py``)."""
    if any(_leaves_out(deployment.names.get("DRAMATIQ_BROKER")) for deployment in context.deployments):
        return Behaviour(note=f"DRAMATIQ_BROKER lists no {MIDDLEWARE}")
    return Behaviour(start=CLOSE_OLD, end=CLOSE_OLD, note="DbConnectionsMiddleware closes before and after a message")


def _leaves_out(value: Value | None) -> bool:
    known = value.values if isinstance(value, OneOf) else (value,) if isinstance(value, Known) else ()
    return any(
        isinstance(each.value, dict) and MIDDLEWARE not in (each.value.get("MIDDLEWARE") or ()) for each in known
    )


FRAMEWORKS = (
    Framework(
        name="dramatiq",
        kind="job",
        words=(b"dramatiq",),
        source="django-dramatiq 0.15.0 middleware.py DbConnectionsMiddleware, apps.py; dramatiq 2.2.1 broker.py",
        decorators=("dramatiq.actor",),
        behaviour=behaviour,
    ),
)
