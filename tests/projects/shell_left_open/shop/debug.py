from shop.models import Order


def look(order_id):
    """Stop here and look at an order."""
    import IPython

    order = Order.objects.get(pk=order_id)
    IPython.embed()
    return order
