from shop.models import Order
from shop.polling import PollingCommand


class Command(PollingCommand):
    interval = 600

    def poll(self):
        Order.objects.filter(status="paid").update(status="shipped")
