"""Comes to an end by itself: nothing that a restart of the server would find still running days later."""

import time

from shop.models import Order


def wait_for(pk):
    while True:
        if Order.objects.get(pk=pk).status == "shipped":
            break
        time.sleep(5)
