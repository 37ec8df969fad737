"""Hops from the configuration to the limit of a session."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.config import ConfigError, HopSource, load
from conn_lint.hops import suggestion, through_hops
from conn_lint.model import Database, Hop, IdleLimit, Known, Session, Span, Unknown, Value

NOWHERE = Span("settings.py", 1)


def session(host: Value | None = None, seconds: float | None = 28800, alias: str = "default") -> Session:
    unread = Unknown("not read")
    database = Database(
        alias, unread, Known(0), Known(0), unread, unread, {}, host or unread, unread, mysql=True, place=NOWHERE
    )
    return Session("shop.settings", database, IdleLimit(seconds, "my.cnf", None, assumed=False), counts=True)


def test_the_smallest_limit_rules() -> None:
    found = through_hops(session(), (Hop("proxy", 600, "p"), Hop("balancer", 350, "b")))
    assert (found.limit.variable, found.limit.seconds, found.limit.hop) == ("balancer", 350, True)
    assert [limit.variable for limit in found.chain] == ["wait_timeout", "proxy", "balancer"]


def test_a_server_below_its_hops_rules() -> None:
    found = through_hops(session(seconds=60), (Hop("balancer", 350, "b"),))
    assert (found.limit.variable, found.limit.seconds) == ("wait_timeout", 60)


def test_a_hop_bounds_a_server_that_is_not_known() -> None:
    found = through_hops(session(seconds=None), (Hop("balancer", 350, "b"),))
    assert (found.limit.seconds, found.limit.at_most) == (None, 350)


def test_a_hop_that_never_drops_a_connection_is_none() -> None:
    assert through_hops(session(), (Hop("proxy", None, "p"),)).chain == (session().limit,)


@pytest.mark.parametrize(
    ("hop", "passes"),
    [
        (Hop("p", 5, "p", aliases=("default",)), True),
        (Hop("p", 5, "p", aliases=("replica",)), False),
        (Hop("p", 5, "p", hosts=("*.internal",)), True),
        (Hop("p", 5, "p", hosts=("*.external",)), False),
    ],
)
def test_a_hop_may_be_bound(hop: Hop, passes: bool) -> None:
    assert through_hops(session(Known("DB.internal")), (hop,)).limit.hop is passes


def test_a_host_that_is_not_known_matches_no_pattern() -> None:
    assert not through_hops(session(), (Hop("p", 5, "p", hosts=("*",)),)).limit.hop


def test_the_host_suggests_what_nobody_declared() -> None:
    database = session(Known("a.proxy-b.eu-west-1.rds.amazonaws.com", NOWHERE)).database
    found = suggestion(database, ())
    assert found is not None
    assert (found.name, found.seconds, found.place) == ("rds-proxy", 1800, NOWHERE)
    assert suggestion(database, (Hop("rds-proxy", 3600, "declared"),)) is None


def configured(tmp_path: Path, text: str) -> tuple[HopSource, ...]:
    (tmp_path / "pyproject.toml").write_text(text)
    return load(str(tmp_path), {}).hops


def test_every_form_of_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "haproxy.cfg").write_text("")
    hops = configured(
        tmp_path,
        '[tool.conn-lint.hops]\nproxy = 600\nbalancer = "aws-nlb"\nhap = "haproxy.cfg"\n'
        'other = {limit = 90, aliases = "replica", hosts = ["*.internal"]}\n',
    )
    assert [(hop.name, hop.seconds, hop.preset, hop.place and hop.place.line) for hop in hops] == [
        ("proxy", 600.0, None, 2),
        ("balancer", None, "aws-nlb", 3),
        ("hap", None, None, 4),
        ("other", 90.0, None, 5),
    ]
    assert hops[2].file == str(tmp_path / "haproxy.cfg")
    assert (hops[3].aliases, hops[3].hosts) == (("replica",), ("*.internal",))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("aws-nlb", HopSource("aws-nlb", "--hops aws-nlb", preset="aws-nlb")),
        ("lb=azure-lb", HopSource("lb", "--hops lb", preset="azure-lb")),
        ("lb=90.5", HopSource("lb", "--hops lb", seconds=90.5)),
    ],
)
def test_every_form_of_the_command_line(tmp_path: Path, word: str, expected: HopSource) -> None:
    assert load(str(tmp_path), {"hops": [word]}).hops == (expected,)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[tool.conn-lint.hops]\nlb = "aws-nbl"\n', "pyproject.toml:1: hops.lb: 'aws-nbl' .* did you mean 'aws-nlb'"),
        ("[tool.conn-lint.hops]\nlb = 0\n", "expected seconds, a preset or the file of a proxy, not 0"),
        ("[tool.conn-lint.hops]\nlb = true\n", "expected seconds"),
        ("[tool.conn-lint.hops]\nlb = {seconds = 5}\n", "unknown key 'seconds'"),
        ("[tool.conn-lint.hops]\nlb = {limit = 5, hosts = [3]}\n", "a string or a list of strings"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        configured(tmp_path, text)
