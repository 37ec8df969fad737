"""One linted project: its files, its module names, its parsed sources."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from conn_lint.model import Django, Problem, Requirement
from conn_lint.project.modules import Modules
from conn_lint.project.tree import Tree, Unreadable

if TYPE_CHECKING:
    from conn_lint.model import WorkerCommand
    from conn_lint.project.appservers import AppServer
    from conn_lint.project.source import Source
    from conn_lint.project.syntaxtree import SyntaxTree


_RUN_BY_PYTHON = re.compile(rb"#![^\n]*\bpython[0-9.]*\b")


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
        self._trees: dict[str, SyntaxTree | None] = {}
        self._sources: dict[str, Source | None] = {}
        self._app_servers: dict[tuple[WorkerCommand, ...], tuple[AppServer, ...]] = {}

    @cached_property
    def scripts(self) -> frozenset[str]:
        """The files that Python runs by their first line, and whose names do not say so: ``bin/worker``."""
        unnamed = (path for path in self.tree.paths if "." not in path.rpartition("/")[2])
        return frozenset(path for path in unnamed if _RUN_BY_PYTHON.match(self.data(path)))

    def installs(self, name: str, *version: int) -> bool:
        """Whether the release of the distribution ``name`` is ``version`` or later; an open or absent requirement
        counts as the current release."""
        requirement = self.requirements.get(name)
        return requirement is None or requirement.at_least(version) is not False

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

    def syntax_tree(self, path: str) -> SyntaxTree | None:
        """The file ``path`` as ``ast`` has it, for reading function by function; None as ``source``."""
        if path not in self._trees:
            from conn_lint.project.syntaxtree import SyntaxTree

            try:
                tree = self._trees[path] = SyntaxTree(path, self.tree.read(path))
                if tree.older:
                    self.problems.setdefault(path, tree.older)
            except Unreadable as error:
                self.problems[path] = error.problem
                self._trees[path] = None
        return self._trees[path]

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
