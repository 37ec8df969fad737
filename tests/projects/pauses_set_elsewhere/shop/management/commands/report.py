import time

from django.conf import settings
from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:  # expect: CL202 error
            self.stdout.write(str(Order.objects.count()))
            time.sleep(settings.REPORT_EVERY)
