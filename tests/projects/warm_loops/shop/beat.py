"""Beat asks its scheduler at least every five minutes."""

from celery.beat import Scheduler

from shop.models import Order


class OrderScheduler(Scheduler):
    def sync(self):  # expect: CL201 info
        Order.objects.filter(status="dirty").update(status="new")
