"""The servers and worker programs that a project starts, each with the settings in force.

A command line and the configuration files that it names, or that the program looks for itself, are read together;
configuration files that no command line names stand for a command line that is kept elsewhere. What a number or a
class is worth is for the readers of these facts to say.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from typing import TYPE_CHECKING

from conn_lint.model import Span, WorkerCommand
from conn_lint.project.appservers.lookup import file_named, variable
from conn_lint.project.appservers.server import ASGI_SERVERS, AppServer, Setting, Settings
from conn_lint.project.commandline import options, program_of

if TYPE_CHECKING:
    from conn_lint.project.project import Project

__all__ = ["ASGI_SERVERS", "AppServer", "app_servers"]

_VALUED: dict[str, dict[str, str]] = {
    "celery": {
        "-A": "app",
        "--app": "app",
        "-c": "concurrency",
        "--concurrency": "concurrency",
        "--autoscale": "autoscale",
        "-P": "pool",
        "--pool": "pool",
        "-b": "broker",
        "--broker": "broker",
        "--workdir": "workdir",
    },
    "gunicorn": {
        "-c": "config",
        "--config": "config",
        "-k": "worker-class",
        "--worker-class": "worker-class",
        "-w": "workers",
        "--workers": "workers",
        "--threads": "threads",
    },
    "uwsgi": {
        "-p": "processes",
        "--gevent": "gevent",
        "--asyncio": "asyncio",
        "--async": "async",
        "--ini": "ini",
        "--json": "json",
        "-j": "json",
        "--processes": "processes",
        "--threads": "threads",
        "--workers": "processes",
        "--xml": "xml",
        "-x": "xml",
        "--yaml": "yaml",
        "--yml": "yaml",
        "-y": "yaml",
    },
    "mod_wsgi-express": {},
    "waitress-serve": {"--threads": "threads"},
    **{name: {"--interface": "interface"} for name in ASGI_SERVERS},
}
"""The options with a value that matter here, by program and spelling."""

_FLAGS = {
    "gunicorn": {"--preload": "preload"},
    "uwsgi": {
        "-M": "master",
        **{f"--{name}": name for name in ("master", "lazy", "lazy-apps")},
    },
}

_UWSGI_FORMATS = (".ini", ".json", ".xml", ".yaml", ".yml")
_UWSGI_FILES = frozenset(("ini", "json", "xml", "yaml", "yml", "include"))
"""The options of uWSGI that name a configuration file."""


def app_servers(project: Project, commands: tuple[WorkerCommand, ...]) -> tuple[AppServer, ...]:
    """The servers that ``commands`` start, then those of which only a configuration file is in the tree."""
    claimed: set[str] = set()
    found = [server for command in commands if (server := _of_command(project, command, claimed)) is not None]
    return (*found, *_of_files(project, claimed))


def _of_command(project: Project, command: WorkerCommand, claimed: set[str]) -> AppServer | None:
    program, words = program_of(command.words, _VALUED)
    if program == "gunicorn":
        return _gunicorn(project, command.place, words, claimed)
    if program == "uwsgi":
        return _uwsgi(project, command.place, words, claimed)
    return AppServer(program, *_parsed(program, words, command.place), command.place) if program else None


def _parsed(program: str, words: tuple[str, ...], place: Span) -> tuple[tuple[str, ...], Settings]:
    """The arguments of a command line, and its options."""
    found = tuple(options(words, _VALUED[program], _FLAGS.get(program)))
    arguments = tuple(value for name, value in found if not name)
    return arguments, {name: Setting(value, place) for name, value in found if name}


def _gunicorn(project: Project, place: Span, words: tuple[str, ...], claimed: set[str]) -> AppServer:
    """WEB_CONCURRENCY, then the file, then GUNICORN_CMD_ARGS, then the command line: the last one counts (gunicorn
    23.0 ``app/base.py``, ``Application.load_config``)."""
    from conn_lint.project.appservers import gunicorn

    arguments, given = _parsed("gunicorn", words, place)
    whole = True
    around = variable(project, place.path, "GUNICORN_CMD_ARGS")
    if around is not None:
        given = _parsed("gunicorn", _split(around.text or ""), around.place)[1] | given
        whole = around.text is not None
    name = given["config"].text if "config" in given else None
    path = file_named(project, place, name or gunicorn.DEFAULT_FILE)
    read: Settings | None = None if name else {}
    if path is not None:
        claimed.add(path)
        read = gunicorn.read(path, project.data(path))
    workers = variable(project, place.path, "WEB_CONCURRENCY")
    settings = ({"workers": workers} if workers else {}) | (read or {}) | given
    return AppServer("gunicorn", arguments, settings, place, whole and read is not None)


def _split(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text))
    except ValueError:  # a quotation that is closed elsewhere
        return tuple(text.split())


def _uwsgi(project: Project, place: Span, words: tuple[str, ...], claimed: set[str]) -> AppServer:
    """Options and files in the order in which they stand (uWSGI 2.0 core/uwsgi.c: both are UWSGI_OPT_IMMEDIATE)."""
    found = tuple(options(words, _VALUED["uwsgi"], _FLAGS["uwsgi"]))
    server = AppServer("uwsgi", tuple(value for name, value in found if not name), {}, place)
    for name, value in found:
        if name in _UWSGI_FILES or (not name and value.partition(":")[0].endswith(_UWSGI_FORMATS)):
            server = _with_file(project, server, value, place, claimed, frozenset())
        elif name:
            server.settings[name] = Setting(value, place)
    return server


def _with_file(
    project: Project, server: AppServer, name: str, place: Span, claimed: set[str], opened: frozenset[str]
) -> AppServer:
    """``server`` with the options of the file that uWSGI is told to read at ``place``, and of those it includes;
    ``opened`` are the files that include it."""
    from conn_lint.project.appservers import uwsgi

    name, _, section = name.partition(":")
    path = file_named(project, place, name) if name else None
    entries = uwsgi.read(path, project.data(path), section or "uwsgi") if path and path not in opened else None
    if path is None or entries is None:
        return server._replace(whole=False)
    claimed.add(path)
    for entry in entries:
        at = Span(path, entry.line)
        if entry.name in _UWSGI_FILES:
            server = _with_file(project, server, entry.text or "", at, claimed, opened | {path})
        else:
            spelling = f"--{entry.name}"
            server.settings[_VALUED["uwsgi"].get(spelling, entry.name)] = Setting(entry.text, at)
    return server


def _is_uwsgis(path: str, project: Project) -> bool:
    """Whether a file that nothing names is one of uWSGI's: by its bytes where it ends in .ini, else by its name."""
    if path.endswith(".ini"):
        return b"[uwsgi]" in project.data(path)
    return path.endswith(_UWSGI_FORMATS) and "uwsgi" in path.rpartition("/")[2]


def _of_files(project: Project, claimed: set[str]) -> Iterator[AppServer]:
    for path in project.tree.paths:
        if path in claimed:
            continue
        if path.endswith(".py") and "gunicorn" in path:
            from conn_lint.project.appservers import gunicorn

            settings = gunicorn.read(path, project.data(path))
            if settings:
                yield AppServer("gunicorn", (), settings, Span(path, 1), started=False)
        elif _is_uwsgis(path, project):
            server = AppServer("uwsgi", (), {}, Span(path, 1), started=False)
            server = _with_file(project, server, path, Span(path, 1), claimed, frozenset())
            if server.settings:
                yield server
