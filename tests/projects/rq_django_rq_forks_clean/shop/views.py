import django_rq
from django.http import HttpResponse

from shop.jobs import ship


def order(request, order_id):
    django_rq.enqueue(ship, order_id)
    return HttpResponse(status=202)
