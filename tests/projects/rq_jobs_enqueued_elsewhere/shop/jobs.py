from shop.models import Order


def ship(order_id):  # expect: CL201 warning
    order = Order.objects.get(pk=order_id)
    order.status = "shipped"
    order.save()
