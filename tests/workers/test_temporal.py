"""Temporal's activities, and the project's interceptors around them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.workers.trees import units_of

WORKER = """
    from asgiref.sync import sync_to_async
    from django.db import close_old_connections
    from temporalio import activity
    from temporalio.worker import ActivityInboundInterceptor, Interceptor, Worker
    from shop.models import Order

    class Closing(ActivityInboundInterceptor):
        async def execute_activity(self, input):
            try:
                return await {call}
            finally:
                {close}

    class Fresh(Interceptor):
        def intercept_activity(self, next):
            return Closing(next)

    @activity.defn
    {define} ship():
        {query}

    async def main(client):
        await Worker(client, activities=[ship]{option}).run()
    """
COROUTINE = ("async def", "await Order.objects.acount()")
FUNCTION = ("def", "Order.objects.count()")
AWAITED = "await sync_to_async(close_old_connections)()"
USED = ", interceptors=[Fresh()]"


@pytest.mark.parametrize(
    ("activity", "call", "close", "option", "cleanup"),
    [
        (COROUTINE, "super().execute_activity(input)", AWAITED, USED, "close_old"),
        (COROUTINE, "self.next.execute_activity(input)", AWAITED, USED, "close_old"),
        (COROUTINE, "super().execute_activity(input)", "print()", USED, "none"),
        (COROUTINE, "super().execute_activity(input)", "close_old_connections()", USED, "none"),
        (COROUTINE, "super().execute_activity(input)", AWAITED, "", "none"),
        (FUNCTION, "super().execute_activity(input)", AWAITED, USED, "none"),
    ],
    ids=["closes", "by the next", "closes nothing", "closes in the loop", "not used", "an activity in another thread"],
)
def test_an_interceptor_around_activities(
    tmp_path: Path, activity: tuple[str, str], call: str, close: str, option: str, cleanup: str
) -> None:
    define, query = activity
    text = WORKER.format(call=call, close=close, option=option, define=define, query=query)
    unit = units_of(tmp_path, {"shop/worker.py": text}).unit
    assert (unit.function, unit.framework, unit.cleanup_end) == ("ship", "Temporal", cleanup)
