import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections, transaction

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:  # expect: CL202 error
            close_old_connections  # expect: CL209
            Order.objects.filter(status="paid").update(status="shipped")
            time.sleep(600)


@transaction.atomic
def archive(order_id):
    order = Order.objects.get(pk=order_id)
    close_old_connections()  # expect: CL204
    order.status = "archived"
    order.save()
