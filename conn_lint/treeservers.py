"""What the deployment files found in the tree say of the server of an alias that no source was given for."""

from __future__ import annotations

from conn_lint.idle import Client, idle_limit
from conn_lint.model import Database, ServerAnswer, Session, candidates


def as_the_tree_says(session: Session, found: tuple[ServerAnswer, ...], client: Client) -> Session:
    """``session`` under the limit of the server in ``found`` that is its own, if one can be told to be."""
    answer = _own(session.database, found) if session.limit.assumed else None
    if answer is None:
        return session
    return session._replace(limit=idle_limit(session.database, (answer,), client)._replace(found=True))


def _own(database: Database, found: tuple[ServerAnswer, ...]) -> ServerAnswer | None:
    """The server that HOST names; else the one whose values all the servers of the tree share."""
    told = [answer for answer in found if answer.outcome == "value"]
    hosts = {known.value for known in candidates(database.host)}
    named = [answer for answer in told if hosts and hosts <= set(answer.hosts)]
    if named:
        return named[0]
    values = {(answer.wait_timeout, answer.interactive_timeout) for answer in told}
    return told[0] if len(values) == 1 else None
