"""Application servers: command lines and configuration files, read together."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Django, Span, WorkerCommand
from conn_lint.project.appservers import AppServer
from conn_lint.project.project import Project
from conn_lint.project.tree import Tree


def servers(root: Path, command: str = "", files: dict[str, str] | None = None) -> list[AppServer]:
    """The servers of a tree with ``files``, and a Procfile with ``command`` where one is given."""
    for name, text in {"Procfile": f"web: {command}\n", **(files or {})}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    started = (WorkerCommand(tuple(command.split()), Span("Procfile", 1)),) if command else ()
    return list(Project(Tree(str(root)), {}, Django(None)).app_servers(started))


def texts(server: AppServer) -> dict[str, str | None]:
    return {name: setting.text for name, setting in server.settings.items()}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("workers = 3\n", "3"),
        ("workers: int = 3\n", "3"),
        ("COUNT = 2\nworkers = COUNT * 2 + 1\n", "5"),
        ("workers = int('3')\n", "3"),
        ("workers = 3\nworkers = 4\n", "4"),
        ("import multiprocessing\nworkers = multiprocessing.cpu_count() * 2 + 1\n", None),
        ("workers = 3\nworkers += 1\n", None),
        ("workers = 3\nif DEBUG:\n    workers = 1\n", None),
        ("try:\n    workers = 3\nfinally:\n    pass\n", None),
        ("workers, threads = 3, 4\n", None),
        ("workers = None\n", None),
    ],
)
def test_gunicorns_file_is_read_as_python(tmp_path: Path, text: str, found: str | None) -> None:
    (server,) = servers(tmp_path, files={"gunicorn.conf.py": text})
    assert texts(server)["workers"] == found
    assert not server.started


def test_functions_of_gunicorns_file_set_nothing(tmp_path: Path) -> None:
    hook = "def on_starting(server):\n    workers = 3\n"
    assert servers(tmp_path, files={"gunicorn.conf.py": hook}) == []
    assert servers(tmp_path, files={"gunicorn.conf.py": '"""\nworker_class = "gevent"\n"""\n'}) == []


@pytest.mark.parametrize(
    "value",
    [
        "os.environ.get('CLASS', 'gevent')",
        "os.getenv('CLASS') or 'gevent'",
        "str(env('CLASS', default='gevent'))",
    ],
)
def test_the_default_of_an_environment_variable_is_no_value(tmp_path: Path, value: str) -> None:
    (server,) = servers(tmp_path, files={"gunicorn.conf.py": f"worker_class = {value}\n"})
    assert texts(server) == {"worker-class": None}
    assert (server.text("worker-class"), server.concurrency) == ("gevent", "greenlets")


def test_the_command_line_beats_the_environment_and_that_the_file(tmp_path: Path) -> None:
    files = {
        "conf.py": "workers = 2\nthreads = 2\npreload_app = True\nworker_class = 'gthread'\n",
        "Procfile": "GUNICORN_CMD_ARGS='--threads 5 -w 5' web: gunicorn\n",
    }
    (server,) = servers(tmp_path, "gunicorn -c conf.py -w 9 site.wsgi", files)
    assert texts(server) == {
        "workers": "9", "threads": "5", "preload": "True", "worker-class": "gthread", "config": "conf.py"
    }  # fmt: skip
    assert server.place_of("preload") == Span("conf.py", 3)
    assert server.place_of("workers") == Span("Procfile", 1)
    assert server.arguments == ("site.wsgi",)


def test_web_concurrency_is_the_default_of_workers(tmp_path: Path) -> None:
    files = {"Procfile": "WEB_CONCURRENCY=6 gunicorn\n"}
    assert servers(tmp_path, "gunicorn site.wsgi", files)[0].number("workers", 1) == 6
    assert servers(tmp_path, "gunicorn -w 2 site.wsgi", files)[0].number("workers", 1) == 2
    files = {"Procfile": "WEB_CONCURRENCY=${CORES} gunicorn\n"}
    assert servers(tmp_path, "gunicorn site.wsgi", files)[0].number("workers", 1) is None


def test_a_file_that_is_not_there_leaves_the_rest_unknown(tmp_path: Path) -> None:
    (server,) = servers(tmp_path, "gunicorn -c /etc/gunicorn.py --threads 3 site.wsgi")
    assert (server.number("workers", 1), server.number("threads", 1), server.concurrency) == (None, 3, "unknown")
    (server,) = servers(tmp_path, "uwsgi --ini /etc/uwsgi.ini -p 3")
    assert (server.number("processes", 1), server.number("threads", 1)) == (3, None)


def test_a_path_in_a_container_means_the_file_whose_path_ends_so(tmp_path: Path) -> None:
    files = {"deploy/conf.py": "workers = 2\n"}
    assert servers(tmp_path, "gunicorn -c /app/deploy/conf.py site.wsgi", files)[0].number("workers", 1) == 2


UWSGI = {
    "uwsgi.ini": "[uwsgi]\n; the site\nprocesses = 4\nmaster = true\n# gevent = 100\n[other]\nthreads = 9\n",
    "uwsgi.yaml": "uwsgi:\n  processes: 4 # of them\n  master: true\nother:\n  threads: 9\n",
    "uwsgi.xml": "<config><uwsgi><processes>4</processes><master/></uwsgi><other><threads>9</threads></other></config>",
    "uwsgi.json": '{"uwsgi": {"processes": 4, "master": true}, "other": {"threads": 9}}',
}


@pytest.mark.parametrize("name", UWSGI)
def test_uwsgi_in_four_formats(tmp_path: Path, name: str) -> None:
    (alone,) = servers(tmp_path, files={name: UWSGI[name]})
    (named,) = servers(tmp_path, f"uwsgi {name}")
    (option,) = servers(tmp_path, f"uwsgi --{name.rpartition('.')[2]} {name}")
    for server in (alone, named, option):
        assert (server.number("processes", 1), server.is_on("master"), server.number("threads", 1)) == (4, True, 1)
        assert server.concurrency == "threads"


def test_uwsgi_reads_options_and_files_in_their_order(tmp_path: Path) -> None:
    files = {"uwsgi.ini": "[uwsgi]\nworkers = 4\n"}
    assert servers(tmp_path, "uwsgi --ini uwsgi.ini -p 8", files)[0].number("processes", 1) == 8
    assert servers(tmp_path, "uwsgi -p 8 --ini uwsgi.ini", files)[0].number("processes", 1) == 4


def test_uwsgi_reads_another_section_and_included_files(tmp_path: Path) -> None:
    files = {
        "uwsgi.ini": "[uwsgi]\nprocesses = 4\n[live]\nini = base.ini\nprocesses = 8\n",
        "base.ini": "[uwsgi]\nprocesses = 2\nthreads = 3\nini = uwsgi.ini:live\n",
    }
    (server,) = servers(tmp_path, "uwsgi --ini uwsgi.ini:live", files)
    assert (server.settings["processes"].text, server.settings["threads"].text) == ("8", "3")
    assert not server.whole  # the file that includes itself


@pytest.mark.parametrize(
    "lines",
    ["processes = %(cores)", "processes = $(CORES)", "processes = %k", "if-env = LIVE\nprocesses = 8\nend-if ="],
)
def test_what_uwsgi_computes_is_unknown(tmp_path: Path, lines: str) -> None:
    (server,) = servers(tmp_path, files={"uwsgi.ini": f"[uwsgi]\n{lines}\n"})
    assert server.settings["processes"].text is None
    assert server.number("processes", 1) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("uwsgi.xml", "<uwsgi><processes>"),
        ("uwsgi.xml", '<!DOCTYPE u [<!ENTITY e "4">]><uwsgi><processes>&e;</processes></uwsgi>'),
        ("uwsgi.json", '{"uwsgi": '),
        ("uwsgi.json", "[1]"),
        ("conf.py", "workers = ("),
    ],
)
def test_a_broken_file_leaves_everything_unknown(tmp_path: Path, name: str, text: str) -> None:
    program = "gunicorn -c" if name == "conf.py" else "uwsgi"
    (server,) = servers(tmp_path, f"{program} {name}", {name: text})
    assert not server.whole
    assert server.number("threads", 1) is None


@pytest.mark.parametrize(
    ("command", "concurrency"),
    [
        ("gunicorn site.wsgi", "threads"),
        ("gunicorn -k sync site.wsgi", "threads"),
        ("gunicorn -k uvicorn.workers.UvicornWorker site.asgi", "asgi"),
        ("gunicorn -k tornado site.wsgi", "unknown"),
        ("gunicorn -k $CLASS site.wsgi", "unknown"),
        ("uwsgi --gevent 100", "greenlets"),
        ("uwsgi --asyncio 100", "unknown"),
        ("celery -A site worker", "threads"),
        ("celery -A site worker -P eventlet", "greenlets"),
        ("uvicorn site.asgi:application", "asgi"),
        ("granian --interface wsgi site.wsgi", "threads"),
    ],
)
def test_what_serves_several_requests_at_once(tmp_path: Path, command: str, concurrency: str) -> None:
    assert servers(tmp_path, command)[0].concurrency == concurrency
