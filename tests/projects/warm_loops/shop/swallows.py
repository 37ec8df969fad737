"""Catches everything and goes on: after a restart of the server no turn works any more."""

import logging
import time

from shop.models import Order


class Poller:
    stopped = False

    def run(self):
        while not self.stopped:  # expect: CL202 info
            try:
                Order.objects.filter(status="new").update(status="seen")
            except Exception:
                logging.exception("poll failed")
            time.sleep(10)
