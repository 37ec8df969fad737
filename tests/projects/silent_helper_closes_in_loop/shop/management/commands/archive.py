import time

from django.core.management.base import BaseCommand

from shop.db import Connections
from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:
            try:
                Order.objects.filter(status="shipped").update(status="archived")
            finally:
                Connections.drop()
            time.sleep(600)
