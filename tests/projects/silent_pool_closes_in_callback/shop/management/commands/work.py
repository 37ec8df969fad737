"""The callback of a future runs in the thread of the pool that ran the job, so what it closes is the job's."""

from concurrent.futures import ThreadPoolExecutor

import redis
from django.core.management.base import BaseCommand
from django.db import connections

from shop.models import Order


def ship(pk):
    Order.objects.filter(pk=pk).update(status="shipped")


class Command(BaseCommand):
    def handle(self, *args, **options):
        client = redis.Redis()
        with ThreadPoolExecutor(4) as pool:
            while True:
                _, pk = client.blpop("orders")
                future = pool.submit(ship, pk)
                future.add_done_callback(self.done)

    def done(self, future):
        connections.close_all()
