"""The web servers under which persistent connections are never used again."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Django, Requirement, Span, WorkerCommand
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree
from conn_lint.project.webservers import read_web_servers

ASGI = "from django.core.asgi import get_asgi_application\napplication = get_asgi_application()\n"


def servers(root: Path, *commands: str, django: str = "", files: dict[str, str] | None = None) -> list[tuple[str, str]]:
    """(name, kind) of the servers that ``commands`` and the files of a small site start."""
    site = {"site/__init__.py": "", "site/asgi.py": ASGI, "api.py": "app = FastAPI()\n"} | (files or {})
    for name, text in site.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    version = tuple(map(int, django.split("."))) if django else None
    wanted = Requirement("django", version, None, None, Span("requirements.txt", 1)) if version else None
    project = Project(Tree(str(root)), {}, Django(wanted))
    started = tuple(WorkerCommand(tuple(line.split()), Span("Procfile", n)) for n, line in enumerate(commands, 1))
    return [(server.name, server.kind) for server in read_web_servers(project, project.app_servers(started))]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("uvicorn site.asgi:application --port 80", [("uvicorn", "asgi")]),
        ("/venv/bin/uvicorn site.asgi:application", [("uvicorn", "asgi")]),
        ("poetry run uvicorn site.asgi:application", [("uvicorn", "asgi")]),
        ("python -m uvicorn site.asgi:application", [("uvicorn", "asgi")]),
        ("daphne -b 0.0.0.0 site.asgi:application", [("daphne", "asgi")]),
        ("hypercorn site.asgi:application", [("hypercorn", "asgi")]),
        ("granian --interface asgi site.asgi:application", [("granian", "asgi")]),
        ("gunicorn site.asgi:application -k uvicorn.workers.UvicornWorker", [("gunicorn -k uvicorn.workers.UvicornWorker", "asgi")]),
        ("gunicorn --worker-class=gevent site.wsgi", [("gunicorn -k gevent", "greenlets")]),
        ("gunicorn -k eventlet site.wsgi", [("gunicorn -k eventlet", "greenlets")]),
        ("uwsgi --http :80 --gevent 100 --module site.wsgi", [("uwsgi --gevent", "greenlets")]),
        ("daphne elsewhere.asgi:application", [("daphne", "asgi")]),
        ("uvicorn api:app", []),
        ("uvicorn elsewhere.main:app", []),
        ("granian --interface wsgi site.wsgi:application", []),
        ("gunicorn site.wsgi", []),
        ("gunicorn -k gthread site.wsgi", []),
        ("uwsgi --http :80 --threads 4 --module site.wsgi", []),
        ("python manage.py runserver", []),
    ],
)  # fmt: skip
def test_a_command(tmp_path: Path, command: str, found: list[tuple[str, str]]) -> None:
    assert servers(tmp_path, command) == found


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("gunicorn.conf.py", 'worker_class = "gevent"\n', [("gunicorn -k gevent", "greenlets")]),
        ("deploy/gunicorn_conf.py", "worker_class = 'uvicorn.workers.UvicornWorker'\n", [("gunicorn -k uvicorn.workers.UvicornWorker", "asgi")]),
        ("gunicorn.conf.py", 'worker_class = "gthread"\n', []),
        ("gunicorn.conf.py", '# worker_class = "gevent"\n', []),
        ("uwsgi.ini", "[uwsgi]\ngevent = 100\n", [("uwsgi --gevent", "greenlets")]),
        ("uwsgi.ini", "[uwsgi]\nthreads = 4\n", []),
        ("other.ini", "[app]\ngevent = 100\n", []),
    ],
)  # fmt: skip
def test_a_file_of_the_server(tmp_path: Path, name: str, text: str, found: list[tuple[str, str]]) -> None:
    assert servers(tmp_path, files={name: text}) == found


def test_one_thread_serves_all_asgi_requests_before_django_4(tmp_path: Path) -> None:
    commands = ("uvicorn site.asgi:application", "gunicorn -k gevent site.wsgi")
    assert servers(tmp_path, commands[0], django="3.2") == []
    assert servers(tmp_path, commands[0], django="4.0") == [("uvicorn", "asgi")]
    assert servers(tmp_path, commands[1], django="3.2") == [("gunicorn -k gevent", "greenlets")]


def test_an_asgi_server_beside_a_wsgi_server_may_serve_websockets_only(tmp_path: Path) -> None:
    assert servers(tmp_path, "gunicorn site.wsgi", "daphne site.asgi:application") == []
    assert servers(tmp_path, "gunicorn api:app", "daphne site.asgi:application") == [("daphne", "asgi")]
