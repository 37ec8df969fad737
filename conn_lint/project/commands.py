"""The command lines with which a project starts its processes, from the files that deploy it.

Read are Procfiles, supervisord programs, systemd units, Dockerfiles, shell scripts, and ``command``,
``args`` and ``entrypoint`` of compose files and Kubernetes manifests. Documentation is not: what a README
shows is not what runs.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from conn_lint.model import Problem, Span, WorkerCommand
from conn_lint.project import deployfiles
from conn_lint.project.tree import Tree, Unreadable

PROGRAMS = frozenset(
    "arq celery celeryd daphne dramatiq dramatiq-gevent faust gunicorn huey_consumer hypercorn nameko rq rqscheduler"
    " rqworker taskiq uvicorn uwsgi waitress-serve".split()
)
"""Programs that serve or work for ever. A command counts when it names one of these or runs Python."""

_HINTS = (".py", "python", "django-admin", *sorted(PROGRAMS))
"""What a text has to contain to be worth splitting into words."""

_ASSIGNMENT = re.compile(r"[A-Za-z_][A-Za-z0-9_]*=")
_WRAPPERS = frozenset("-- command do dumb-init else env exec nohup setsid sudo then time tini".split())
_SPEAKERS = frozenset(
    "[ [[ apk apt apt-get cat chown cp dnf echo grep kill killall ln mkdir mv pgrep pip pip3 pkill printf ps rm service"
    " supervisorctl systemctl tail test touch which yum".split()
)
"""Commands that only name what they do not start."""
_SHELLS = frozenset("ash bash dash sh zsh".split())


def worker_commands(tree: Tree, problems: dict[str, Problem] | None = None) -> tuple[WorkerCommand, ...]:
    """Every command line in the deployment files of ``tree`` that starts a worker, a server or a Python script.

    ``words`` are the command's own, without the variable assignments and wrappers such as ``exec`` before
    it; nothing is expanded. Deployment files that cannot be read are added to ``problems`` by path.
    """
    found: list[WorkerCommand] = []
    for path in tree.paths:
        form = deployfiles.form_of(path)
        if form is None:
            continue
        try:
            data = tree.read(path)
        except Unreadable as error:
            if problems is not None and form.sure:
                problems[path] = error.problem
            continue
        if any(marker in data for marker in form.markers):
            lines = data.decode("utf-8-sig", "replace").splitlines()
            for line in form.read(lines):
                place = _place(path, lines, line)
                found += (WorkerCommand(words, place) for words in commands_in(line.text))
    return tuple(found)


def _place(path: str, lines: list[str], command: deployfiles.CommandLine) -> Span:
    first, last = lines[command.first - 1], lines[command.last - 1]
    return Span(path, command.first, len(first) - len(first.lstrip()) + 1, command.last, len(last.rstrip()) + 1)


def commands_in(text: str) -> Iterator[tuple[str, ...]]:
    """The simple commands of one shell command line that start something of the project's."""
    if not any(hint in text for hint in _HINTS):
        return
    lexer = shlex.shlex(text, posix=True, punctuation_chars=";&|")
    lexer.whitespace_split = True
    lexer.commenters = ""
    try:
        tokens = list(lexer)
    except ValueError:  # a quotation that is closed on a later line
        tokens = text.split()
    words: list[str] = []
    for token in [*tokens, ";"]:
        if token.startswith("#") or not token.strip(";&|"):
            yield from _simple(words)
            words = []
            if token.startswith("#"):
                return
        else:
            words.append(token)


def _simple(words: list[str]) -> Iterator[tuple[str, ...]]:
    words = [word.lstrip("(") if "(" not in word[1:] else word for word in words]
    at = 0
    while at < len(words) and (words[at] in _WRAPPERS or not words[at] or _ASSIGNMENT.match(words[at])):
        at += 1
    rest = tuple(word[:-1] if word.endswith(")") and "(" not in word else word for word in words[at:])
    if not rest:
        return
    if _name(rest[0]) in _SHELLS:
        inner = next((n for n, word in enumerate(rest[:-1]) if re.fullmatch(r"-[a-z]*c", word)), None)
        if inner is not None:
            yield from commands_in(rest[inner + 1])
    elif _name(rest[0]) not in _SPEAKERS and starts_python(rest):
        yield rest


def starts_python(words: tuple[str, ...]) -> bool:
    """Whether one of ``words`` is a known program, Python or a Python file."""
    return any(
        name in PROGRAMS or name.endswith(".py") or name.startswith(("python", "django-admin"))
        for name in map(_name, words)
    )


def _name(word: str) -> str:
    return word.rpartition("/")[2]
