INSTALLED_APPS = ["django_gearman", "shop"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "HOST": "db.internal",
    }
}
