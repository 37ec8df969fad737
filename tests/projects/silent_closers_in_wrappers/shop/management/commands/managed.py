import time

from django.core.management.base import BaseCommand

from shop.db import ConnectionScope, connections_kept_fresh
from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:
            with connections_kept_fresh():
                Order.objects.filter(status="paid").update(status="shipped")
            time.sleep(600)
            with ConnectionScope():
                Order.objects.filter(status="shipped").update(status="archived")
            time.sleep(600)
