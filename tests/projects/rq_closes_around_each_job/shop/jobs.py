from django.db import close_old_connections

from shop.models import Order


def ship(order_id):
    close_old_connections()
    try:
        Order.objects.filter(pk=order_id).update(status="shipped")
    finally:
        close_old_connections()
