from django.db import close_old_connections
from django_gearman_commands import GearmanWorkerBaseCommand

from shop.models import Order


class Command(GearmanWorkerBaseCommand):
    @property
    def task_name(self):
        return "archive_orders"

    def do_job(self, job_data):
        close_old_connections()
        Order.objects.filter(pk=int(job_data)).update(status="archived")
        close_old_connections()
