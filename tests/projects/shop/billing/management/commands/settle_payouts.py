import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from billing.services import settle_open_payouts


class Command(BaseCommand):
    help = "Settle open payouts, every hour."

    def handle(self, *args, **options):
        while True:
            close_old_connections()
            settle_open_payouts()
            close_old_connections()
            time.sleep(3600)
