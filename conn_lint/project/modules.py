"""Dotted module names to files and back, without importing anything."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cached_property

from conn_lint.project.tree import Tree


class Modules:
    """Resolves module names inside a tree as Python would with the project's usual ``sys.path``.

    Import roots are: the tree itself, ``src``-like folders without an ``__init__.py`` that hold packages,
    and every folder with a ``manage.py``. A name resolves to the first root that has it; where several do, as the
    services of one repository with a ``settings`` each, to the one that the importing file lies in. A copy of Django
    resolves to nothing, as one that is installed: what Django does is known.
    """

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        self.roots = _import_roots(tree)
        self._paths: dict[str, tuple[tuple[str, str], ...]] = {}
        self._bound: dict[str, tuple[str, str]] = {}
        """For the first part of what ``nearest`` returns: the root, and that part as it was written."""
        self._stray: dict[str, str] | None = None

    def path_of(self, dotted: str, near: str = "") -> str | None:
        """The file of module ``dotted`` (``pkg/__init__.py`` for a package), or None when the tree has none.

        ``near`` is the file that names it; ``dotted`` may come from ``nearest``."""
        top = dotted.partition(".")[0]
        if top in self._bound:
            root, name = self._bound[top]
            return dict(self._found(name + dotted[len(top) :])).get(root)
        found = self._found(dotted)
        if near and len(found) > 1:
            return max(found, key=lambda each: len(each[0]) if near.startswith(each[0]) else -1)[1]
        return found[0][1] if found else None

    def nearest(self, dotted: str, near: str) -> str:
        """``dotted`` as the file ``near`` means it: where several roots hold its module and the first is not the one
        of ``near``, with the number of that root before it (``2:shop.models``), by which ``path_of`` finds it."""
        if dotted.partition(".")[0] not in self._shared:
            return dotted
        name = dotted
        while name:
            path, first = self.path_of(name, near), self.path_of(name)
            if path is not None:
                if path == first:
                    return dotted
                root = next(root for root, found in self._found(name) if found == path)
                top = dotted.partition(".")[0]
                bound = f"{self.roots.index(root)}:{top}"
                self._bound[bound] = root, top
                return bound + dotted[len(top) :]
            name = name.rpartition(".")[0]
        return dotted

    def _found(self, dotted: str) -> tuple[tuple[str, str], ...]:
        if dotted not in self._paths:
            self._paths[dotted] = tuple(self._find(dotted))
        return self._paths[dotted]

    def _find(self, dotted: str) -> Iterator[tuple[str, str]]:
        """Each import root that has ``dotted``, and its file there."""
        base = dotted.replace(".", "/")
        for root in () if self._is_django(dotted) else self.roots:
            for candidate in (f"{root}{base}.py", f"{root}{base}/__init__.py"):
                if candidate in self._tree:
                    yield root, candidate
                    break

    def _is_django(self, dotted: str) -> bool:
        return dotted.partition(".")[0] == "django" and self._holds_django

    @cached_property
    def _holds_django(self) -> bool:
        return any(f"{root}django/db/backends/base/base.py" in self._tree for root in self.roots)

    def owns(self, dotted: str) -> bool:
        """Whether module ``dotted`` lies, or would lie, inside the project's own packages."""
        return dotted.partition(".")[0] in self._tops and not self._is_django(dotted)

    @cached_property
    def _tops(self) -> dict[str, set[str]]:
        """The top-level names of the tree, and the roots that hold each."""
        roots = frozenset(self.roots)
        tops: dict[str, set[str]] = {}
        for path in self._tree.paths:
            start = 0
            while path.endswith(".py"):
                end = path.find("/", start)
                if path[:start] in roots:
                    tops.setdefault(path[start : end if end >= 0 else -3], set()).add(path[:start])
                if end < 0:
                    break
                start = end + 1
        return tops

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The top-level names that several roots hold."""
        return frozenset(name for name, roots in self._tops.items() if len(roots) > 1)

    def stray(self, name: str) -> str | None:
        """The only file of the tree called ``name.py``, wherever it lies: for scripts that put folders of their
        own on ``sys.path``. Whether it is what an import means is for the caller to see."""
        if self._stray is None:
            found: dict[str, list[str]] = {}
            for path in self._tree.paths:
                if path.endswith(".py"):
                    found.setdefault(path.rpartition("/")[2][:-3], []).append(path)
            self._stray = {name: paths[0] for name, paths in found.items() if len(paths) == 1}
        return None if name in sys.stdlib_module_names else self._stray.get(name)

    def name_of(self, path: str) -> str:
        """The dotted name of the file ``path``, below the deepest import root that holds it."""
        root = max((root for root in self.roots if path.startswith(root)), key=len, default="")
        parts = path[len(root) :].removesuffix(".py").split("/")
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join(parts)

    def packages_of(self, path: str) -> tuple[str, ...]:
        """The ``__init__.py`` of each package that the file ``path`` lies in, as an import runs them: outermost
        first, without ``path`` itself."""
        name = self.name_of(path)
        folder = path.removesuffix("/__init__.py").rpartition("/")[0]
        found: list[str] = []
        for _ in range(name.count(".")):
            found.insert(0, f"{folder}/__init__.py")
            folder = folder.rpartition("/")[0]
        return tuple(each for each in found if each in self._tree)

    def absolute(self, path: str, level: int, module: str) -> str:
        """The absolute name that ``from <level dots><module> import ...`` in file ``path`` means."""
        if not level:
            return module
        package = self.name_of(path).split(".")
        if not path.endswith("/__init__.py") and path != "__init__.py":
            package = package[:-1]
        package = package[: len(package) - (level - 1)] if level > 1 else package
        return ".".join([*package, *([module] if module else [])])


def _import_roots(tree: Tree) -> tuple[str, ...]:
    packages = {path.rpartition("/")[0] for path in tree.paths if path.endswith("__init__.py")}
    roots = {""}
    for path in tree.paths:
        folder, _, name = path.rpartition("/")
        if name == "manage.py" and folder:
            roots.add(folder + "/")
    for package in packages:
        top = package
        while top and top.rpartition("/")[0] in packages:
            top = top.rpartition("/")[0]
        parent = top.rpartition("/")[0]
        if parent:
            roots.add(parent + "/")
    return tuple(sorted(roots, key=lambda root: (root.count("/"), root)))
