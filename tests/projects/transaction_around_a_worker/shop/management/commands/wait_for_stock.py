import time

from django.core.management.base import BaseCommand
from django.db import transaction

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        with transaction.atomic():
            order = Order.objects.first()
            while True:  # expect: CL109 warning
                if Order.objects.filter(pk=order.pk, shipped=True).exists():
                    break
                time.sleep(5)
