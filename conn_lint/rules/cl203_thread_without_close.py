"""CL203 thread-without-close."""

from __future__ import annotations

from conn_lint.rules.base import Example
from conn_lint.rules.examples import POSTGRES, settings
from conn_lint.rules.outside import OutsideRule


def _thread(*body: str, imports: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return (
        f"import threading\n\nfrom django.contrib.auth.models import User\n{imports}\n\n"
        f"def recount():\n{lines}\n\ndef view(request):\n    threading.Thread(target=recount).start()\n"
    )


def _pool(*body: str, imports: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return (
        "from concurrent.futures import ThreadPoolExecutor\n\n"
        f"from django.contrib.auth.models import User\n{imports}\npool = ThreadPoolExecutor(4)\n\n\n"
        f"def recount():\n{lines}\n\ndef view(request):\n    pool.submit(recount)\n"
    )


_QUERY = 'User.objects.filter(is_active=True).update(last_name="")'
_CLOSE = "from django.db import close_old_connections\n"


class ThreadWithoutClose(OutsideRule):
    """
    ## What it does
    Reports a function that runs in a thread or in a thread pool and reaches the ORM while nothing closes that
    thread's connection.

    ## Why it goes wrong
    Every thread has a connection of its own, and the request signals close only that of the thread that serves
    the request. A thread of a pool lives on: its connection goes stale between two calls, and fails with
    (2006, 'MySQL server has gone away'). A thread that ends abandons its connection, which stays open on the
    server until Python's garbage collector finds it: with one thread per job the server runs out of them.

    ## Example
        def recount():
            User.objects.filter(is_active=True).update(last_name="")

        threading.Thread(target=recount).start()

    ## Use instead
        from django.db import connections

        def recount():
            try:
                User.objects.filter(is_active=True).update(last_name="")
            finally:
                connections.close_all()

        threading.Thread(target=recount).start()

    ## When it stays silent
    When the callable closes in its own thread; when it does not reach the ORM; for process pools and
    subprocesses started fresh. A close in the thread that started it does not count. A thread that ends is a warning:
    what it leaves open costs the server a connection, but no query fails; a note where it closes on every way but
    that of an exception, or belongs to a pool of a management command, which ends soon as well. The callable of a
    pool, whose threads live on, calls close_old_connections() before its first query.

    ## References
    - https://docs.djangoproject.com/en/stable/ref/databases/#persistent-connections
    - django/db/utils.py, ConnectionHandler.thread_critical
    """

    code = "CL203"
    name = "thread-without-close"
    severity = "error"
    kinds = ("thread", "executor")

    VALID = (
        Example(
            "the connection closed at the end of the thread",
            {
                "settings.py": settings(),
                "views.py": _thread(
                    "try:",
                    f"    {_QUERY}",
                    "finally:",
                    "    connections.close_all()",
                    imports="from django.db import connections\n",
                ),
            },
        ),
        Example(
            "old connections closed in the pool's thread",
            {"settings.py": settings(), "views.py": _pool("close_old_connections()", _QUERY, imports=_CLOSE)},
        ),
        Example("a thread without the ORM", {"settings.py": settings(), "views.py": _thread("print(1)")}),
        Example("another database", {"settings.py": POSTGRES, "views.py": _pool(_QUERY)}),
    )
    INVALID = (
        Example(
            "a thread that ends and leaves its connection",
            {"settings.py": settings(), "views.py": _thread(_QUERY)},
            at=("views.py:6",),
        ),
        Example(
            "a thread of a pool",
            {"settings.py": settings(), "views.py": _pool(_QUERY)},
            at=("views.py:8",),
        ),
    )
