INSTALLED_APPS = ["reports"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "reports",
    }
}
