from celery import shared_task

from config.celery import app
from shop.models import Order


@shared_task
def ship(order_id):  # also: CL101
    Order.objects.filter(pk=order_id).update(status="shipped")


@app.task(bind=True, max_retries=3)
def archive(self, order_id):  # also: CL101
    try:
        Order.objects.filter(pk=order_id).update(status="archived")
    except Order.DoesNotExist as error:
        raise self.retry(exc=error)
