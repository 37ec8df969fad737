from django.http import HttpResponse

from shop.models import Order


def order(request, order_id):
    return HttpResponse(Order.objects.get(pk=order_id).status)
