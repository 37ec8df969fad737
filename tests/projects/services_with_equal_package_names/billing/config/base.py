INSTALLED_APPS = ["jobs"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "billing",
        "CONN_MAX_AGE": 60,
    }
}
