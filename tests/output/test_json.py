"""The JSON forms against their schemas, which are part of the package."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conn_lint.model import (
    Database,
    Deployment,
    Django,
    Facts,
    Finding,
    IdleLimit,
    Known,
    OneOf,
    Place,
    Requirement,
    Result,
    ServerAnswer,
    Session,
    Skipped,
    Span,
    UnitOfWork,
    UnitVerdict,
    Unknown,
    Value,
)
from conn_lint.output import json as report_json
from conn_lint.output import show_json, show_text
from conn_lint.output.view import View

PACKAGE = Path(report_json.__file__).parent
AT = Span("shop/settings.py", 12, 9, 12, 28)


def schema(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((PACKAGE / name).read_text())
    jsonschema.Draft202012Validator.check_schema(loaded)
    return loaded


def finding(**changes: Any) -> Finding:
    return Finding(
        code="CL101",
        name="age-reaches-timeout",
        severity="error",
        confidence="certain",
        message="CONN_MAX_AGE 600 s is above wait_timeout 10 s",
        help="set it below 10",
        places=(Place(AT, "CONN_MAX_AGE 600 s"), Place(Span("/etc/my.cnf", 3), "wait_timeout 10 s")),
        settings_modules=("shop.settings",),
        aliases=("default",),
        fingerprint="0" * 32,
    )._replace(**changes)


def database(**options: Value) -> Database:
    age = Unknown("depends on AGE", ("AGE",), Known(60), AT)
    return Database(
        alias="default",
        engine=Known("django.db.backends.mysql", AT),
        conn_max_age=age,
        conn_health_checks=OneOf((Known(value=True, place=AT), Known(value=False)), ("CHECKS",), Known(value=False)),
        autocommit=Known(value=True),
        atomic_requests=Unknown("depends on a function"),
        options=options,
        host=Known("db"),
        port=Known(3306),
        mysql=True,
        place=AT,
    )


UNIT = UnitOfWork(
    span=Span("shop/jobs.py", 5, 1, 9, 1),
    function="send",
    kind="job",
    framework="rq",
    touches_orm="yes",
    cleanup_start="none",
    cleanup_end="close_old",
    gap=None,
    gap_place=None,
    orm_path=(Place(Span("shop/jobs.py", 6), "queries"),),
    registrations=(),
    isolation="fork",
    isolation_why="",
    isolation_place=None,
)


def facts(**options: Value) -> Facts:
    each = database(**options)
    deployment = Deployment("shop.settings", "shop/settings.py", "Production", {"default": each}, False, {})
    limit = IdleLimit(10, "my.cnf", Span("/etc/my.cnf", 3), assumed=False)
    django = Django(Requirement("django", (5, 2), None, None, Span("requirements.txt", 1)))
    server = ServerAnswer("/etc/my.cnf", "value", "set", 10, 28800, places=(Place(Span("/etc/my.cnf", 3), "in force"),))
    session = Session("shop.settings::Production", each, limit, counts=True)
    return Facts("/", django, {}, (deployment,), (server,), (UNIT,), (), (), True, (session,), ("a note",))


def rendered_of(facts: Facts, *verdicts: UnitVerdict) -> dict[str, Any]:
    rendered: dict[str, Any] = json.loads(show_json.render(Result((), (), facts, (), verdicts)))
    jsonschema.validate(rendered, schema("show-schema.json"))
    return rendered


def shown(**options: Value) -> dict[str, Any]:
    verdict = UnitVerdict(UNIT, {"default": "goes-away"}, "nothing closes")
    return rendered_of(facts(**options), verdict)


def test_the_report_fits_its_schema() -> None:
    result = Result((finding(), finding(suppressed=True)), (Skipped("CL301", "no option file"),), facts())
    rendered = json.loads(report_json.render(result, View("0.1.0")))
    jsonschema.validate(rendered, schema("schema.json"))
    assert rendered["summary"] == {
        "errors": 1,
        "warnings": 0,
        "infos": 0,
        "suppressed": 1,
        "files": 1,
        "fixed": 0,
        "notes": ["a note"],
    }
    first = rendered["findings"][0]
    assert (first["path"], first["line"], first["end_column"]) == ("shop/settings.py", 12, 28)
    assert first["places"][1] == {
        "path": "/etc/my.cnf",
        "line": 3,
        "column": 1,
        "end_line": 3,
        "end_column": 1,
        "label": "wait_timeout 10 s",
    }
    assert first["fix"] is None


def test_the_schema_refuses_another_form() -> None:
    rendered = json.loads(report_json.render(Result((finding(),), (), facts()), View("0.1.0")))
    rendered["findings"][0]["severity"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(rendered, schema("schema.json"))


def test_what_is_shown_fits_its_schema() -> None:
    rendered = shown(charset=Known("utf8mb4", AT))
    (module,) = rendered["settings"]
    assert (module["module"], module["class"]) == ("shop.settings", "Production")
    default = module["databases"]["default"]
    assert default["conn_max_age"]["unknown"] == "depends on AGE"
    assert default["conn_max_age"]["env"] == ["AGE"]
    assert default["conn_max_age"]["default"] == 60
    checks = default["conn_health_checks"]
    assert (checks["values"], checks["env"], checks["default"]) == ([True, False], ["CHECKS"], False)
    assert default["autocommit"] == {"value": True, "place": None}
    assert "default" not in default["atomic_requests"]
    assert default["idle_limit"]["seconds"] == 10
    assert rendered["units"][0]["gap"] == {"seconds": None}
    assert rendered["units"][0]["verdict"] == {"default": "goes-away"}


def test_the_whole_database_is_shown_and_what_is_judged_beside_it() -> None:
    given = facts()
    judged = database()._replace(conn_max_age=Known(60))
    deployment = given.deployments[0]._replace(databases={"default": database()._replace(as_mysql=judged)})
    session = given.sessions[0]._replace(database=judged)
    rendered = rendered_of(given._replace(deployments=(deployment,), sessions=(session,)))
    default = rendered["settings"][0]["databases"]["default"]
    assert default["conn_max_age"]["default"] == 60
    assert default["as_mysql"]["conn_max_age"]["value"] == 60


@pytest.mark.parametrize("value", [float("inf"), {1, 2}, b"bytes", object(), ("a", [float("nan")])])
def test_values_that_json_has_no_form_for(value: object) -> None:
    options = shown(odd=Known(value))["settings"][0]["databases"]["default"]["options"]
    assert json.loads(json.dumps(options, allow_nan=False)) == options
    assert options["odd"].keys() & {"value", "unknown"}


def test_secrets_in_options_are_masked() -> None:
    ssl = Known({"key_password": "hunter2", "ca": "/etc/ca.pem"})
    options: dict[str, Value] = {
        "passwd": Known("hunter2"),
        "ssl": ssl,
        "tls": OneOf((ssl, ssl), (), ssl),
        "auth": Unknown("by branch", (), ssl, possible=(ssl,)),
    }
    as_text = show_text.render(Result((), (), facts(**options)))
    for out in (json.dumps(shown(**options)), as_text):
        assert "hunter2" not in out
        assert out.count("/etc/ca.pem") >= 3


def test_the_text_form_at_a_glance() -> None:
    verdict = UnitVerdict(UNIT, {"default": "goes-away"}, "nothing closes")
    result = Result((), (), facts(passwd=Known("hunter2", AT)), (), (verdict,))
    assert (
        show_text.render(result, "shop")
        == """\
Django: 5.2 (shop/requirements.txt:1)

server /etc/my.cnf
  wait_timeout 10 s, interactive_timeout 28800 s
  set
    /etc/my.cnf:3 in force

settings shop.settings::Production (shop/shop/settings.py)
  default: CONN_MAX_AGE 60 s > wait_timeout 10 s (/etc/my.cnf:3)
    ENGINE               'django.db.backends.mysql'  shop/shop/settings.py:12
    CONN_MAX_AGE         unknown, 60 by default  shop/shop/settings.py:12
                         depends on AGE: bind it with --env AGE=VALUE
    CONN_HEALTH_CHECKS   True (shop/shop/settings.py:12) or False (default), False by default
                         CHECKS decides: bind it with --env CHECKS=VALUE
    ATOMIC_REQUESTS      unknown
                         depends on a function
    OPTIONS passwd       '********'  shop/shop/settings.py:12
    by default           AUTOCOMMIT True

1 unit of work outside a request

  shop/shop/jobs.py:5 send (rq job)
    default goes-away: nothing closes
    reaches the ORM (yes): shop/shop/jobs.py:6

note: a note
"""
    )
