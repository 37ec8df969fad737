"""CL214 async-orm-unclosed."""

from __future__ import annotations

from conn_lint.rules.base import Example
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import OutsideRule


def _poll(*body: str, imports: str = "") -> dict[str, str]:
    lines = "".join(f"        {line}\n" for line in body)
    return {
        "settings.py": settings(),
        "poll.py": "import asyncio\n\nfrom asgiref.sync import sync_to_async\n"
        f"from django.contrib.auth.models import User\n{imports}\n\nasync def poll():\n    while True:\n{lines}",
    }


_QUERY = "await User.objects.filter(is_active=False).adelete()"
_SLEEP = "await asyncio.sleep(36000)"
_CLOSE = "from django.db import close_old_connections\n"
_CONSUMER = (
    "from channels.generic.websocket import AsyncJsonWebsocketConsumer\n"
    "from django.contrib.auth.models import User\n\n\n"
    "class Users(AsyncJsonWebsocketConsumer):\n    async def receive_json(self, content):\n"
    '        await self.send_json({"users": await User.objects.acount()})\n'
)


class AsyncOrmUnclosed(OutsideRule):
    """
    ## What it does
    Reports coroutines that live as long as their process, or are called for every message, and use the ORM through
    sync_to_async or its asynchronous methods while nothing closes the connection in the thread where the ORM runs.

    ## Why it goes wrong
    Outside a request all ORM calls of coroutines run in one thread of the process, whose connection nobody looks
    at: after an idle gap longer than wait_timeout the next call fails with (2006, 'MySQL server has gone away'),
    and so does every one after it.

    ## Example
        while True:
            await User.objects.filter(is_active=False).adelete()
            await asyncio.sleep(36000)

    ## Use instead
        from asgiref.sync import sync_to_async
        from django.db import close_old_connections

        while True:
            await sync_to_async(close_old_connections)()
            await User.objects.filter(is_active=False).adelete()
            await asyncio.sleep(36000)

    ## When it stays silent
    When a close runs through sync_to_async between the wait and the first query, when every ORM call goes through
    channels' database_sync_to_async, for consumers of channels 4.2 and later (which close before each handler), and
    when every wait is shorter than the timeout.

    ## References
    - https://docs.djangoproject.com/en/stable/topics/async/
    - channels/consumer.py, AsyncConsumer.dispatch (4.2.0)
    """

    code = "CL214"
    name = "async-orm-unclosed"
    severity = "error"
    kinds = ("job", "consumer", "scheduled", "loop", "executor", "thread")
    coroutines = True

    VALID = (
        Example(
            "closed in the ORM's thread",
            _poll("await sync_to_async(close_old_connections)()", _QUERY, _SLEEP, imports=_CLOSE),
        ),
        Example(
            "channels' database_sync_to_async",
            _poll(
                "await database_sync_to_async(User.objects.count)()",
                _SLEEP,
                imports="from channels.db import database_sync_to_async\n",
            ),
        ),
        Example("a pause below the timeout", _poll(_QUERY, "await asyncio.sleep(5)")),
        Example("a coroutine without the ORM", _poll('print("alive")', _SLEEP)),
        Example(
            "channels that closes before each handler",
            {"settings.py": settings(), "consumers.py": _CONSUMER, "requirements.txt": "channels==4.2.0\n"},
        ),
        Example("another database", _poll(_QUERY, _SLEEP) | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("a loop of a coroutine", _poll(_QUERY, _SLEEP), at=("poll.py:8",)),
        Example(
            "a close that does not reach the ORM's thread",
            _poll("close_old_connections()", _QUERY, _SLEEP, imports=_CLOSE),
            at=("poll.py:9",),
        ),
        Example(
            "a consumer of channels that does not close",
            {"settings.py": settings(), "consumers.py": _CONSUMER, "requirements.txt": "channels==4.1.0\n"},
            at=("consumers.py:6",),
        ),
    )
