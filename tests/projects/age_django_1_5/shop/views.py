from django.http import HttpResponse

from shop.models import Order


def count(request):
    return HttpResponse(str(Order.objects.count()))
