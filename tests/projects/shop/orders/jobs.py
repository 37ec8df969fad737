"""What an order sets off; runs in the RQ worker."""

from django.core.mail import send_mail

from common.db import fresh_connections
from orders.models import Order


def send_receipt(order_id):  # expect: CL201 error
    order = Order.objects.select_related("customer").get(pk=order_id)
    send_mail("Your order", f"Thank you. Total: {order.total}", None, [order.customer.email])


@fresh_connections
def archive_order(order_id):
    order = Order.objects.get(pk=order_id)
    order.status = Order.SHIPPED
    order.save()
