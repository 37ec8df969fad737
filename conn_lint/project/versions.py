"""Version specifiers as bounds: the part of PEP 440 and of Poetry's and conda's dialects that decides a release."""

from __future__ import annotations

import re
from typing import NamedTuple

from conn_lint.model import Version

_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|=|<|>|\^|~)?\s*v?(\d+(?:\.\d+)*)(\.?\*)?([^\s,|)]*)")


class Bounds(NamedTuple):
    """Which releases a specifier admits: exactly ``pinned``, else from ``lowest`` to before ``below``."""

    pinned: Version | None = None
    lowest: Version | None = None
    below: Version | None = None

    @property
    def open(self) -> bool:
        return self == OPEN


OPEN = Bounds()


def release(text: str) -> Version | None:
    """The release numbers of ``4.2.1``, ``v4.2`` or ``5.0rc1``; None when ``text`` does not begin with one."""
    found = _RELEASE.match(text.strip())
    return tuple(int(part) for part in found[1].split(".")) if found else None


def bounds(specifier: str, *, bare: str = "==") -> Bounds:
    """What ``specifier`` admits, ``||`` alternatives included; open when it says nothing about the release.

    ``bare`` is the operator a version without one stands for: ``==`` for Poetry, ``==*`` for conda's
    single ``=`` and for a Pipfile, where ``4.2`` means any 4.2.x. A pre-release counts as its release.
    """
    return union([_conjunction(part, bare) for part in specifier.split("||")])


def union(alternatives: list[Bounds]) -> Bounds:
    """The tightest bounds that admit all that any of ``alternatives`` admits."""
    if len(set(alternatives)) == 1:
        return alternatives[0]
    lowest = [item.pinned or item.lowest for item in alternatives]
    below = [_after(item.pinned) if item.pinned else item.below for item in alternatives]
    return Bounds(
        None,
        min((version for version in lowest if version), default=None) if None not in lowest else None,
        max((version for version in below if version), default=None) if None not in below else None,
    )


def _conjunction(text: str, bare: str) -> Bounds:
    pinned: Version | None = None
    lowest: list[Version] = []
    below: list[Version] = []
    for operator, digits, star, _suffix in _CLAUSE.findall(text):
        version = tuple(int(part) for part in digits.split("."))
        wanted = operator or bare
        if star and wanted in ("==", "=", "==*"):
            wanted = "==*"
        if wanted in ("==", "==="):
            pinned = version
        elif wanted in ("==*", "="):
            lowest.append(version)
            below.append(_next(version, len(version)))
        elif wanted in ("~=", "~"):
            lowest.append(version)
            keep = len(version) - 1 if wanted == "~=" else min(len(version), 2)
            below.append(_next(version, max(keep, 1)))
        elif wanted == "^":
            lowest.append(version)
            significant = next((at for at, part in enumerate(version) if part), len(version) - 1)
            below.append(_next(version, significant + 1))
        elif wanted in (">=", ">"):
            lowest.append(version)
        elif wanted == "<":
            below.append(version)
        elif wanted == "<=":
            below.append(_after(version))
    return Bounds(pinned) if pinned else Bounds(None, max(lowest, default=None), min(below, default=None))


def _next(version: Version, keep: int) -> Version:
    return (*version[: keep - 1], version[keep - 1] + 1)


def _after(version: Version) -> Version:
    """The smallest release later than ``version`` itself, for an exclusive bound."""
    return (*version, *(0,) * (3 - len(version)), 1)
