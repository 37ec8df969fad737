"""The ways ORM code runs outside a request, one file per framework, as data.

Each says how its entrypoints look in the source, and who cleans up before and after one run of them.
"""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework


def all_frameworks() -> tuple[Framework, ...]:
    """Every known framework; the first whose entrypoint matches wins."""
    from conn_lint.workers.frameworks import (
        apscheduler,
        bots,
        celery,
        channels,
        consumers,
        django_q,
        django_tasks,
        dramatiq,
        executors,
        gearman,
        greenlets,
        handlers,
        huey,
        messaging,
        queues,
        rq,
        servers,
        shells,
        temporal,
        threads,
        uwsgi,
        watchers,
        workerclasses,
    )

    modules = (
        *(rq, celery, django_q, django_tasks, gearman, consumers, channels, apscheduler, huey, dramatiq),
        *(messaging, queues, temporal, servers, handlers, bots, watchers, uwsgi, workerclasses),
        *(executors, greenlets, threads, shells),
    )
    return tuple(framework for module in modules for framework in module.FRAMEWORKS)
