"""Servers and files that say different things of one alias."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from conn_lint.config import load
from conn_lint.engine import gather, run
from conn_lint.model import Finding, ServerAnswer
from conn_lint.rules.examples import settings

Drift = Callable[..., list[Finding]]


@pytest.fixture
def drift(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Drift:
    """The findings of CL305 where live servers answer so; each URL names the answer."""

    def find(live: dict[str, ServerAnswer], text: str, *urls: str, mycnf: str = "") -> list[Finding]:
        monkeypatch.setattr(
            "conn_lint.server.live.begin", lambda url, *_, alias, **__: lambda: live[url]._replace(alias=alias)
        )
        (tmp_path / "settings.py").write_text(text)
        options: dict[str, object] = {"live": list(urls), "select": ["CL305"]}
        if mycnf:
            (tmp_path / "my.cnf").write_text(mycnf)
            options["mycnf"] = [str(tmp_path / "my.cnf")]
        config = load(str(tmp_path), options)
        return list(run(config, gather(config, lambda *_: None)).findings)

    return find


def live(name: str, wait: int, interactive: int = 28800) -> ServerAnswer:
    return ServerAnswer(name, "value", "asked", wait, interactive, "mariadb-10.11.19", kind="live")


SERVERS = {"a": live("a:3306", 600), "b": live("b:3306", 28800), "c": live("c:3306", 600, 60)}


def test_two_servers_of_one_alias(drift: Drift) -> None:
    (finding,) = drift(SERVERS, settings(), "a", "b")
    assert finding.message == (
        "a:3306 says wait_timeout 600 s and b:3306 wait_timeout 28800 s: the verdicts rest on the first"
    )
    assert str(finding.span) == "settings.py:2"
    assert "--live ALIAS=URL" in finding.help


def test_servers_of_different_aliases(drift: Drift) -> None:
    text = 'DATABASES = {name: {"ENGINE": "django.db.backends.mysql"} for name in ("default", "copy")}\n'
    assert drift(SERVERS, text, "default=a", "copy=b") == []
    assert drift(SERVERS, text, "default=a", mycnf="[mysqld]\nwait_timeout=60\n") == []
    (finding,) = drift(SERVERS, text, "copy=b", "copy=a")
    assert finding.aliases == ("copy",)


def test_the_one_alias_there_is(drift: Drift) -> None:
    (finding,) = drift(SERVERS, settings(), "default=a", mycnf="[mysqld]\nwait_timeout=60\n")
    assert str(finding.span) == "my.cnf:2"
    assert "write wait_timeout = 600" in finding.help


def test_a_live_server_says_who_reads_the_option_files(drift: Drift) -> None:
    versioned = "[mysqld]\nwait_timeout=600\n[mariadb-10.11]\nwait_timeout=60\n"
    (finding,) = drift(SERVERS, settings(), "a", mycnf=versioned)
    assert str(finding.span) == "my.cnf:4"


def test_interactive_timeout_where_it_rules(drift: Drift) -> None:
    assert drift(SERVERS, settings(), "a", "c") == []
    (finding,) = drift(SERVERS, settings('"OPTIONS": {"client_flag": 1026},'), "a", "c")
    assert "interactive_timeout 60 s" in finding.message
