"""The last report of a project, kept so that a run in which nothing changed need not be made again.

Nothing is kept but the text of the report and its exit status. A report is used again only when everything
it was made from is the same: the files of the tree (by size and time of change), the answers of the server
sources (which are read anew each time), the options, the configuration, this program and its interpreter.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterable
from typing import NamedTuple

from conn_lint import __version__


class Report(NamedTuple):
    """What a run printed, and the exit status it ended with."""

    text: str
    status: int


class Cache:
    """Keeps one report per project and way of calling. A folder that cannot be used is as good as an empty one."""

    def __init__(self, root: str, paths: Iterable[str], *asked: object) -> None:
        """``paths`` are the files of the tree below ``root``; ``asked`` is whatever else decides the report,
        compared by ``repr``."""
        from hashlib import sha256

        call = repr((root, os.getcwd(), *asked))
        self._file = os.path.join(_folder(), sha256(call.encode(errors="replace")).hexdigest()[:32] + ".json")
        state = sha256(repr((call, __version__, sys.version_info[:3], _own_state())).encode(errors="replace"))
        for path in paths:
            state.update(f"{path}\0{_stamp(os.path.join(root, path))}\0".encode(errors="surrogateescape"))
        self._state = state.hexdigest()

    def load(self) -> Report | None:
        """The kept report, when everything it was made from is as it was."""
        import json

        try:
            with open(self._file, encoding="utf-8") as file:
                kept = json.load(file)
            if kept["state"] == self._state:
                return Report(str(kept["text"]), int(kept["status"]))
        except (OSError, ValueError, LookupError, TypeError):
            pass  # nothing kept, or something that was not written by this class
        return None

    def store(self, report: Report) -> None:
        """Keep ``report``, readable by its user only."""
        import json
        import tempfile

        with contextlib.suppress(OSError):
            os.makedirs(os.path.dirname(self._file), mode=0o700, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=os.path.dirname(self._file))
            with open(handle, "w", encoding="utf-8") as file:
                json.dump({"state": self._state, "text": report.text, "status": report.status}, file)
            os.replace(name, self._file)


def _stamp(path: str) -> str:
    try:
        found = os.stat(path)
    except OSError:
        return "gone"
    return f"{found.st_size} {found.st_mtime_ns}"


def _folder() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "conn-lint")


def _own_state() -> int:
    """When this program was last changed, for those who run it from a checkout or upgrade in place."""
    latest = 0
    pending = [os.path.dirname(os.path.abspath(__file__))]
    while pending:
        for entry in os.scandir(pending.pop()):
            if entry.is_dir(follow_symlinks=False) and entry.name != "__pycache__":
                pending.append(entry.path)
            elif entry.name.endswith((".py", ".txt", ".json")):
                latest = max(latest, entry.stat().st_mtime_ns)
    return latest
