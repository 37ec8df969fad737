import time

from django.core.management.base import BaseCommand

from shop.db import with_connections
from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:
            self.ship()
            time.sleep(600)

    @with_connections
    def ship(self):
        Order.objects.filter(status="paid").update(status="shipped")
