import time

from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        for order in Order.objects.filter(status="shipped").iterator():
            order.status = "archived"
            order.save()
