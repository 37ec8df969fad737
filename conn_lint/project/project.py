"""One linted project: its files, its module names, its parsed sources."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conn_lint.model import Django, Problem, Requirement
from conn_lint.project.modules import Modules
from conn_lint.project.tree import Tree, Unreadable

if TYPE_CHECKING:
    from conn_lint.model import WorkerCommand
    from conn_lint.project.appservers import AppServer
    from conn_lint.project.pieces import Pieces
    from conn_lint.project.source import Source


class Project:
    """What the readers share. Every file is read once and parsed at most once, and only when asked for.

    ``problems`` collects the files that mattered and could not be read, each once, by path.
    """

    def __init__(self, tree: Tree, requirements: dict[str, Requirement], django: Django) -> None:
        self.tree = tree
        self.modules = Modules(tree)
        self.requirements = requirements
        self.django = django
        self.problems: dict[str, Problem] = {}
        self._pieces: dict[str, Pieces | None] = {}
        self._sources: dict[str, Source | None] = {}
        self._app_servers: dict[tuple[WorkerCommand, ...], tuple[AppServer, ...]] = {}

    def source(self, path: str) -> Source | None:
        """The parsed file ``path``; None when it cannot be read or parsed (then it is in ``problems``)."""
        if path not in self._sources:
            from conn_lint.project.source import load

            try:
                self._sources[path] = load(self.tree, path)
            except Unreadable as error:
                self.problems[path] = error.problem
                self._sources[path] = None
        return self._sources[path]

    def pieces(self, path: str) -> Pieces | None:
        """The file ``path`` for reading function by function; None as ``source``."""
        if path not in self._pieces:
            from conn_lint.project.pieces import Pieces

            try:
                pieces = self._pieces[path] = Pieces(path, self.tree.read(path))
                if pieces.older:
                    self.problems.setdefault(path, pieces.older)
            except Unreadable as error:
                self.problems[path] = error.problem
                self._pieces[path] = None
        return self._pieces[path]

    def data(self, path: str) -> bytes:
        """The bytes of ``path``; empty when it cannot be read (then it is in ``problems``)."""
        try:
            return self.tree.read(path)
        except Unreadable as error:
            self.problems[path] = error.problem
            return b""

    def app_servers(self, commands: tuple[WorkerCommand, ...]) -> tuple[AppServer, ...]:
        """The servers that ``commands`` and configuration files start; their files are read once."""
        if commands not in self._app_servers:
            from conn_lint.project.appservers import app_servers

            self._app_servers[commands] = app_servers(self, commands)
        return self._app_servers[commands]
