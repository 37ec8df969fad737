import os

import django
import gearman
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from shop.models import Order  # noqa: E402


class Worker(gearman.GearmanWorker):
    """Gives every job a connection that works."""

    def on_job_execute(self, current_job):
        close_old_connections()
        return super().on_job_execute(current_job)


def ship(worker, job):
    Order.objects.filter(pk=int(job.data)).update(status="shipped")
    return "ok"


if __name__ == "__main__":
    worker = Worker(["gearman:4730"])
    worker.register_task("ship", ship)
    worker.work()
