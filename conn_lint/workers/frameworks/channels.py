"""channels: handlers of consumers, synchronous ones in a thread that is cleaned, asynchronous ones since 4.2."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Hook, Shape
from conn_lint.workers.paths import CLOSE_OLD

_SYNC = (
    "channels.consumer.SyncConsumer",
    "channels.generic.websocket.JsonWebsocketConsumer",
    "channels.generic.websocket.WebsocketConsumer",
)
_ASYNC = (
    "channels.consumer.AsyncConsumer",
    "channels.generic.http.AsyncHttpConsumer",
    "channels.generic.websocket.AsyncJsonWebsocketConsumer",
    "channels.generic.websocket.AsyncWebsocketConsumer",
)
_METHODS = tuple(
    "connect disconnect handle http_disconnect http_request receive receive_json websocket_connect"
    " websocket_disconnect websocket_receive".split()
)
_PARAMETERS = ("content", "data", "event", "message", "msg")
"""Handlers of channel layer messages are called by the message's type, and are told by their parameter."""

CLOSES_SINCE = (4, 2)
"""``AsyncConsumer.dispatch`` awaits ``aclose_old_connections()`` before each handler (4.2.0; 4.1.0 does not)."""


def asynchronous(context: Context) -> Behaviour:
    """What ``AsyncConsumer.dispatch`` does before a handler."""
    if not context.project.installs("channels", *CLOSES_SINCE):
        return Behaviour(note="channels before 4.2 closes nothing before the handlers of an asynchronous consumer")
    return Behaviour(start=CLOSE_OLD, note="channels 4.2 and later closes old connections before each handler")


_SOURCE = "channels 2.4.0, 3.0.5, 4.1.0, 4.2.0 and 4.3.2 consumer.py, db.py, generic/websocket.py"

FRAMEWORKS = (
    Framework(
        name="channels",
        kind="consumer",
        words=(b"channels.generic", b"channels.consumer"),
        source=_SOURCE,
        hooks=tuple(Hook(base, _METHODS, _PARAMETERS) for base in _SYNC),
        behaviour=lambda _: Behaviour(
            start=CLOSE_OLD, end=CLOSE_OLD, note="channels closes old connections around each handler in its thread"
        ),
    ),
    Framework(
        name="channels",
        kind="consumer",
        words=(b"channels.generic", b"channels.consumer"),
        source=_SOURCE,
        hooks=tuple(Hook(base, _METHODS, _PARAMETERS, is_async=True) for base in _ASYNC),
        behaviour=asynchronous,
    ),
    Framework(
        name="ASGI",
        kind="consumer",
        words=(b"def __call__(self, scope",),
        source="channels 4.3.2 middleware.py, auth.py AuthMiddleware: the application outside of the consumer, around"
        " which nothing closes; Django 5.2 core/handlers/asgi.py: each request has a thread of its own",
        shapes=(Shape(("__call__",), "scope", ("__call__",)),),
    ),
)
