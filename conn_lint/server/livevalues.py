"""What a running server says of itself, as an answer."""

from __future__ import annotations

from typing import Any, NamedTuple

from conn_lint.model import ServerAnswer
from conn_lint.server.errors import ServerSourceError
from conn_lint.server.variables import flavour_of

QUERY = (
    "SELECT @@global.wait_timeout, @@global.interactive_timeout, @@session.wait_timeout, @@version,"
    " @@global.max_connections"
)

TRANSACTION_TIMEOUTS = (
    "idle_transaction_timeout",
    "idle_readonly_transaction_timeout",
    "idle_write_transaction_timeout",
)
"""MariaDB 10.3 and later: limits for sessions that idle inside a transaction, 0 for none."""

MORE = "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('init_connect', 'aurora_version', {})".format(
    ", ".join(f"'{name}'" for name in TRANSACTION_TIMEOUTS)
)
"""What not every server has: a SELECT of these would fail where one is not known."""


class Asked(NamedTuple):
    """The row that QUERY gave and the rows that MORE gave, as they came."""

    row: tuple[Any, ...]
    more: dict[Any, Any]


def answer_of(asked: Asked, name: str, alias: str | None) -> ServerAnswer:
    """The answer of the server called ``name``; raises ServerSourceError when it is none."""
    if len(asked.row) != QUERY.count("@@"):
        raise ServerSourceError(f"{name}: gives no answer to the question for its timeouts")
    wait, interactive, session, connections = (_whole(asked.row[index]) for index in (0, 1, 2, 4))
    if wait is None:
        raise ServerSourceError(f"{name}: answers the question for wait_timeout with something else")
    more = {str(key).lower(): "" if value is None else str(value) for key, value in asked.more.items()}
    reasons = [f"the server says wait_timeout {wait} s"]
    if "aurora_version" in more and interactive is not None and interactive != wait:
        wait = interactive = session = min(wait, interactive)
        reasons.append(f"and as Aurora ends every session after the smaller of its two timeouts, {wait} s")
    elif session is not None and session != wait:
        reasons.append(f"and gives the sessions of this user {session} s (init_connect)")
    limits = [(variable, _whole(more.get(variable, ""))) for variable in TRANSACTION_TIMEOUTS]
    in_transaction = tuple((variable, seconds) for variable, seconds in limits if seconds)
    reasons += [f"{variable} {seconds} s" for variable, seconds in in_transaction]
    answer = ServerAnswer(
        name=name,
        outcome="value",
        reason=", ".join(reasons),
        wait_timeout=wait,
        interactive_timeout=interactive,
        flavour=flavour_of(str(asked.row[3])) if asked.row[3] else None,
        alias=alias,
        session_wait_timeout=session,
        max_connections=connections,
        kind="live",
        init_connect=more.get("init_connect", ""),
        transaction_timeouts=in_transaction,
    )
    if wait == 0:
        # MySQL and MariaDB know no such value; TiDB takes it for "never", others may not.
        return answer._replace(outcome="unknown", reason="the server says wait_timeout 0", wait_timeout=None)
    return answer


def _whole(value: object) -> int | None:
    """The number that a server or a proxy in front of it gave, as a number or as text."""
    if isinstance(value, (str, bytes)):
        return int(value) if value.isascii() and value.isdigit() and len(value) < 20 else None
    return value if isinstance(value, int) else None
