from django_rq import job

from billing.services import capture
from orders.models import Order


@job("billing")
def capture_payment(order_id):  # expect: CL201 error
    capture(Order.objects.get(pk=order_id))
