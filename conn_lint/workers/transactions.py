"""Loops that go round inside a transaction which was opened before them."""

from __future__ import annotations

from typing import Literal

from conn_lint.workers import facts as f
from conn_lint.workers.callsites import flat
from conn_lint.workers.facts import mentions

ENDS = frozenset(("commit", "rollback", "set_autocommit", "leave_transaction_management"))
"""What a turn calls that ends the transaction itself (``commit_manually`` of Django before 1.8, raw connections)."""

LATEST = frozenset(("select_for_update",))
"""Reads that see what others have committed, whatever the isolation level."""


def lasts(loop: f.Loop, *, leaves: bool, waits: bool) -> Literal["for ever", "until the loop ends", ""]:
    """How long an endless ``loop`` keeps the transaction around it open; empty where that does not matter.

    ``leaves``: something in its body leaves it; ``waits``: it pauses between its turns. One that leaves and never
    waits works something off, and is soon done.
    """
    names = _names(loop.body)
    if not names.isdisjoint(ENDS):
        return ""
    if not leaves:
        return "for ever"
    return "until the loop ends" if waits and names.isdisjoint(LATEST) else ""


def _names(body: f.Body) -> set[str]:
    found: set[str] = set()
    for statement in flat(body):
        if isinstance(statement, (f.Do, f.Let, f.Exit)):
            found |= mentions(statement.value)
        elif isinstance(statement, f.Loop):
            found |= mentions(statement.source)
        elif isinstance(statement, f.If):
            found |= mentions(statement.test)
    return found
