import os

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "shop",
        "CONN_MAX_AGE": os.environ.get("CONN_MAX_AGE", 60),  # expect: CL102
    },
    "archive": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "archive",
        "CONN_MAXAGE": 60,  # expect: CL103
    },
    "reporting": {
        "ENGINE": "django.db.backends.mysql",
        "NAME": "reporting",
        "OPTIONS": {
            "charset": "utf8mb4",
            "CONN_MAX_AGE": 60,  # expect: CL103
        },
    },
}
