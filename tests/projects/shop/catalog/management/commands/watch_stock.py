import time

from django.core.management.base import BaseCommand

from catalog.services import reorder_running_low


class Command(BaseCommand):
    help = "Reorder what is running low, every half an hour."

    def handle(self, *args, **options):
        while True:  # expect: CL202 error
            count = reorder_running_low()
            self.stdout.write(f"{count} products reordered")
            time.sleep(30 * 60)
