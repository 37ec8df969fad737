INSTALLED_APPS = ["django_dramatiq", "shop"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "HOST": "db.internal",
        "CONN_MAX_AGE": 60,
    }
}

DRAMATIQ_BROKER = {
    "BROKER": "dramatiq.brokers.redis.RedisBroker",
    "OPTIONS": {"url": "redis://queue.internal:6379"},
    "MIDDLEWARE": [
        "dramatiq.middleware.AgeLimit",
        "dramatiq.middleware.Retries",
        "shop.middleware.FreshConnections",
    ],
}
