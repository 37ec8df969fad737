import time

from django.core.management.base import BaseCommand

from shop.db import refresh
from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:
            refresh()
            Order.objects.filter(status="paid").update(status="shipped")
            time.sleep(600)
