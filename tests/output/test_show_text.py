"""The one-line chain of age and limit, and the rarer forms of --show."""

from __future__ import annotations

from typing import Any

import pytest

from conn_lint.model import (
    Database,
    Deployment,
    Django,
    Facts,
    IdleLimit,
    Known,
    OneOf,
    Place,
    Requirement,
    Result,
    ServerAnswer,
    Session,
    Span,
    Unknown,
    Value,
)
from conn_lint.output import show_text

UNKNOWN = Unknown("not read")
LIMIT = IdleLimit(600, "my.cnf", Span("my.cnf", 2), assumed=False)


def database(age: Value, options: dict[str, Value] | None = None) -> Database:
    return Database(
        alias="default",
        engine=Known("x"),
        conn_max_age=age,
        conn_health_checks=UNKNOWN,
        autocommit=UNKNOWN,
        atomic_requests=UNKNOWN,
        options=options or {},
        host=UNKNOWN,
        port=UNKNOWN,
        mysql=True,
        place=Span("s.py", 1),
    )


def shown(age: Value, limit: IdleLimit = LIMIT, *, counts: bool = True, **changes: Any) -> list[str]:
    one = database(age)
    deployment = Deployment("settings", "s.py", None, {"default": one}, False, {})
    facts = Facts(
        "/", Django(None), {}, (deployment,), (), (), (), (), True, (Session("settings", one, limit, counts),)
    )
    return show_text.render(Result((), (), facts._replace(**changes))).splitlines()


@pytest.mark.parametrize(
    ("age", "limit", "chain"),
    [
        (Known(60), LIMIT, "default: CONN_MAX_AGE 60 s < wait_timeout 600 s (my.cnf:2)"),
        (Known(600), LIMIT, "default: CONN_MAX_AGE 600 s = wait_timeout 600 s (my.cnf:2)"),
        (Known(6000), LIMIT, "default: CONN_MAX_AGE 6000 s > wait_timeout 600 s (my.cnf:2)"),
        (Known(None), LIMIT, "default: CONN_MAX_AGE None > wait_timeout 600 s (my.cnf:2)"),
        (Known("60"), LIMIT, "default: CONN_MAX_AGE '60' ? wait_timeout 600 s (my.cnf:2)"),
        (UNKNOWN, LIMIT, "default: CONN_MAX_AGE unknown ? wait_timeout 600 s (my.cnf:2)"),
        (
            Known(60),
            IdleLimit(28800, "no server source was given", None, assumed=True),
            "default: CONN_MAX_AGE 60 s < wait_timeout 28800 s (assumed: no server source was given)",
        ),
        (
            Known(60),
            IdleLimit(None, "it depends", None, assumed=False, variable="interactive_timeout"),
            "default: CONN_MAX_AGE 60 s ? interactive_timeout unknown (it depends)",
        ),
    ],
)
def test_the_chain(age: Value, limit: IdleLimit, chain: str) -> None:
    assert f"  {chain}" in shown(age, limit)


def test_ages_by_branch_are_compared_one_by_one() -> None:
    assert "  default: CONN_MAX_AGE 0 s or 6000 s ? wait_timeout 600 s (my.cnf:2)" in shown(
        OneOf((Known(0), Known(6000)))
    )


def test_an_alias_that_is_not_judged() -> None:
    assert "  default: 'x'  (default); not judged" in shown(Known(0), counts=False)


def test_without_settings_the_stand_in_is_shown() -> None:
    lines = shown(Known(0), deployments=())
    assert "  default: CONN_MAX_AGE 0 s < wait_timeout 600 s (my.cnf:2)" in lines
    assert not any(line.startswith("settings") for line in lines)


def test_a_module_with_unseen_aliases() -> None:
    deployment = Deployment("settings", "s.py", None, {}, True, {})
    assert "settings settings (s.py); there may be aliases that cannot be seen" in shown(
        Known(0), deployments=(deployment,)
    )
    because = deployment._replace(unseen=Unknown("DATABASES is no dict"))
    assert "settings settings (s.py); there may be aliases that cannot be seen: DATABASES is no dict" in shown(
        Known(0), deployments=(because,)
    )


@pytest.mark.parametrize(
    ("requirement", "text"),
    [
        (None, "no requirement says which; the current release is assumed"),
        (Requirement("django", (4, 2, 1), None, None, Span("r.txt", 3)), "4.2.1 (r.txt:3)"),
        (Requirement("django", None, (3, 2), (5,), Span("r.txt", 3)), ">=3.2,<5 (r.txt:3)"),
        (Requirement("django", None, None, None, Span("r.txt", 3)), "any release (r.txt:3)"),
        (Requirement("django", (4, 2), None, None, Span("--django-version", 0)), "4.2 (--django-version)"),
    ],
)
def test_django(requirement: Requirement | None, text: str) -> None:
    assert shown(Known(0), django=Django(requirement))[0] == f"Django: {text}"


def test_a_server_without_an_answer() -> None:
    server = ServerAnswer(
        "my.cnf", "refused", "my.cnf:2: no number", places=(Place(Span("my.cnf", 2), "read"),), alias="a"
    )
    lines = shown(Known(0), servers=(server,))
    start = lines.index("server my.cnf for a")
    assert lines[start : start + 3] == [
        "server my.cnf for a",
        "  refused: my.cnf:2: no number",
        "    my.cnf:2 read",
    ]


def test_what_is_judged_is_told_from_what_is_there() -> None:
    whole = database(OneOf((Known(0), Known(60))), options={"charset": Known("utf8mb4")})
    judged = whole._replace(conn_max_age=Known(60), options={})
    deployment = Deployment("settings", "s.py", None, {"default": whole._replace(as_mysql=judged)}, False, {})
    lines = shown(Known(60), deployments=(deployment,))
    at = lines.index("    CONN_MAX_AGE         0 or 60")
    assert lines[at + 1].split("judged on MySQL as ")[1] == "60  (default)"
    charset = next(number for number, line in enumerate(lines) if line.startswith("    OPTIONS charset"))
    assert lines[charset + 1].endswith("judged on MySQL as not there")


def test_modules_that_say_the_same_are_shown_together() -> None:
    one = database(Known(60))
    deployments = tuple(Deployment(name, f"{name}.py", None, {"default": one}, False, {}) for name in ("a", "b", "c"))
    sessions = tuple(
        Session(name, one, LIMIT._replace(seconds=9 if name == "b" else 600), counts=True) for name in "abc"
    )
    lines = shown(Known(60), deployments=deployments, sessions=sessions)
    assert lines[2:4] == ["settings a (a.py)", "settings c (c.py)"]
    assert lines.count("settings b (b.py)") == 1
    assert sum(line.startswith("  default: ") for line in lines) == 2


def test_an_open_value_says_why_and_how_to_bind_it() -> None:
    place = Span("s.py", 3)
    lines = shown(Unknown("A and B decide it", ("A", "B"), None, place, (Known(60), Known("x" * 300))))
    at = next(number for number, line in enumerate(lines) if "CONN_MAX_AGE   " in line)
    assert lines[at].startswith("    CONN_MAX_AGE         unknown or 60 or 'xxx")
    assert lines[at].endswith("xxx...  s.py:3")
    assert lines[at + 1].strip() == "A and B decide it: bind it with --env A=VALUE --env B=VALUE"


def test_values_from_several_places_name_each() -> None:
    lines = shown(OneOf((Known(0, Span("a.py", 1)), Known(60, Span("b.py", 2))), ("AGE",)))
    at = lines.index("    CONN_MAX_AGE         0 (a.py:1) or 60 (b.py:2)")
    assert lines[at + 1].strip() == "AGE decides: bind it with --env AGE=VALUE"


def test_what_nobody_set_is_one_line() -> None:
    assert "    by default           ENGINE 'x', CONN_MAX_AGE 0" in shown(Known(0))
