"""gevent and eventlet: once the standard library is patched a greenlet is a thread, connections included."""

from __future__ import annotations

from conn_lint.project.commandline import program_of
from conn_lint.workers.frameworks.base import Behaviour, Context, Framework, Hook, Registrar

PATCHES = ("eventlet.monkey_patch", "gevent.monkey.patch_all", "gevent.monkey.patch_thread")

_POOLS = ("gevent.pool.Group", "gevent.pool.Pool", "gevent.threadpool.ThreadPool")
_GREEN = ("eventlet.GreenPool", "eventlet.greenpool.GreenPool")


def behaviour(context: Context) -> Behaviour:
    """Without patching all greenlets share the connection of the thread they run in, which is judged there."""
    served = any(server.concurrency == "greenlets" for server in context.project.app_servers(context.commands)) or any(
        program_of(command.words, ("dramatiq-gevent",))[0] for command in context.commands
    )
    if served or any(name in context.sightings for name in PATCHES):
        return Behaviour(note="a patched greenlet has a connection of its own")
    return Behaviour(inline=True)


FRAMEWORKS = (
    Framework(
        name="greenlet",
        kind="thread",
        words=(b"gevent", b"eventlet"),
        source="asgiref 3.13.0 local.py Local(thread_critical); django-db-geventpool 4.0.8 utils.close_connection",
        registrars=(
            Registrar("gevent.spawn", 0, rest=True),
            Registrar("gevent.spawn_later", 1, rest=True),
            Registrar("gevent.Greenlet", 0, "run", rest=True),
            Registrar("gevent.Greenlet.spawn", 0, rest=True),
            Registrar("gevent.greenlet.Greenlet.spawn", 0, rest=True),
            Registrar("eventlet.spawn", 0, rest=True),
            Registrar("eventlet.spawn_n", 0, rest=True),
            Registrar("eventlet.spawn_after", 1, rest=True),
            Registrar(".spawn", 0, receivers=(*_POOLS, *_GREEN), rest=True),
            Registrar(".spawn_n", 0, receivers=_GREEN, rest=True),
            Registrar(".apply_async", 0, receivers=_POOLS, packed=(("args", 1), ("kwds", 2))),
            Registrar(".map", 0, receivers=_POOLS, each=True),
            Registrar(".imap", 0, receivers=(*_POOLS, *_GREEN), each=True),
            Registrar(".starmap", 0, receivers=_GREEN),
        ),
        hooks=(Hook("gevent.Greenlet", ("_run",)), Hook("gevent.greenlet.Greenlet", ("_run",))),
        sightings=PATCHES,
        behaviour=behaviour,
        ends=True,
    ),
)
