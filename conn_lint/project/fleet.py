"""How many processes and threads the project's own command lines start, where they say so in figures.

A command line that leaves a number to a variable or to the count of processors tells a lower bound at most; it is
left out, for a guess about a machine is worth nothing. Sources: gunicorn 23 (``gunicorn/config.py``), uWSGI 2.0
(``core/uwsgi.c``, uwsgi_base_options), Celery 5.5 (``celery/bin/worker.py``).
"""

from __future__ import annotations

from collections.abc import Iterable

from conn_lint.model import ProcessGroup
from conn_lint.project.appservers import AppServer


def process_groups(servers: Iterable[AppServer]) -> tuple[ProcessGroup, ...]:
    """The groups of processes that command lines start, each with its threads; those with greenlets and event
    loops, whose number is no number of threads, are left out."""
    return tuple(
        ProcessGroup(server.program, processes, threads, server.place)
        for server in servers
        if server.started
        for processes, threads in (_figures(server),)
        if processes is not None and threads is not None and server.concurrency == "threads"
    )


def _figures(server: AppServer) -> tuple[int | None, int | None]:
    """How many processes, and threads in each of them; None: not known."""
    if server.program == "gunicorn":
        return server.number("workers", 1), server.number("threads", 1)
    if server.program == "uwsgi":
        return server.number("processes", 1), server.number("threads", 1)
    if server.program == "celery":
        return _of_celery(server)
    return None, None


def _of_celery(server: AppServer) -> tuple[int | None, int | None]:
    if "worker" not in server.arguments:
        return None, None
    pool = server.text("pool")
    if pool == "solo":
        return 1, 1
    at_most = server.text("autoscale").partition(",")[0]
    number = int(at_most) if at_most.isdecimal() else server.number("concurrency", None)
    return (1, number) if pool == "threads" else (number, 1)
