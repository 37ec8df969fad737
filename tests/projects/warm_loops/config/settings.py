INSTALLED_APPS = ["shop"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "HOST": "db.internal",
        "CONN_MAX_AGE": 0,
    }
}

POLL_SECONDS = 30
REPORT_EVERY = 3600
