"""Threads and timers. A connection belongs to its thread, and nobody closes it when the thread ends
(Django 6.1.3 ``django/db/utils.py`` ``ConnectionHandler.thread_critical``): it waits for the garbage
collector."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook, Registrar

_OF_LIBRARIES = (".thread.Thread", ".threads.Thread")
"""Classes by which libraries make their own kind of thread."""

FRAMEWORKS = (
    Framework(
        name="threading",
        kind="thread",
        words=(b"Thread(", b"Thread)", b"Thread,", b"import Thread", b"Timer(", b"Timer)", b"start_new_thread"),
        source="Python 3.11 threading with Django 5.2, measured",
        registrars=(
            Registrar("threading.Thread", 1, "target", packed=(("args", 3), ("kwargs", 4))),
            *(Registrar(name, 1, "target", packed=(("args", 3), ("kwargs", 4))) for name in _OF_LIBRARIES),
            Registrar("threading.Timer", 1, "function", packed=(("args", 2), ("kwargs", 3))),
            Registrar("_thread.start_new_thread", 0, packed=(("args", 1), ("kwargs", 2))),
            Registrar("thread.start_new_thread", 0, packed=(("args", 1), ("kwargs", 2))),
        ),
        hooks=tuple(Hook(name, ("run",)) for name in ("threading.Thread", "threading.Timer", *_OF_LIBRARIES)),
        around="run",
        runs_by=("_target", "_Thread__target", "function"),
        ends=True,
    ),
)
