from django_gearman_commands import GearmanWorkerBaseCommand

from shop.models import Order


class Command(GearmanWorkerBaseCommand):
    @property
    def task_name(self):
        return "ship_orders"

    def do_job(self, job_data):  # expect: CL201 error
        Order.objects.filter(pk=int(job_data)).update(status="shipped")
