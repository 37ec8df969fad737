import dramatiq

from shop.models import Order


@dramatiq.actor
def ship(pk):
    Order.objects.filter(pk=pk).update(status="shipped")
