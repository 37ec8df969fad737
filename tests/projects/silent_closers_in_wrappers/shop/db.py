from contextlib import contextmanager
from functools import wraps

from django.db import close_old_connections


def with_connections(function):
    @wraps(function)
    def wrapper(*args, **kwargs):
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return wrapper


@contextmanager
def connections_kept_fresh():
    close_old_connections()
    try:
        yield
    finally:
        close_old_connections()


class ConnectionScope:
    def __enter__(self):
        close_old_connections()
        return self

    def __exit__(self, *exc_info):
        close_old_connections()
