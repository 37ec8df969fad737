"""Where something stands, how grave it is, and what could not be read."""

from __future__ import annotations

from typing import Literal, NamedTuple

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "error")

Confidence = Literal["certain", "likely"]


class Span(NamedTuple):
    """A stretch of one file. ``end_column`` is exclusive; an unknown end repeats the start."""

    path: str
    line: int
    column: int = 1
    end_line: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


class Place(NamedTuple):
    """One labelled spot of a finding; the labels of a finding read as one sentence."""

    span: Span
    label: str


class Problem(NamedTuple):
    """Something that could not be read, said once: becomes CL001 (or exit 2 for a server source)."""

    span: Span
    reason: str
