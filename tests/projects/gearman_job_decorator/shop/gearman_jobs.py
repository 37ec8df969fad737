from django.db import close_old_connections
from django_gearman.decorators import gearman_job

from shop.models import Order


@gearman_job
def ship(order_id):  # expect: CL201 error
    Order.objects.filter(pk=order_id).update(status="shipped")


@gearman_job
def archive(order_id):
    close_old_connections()
    Order.objects.filter(pk=order_id).update(status="archived")


@gearman_job
def add(first, second):
    return first + second
