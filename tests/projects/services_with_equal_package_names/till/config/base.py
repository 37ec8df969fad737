INSTALLED_APPS = ["jobs"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "till",
        "CONN_MAX_AGE": 600,  # expect: CL101 error
    }
}
