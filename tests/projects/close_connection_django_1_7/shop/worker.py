import gearman
from django.db import close_connection  # expect: CL213 warning

from shop.models import Order


def ship(worker, job):
    close_connection()
    Order.objects.filter(pk=int(job.data)).update(status="shipped")
    return "ok"


if __name__ == "__main__":
    worker = gearman.GearmanWorker(["gearman:4730"])
    worker.register_task("ship", ship)
    worker.work()
