import gearman
from shop.models import Order


def ship(worker, job):
    if job.data  # expect: CL001
        Order.objects.filter(pk=int(job.data)).update(status="shipped")


gearman.GearmanWorker(["gearman:4730"]).register_task("ship", ship)
