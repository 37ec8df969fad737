import time

from django.core.management.base import BaseCommand
from django.db import close_old_connections


class PollingCommand(BaseCommand):
    interval = 60

    def poll(self):
        raise NotImplementedError

    def handle(self, *args, **options):
        while True:
            close_old_connections()
            self.poll()
            time.sleep(self.interval)
