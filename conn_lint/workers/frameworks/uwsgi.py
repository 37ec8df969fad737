"""uWSGI's own jobs: the spooler, mules and timers are processes without requests."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Registrar

_SOURCE = "uWSGIDecorators 1.1.0 uwsgidecorators.py: nothing touches django.db"

FRAMEWORKS = (
    Framework(
        name="uWSGI",
        kind="job",
        words=(b"uwsgidecorators", b"import uwsgi"),
        source=_SOURCE,
        decorators=tuple(
            f"uwsgidecorators.{name}"
            for name in ("filemon", "mulefunc", "mulemsg", "signal", "spool", "spoolforever", "spoolraw")
        ),
        registrars=(
            Registrar("uwsgi.register_signal", 2, "handler"),
            Registrar("=spooler", None, receivers=("uwsgi",)),
        ),
    ),
    Framework(
        name="uWSGI",
        kind="scheduled",
        words=(b"uwsgidecorators", b"import uwsgi"),
        source=_SOURCE,
        decorators=tuple(f"uwsgidecorators.{name}" for name in ("cron", "rbtimer", "timer")),
    ),
    Framework(
        name="uWSGI",
        kind="thread",
        words=(b"uwsgidecorators", b"import uwsgi"),
        source=_SOURCE,
        decorators=("uwsgidecorators.thread",),
        ends=True,
    ),
)
