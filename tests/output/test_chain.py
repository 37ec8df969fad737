"""The age beside the limits on its way."""

from __future__ import annotations

import pytest

from conn_lint.model import Database, IdleLimit, Known, OneOf, Session, Span, Unknown, Value
from conn_lint.output import chain

UNREAD = Unknown("not read")
SERVER = IdleLimit(28800, "my.cnf", Span("etc/my.cnf", 12), assumed=False, group="mysqld")
BALANCER = IdleLimit(350, "the default of a balancer", None, assumed=False, variable="balancer", hop=True)
NOT_KNOWN = IdleLimit(None, "it depends", None, assumed=False)


def session(age: Value, *limits: IdleLimit) -> Session:
    place = Span("settings.py", 1)
    database = Database(
        "default", UNREAD, age, Known(False), UNREAD, UNREAD, {}, UNREAD, UNREAD, mysql=True, place=place
    )
    return Session("shop.settings", database, limits[0], counts=True, chain=limits)


@pytest.mark.parametrize(
    ("age", "limits", "line"),
    [
        (Known(600), (SERVER,), "CONN_MAX_AGE 600 s < wait_timeout 28800 s (etc/my.cnf:12, [mysqld])"),
        (Known(28800), (SERVER,), "CONN_MAX_AGE 28800 s = wait_timeout 28800 s (etc/my.cnf:12, [mysqld])"),
        (Known(None), (SERVER,), "CONN_MAX_AGE None > wait_timeout 28800 s (etc/my.cnf:12, [mysqld])"),
        (Known("60"), (SERVER,), "CONN_MAX_AGE '60' ? wait_timeout 28800 s (etc/my.cnf:12, [mysqld])"),
        (UNREAD, (SERVER,), "CONN_MAX_AGE unknown ? wait_timeout 28800 s (etc/my.cnf:12, [mysqld])"),
        (
            Unknown("by branch", possible=(Known(0),)),
            (SERVER,),
            "CONN_MAX_AGE unknown or 0 s ? wait_timeout 28800 s (etc/my.cnf:12, [mysqld])",
        ),
        (
            OneOf((Known(0), Known(60))),
            (SERVER,),
            "CONN_MAX_AGE 0 s or 60 s < wait_timeout 28800 s (etc/my.cnf:12, [mysqld])",
        ),
        (
            OneOf((Known(0), Known(None))),
            (SERVER,),
            "CONN_MAX_AGE 0 s or None ? wait_timeout 28800 s (etc/my.cnf:12, [mysqld])",
        ),
        (
            Known(600),
            (SERVER, BALANCER),
            "CONN_MAX_AGE 600 s > balancer 350 s (the default of a balancer)"
            " < wait_timeout 28800 s (etc/my.cnf:12, [mysqld])",
        ),
        (
            Known(600),
            (NOT_KNOWN, BALANCER),
            "CONN_MAX_AGE 600 s > balancer 350 s (the default of a balancer) ? wait_timeout unknown (it depends)",
        ),
    ],
)
def test_the_line(age: Value, limits: tuple[IdleLimit, ...], line: str) -> None:
    assert chain.line(session(age, *limits), "") == f"default: {line}"


def test_a_bar_for_each_grows_with_its_seconds() -> None:
    bars = list(chain.bars(session(Known(600), SERVER, BALANCER)))
    assert [bar.split()[0] for bar in bars] == ["CONN_MAX_AGE", "balancer", "wait_timeout"]
    lengths = [bar.count("━") for bar in bars]
    assert lengths[1] < lengths[0] < lengths[2] == chain.BAR_WIDTH


def test_for_ever_has_no_end() -> None:
    assert next(chain.bars(session(Known(None), SERVER))).endswith("→ for ever")


@pytest.mark.parametrize(("age", "limit"), [(UNREAD, SERVER), (Known("60"), SERVER), (Known(60), NOT_KNOWN)])
def test_nothing_is_drawn_of_what_is_not_known(age: Value, limit: IdleLimit) -> None:
    assert list(chain.bars(session(age, limit))) == []
