"""CL205 close-in-wrong-thread."""

from __future__ import annotations

from collections.abc import Iterator

from conn_lint.model import Facts, Finding, Place
from conn_lint.rules.base import Example, Rule
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.repairs import of_observation

_HEAD = (
    "import asyncio\n\nfrom asgiref.sync import sync_to_async\nfrom django.contrib.auth.models import User\n"
    "from django.db import close_old_connections\n\n\nasync def poll():\n    while True:\n        {close}\n"
    "        await User.objects.acount()\n        await asyncio.sleep(5)\n"
)


def _poll(close: str) -> dict[str, str]:
    return {"settings.py": settings(), "poll.py": _HEAD.format(close=close)}


class CloseInWrongThread(Rule):
    """
    ## What it does
    Reports close_old_connections() and its like in the body of a coroutine, and such a close that is given to
    asyncio.to_thread(), to the default executor of the loop, or to sync_to_async(thread_sensitive=False).

    ## Why it goes wrong
    A close looks at the connections of the thread it runs in. A coroutine runs in the thread of the event loop,
    which opens none: Django runs the ORM of coroutines in another thread. close_old_connections() then does
    nothing at all, without an error; connection.close() raises SynchronousOnlyOperation. A pool runs the close in
    whichever of its threads is free.

    ## Example
        async def poll():
            close_old_connections()
            await User.objects.acount()

    ## Use instead
        from asgiref.sync import sync_to_async
        from django.db import close_old_connections

        async def poll():
            await sync_to_async(close_old_connections)()
            await User.objects.acount()

    ## When it stays silent
    When the close goes through sync_to_async or database_sync_to_async, when it stands in a synchronous function
    that runs in the ORM's thread, and where the ORM may run in the coroutine itself: before Django 3.0, and where
    DJANGO_ALLOW_ASYNC_UNSAFE is set.

    ## References
    - https://docs.djangoproject.com/en/stable/topics/async/#asgiref.sync.sync_to_async
    - django/utils/asyncio.py, async_unsafe
    """

    code = "CL205"
    name = "close-in-wrong-thread"
    severity = "warning"

    VALID = (
        Example("through sync_to_async", _poll("await sync_to_async(close_old_connections)()")),
        Example(
            "in a synchronous function",
            {
                "settings.py": settings(),
                "poll.py": _HEAD.format(close="await sync_to_async(clean)()")
                + "\n\ndef clean():\n    close_old_connections()\n",
            },
        ),
        Example(
            "the ORM allowed in coroutines",
            _poll("close_old_connections()")
            | {"manage.py": 'import os\n\nos.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"\n'},
        ),
        Example(
            "a Django that knows no coroutines",
            _poll("close_old_connections()") | {"requirements.txt": "django==2.2\n"},
        ),
        Example("another database", _poll("close_old_connections()") | {"settings.py": POSTGRES}),
    )
    INVALID = (
        Example("a bare call in a coroutine", _poll("close_old_connections()"), at=("poll.py:10",)),
        Example("in any thread of a pool", _poll("await asyncio.to_thread(close_old_connections)"), at=("poll.py:10",)),
    )

    def check(self, facts: Facts) -> Iterator[Finding]:
        sessions = facts.judged_sessions
        for seen in facts.observations:
            if seen.kind != "close-in-wrong-thread" or not sessions:
                continue
            if seen.places:
                message = "this closes the connections of whichever pool thread is free, not those of the ORM's thread"
            elif seen.detail in ("connection.close()", "connection.connect()"):
                message = f"{seen.detail} in a coroutine raises SynchronousOnlyOperation"
            else:
                message = (
                    f"{seen.detail} in a coroutine closes nothing: it looks at the connections of the event loop's"
                    " thread, and the ORM runs in another"
                )
            yield self.finding(
                message,
                "run it where the ORM runs: await sync_to_async(close_old_connections)()",
                (Place(seen.span, "closes here"), *seen.places),
                function=seen.function,
                sessions=sessions,
                repair=of_observation("run-in-thread", seen, facts),
            )
