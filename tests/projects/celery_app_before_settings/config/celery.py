import os

from celery import Celery

app = Celery("shop")  # expect: CL212 error

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
