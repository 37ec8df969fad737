"""The files of the linted tree, read at most once each."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from copy import copy

from conn_lint.model import Problem, Span

SKIPPED_FOLDERS = frozenset("__pycache__ build dist env node_modules site-packages venv virtualenv".split())
"""Folders that hold other people's code or generated files; where git does not say what belongs to the
project they are skipped, and hidden folders and virtual environments as well."""

VENDORED_FOLDERS = frozenset("node_modules site-packages".split())
"""Other people's code even where it is tracked."""

MAX_SOURCE_BYTES = 8_000_000
"""Larger files are data, not code: parsing one would take longer than the rest of the run."""


class Unreadable(Exception):
    """A file that matters cannot be read, decoded or parsed; ``problem`` names the place and the reason."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.span}: {problem.reason}")
        self.problem = problem


class Tree:
    """A folder and its files.

    ``paths`` are relative to ``root``, with forward slashes, sorted. Inside a git work tree they are the
    tracked and staged files (pre-commit does not stash untracked ones, and a scratch file must not block
    a commit); elsewhere every file below ``root`` that is not hidden or vendored.
    """

    def __init__(self, root: str, exclude: tuple[str, ...] = ()) -> None:
        self.root = os.path.abspath(root)
        self.problems: tuple[Problem, ...] = ()
        """Folders that cannot be read."""
        found = _git_files(self.root)
        if found is None:
            found, self.problems = _walk(self.root)
        installed = _installed(self.root, found)
        self.paths = tuple(sorted(path for path in found if path not in installed and _wanted(path, exclude)))
        self.changes: Mapping[str, bytes] = {}
        """What is not on the disk yet, by path."""
        self._known = frozenset(self.paths)
        self._blobs: dict[str, bytes] = {}

    def __contains__(self, path: str) -> bool:
        return path in self._known

    def changed(self, files: Mapping[str, bytes]) -> Tree:
        """This tree with the contents ``files`` in place of those on the disk."""
        tree = copy(self)
        tree.changes = {**self.changes, **files}
        tree._blobs = {**self._blobs, **files}
        return tree

    def read(self, path: str) -> bytes:
        """The bytes of ``path``; raises Unreadable when the file cannot be read or is too large."""
        blob = self._blobs.get(path)
        if blob is None:
            try:
                with open(os.path.join(self.root, path), "rb") as file:
                    blob = file.read(MAX_SOURCE_BYTES + 1)
            except OSError as error:
                raise Unreadable(Problem(Span(path, 1), f"cannot be read: {error.strerror}")) from error
            if len(blob) > MAX_SOURCE_BYTES:
                raise Unreadable(Problem(Span(path, 1), f"is larger than {MAX_SOURCE_BYTES // 1_000_000} MB"))
            self._blobs[path] = blob
        return blob


def _wanted(path: str, exclude: tuple[str, ...]) -> bool:
    if exclude:
        from fnmatch import fnmatch

        if any(fnmatch(path, pattern) or path.startswith(pattern.rstrip("/") + "/") for pattern in exclude):
            return False
    return not any(part in VENDORED_FOLDERS for part in path.split("/")[:-1])


def _installed(root: str, paths: list[str]) -> frozenset[str]:
    """The files among ``paths`` of distributions that were installed into the tree, as ``pip install --target`` does
    for a function of AWS Lambda: what their RECORD lists (PEP 376, PEP 627), relative to the folder that holds it."""
    found: set[str] = set()
    for record in paths:
        if not record.endswith(".dist-info/RECORD"):
            continue
        folder = "".join(record.rpartition("/")[0].rpartition("/")[:2])
        try:
            with open(os.path.join(root, record), encoding="utf-8", errors="replace") as lines:
                found.update(folder + line.partition(",")[0] for line in lines)
        except OSError:
            continue  # nothing says what it installed
    return frozenset(found)


def _git_files(root: str) -> list[str] | None:
    """The tracked files below ``root``, or None when it is not inside a git work tree.

    GIT_INDEX_FILE is inherited: under ``git commit -a`` the index lies elsewhere.
    """
    folder = root
    while not os.path.exists(os.path.join(folder, ".git")):
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent
    try:
        listing = subprocess.run(
            ["git", "ls-files", "-z", "--cached"], cwd=root, capture_output=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        return None
    names = [os.fsdecode(name) for name in listing.split(b"\0") if name]
    if not names:
        return None  # a fresh repository, or a tree that git does not track: look at the files themselves
    return [name for name in names if os.path.isfile(os.path.join(root, name))]


def _walk(root: str) -> tuple[list[str], tuple[Problem, ...]]:
    """The files below ``root``, and the folders that cannot be read."""
    found: list[str] = []
    problems: list[Problem] = []
    pending = [""]
    while pending:
        prefix = pending.pop()
        try:
            entries = list(os.scandir(os.path.join(root, prefix)))
        except OSError as error:
            problems.append(Problem(Span(prefix.rstrip("/") or ".", 1), f"cannot be read: {error.strerror}"))
            continue
        for entry in entries:
            name = prefix + entry.name
            if entry.is_dir(follow_symlinks=False):
                if (
                    not entry.name.startswith(".")
                    and entry.name not in SKIPPED_FOLDERS
                    and not os.path.exists(os.path.join(entry.path, "pyvenv.cfg"))
                ):
                    pending.append(name + "/")
            elif entry.is_file(follow_symlinks=False) or os.path.isfile(entry.path):
                found.append(name)
    return found, tuple(problems)


def display(path: str, root: str) -> str:
    """``path`` as messages show it: relative to ``root`` when it lies inside, else absolute."""
    full = os.path.abspath(path)
    if full.startswith(os.path.join(root, "")):
        return os.path.relpath(full, root).replace(os.sep, "/")
    return full
