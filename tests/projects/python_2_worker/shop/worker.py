import gearman  # expect: CL001 info
from shop.models import Order


def ship(worker, job):  # expect: CL201 error
    try:
        print "shipping", job.data
        Order.objects.filter(pk=int(job.data)).update(status="shipped")
    except ValueError, error:
        print >>open("/dev/null", "w"), error


gearman.GearmanWorker(["gearman:4730"]).register_task("ship", ship)
