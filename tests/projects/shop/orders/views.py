from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect

from notifications.outbox import tell_staff
from orders.models import Order
from orders.services import place


@login_required
def checkout(request, order_id):
    order = get_object_or_404(Order, pk=order_id, customer=request.user, status=Order.NEW)
    place(order)
    tell_staff(f"Order {order.pk}")
    return redirect("product-list")
