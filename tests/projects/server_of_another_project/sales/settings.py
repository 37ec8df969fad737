INSTALLED_APPS = ["shop"]
ROOT_URLCONF = "shop.urls"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "CONN_MAX_AGE": 60,  # expect: CL004
    }
}
