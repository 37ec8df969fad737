"""Which web servers a project's files start, as far as it matters to persistent connections.

Measured with Django 5.2: under an ASGI server and under gevent every request runs in a thread (greenlet) of its
own, so a connection that is kept after a request is never used again. Django gives each ASGI request a thread of
its own since 4.0 (``ThreadSensitiveContext`` in ``django/core/handlers/asgi.py``).
"""

from __future__ import annotations

import re

from conn_lint.model import Span, WebServer, WorkerCommand
from conn_lint.project.project import Project

ASGI_SERVERS = frozenset(("daphne", "granian", "hypercorn", "uvicorn"))
WSGI_SERVERS = frozenset(("gunicorn", "mod_wsgi-express", "uwsgi", "waitress-serve"))

_APPLICATION = re.compile(r"([A-Za-z_][\w.]*):[A-Za-z_]\w*(?:\(\))?$")
_GUNICORN_CLASS = re.compile(rb"^worker_class\s*=\s*(?:[\w.]+\([^)]*,\s*)?[\"']([\w.:#]+)[\"']", re.MULTILINE)
_UWSGI_GEVENT = re.compile(rb"^\s*gevent\s*=\s*\d+", re.MULTILINE)
_ASGI_CODE = (b"get_asgi_application", b"ProtocolTypeRouter", b"channels.")


def read_web_servers(project: Project, commands: tuple[WorkerCommand, ...]) -> tuple[WebServer, ...]:
    """The ASGI and greenlet servers that ``commands`` and the servers' own files start.

    Where a WSGI server is started beside an ASGI server, the latter may serve websockets only: it is left out.
    """
    found = [server for command in commands if (server := _of_command(command, project)) is not None]
    found += _of_files(project)
    if any(_serves_wsgi(command) for command in commands) or not project.django.at_least(4, 0):
        found = [server for server in found if server.kind != "asgi"]
    return tuple(sorted(set(found)))


def _of_command(command: WorkerCommand, project: Project) -> WebServer | None:
    program = _program(command.words)
    if program in ASGI_SERVERS:
        wants_wsgi = _option(command.words, "--interface") in ("wsgi", "rsgi")
        if not wants_wsgi and _application_is_asgi(command.words, project):
            return WebServer(program, "asgi", command.place)
    elif program == "gunicorn":
        chosen = _option(command.words, "-k", "--worker-class")
        if _is_greenlet(chosen):
            return WebServer(f"gunicorn -k {chosen}", "greenlets", command.place)
        if _is_asgi_worker(chosen) and _application_is_asgi(command.words, project):
            return WebServer(f"gunicorn -k {chosen}", "asgi", command.place)
    elif program == "uwsgi" and any(word.partition("=")[0] == "--gevent" for word in command.words):
        return WebServer("uwsgi --gevent", "greenlets", command.place)
    return None


def _of_files(project: Project) -> list[WebServer]:
    found = []
    for path in project.tree.paths:
        name = path.rpartition("/")[2]
        if name.endswith(".py") and "gunicorn" in path and b"worker_class" in project.data(path):
            match = _GUNICORN_CLASS.search(project.data(path))
            chosen = match[1].decode() if match else ""
            if match and (_is_greenlet(chosen) or _is_asgi_worker(chosen)):
                place = _line(path, project.data(path), match.start())
                found.append(WebServer(f"gunicorn -k {chosen}", "greenlets" if _is_greenlet(chosen) else "asgi", place))
        elif name.endswith(".ini") and b"[uwsgi]" in project.data(path):
            match = _UWSGI_GEVENT.search(project.data(path))
            if match:
                found.append(WebServer("uwsgi --gevent", "greenlets", _line(path, project.data(path), match.start())))
    return found


def _line(path: str, data: bytes, position: int) -> Span:
    return Span(path, data.count(b"\n", 0, position) + 1)


def _program(words: tuple[str, ...]) -> str:
    """The server that a command runs, whatever runs the server: ``poetry run uvicorn``, ``python -m uvicorn``."""
    for word in words:
        name = word.rpartition("/")[2]
        if name in ASGI_SERVERS or name in WSGI_SERVERS:
            return name
    return ""


def _serves_wsgi(command: WorkerCommand) -> bool:
    program = _program(command.words)
    if program == "gunicorn":
        chosen = _option(command.words, "-k", "--worker-class")
        return not _is_asgi_worker(chosen) and any("wsgi" in word for word in command.words)
    return program in WSGI_SERVERS


def _application_is_asgi(words: tuple[str, ...], project: Project) -> bool:
    """Whether the ``module:name`` among ``words`` is a Django application: another framework's has no requests of
    Django's."""
    for word in words:
        match = _APPLICATION.match(word)
        if match:
            path = project.modules.path_of(match[1])
            if path is not None:
                data = project.data(path)
                return any(marker in data for marker in _ASGI_CODE)
            if match[1].rpartition(".")[2] in ("asgi", "routing"):
                return True
    return False


def _is_greenlet(worker_class: str) -> bool:
    return "gevent" in worker_class or "eventlet" in worker_class


def _is_asgi_worker(worker_class: str) -> bool:
    return "uvicorn" in worker_class or worker_class.endswith(("UvicornWorker", "ASGIWorker"))


def _option(words: tuple[str, ...], *names: str) -> str:
    for position, word in enumerate(words):
        option, _, value = word.partition("=")
        if option in names:
            return value or (words[position + 1] if position + 1 < len(words) else "")
    return ""
