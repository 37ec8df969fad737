import gearman
from django.core.management.base import BaseCommand

from shop.models import Order


def ship(worker, job):  # expect: CL201 error
    Order.objects.filter(pk=int(job.data)).update(status="shipped")
    return "ok"


def echo(worker, job):
    return job.data


class Command(BaseCommand):
    def handle(self, *args, **options):
        worker = gearman.GearmanWorker(["gearman:4730"])
        worker.register_task("ship", ship)
        worker.register_task("echo", echo)
        worker.work()
