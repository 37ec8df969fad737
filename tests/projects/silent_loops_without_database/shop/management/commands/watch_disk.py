import shutil
import time

from django.core.management.base import BaseCommand


class Command(BaseCommand):
    def handle(self, *args, **options):
        while True:
            usage = shutil.disk_usage("/")
            self.stdout.write(str(usage.free))
            time.sleep(60)
