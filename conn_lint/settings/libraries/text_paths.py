"""Paths that are text, or much like it: path.py (17.1.1, and ``path.path`` before 8), Unipath (1.1), ``environ.Path``
(django-environ 0.14.0).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from conn_lint.settings.folding import fold
from conn_lint.settings.frozen import Declined
from conn_lint.settings.libraries import Model
from conn_lint.settings.objects import Args
from conn_lint.settings.textpath import TextPath
from conn_lint.settings.values import Tree

if TYPE_CHECKING:
    import libcst as cst

    from conn_lint.settings.machine import Machine


def _absolute(path: str) -> str:
    if not posixpath.isabs(path):
        raise Declined("the working directory")
    return posixpath.normpath(path)


class PyPath(TextPath):
    """``path.Path``."""

    PROPERTIES = frozenset("name parent stem suffix".split())
    METHODS = frozenset("absolute abspath basename dirname joinpath normpath realpath".split())

    def __add__(self, more: str) -> PyPath:
        return PyPath(str.__add__(self, more))

    def __truediv__(self, more: str) -> PyPath:
        return PyPath(posixpath.join(self, more))

    def __rtruediv__(self, first: str) -> PyPath:
        return PyPath(posixpath.join(first, self))

    @property
    def parent(self) -> PyPath:
        return self.dirname()

    @property
    def name(self) -> PyPath:
        return self.basename()

    @property
    def stem(self) -> str:
        return posixpath.splitext(self.basename())[0]

    @property
    def suffix(self) -> PyPath:
        return PyPath(posixpath.splitext(self)[1])

    def absolute(self) -> PyPath:
        return PyPath(_absolute(self))

    abspath = realpath = absolute

    def basename(self) -> PyPath:
        return PyPath(posixpath.basename(self))

    def dirname(self) -> PyPath:
        return PyPath(posixpath.dirname(self))

    def joinpath(self, *more: str) -> PyPath:
        return PyPath(posixpath.join(self, *more))

    def normpath(self) -> PyPath:
        return PyPath(posixpath.normpath(self))


class UniPath(TextPath):
    """``unipath.Path``."""

    PROPERTIES = frozenset("ext name parent stem".split())
    METHODS = frozenset("absolute ancestor child norm resolve".split())

    def __new__(cls, *parts: str) -> UniPath:
        if not all(isinstance(part, str) for part in parts):
            raise TypeError
        return super().__new__(cls, posixpath.normpath(posixpath.join(*parts)) if parts else ".")

    def __add__(self, more: str) -> UniPath:
        return UniPath(str.__add__(self, more))

    @property
    def parent(self) -> UniPath:
        return UniPath(posixpath.dirname(self))

    @property
    def name(self) -> UniPath:
        return UniPath(posixpath.basename(self))

    @property
    def stem(self) -> UniPath:
        return UniPath(posixpath.splitext(posixpath.basename(self))[0])

    @property
    def ext(self) -> UniPath:
        return UniPath(posixpath.splitext(self)[1])

    def absolute(self) -> UniPath:
        return UniPath(_absolute(self))

    resolve = absolute

    def norm(self) -> UniPath:
        return self

    def ancestor(self, levels: int) -> UniPath:
        path = self
        for _ in range(min(levels, len(self))):
            path = path.parent
        return path

    def child(self, *names: str) -> UniPath:
        if any("/" in name or name in (".", "..") for name in names):
            raise ValueError
        return UniPath(posixpath.join(self, *names))


class EnvironPath(TextPath):
    """``environ.Path``: no text itself, but taken for one wherever a path is."""

    PROPERTIES = frozenset({"root"})
    METHODS = frozenset({"path"})

    def __new__(cls, start: str = "", *parts: str, is_file: bool = False, required: bool = False) -> EnvironPath:
        first = posixpath.dirname(start) if is_file else start
        return super().__new__(cls, _absolute(posixpath.join(str(first), *map(str, parts))))

    def for_functions(self) -> str:
        return str(self)

    def __call__(self, *parts: str, required: bool = False) -> str:
        return _absolute(posixpath.join(str(self), *parts))

    def __add__(self, more: str) -> EnvironPath:
        return EnvironPath(self, str(more))

    def __sub__(self, more: int | str) -> EnvironPath:
        if isinstance(more, int):
            return EnvironPath(self, "../" * more)
        if isinstance(more, str) and self.endswith(more):
            return EnvironPath(str(self).rstrip(more))
        raise TypeError

    def __invert__(self) -> EnvironPath:
        return EnvironPath(self, "..")

    @property
    def root(self) -> str:
        return str(self)

    def path(self, *parts: str, required: bool = False) -> EnvironPath:
        return EnvironPath(self, *parts)


def _make(name: str, kind: Callable[..., Any]) -> Model:
    def model(machine: Machine, args: Args, node: cst.CSTNode) -> Tree | None:
        names, count = tuple(args.keywords), len(args.positional)

        def make(*values: Any) -> Any:
            return kind(*values[:count], **dict(zip(names, values[count:], strict=True)))

        return fold(machine, node, f"{name}()", make, *args.all())

    return model


ENVIRON_PATH = _make("environ.Path", EnvironPath)

MODELS: dict[str, Model] = {
    "path.Path": _make("path.Path", PyPath),
    "path.path": _make("path.path", PyPath),
    "unipath.FSPath": _make("unipath.FSPath", UniPath),
    "unipath.Path": _make("unipath.Path", UniPath),
}
