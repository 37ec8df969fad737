"""Processes and threads out of command lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Django
from conn_lint.project.commands import worker_commands
from conn_lint.project.fleet import process_groups
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree


def groups(tmp_path: Path, command: str, **files: str) -> list[tuple[str, int, int]]:
    (tmp_path / "Procfile").write_text(f"web: {command}\n")
    for name, text in files.items():
        (tmp_path / name.replace("__", ".")).write_text(text)
    project = Project(Tree(str(tmp_path)), {}, Django(None))
    started = project.app_servers(worker_commands(project.tree))
    return [(each.program, each.processes, each.threads) for each in process_groups(started)]


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("gunicorn shop.wsgi", [("gunicorn", 1, 1)]),
        ("gunicorn -w 4 shop.wsgi", [("gunicorn", 4, 1)]),
        ("gunicorn -w4 --threads=8 shop.wsgi", [("gunicorn", 4, 8)]),
        ("exec gunicorn --workers=4 --threads 8 -k gthread shop.wsgi", [("gunicorn", 4, 8)]),
        ("gunicorn -w 2 -w 3 shop.wsgi", [("gunicorn", 3, 1)]),
        ("gunicorn -w $WEB_CONCURRENCY shop.wsgi", []),
        ("gunicorn -w 4 -k gevent shop.wsgi", []),
        ("gunicorn -w 4 --worker-class=uvicorn.workers.UvicornWorker shop.asgi", []),
        ("uwsgi --processes 6 --threads 2 --module shop.wsgi", [("uwsgi", 6, 2)]),
        ("uwsgi --processes=6 --gevent 100", []),
        ("uwsgi -p 3", [("uwsgi", 3, 1)]),
        ("celery -A shop worker -c 10", [("celery", 10, 1)]),
        ("celery -A shop worker --concurrency=10 -P gevent", []),
        ("celery -A shop worker", []),
        ("celery -A shop beat", []),
        ("celery -A worker beat -c 4", []),
        ("celery -A shop worker -P threads -c 10", [("celery", 1, 10)]),
        ("celery -A shop worker -P solo -c 10", [("celery", 1, 1)]),
        ("celery -A shop worker --autoscale=10,3", [("celery", 10, 1)]),
        ("systemctl restart gunicorn", []),
        ("python manage.py runserver", []),
    ],
)
def test_command_lines(tmp_path: Path, command: str, found: list[tuple[str, int, int]]) -> None:
    assert groups(tmp_path, command) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("workers = 3\nthreads = 4\n", [("gunicorn", 3, 4)]),
        ('workers = 3\nworker_class = "gthread"\n', [("gunicorn", 3, 1)]),
        ('workers = 3\nworker_class = "gevent"\n', []),
        ("import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n", []),
        ("workers = 3\nif True:\n    workers = 5\n", []),
        ("workers = (\n", []),
    ],
)
def test_the_configuration_file_of_gunicorn(tmp_path: Path, text: str, found: list[tuple[str, int, int]]) -> None:
    assert groups(tmp_path, "gunicorn -c conf.py shop.wsgi", conf__py=text) == found


def test_the_file_that_gunicorn_looks_for_itself(tmp_path: Path) -> None:
    (tmp_path / "gunicorn.conf.py").write_text("workers = 5\n")
    assert groups(tmp_path, "gunicorn shop.wsgi") == [("gunicorn", 5, 1)]


def test_the_command_line_beats_the_file(tmp_path: Path) -> None:
    assert groups(tmp_path, "gunicorn -c conf.py -w 2 shop.wsgi", conf__py="workers = 5\n") == [("gunicorn", 2, 1)]


def test_a_file_that_is_not_in_the_tree_is_unknown(tmp_path: Path) -> None:
    assert groups(tmp_path, "gunicorn -c /etc/gunicorn.py shop.wsgi") == []


def test_the_configuration_file_of_uwsgi(tmp_path: Path) -> None:
    ini = "[uwsgi]\nprocesses = 4\nthreads = 2\n"
    assert groups(tmp_path, "uwsgi --ini shop.ini", shop__ini=ini) == [("uwsgi", 4, 2)]
    assert groups(tmp_path, "uwsgi --ini shop.ini", shop__ini=f"{ini}gevent = 100\n") == []
    assert groups(tmp_path, "python manage.py migrate", shop__ini=ini) == []
