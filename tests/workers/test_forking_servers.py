"""What loads the project and forks afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Django, Span, WorkerCommand
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree
from conn_lint.workers.imports import forking_server


def place(root: Path, command: str = "", **files: str) -> str:
    for name, text in files.items():
        (root / name.replace("__", ".")).write_text(text)
    commands = (WorkerCommand(tuple(command.split()), Span("Procfile", 1)),) if command else ()
    found = forking_server(Project(Tree(str(root)), {}, Django(None)), commands)
    return str(found[0].span) if found else ""


@pytest.mark.parametrize(
    ("command", "found"),
    [
        ("gunicorn --preload site.wsgi", "Procfile:1"),
        ("poetry run gunicorn --preload site.wsgi", "Procfile:1"),
        ("gunicorn site.wsgi", ""),
        ("uwsgi --master -p 4", "Procfile:1"),
        ("uwsgi -p 4", "Procfile:1"),
        ("uwsgi -p 1", ""),
        ("uwsgi --http :80", ""),
        ("uwsgi --master -p 4 --lazy-apps", ""),
        ("uwsgi --master -p 1", ""),
        ("uwsgi --master -p $WORKERS", "Procfile:1"),
        ("uwsgi --master -p 1 $OPTIONS", "Procfile:1"),
        ("rq worker default", "Procfile:1"),
        ("python manage.py rqworker", ""),
    ],
)
def test_command_lines(tmp_path: Path, command: str, found: str) -> None:
    assert place(tmp_path, command) == found


def test_files_of_the_servers(tmp_path: Path) -> None:
    assert place(tmp_path, gunicorn__py="bind = ':80'\npreload_app = True\n") == "gunicorn.py:2"
    assert place(tmp_path, gunicorn__py="bind = ':80'\npreload_app = False\n") == ""
    assert place(tmp_path, gunicorn__py="", uwsgi__ini="[uwsgi]\nmaster = true\nprocesses = 4\n") == "uwsgi.ini:2"
    assert place(tmp_path, uwsgi__ini="[uwsgi]\nmaster = true\nlazy-apps = true\n") == ""
    assert place(tmp_path, uwsgi__ini="[uwsgi]\nmaster = true\nlazy-apps = $(LAZY)\n") == ""


def test_the_command_line_and_its_file_are_one(tmp_path: Path) -> None:
    assert place(tmp_path, "uwsgi --ini uwsgi.ini --lazy-apps", uwsgi__ini="[uwsgi]\nprocesses = 4\n") == ""
    assert place(tmp_path, "uwsgi --ini uwsgi.ini", uwsgi__ini="[uwsgi]\nprocesses = 4\n") == "uwsgi.ini:2"
