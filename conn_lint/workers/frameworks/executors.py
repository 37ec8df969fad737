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
            Registrar(".submit", 0, "fn", receivers=_POOLS, pool=True),
            Registrar(".map", 0, "fn", receivers=_POOLS, pool=True, through="submit"),
            Registrar(".imap", 0, "func", receivers=_POOLS, pool=True),
            Registrar(".imap_unordered", 0, "func", receivers=_POOLS, pool=True),
            Registrar(".starmap", 0, "func", receivers=_POOLS, pool=True),
            Registrar(
                ".apply", 0, "func", receivers=tuple(name for name in _POOLS if name.endswith("Pool")), pool=True
            ),
            Registrar(".apply_async", 0, "func", receivers=_POOLS, pool=True),
            Registrar(".map_async", 0, "func", receivers=_POOLS, pool=True),
            Registrar(".starmap_async", 0, "func", receivers=_POOLS, pool=True),
            Registrar(".run_in_executor", 1, "func", pool=True),
            Registrar("asyncio.to_thread", 0, "func"),
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
