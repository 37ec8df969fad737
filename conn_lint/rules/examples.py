"""Files that the examples of several rules share."""

from __future__ import annotations


def settings(*lines: str) -> str:
    """A settings module with one MySQL database and ``lines`` in it."""
    inside = "".join(f"        {line}\n" for line in lines)
    return f'DATABASES = {{\n    "default": {{\n        "ENGINE": "django.db.backends.mysql",\n{inside}    }}\n}}\n'


POSTGRES = 'DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None}}\n'

SHORT_TIMEOUT = "[mysqld]\nwait_timeout = 10\ninteractive_timeout = 10\n"

MYCNF = ("--mycnf", "my.cnf")

SIMPLE_WORKER = "worker: python manage.py rqworker --worker-class rq.SimpleWorker default\n"
FORKING_WORKER = "worker: python manage.py rqworker default\n"
DJANGO_RQ = "Django==5.2\ndjango-rq==3.0.0\nrq==2.6.0\nmysqlclient==2.2.7\n"
