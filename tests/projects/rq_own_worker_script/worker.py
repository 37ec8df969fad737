import os

import django
from redis import Redis
from rq import Queue, Worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site_settings")
django.setup()

if __name__ == "__main__":
    connection = Redis()
    Worker([Queue("orders", connection=connection)], connection=connection).work()
