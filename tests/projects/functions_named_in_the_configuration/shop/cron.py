"""Called by name from the company's own scheduler, which keeps its table elsewhere."""

from shop.models import Order


def nightly_totals():  # expect: CL201
    return sum(order.total for order in Order.objects.all())


def paid():
    return Order.objects.filter(status="paid").count()
