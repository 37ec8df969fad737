"""Pools of threads and processes: their members are reused, so what one job leaves open the next one gets."""

from __future__ import annotations

from conn_lint.workers.frameworks.base import Framework, Registrar

_POOLS = (
    "billiard.Pool",
    "concurrent.futures.ProcessPoolExecutor",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "multiprocessing.Pool",
    "multiprocessing.dummy.Pool",
    "multiprocessing.pool.Pool",
    "multiprocessing.pool.ThreadPool",
    "executor",
    "pool",
)

_CALLED_POOLS = tuple(name for name in _POOLS if name.endswith("Pool"))
"""A method ``apply`` is common, so that the name of its object says nothing."""

_CALLED = (("args", 1), ("kwds", 2))

FRAMEWORKS = (
    Framework(
        name="concurrent.futures",
        kind="executor",
        words=(
            b".submit(",
            b"PoolExecutor",
            b"ThreadPool",
            b"multiprocessing",
            b"run_in_executor",
            b"to_thread",
            b"thread_sensitive",
        ),
        source="Python 3.11 (concurrent/futures/_base.py Executor.map) with Django 5.2, measured",
        registrars=(
            Registrar(".submit", 0, "fn", receivers=_POOLS, pool=True, rest=True),
            Registrar(".map", 0, "fn", receivers=_POOLS, pool=True, through="submit", each=True),
            *(
                Registrar(f".{name}", 0, "func", receivers=_POOLS, pool=True, each=True)
                for name in ("imap", "imap_unordered", "map_async")
            ),
            *(Registrar(f".{name}", 0, "func", receivers=_POOLS, pool=True) for name in ("starmap", "starmap_async")),
            Registrar(".apply", 0, "func", receivers=_CALLED_POOLS, pool=True, packed=_CALLED),
            Registrar(".apply_async", 0, "func", receivers=_POOLS, pool=True, packed=_CALLED),
            Registrar(".run_in_executor", 1, "func", pool=True, rest=True),
            Registrar("asyncio.to_thread", 0, "func", pool=True, rest=True),
            Registrar("asgiref.sync.sync_to_async", 0, "func", only=("thread_sensitive", False)),
        ),
    ),
    Framework(
        name="nornir",
        kind="executor",
        words=(b"nornir",),
        source="nornir 3.5.0 core/__init__.py Nornir.run, plugins/runners ThreadedRunner: a pool of threads per run",
        registrars=(Registrar(".run", 0, "task", receivers=("nornir", "nr")),),
        ends=True,
    ),
)
