INSTALLED_APPS = ["depot"]
ROOT_URLCONF = "depot.urls"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "depot",
        "CONN_MAX_AGE": 60,
    }
}
