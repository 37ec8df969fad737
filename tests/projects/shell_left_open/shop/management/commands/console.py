import code

from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    help = "A Python prompt with the shop's models."

    def handle(self, *args, **options):
        code.interact(local={"Order": Order, "open_orders": Order.objects.filter(status="new")})
