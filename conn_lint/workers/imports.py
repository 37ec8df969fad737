"""Queries that the import of a module makes: in the process that imports, which may be one that forks later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial

from conn_lint.model import Observation, Place, WorkerCommand
from conn_lint.project.commandline import program_of
from conn_lint.project.project import Project
from conn_lint.workers import django
from conn_lint.workers import facts as f
from conn_lint.workers import values as v
from conn_lint.workers.atimport import IMPORT_WORDS, may_query_when_ready, only_makes, uses_at_import
from conn_lint.workers.django import CLOSE_WORDS
from conn_lint.workers.effects import Effect
from conn_lint.workers.entrypoints import Finder
from conn_lint.workers.extract import MODULE
from conn_lint.workers.graph import Graph
from conn_lint.workers.paths import CLOSE, Query
from conn_lint.workers.prefilter import may_hold_units
from conn_lint.workers.scope import Scope
from conn_lint.workers.symbols import ClassSymbol, FunctionSymbol

_SCRIPT = re.compile(r"(^|/)(scripts?|bin|examples?|samples?|tools|fixtures|management/commands)/")
_LOADED = frozenset(
    "__init__ admin api apps asgi celery choices constants filters forms models serializers signals tasks urls utils"
    " views wsgi".split()
)
"""Modules that Django, the application server or the usual neighbours import."""


def observe_imports(finder: Finder, commands: tuple[WorkerCommand, ...]) -> None:
    """Note the first query that each module makes when it is imported, and each ``AppConfig.ready()``. The detail
    says which of the two, and ``forks`` when a process of the project is known to fork after that, to serve
    ``requests`` or for its ``jobs``."""
    project = finder.graph.project
    homes = tuple(
        each.removesuffix("manage.py") for each in project.tree.paths if each.rpartition("/")[2] == "manage.py"
    )
    forking: tuple[Place, ...] | None = None
    for path in finder.graph.index.words.files(*IMPORT_WORDS):
        if _SCRIPT.search(path):
            continue
        data = project.data(path)
        found = [*_at_import(finder, path, data), *_when_ready(finder, path, data)]
        for kind, query, function in found:
            forking = forking_server(project, commands) if forking is None else forking
            forks = forking if forking and _together(homes, path, forking[0].span.path) else ()
            places = (*query.places[1:], *forks)
            detail = f"{kind} forks {'jobs' if forks[0].label.startswith('rq ') else 'requests'}" if forks else kind
            span = query.places[0].span
            finder.observations.setdefault(
                ("query-at-import", span.path, span.line),
                Observation("query-at-import", span, function, places, detail),
            )


def _together(homes: tuple[str, ...], path: str, server: str) -> bool:
    """Whether a file and the command line of a server may belong to one project, where the tree has several: each
    lies below its manage.py, the folders of which are ``homes``."""
    own, its = (max((home for home in homes if file.startswith(home)), key=len, default="") for file in (path, server))
    return own == its or not own or not its


def _at_import(finder: Finder, path: str, data: bytes) -> Iterator[tuple[str, Query, str | None]]:
    uses = tuple(uses_at_import(data, partial(_makes_querysets, finder.graph)))
    if not uses or b"django.setup()" in data or not _is_imported(finder.graph, path):
        return
    facts = finder.graph.facts(path)
    if facts is None:
        return
    finder.importing = True
    effect = finder.body(_that_may_query(facts, data, uses), Scope(facts, facts.functions[MODULE], None))
    finder.importing = False
    query = _left_open(effect)
    if query is not None:
        yield "module", query, None


def _makes_querysets(graph: Graph, name: bytes) -> bool:
    """Whether the tree has functions ``name`` at the top of its modules, each of which makes querysets and looks at
    none."""
    function = re.compile(rb"^def %s\(.*\n(?:(?:[ \t)].*)?\n)*" % name, re.MULTILINE)
    data = graph.project.data
    found = [text for path in graph.index.words.files(b"def %s(" % name) for text in function.findall(data(path))]
    return bool(found) and all(map(only_makes, found))


def _that_may_query(facts: f.FileFacts, data: bytes, uses: tuple[int, ...]) -> f.Body:
    """The statements of a module without those that hold none of ``uses``, unless it closes somewhere."""
    body = facts.functions[MODULE].body
    if any(word in data for word in CLOSE_WORDS):
        return body
    lines = [data.count(b"\n", 0, at) + 1 for at in uses]
    return tuple(
        each
        for each in body
        if isinstance(each, (f.Local, f.Define)) or any(each.span.line <= line <= each.span.end_line for line in lines)
    )


def _when_ready(finder: Finder, path: str, data: bytes) -> Iterator[tuple[str, Query, str | None]]:
    if not may_query_when_ready(data):
        return
    facts = finder.graph.facts(path)
    for class_ in facts.classes.values() if facts else ():
        owner = ClassSymbol(path, class_.qualname)
        if "ready" in class_.methods and finder.graph.is_a(owner, ".AppConfig"):
            symbol = FunctionSymbol(path, class_.methods["ready"])
            query = _left_open(finder.run(v.Func(symbol, owner), entry=True)[0])
            if query is not None:
                yield "ready", query, symbol.qualname


def _left_open(effect: Effect) -> Query | None:
    """The first query of ``effect`` after which its connection is not closed."""
    for paths in effect.exits.values():
        for path in paths.values():
            closed = CLOSE in (path.tail.before, path.tail.after)
            if path.first is not None and not closed and _surely_queries(path.first):
                return path.first
    return None


def _surely_queries(query: Query) -> bool:
    """Whether it is known to query: a method of a manager of the project's own may as well return a queryset."""
    method = query.what.removeprefix("queries in .").removesuffix("()")
    return method == query.what.removesuffix("()") or method in django.QUERYING | django.INSTANCE_QUERIES


def _is_imported(graph: Graph, path: str) -> bool:
    """Whether Django or a module of the tree imports ``path``: a script that is run is its own process."""
    project, name = graph.project, path.removesuffix(".py").rpartition("/")[2]
    if name in _LOADED:
        return True
    word = name.encode()
    pattern = re.compile(
        rb"^\s*(?:from\s+\S*\b%s\s+import\b|from\s+\S+\s+import\b.*\b%s\b|import\s.*\b%s\b)" % (word, word, word),
        re.MULTILINE,
    )
    apart = (each for each in project.tree.paths if each.endswith(".py") and not may_hold_units(each))
    return any(
        word in project.data(each) and pattern.search(project.data(each))
        for each in (*graph.index.words.files(word), *apart)
        if each != path
    )


def forking_server(project: Project, commands: tuple[WorkerCommand, ...]) -> tuple[Place, ...]:
    """Where the project starts something that loads it and forks afterwards, keeping the connections.

    gunicorn with preload_app (23.0 arbiter.py ``Arbiter.setup``), uWSGI with a master or several processes and
    without lazy-apps (2.0 core/uwsgi.c ``uwsgi_setup``, ``uwsgi_run``), a master of one process apart: that shares
    with nobody who queries; rq's own ``rq worker``. ``manage.py rqworker`` and Celery's Django fixup close first."""
    for server in project.app_servers(commands):
        if server.program == "gunicorn" and server.is_on("preload"):
            return (Place(server.place_of("preload"), "gunicorn loads the project, then forks"),)
        if (
            server.program == "uwsgi"
            and server.whole
            and not (server.may_be_on("lazy") or server.may_be_on("lazy-apps"))
        ):
            open_ = any(word.startswith("$") for word in server.arguments)  # which may be options as well
            if server.is_on("master") and (open_ or server.number("processes", None) != 1):
                return (Place(server.place_of("master"), "uWSGI loads the project, then forks"),)
            if server.number("processes", 1) != 1:
                return (Place(server.place_of("processes"), "uWSGI loads the project, then forks"),)
    for command in commands:
        if "worker" in program_of(command.words, ("rq",))[1]:
            return (Place(command.place, "rq loads the jobs' modules, and forks for each job"),)
    return ()
