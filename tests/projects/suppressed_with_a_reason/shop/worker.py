import gearman

from shop.models import Order


def ship(worker, job):  # conn-lint: ignore[CL201] runs once and is restarted by systemd
    Order.objects.filter(pk=int(job.data)).update(status="shipped")
    return "ok"


def archive(worker, job):
    return "ok"  # conn-lint: ignore[CL201] touches nothing  # expect: CL002


if __name__ == "__main__":
    worker = gearman.GearmanWorker(["gearman:4730"])
    worker.register_task("ship", ship)
    worker.register_task("archive", archive)
    worker.work()
