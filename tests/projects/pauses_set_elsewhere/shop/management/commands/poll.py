"""Thirty seconds keep the connection warm: measured with a timeout of 2 s and pauses of 1 s."""

import time

from django.conf import settings
from django.core.management.base import BaseCommand

from shop.models import Order


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:  # expect: CL202 info
            Order.objects.filter(status="new").update(status="seen")
            time.sleep(settings.POLL_SECONDS)
