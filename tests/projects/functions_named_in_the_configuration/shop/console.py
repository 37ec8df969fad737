import time

from shop.cron import paid


def watch():
    """Typed into a shell by somebody who watches."""
    while True:
        print(paid())
        time.sleep(3600)
