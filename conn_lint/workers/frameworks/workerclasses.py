"""Worker classes of libraries that know nothing of Django: the loop is in the library, one turn in the project."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook

_TURNS = ("do_work", "run_once", "work_once", "process_message", "handle_message", "on_message", "poll_once")

FRAMEWORKS = (
    Framework(
        name="worker class",
        kind="consumer",
        words=(b"WorkerProcessBase", b"BaseWorker", b"WorkerBase", b"BaseConsumer", b"ConsumerBase", b"BaseDaemon"),
        source="django-db-queue df2e7ff management/commands/worker.py, mended in a61230b:"
        " the WorkerProcessBase of simplesignals 0.3.0 calls it for ever; the others by the names of such classes",
        hooks=tuple(
            Hook(f".{base}", _TURNS)
            for base in ("WorkerProcessBase", "BaseWorker", "WorkerBase", "BaseConsumer", "ConsumerBase", "BaseDaemon")
        ),
    ),
)
