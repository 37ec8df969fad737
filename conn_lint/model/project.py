"""What the project asks for and how it is started: requirements, Django, command lines."""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model.places import Span

Version = tuple[int, ...]


def _bare(version: Version) -> Version:
    """Without trailing zeros: 4.2 and 4.2.0 are one release."""
    end = len(version)
    while end and not version[end - 1]:
        end -= 1
    return version[:end]


class Requirement(NamedTuple):
    """A distribution the project asks for. ``pinned`` is exact (``==`` or a lock file); ``lowest`` and
    ``below`` bound it otherwise (``lowest`` inclusive, ``below`` exclusive)."""

    name: str
    pinned: Version | None
    lowest: Version | None
    below: Version | None
    place: Span

    def at_least(self, version: Version) -> bool | None:
        """Whether the installed release is ``version`` or later; None when the project leaves it open."""
        wanted = _bare(version)
        if self.pinned is not None:
            return _bare(self.pinned) >= wanted
        if self.lowest is not None and _bare(self.lowest) >= wanted:
            return True
        if self.below is not None and _bare(self.below) <= wanted:
            return False
        return None


class Django(NamedTuple):
    """The Django the project runs on; ``requirement`` None: nothing says, the current release is assumed."""

    requirement: Requirement | None

    def at_least(self, *version: int) -> bool:
        """Whether it is ``version`` or later; an open or absent requirement counts as the current release."""
        if self.requirement is None:
            return True
        return self.requirement.at_least(version) is not False


class WorkerCommand(NamedTuple):
    """A command line in a Procfile, compose file, unit file ... that starts a worker."""

    words: tuple[str, ...]
    place: Span


class ProcessGroup(NamedTuple):
    """The processes that one command line starts; each of their threads may hold a connection for every alias."""

    program: str
    processes: int
    threads: int
    place: Span
