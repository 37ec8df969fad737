"""What becomes of a connection that idles: the one table everything is judged with.

Pure: no I/O and no syntax. Measured on MariaDB 10.11 with Django 1.11 to 6.0, and read in
``BaseDatabaseWrapper.close_if_unusable_or_obsolete`` (django/db/backends/base/base.py, unchanged from
4.1 to 6.1): Django looks at the age and re-arms the health check nowhere else.
"""

from __future__ import annotations

from typing import NamedTuple

from conn_lint.model import Cleanup, Verdict


class Policy(NamedTuple):
    """CONN_MAX_AGE in seconds (None: keep for ever; counted from connect) and CONN_HEALTH_CHECKS."""

    max_age: float | None
    health_checks: bool


def judge(
    policy: Policy,
    *,
    start: Cleanup,
    end: Cleanup,
    gap: float | None,
    idle_limit: float,
) -> Verdict:
    """The fate of one connection over one idle gap between two units of work.

    ``end`` is the cleanup after the last query before the gap, ``start`` the one between the gap and
    the next query. ``gap`` is the longest idle time in seconds, None when nothing bounds it.
    ``idle_limit`` is the number of seconds after which the server (or a hop) drops the session.

    "goes-away": the query after the gap fails, and every later one. "goes-away-once": it fails, which
    makes the next ``close_old_connections()`` repair the connection. A negative age closes as 0 does.
    """
    if gap is not None and gap < idle_limit:
        return "safe"
    if "close" in (start, end):
        return "safe"
    if start == end == "none":
        return "goes-away"
    if policy.health_checks:
        return "safe"
    if policy.max_age is None or policy.max_age > idle_limit:
        return "goes-away-once"
    if policy.max_age <= 0 or start == "close_old":
        return "safe"
    return "goes-away"
