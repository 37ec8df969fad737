INSTALLED_APPS = ["shop"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "HOST": "db.internal",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"isolation_level": "repeatable read"},
    }
}
