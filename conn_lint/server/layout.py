"""Where the files are that an option file includes, when it is a copy of one that lies on a server.

A server opens the names as they are written. A linter is mostly given ``deploy/etc/mysql/my.cnf`` of a
repository, whose ``!includedir /etc/mysql/conf.d/`` means ``deploy/etc/mysql/conf.d/`` of that repository.
"""

from __future__ import annotations

import os
from typing import NamedTuple


class Resolved(NamedTuple):
    """The file or folder an include line names. ``elsewhere``: the line belongs to another machine, and
    nothing of this name was found in the tree beside the file that has it."""

    path: str
    mapped: bool
    elsewhere: bool


class Layout:
    """Resolves the include lines reached from the option file ``entry``; ``root`` is the linted tree."""

    def __init__(self, entry: str, root: str) -> None:
        self.folder = os.path.dirname(os.path.abspath(entry))
        self.root = os.path.abspath(root)
        self.prefix = _prefix(os.path.abspath(entry))

    def resolve(self, target: str, folder: bool) -> Resolved:
        """``target`` as written in an ``!include`` or, with ``folder``, an ``!includedir`` line.

        ``~`` is the user's home in ``!include`` only: ``my_dir`` does not expand it.
        Relative names count from the working folder of the process (``my_open``), not from the file.
        """
        if not folder and (target == "~" or target.startswith("~/")):
            target = os.path.expanduser(target)
        exists = os.path.isdir if folder else os.path.isfile
        if not os.path.isabs(target) or self._here(target):
            return Resolved(os.path.abspath(target), False, False)
        for path in self._mappings(target):
            if exists(path):
                return Resolved(path, True, False)
        return Resolved(target, False, not exists(target))

    def _here(self, target: str) -> bool:
        """Whether the file lies where its own include lines say that such files lie."""
        return self.prefix == "" or os.path.commonpath((self.folder, target)) != os.path.abspath(os.sep)

    def _mappings(self, target: str) -> list[str]:
        parts = [part for part in target.split("/") if part]
        found = [os.path.join(self.prefix, *parts)] if self.prefix else []
        base = self.folder
        while parts:
            found += [os.path.join(base, *parts[cut:]) for cut in range(len(parts) - (base != self.folder))]
            parent = os.path.dirname(base)
            if base == self.root or parent == base or not base.startswith(self.root):
                break
            base = parent
        return found


def _prefix(entry: str) -> str | None:
    """What stands before the ``/etc/`` that ``entry`` lies in; "" when it lies in the real one."""
    at = entry.rfind("/etc/")
    return entry[:at] if at >= 0 else None
