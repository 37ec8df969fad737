import time

from django.core.management.base import BaseCommand
from django.db import transaction

from shop.models import Order


class Command(BaseCommand):
    @transaction.atomic
    def handle(self, *args, **options):
        while True:  # expect: CL109 warning
            for order in Order.objects.filter(shipped=False):
                order.shipped = True
                order.save()
            time.sleep(5)
