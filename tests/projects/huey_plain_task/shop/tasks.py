from huey import crontab
from huey.contrib.djhuey import db_task, periodic_task, task

from shop.models import Order


@task()
def ship(order_id):  # expect: CL212 error
    Order.objects.filter(pk=order_id).update(status="shipped")


@db_task()
def archive(order_id):
    Order.objects.filter(pk=order_id).update(status="archived")


@periodic_task(crontab(minute="0"))
def greet():
    print("good morning")
