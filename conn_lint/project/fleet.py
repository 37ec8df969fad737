"""How many processes and threads the project's own command lines start, where they say so in figures.

A command line that leaves a number to a variable or to the count of processors tells a lower bound at most; it is
left out, for a guess about a machine is worth nothing. Sources: gunicorn 23 (``gunicorn/config.py``), uWSGI 2.0
(``core/uwsgi.c``, uwsgi_base_options), Celery 5.5 (``celery/bin/worker.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from conn_lint.model import ProcessGroup, WorkerCommand
from conn_lint.project.tree import Tree, Unreadable

_GREEN = frozenset("eventlet gevent gevent_pywsgi gevent_wsgi tornado".split())


class _Options(NamedTuple):
    """The names that a program gives its numbers, and how many it starts without them."""

    processes: tuple[str, ...]
    threads: tuple[str, ...]
    default: int | None


_PROGRAMS = {
    "gunicorn": _Options(("-w", "--workers"), ("--threads",), 1),
    "uwsgi": _Options(("-p", "--processes", "--workers"), ("--threads",), 1),
    "celery": _Options(("-c", "--concurrency"), (), None),
}


def process_groups(tree: Tree, commands: Iterable[WorkerCommand]) -> tuple[ProcessGroup, ...]:
    """The groups of processes that ``commands`` start; gunicorn's configuration file in Python is read as data."""
    return tuple(group for command in commands for group in _groups(tree, command))


def _groups(tree: Tree, command: WorkerCommand) -> Iterator[ProcessGroup]:
    at = next((n for n, word in enumerate(command.words) if word.rpartition("/")[2] in _PROGRAMS), None)
    if at is None:
        return
    program = command.words[at].rpartition("/")[2]
    if program == "celery" and "worker" not in command.words:
        return
    words, known = command.words[at + 1 :], _PROGRAMS[program]
    settings = _gunicorn_file(tree, words) if program == "gunicorn" else {}
    if _is_green(program, words, settings):
        return
    processes = _number(words, known.processes, settings.get("workers", known.default))
    threads = _number(words, known.threads, settings.get("threads", 1))
    if processes is not None and threads is not None:
        yield ProcessGroup(program, processes, threads, command.place)


def _number(words: tuple[str, ...], names: tuple[str, ...], default: int | None) -> int | None:
    """The last value that the command line gives to an option of ``names``; None where it is not a number."""
    found: str | None = None
    for at, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name in names:
            found = value if equals else next(iter(words[at + 1 : at + 2]), "")
        else:
            short = next((each for each in names if len(each) == 2 and word.startswith(each) and word != each), None)
            found = word[2:] if short and not word.startswith("--") else found
    if found is not None:
        return int(found) if found.isdecimal() else None
    return default


def _is_green(program: str, words: tuple[str, ...], settings: dict[str, int | None]) -> bool:
    """Whether greenlets or an event loop do the work: their number is no number of threads."""
    asked = [word.rpartition("=")[2] for word in words]
    if program == "uwsgi":
        return any(word in ("--gevent", "--asyncio") or word.startswith("--gevent=") for word in words)
    return "worker_class" in settings or any(
        word.rpartition(".")[2] in _GREEN or "uvicorn" in word or word in _GREEN for word in asked
    )


def _gunicorn_file(tree: Tree, words: tuple[str, ...]) -> dict[str, int | None]:
    """``workers`` and ``threads`` of the configuration file that the command line names, or of gunicorn.conf.py;
    a value that is no literal is there as unknown."""
    named = [value for at, word in enumerate(words) if (value := _config_file(words, at, word))]
    path = (named[-1] if named else "gunicorn.conf.py").removeprefix("file:").removeprefix("./")
    candidates = [each for each in tree.paths if each == path or each.endswith(f"/{path.lstrip('/')}")]
    if len(candidates) != 1 or not path.endswith(".py"):
        return {"workers": None} if named else {}
    return _literals(tree, candidates[0])


def _config_file(words: tuple[str, ...], at: int, word: str) -> str:
    name, equals, value = word.partition("=")
    if name in ("-c", "--config"):
        return value if equals else next(iter(words[at + 1 : at + 2]), "")
    return ""


def _literals(tree: Tree, path: str) -> dict[str, int | None]:
    import ast

    try:
        module = ast.parse(tree.read(path))
    except (Unreadable, SyntaxError, ValueError, RecursionError):
        return {"workers": None}
    found: dict[str, int | None] = {}
    for node in (each for each in ast.walk(module) if isinstance(each, ast.Assign)):
        value = node.value.value if isinstance(node.value, ast.Constant) else None
        for name in (target.id for target in node.targets if isinstance(target, ast.Name)):
            if name == "worker_class" and value in ("sync", "gthread"):
                continue
            if name in ("workers", "threads", "worker_class"):
                settled = type(value) is int and node in module.body and name not in found
                found[name] = value if settled and isinstance(value, int) else None
    return found
