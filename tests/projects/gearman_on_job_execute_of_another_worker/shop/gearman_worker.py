import logging
import os

import django
import gearman

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from shop.models import Order  # noqa: E402

log = logging.getLogger(__name__)


class Worker(gearman.GearmanWorker):
    """Logs every job, and closes nothing."""

    def on_job_execute(self, current_job):
        log.info("%s", current_job.unique)
        return super().on_job_execute(current_job)


def ship(worker, job):  # expect: CL201 error
    Order.objects.filter(pk=int(job.data)).update(status="shipped")
    return "ok"


if __name__ == "__main__":
    worker = Worker(["gearman:4730"])
    worker.register_task("ship", ship)
    worker.work()
