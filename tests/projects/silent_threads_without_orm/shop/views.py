from django.http import HttpResponse

from shop.mail import send_later
from shop.models import Order


def order(request, order_id):
    Order.objects.filter(pk=order_id).update(status="paid")
    send_later("ops@example.com", str(order_id))
    return HttpResponse(status=204)
