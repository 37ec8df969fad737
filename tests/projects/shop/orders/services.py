import django_rq
from django.db import transaction
from django.db.models import F

from billing.jobs import capture_payment
from catalog.models import Product
from orders.jobs import archive_order, send_receipt
from orders.models import Order


def place(order):
    """Take the goods from stock and hand over to the workers."""
    with transaction.atomic():
        for line in order.lines.all():
            Product.objects.filter(pk=line.product_id).update(stock=F("stock") - line.quantity)
        order.status = Order.NEW
        order.save()
    transaction.on_commit(lambda: capture_payment.delay(order.pk))
    queue = django_rq.get_queue("default")
    queue.enqueue(send_receipt, order.pk)
    queue.enqueue(archive_order, order.pk)
