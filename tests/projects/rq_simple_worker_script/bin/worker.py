#!/usr/bin/env python
import os
import sys

import django
from redis import Redis
from rq import Queue, SimpleWorker

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
django.setup()

if __name__ == "__main__":
    connection = Redis()
    SimpleWorker([Queue("orders", connection=connection)], connection=connection).work()
