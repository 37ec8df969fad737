"""A pause that grows: measured with a timeout of 2 s, the third turn failed."""

import time

from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        pause = 0.5
        while True:  # expect: CL202 warning
            Order.objects.filter(status="old").delete()
            pause = min(pause * 3, 600)
            time.sleep(pause)
