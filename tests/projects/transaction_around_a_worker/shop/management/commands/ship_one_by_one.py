import time

from django.core.management.base import BaseCommand
from django.db import transaction

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:  # expect: CL202 info
            with transaction.atomic():
                order = Order.objects.select_for_update().filter(shipped=False).first()
                if order is not None:
                    order.shipped = True
                    order.save()
            time.sleep(5)
