from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        last = 0
        while True:
            batch = list(Order.objects.filter(pk__gt=last).order_by("pk")[:500])
            if not batch:
                break
            for order in batch:
                self.stdout.write(f"{order.pk};{order.total}")
            last = batch[-1].pk
