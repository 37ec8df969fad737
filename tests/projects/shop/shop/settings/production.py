import os

from .base import *

ALLOWED_HOSTS = ["shop.example.com"]
SECRET_KEY = os.environ["SECRET_KEY"]
SESSION_COOKIE_SECURE = True

# Connecting costs 4 ms on the production network.
DATABASES["default"]["CONN_MAX_AGE"] = 60 * 60  # expect: CL101 error
