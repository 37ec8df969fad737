from multiprocessing import Pool

from django.core.management.base import BaseCommand
from reports.building import build, pending


class Command(BaseCommand):
    def handle(self, *args, **options):
        todo = pending()
        with Pool(processes=4) as pool:  # expect: CL206 error
            pool.map(build, todo)
