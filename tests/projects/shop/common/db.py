"""Connections of code that runs outside a request."""

import functools
from contextlib import contextmanager

from django.db import close_old_connections, connections


def fresh_connections(function):
    """Run ``function`` as a request is run: old connections are closed before and after it."""

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        close_old_connections()
        try:
            return function(*args, **kwargs)
        finally:
            close_old_connections()

    return wrapper


@contextmanager
def released_connections():
    """Leave no connection behind in this thread."""
    try:
        yield
    finally:
        connections.close_all()
