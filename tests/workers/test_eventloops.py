"""Threads of an event loop that ends with the piece of work it was made for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import worker

START = """
    import asyncio
    from celery import shared_task
    from shop.models import Order

    def load():
        Order.objects.count()
"""


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        (
            """
    async def both():
        await asyncio.gather(asyncio.to_thread(load), asyncio.to_thread(load))

    @shared_task
    def job():
        asyncio.run(both())
            """,
            True,
        ),
        (
            """
    @shared_task
    def job():
        async def one():
            await asyncio.get_running_loop().run_in_executor(None, load)
        asyncio.run(one())
            """,
            True,
        ),
        (
            """
    async def one():
        await asyncio.to_thread(load)

    async def several():
        for _ in range(3):
            await one()

    def job():
        asyncio.run(several())
            """,
            True,
        ),
        (
            """
    async def one():
        await asyncio.to_thread(load)

    async def serve():
        while True:
            await one()
            await asyncio.sleep(86400)

    def main():
        asyncio.run(serve())
            """,
            False,
        ),
        (
            """
    async def view(request):
        await asyncio.to_thread(load)
            """,
            False,
        ),
        (
            """
    async def one():
        await asyncio.to_thread(load)

    async def view(request):
        await one()

    def job():
        asyncio.run(one())
            """,
            False,
        ),
    ],
    ids=["run", "nested", "through another", "endless", "a view", "a view as well"],
)
def test_threads_end_with_the_loop_that_was_made_for_them(tmp_path: Path, text: str, ends: bool) -> None:
    reading = worker(tmp_path, START + text)
    assert [unit.ends for unit in reading.touching if unit.kind == "executor"] == [ends]
