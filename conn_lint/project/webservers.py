"""Which web servers a project's files start, as far as it matters to persistent connections.

Measured with Django 5.2: under an ASGI server and under gevent every request runs in a thread (greenlet) of its
own, so a connection that is kept after a request is never used again. Django gives each ASGI request a thread of
its own since 4.0 (``ThreadSensitiveContext`` in ``django/core/handlers/asgi.py``).
"""

from __future__ import annotations

import re

from conn_lint.model import Span, WebServer
from conn_lint.project.appservers import AppServer
from conn_lint.project.project import Project

_APPLICATION = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(\))?$")
_ASGI_CODE = (b"get_asgi_application", b"ProtocolTypeRouter", b"channels.")


def read_web_servers(project: Project, started: tuple[AppServer, ...]) -> tuple[WebServer, ...]:
    """The ASGI and greenlet servers among ``started``.

    Where a WSGI server is started beside an ASGI server, the latter may serve websockets only: it is left out.
    """
    found = [server for each in started if (server := _judged(each, project)) is not None]
    if any(_serves_wsgi(each) for each in started) or not project.django.at_least(4, 0):
        found = [server for server in found if server.kind != "asgi"]
    return tuple(sorted(set(found)))


def _judged(server: AppServer, project: Project) -> WebServer | None:
    if server.program == "celery" or server.concurrency not in ("asgi", "greenlets"):
        return None
    name, place = _name(server)
    if server.concurrency == "greenlets":
        return WebServer(name, "greenlets", place)
    return WebServer(name, "asgi", place) if not server.started or _application_is_asgi(server, project) else None


def _name(server: AppServer) -> tuple[str, Span]:
    """How the server is named to the user, and where that is decided."""
    if server.program == "gunicorn":
        return f"gunicorn -k {server.text('worker-class')}", server.place_of("worker-class")
    if server.program == "uwsgi":
        return "uwsgi --gevent", server.place_of("gevent")
    return server.program, server.place


def _serves_wsgi(server: AppServer) -> bool:
    """Whether a command line starts ``server`` for Django, as far as that shows; a lone file shows nothing."""
    if server.program == "gunicorn":
        return server.concurrency != "asgi" and any("wsgi" in word for word in _applications(server))
    return server.started and server.program in ("mod_wsgi-express", "uwsgi", "waitress-serve")


def _applications(server: AppServer) -> tuple[str, ...]:
    """The words that may name the application."""
    return (*server.arguments, server.text("wsgi-app"))


def _application_is_asgi(server: AppServer, project: Project) -> bool:
    """Whether the ``module:name`` that is served is a Django application: another framework's has no requests of
    Django's."""
    for word in _applications(server):
        match = _APPLICATION.match(word)
        module = match[1] if match else word
        path = project.modules.path_of(module)
        if path is not None:
            data = project.data(path)
            return any(marker in data for marker in _ASGI_CODE)
        if match and module.rpartition(".")[2] in ("asgi", "routing"):
            return True
    return False
