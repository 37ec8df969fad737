import time

from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    def add_arguments(self, parser):
        parser.add_argument("--refresh", type=float, default=1.0)

    def handle(self, *args, **options):
        refresh = options["refresh"]
        while True:  # expect: CL202 info
            self.stdout.write(str(Order.objects.count()))
            time.sleep(refresh)
