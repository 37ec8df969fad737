"""Which server of the tree is an alias's own."""

from __future__ import annotations

import pytest

from conn_lint.idle import Client
from conn_lint.model import Database, IdleLimit, Known, ServerAnswer, Session, Span, Unknown, Value
from conn_lint.treeservers import as_the_tree_says

UNREAD = Unknown("not read")


def session(host: Value = UNREAD, *, assumed: bool = True) -> Session:
    place = Span("settings.py", 1)
    database = Database(
        "default", UNREAD, Known(0), Known(0), UNREAD, UNREAD, {}, host, UNREAD, mysql=True, place=place
    )
    return Session("shop.settings", database, IdleLimit(28800, "nobody says", None, assumed), counts=True)


def server(seconds: int | None, *hosts: str) -> ServerAnswer:
    outcome = "unknown" if seconds is None else "value"
    return ServerAnswer("db of compose.yml", outcome, "", seconds, seconds, kind="deployment", found=True, hosts=hosts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("host", "found", "seconds"),
    [
        (UNREAD, (), None),
        (UNREAD, (server(60),), 60),
        (UNREAD, (server(60), server(60)), 60),
        (UNREAD, (server(60), server(90)), None),
        (UNREAD, (server(60), server(None)), 60),
        (UNREAD, (server(None),), None),
        (Known("db"), (server(60, "db"), server(90, "replica")), 60),
        (Known("replica"), (server(60, "db"), server(90, "replica")), 90),
        (Known("elsewhere"), (server(60, "db"), server(90, "replica")), None),
    ],
)
def test_the_host_names_it_or_all_agree(host: Value, found: tuple[ServerAnswer, ...], seconds: int | None) -> None:
    limit = as_the_tree_says(session(host), found, Client()).limit
    assert (limit.seconds, limit.found) == ((28800, False) if seconds is None else (seconds, True))


def test_a_source_that_was_given_wins() -> None:
    given = session(assumed=False)
    assert as_the_tree_says(given, (server(60),), Client()) == given
