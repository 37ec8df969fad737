"""MaxScale: ``wait_timeout`` (before 24.02 ``connection_timeout``) of a service, a duration, 0 for never."""

from __future__ import annotations

import re

from conn_lint.server.presets import PRESETS
from conn_lint.server.proxies import Limit

_SECONDS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0, "h": 3600.0}


def read(text: str) -> Limit:
    """The smallest limit that a service of ``text`` sets; MaxScale's default where none does."""
    limits = [limit for section in _sections(text) if (limit := _limit(section)) is not None]
    if not limits:
        return Limit(PRESETS["maxscale"].seconds, "wait_timeout, MaxScale's default", 0)
    return min(limits, key=lambda limit: float("inf") if limit.seconds is None else limit.seconds)


def _sections(text: str) -> list[dict[str, tuple[str, int]]]:
    sections: list[dict[str, tuple[str, int]]] = []
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped.startswith("["):
            sections.append({})
        elif sections and "=" in stripped and not stripped.startswith(("#", ";")):
            key, _, value = stripped.partition("=")
            sections[-1][key.strip().lower()] = value.strip(), number
    return sections


def _limit(section: dict[str, tuple[str, int]]) -> Limit | None:
    if section.get("type", ("", 0))[0].lower() != "service":
        return None
    for key in ("wait_timeout", "connection_timeout"):
        if key in section:
            written, line = section[key]
            found = re.fullmatch(r"(\d+)\s*(ms|s|m|h|)", written, re.IGNORECASE)
            if found is None:
                raise ValueError(f"line {line}: {key}={written} is no duration")
            seconds = int(found[1]) * _SECONDS[found[2].lower()]
            return Limit(seconds or None, f"{key}={written}", line)
    return None
