"""Watchers of files: their handlers run in one long thread, once something changes."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Hook

_WATCHDOG = tuple(
    f"on_{event}" for event in ("any_event", "closed", "created", "deleted", "modified", "moved", "opened")
)
_INOTIFY = tuple(
    f"process_{event}"
    for event in (
        "IN_ATTRIB",
        "IN_CLOSE_WRITE",
        "IN_CREATE",
        "IN_DELETE",
        "IN_MODIFY",
        "IN_MOVED_FROM",
        "IN_MOVED_TO",
        "default",
    )
)

FRAMEWORKS = (
    Framework(
        name="watchdog",
        kind="consumer",
        words=(b"watchdog",),
        source="watchdog 7.1.0 observers/api.py BaseObserver.run: one thread, nothing touches django.db",
        hooks=tuple(
            Hook(f"watchdog.events.{name}", _WATCHDOG)
            for name in (
                "FileSystemEventHandler",
                "LoggingEventHandler",
                "PatternMatchingEventHandler",
                "RegexMatchingEventHandler",
            )
        ),
    ),
    Framework(
        name="pyinotify",
        kind="consumer",
        words=(b"pyinotify",),
        source="pyinotify 0.9.6 Notifier.loop, ThreadedNotifier.run: handlers in the thread that loops",
        hooks=(Hook("pyinotify.ProcessEvent", _INOTIFY),),
    ),
)
