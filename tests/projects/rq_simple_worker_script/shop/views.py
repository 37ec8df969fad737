from django.http import HttpResponse
from redis import Redis
from rq import Queue

from shop.jobs import ship

queue = Queue("orders", connection=Redis())


def order(request, order_id):
    queue.enqueue(ship, order_id)
    return HttpResponse(status=202)
