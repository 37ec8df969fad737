"""A thread for ever, and an endless loop in it that stays below the timeout."""

import threading
import time

from shop.models import Order


def beat():
    while True:  # expect: CL202 info
        for status in ("new", "shipped"):
            Order.objects.filter(status=status).count()
        time.sleep(30)


def start():
    threading.Thread(target=beat, daemon=True).start()
