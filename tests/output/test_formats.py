"""The formats for other programs: SARIF, GitHub, GitLab, JUnit, Markdown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from conn_lint.model import Django, Facts, Finding, Place, Result, Severity, Span
from conn_lint.output import FORMATS, concise, github, gitlab, junit, markdown, sarif, text
from conn_lint.output.view import View
from conn_lint.rules import rules
from conn_lint.rules.documentation import text_of

FACTS = Facts("/srv/app", Django(None), {}, (), (), (), (), (), assume_mysql=False)
VIEW = View(version="1.2.3", rules=lambda: tuple(map(text_of, rules())))

JOB = Place(Span("shop/jobs.py", 5, 1, 7, 18), "this job")
AGE = Place(Span("shop/settings.py", 12, 9, 12, 28), "CONN_MAX_AGE 600 s")
CNF = Place(Span("/etc/my.cnf", 3), "wait_timeout 10 s")
SERVER = Place(Span("live server", 0), "asked")


def finding(*places: Place, severity: Severity = "error", **changes: Any) -> Finding:
    return Finding(
        code="CL201",
        name="job-without-close",
        severity=severity,
        confidence="certain",
        message="send() uses the database, and nothing closes: 100% sure",
        help="close it",
        places=places or (JOB, AGE, CNF),
        function="send",
        settings_modules=("shop.settings",),
        aliases=("default",),
        fingerprint="ab" * 16,
    )._replace(**changes)


def result(*findings: Finding, notes: tuple[str, ...] = (), errors: tuple[str, ...] = ()) -> Result:
    return Result(findings, (), FACTS._replace(notes=notes), errors)


SUPPRESSED, KNOWN = finding(suppressed=True), finding(baseline=True)


def test_every_format_has_its_module() -> None:
    modules = {path.stem for path in Path(text.__file__).parent.glob("*.py")}
    assert set(FORMATS) <= modules


# --- SARIF -------------------------------------------------------------------------------------


def run_of(each: Result, view: View = VIEW) -> dict[str, Any]:
    rendered = json.loads(sarif.render(each, view))
    schema = json.loads((Path(__file__).parent / "sarif-subset.json").read_text())
    jsonschema.validate(rendered, schema)
    (run,) = rendered["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_names_the_rule_by_its_place_in_the_list() -> None:
    run = run_of(result(finding()))
    (one,) = run["results"]
    assert run["tool"]["driver"]["semanticVersion"] == "1.2.3"
    assert run["tool"]["driver"]["rules"][one["ruleIndex"]]["id"] == one["ruleId"] == "CL201"


def test_sarif_places() -> None:
    (one,) = run_of(result(finding()))["results"]
    (first,) = one["locations"]
    assert first["physicalLocation"] == {
        "artifactLocation": {"uri": "shop/jobs.py", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 5, "startColumn": 1, "endLine": 7, "endColumn": 18},
    }
    assert first["logicalLocations"] == [{"fullyQualifiedName": "send", "kind": "function"}]
    assert [(each["id"], each["message"]["text"]) for each in one["relatedLocations"]] == [
        (1, "CONN_MAX_AGE 600 s"),
        (2, "wait_timeout 10 s"),
    ]
    assert one["relatedLocations"][1]["physicalLocation"] == {
        "artifactLocation": {"uri": "file:///etc/my.cnf"},
        "region": {"startLine": 3, "startColumn": 1},
    }


def test_sarif_of_what_has_no_lines() -> None:
    (one,) = run_of(result(finding(SERVER)))["results"]
    assert "region" not in one["locations"][0]["physicalLocation"]


@pytest.mark.parametrize(
    ("path", "prefix", "artifact"),
    [
        ("a.py", "sub", {"uri": "sub/a.py", "uriBaseId": "%SRCROOT%"}),
        ("a.py", "..", {"uri": "file:///srv/app/a.py"}),
        ("x/a.py", "../..", {"uri": "file:///srv/app/x/a.py"}),
        ("a b#ü.py", "", {"uri": "a%20b%23%C3%BC.py", "uriBaseId": "%SRCROOT%"}),
        ("\udcff.py", "", {"uri": "%FF.py", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_sarif_paths(path: str, prefix: str, artifact: dict[str, str]) -> None:
    run = run_of(result(finding(Place(Span(path, 1), "here"))), VIEW._replace(prefix=prefix))
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == artifact


def test_sarif_levels_fingerprints_and_suppressions() -> None:
    run = run_of(result(finding(), finding(severity="info"), SUPPRESSED, KNOWN))
    assert [each["level"] for each in run["results"]] == ["error", "note", "error", "error"]
    assert [each.get("suppressions") for each in run["results"]] == [
        None,
        None,
        [{"kind": "inSource"}],
        [{"kind": "external"}],
    ]
    assert run["results"][0]["partialFingerprints"] == {"connLint/v1": "ab" * 16}


def test_sarif_says_when_the_run_is_not_complete() -> None:
    (invocation,) = run_of(result(notes=("a note",), errors=("db: refused",)))["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "toolExecutionNotifications": [
            {"level": "error", "message": {"text": "db: refused"}},
            {"level": "note", "message": {"text": "a note"}},
        ],
    }


# --- GitHub ------------------------------------------------------------------------------------


def test_github_escapes_what_a_command_would_obey() -> None:
    nasty = Place(Span("a,b:c%.py", 5, 1, 5, 9), "one\ntwo")
    lines = github.render(result(finding(nasty, AGE)), VIEW).splitlines()
    assert lines[0] == (
        "::error file=a%2Cb%3Ac%25.py,line=5,endLine=5,col=1,endColumn=9,title=CL201 job-without-close::"
        "send() uses the database, and nothing closes: 100%25 sure"
        "%0Ashop/settings.py:12: CONN_MAX_AGE 600 s%0Ahelp: close it"
    )
    assert lines[1:] == ["1 error in 1 file"]


def test_github_gives_columns_for_one_line_only() -> None:
    several, bare, none = github.render(
        result(finding(JOB), finding(CNF, severity="warning"), finding(SERVER, severity="info")), VIEW
    ).splitlines()[:3]
    assert several.startswith("::error file=shop/jobs.py,line=5,endLine=7,title=")
    assert bare.startswith("::warning file=/etc/my.cnf,line=3,title=")
    assert none.startswith("::notice file=live server,title=")


def test_github_leaves_out_what_is_suppressed_and_says_notes() -> None:
    out = github.render(result(SUPPRESSED, KNOWN, notes=("nothing\x1b to judge",)), VIEW)
    assert out == (
        "::notice title=conn-lint::nothing\N{REPLACEMENT CHARACTER} to judge\nno findings; 1 suppressed; 1 in the baseline\n"
    )


# --- GitLab ------------------------------------------------------------------------------------


def test_gitlab() -> None:
    first, second = json.loads(
        gitlab.render(result(finding(), finding(SERVER, severity="info"), SUPPRESSED), VIEW._replace(prefix="app"))
    )
    assert (first["check_name"], first["severity"], first["fingerprint"]) == (
        "CL201 job-without-close",
        "major",
        "ab" * 16,
    )
    assert first["location"] == {"path": "app/shop/jobs.py", "lines": {"begin": 5, "end": 7}}
    assert [each["path"] for each in first["other_locations"]] == ["app/shop/settings.py", "/etc/my.cnf"]
    assert first["content"]["body"].splitlines()[0] == "- `app/shop/settings.py:12` CONN_MAX_AGE 600 s"
    assert (second["severity"], second["location"]["lines"]) == ("info", {"begin": 1, "end": 1})


def test_gitlab_without_findings_is_an_empty_array() -> None:
    assert json.loads(gitlab.render(result(), VIEW)) == []


# --- JUnit -------------------------------------------------------------------------------------


def suite_of(each: Result, view: View = VIEW) -> ElementTree.Element:
    root = ElementTree.fromstring(junit.render(each, view))
    (suite,) = root
    assert (root.tag, suite.tag) == ("testsuites", "testsuite")
    assert {name: suite.get(name) for name in ("tests", "failures", "errors")} == {
        "tests": str(len(suite.findall("testcase"))),
        "failures": str(len(suite.findall("testcase/failure"))),
        "errors": str(len(suite.findall("testcase/error"))),
    }
    assert suite.get("skipped") == str(len(suite.findall("testcase/skipped")))
    return suite


def test_junit_tells_failures_from_what_does_not_fail() -> None:
    cases = suite_of(result(finding(), finding(severity="info"), SUPPRESSED, KNOWN)).findall("testcase")
    assert [case[0].tag for case in cases] == ["failure", "system-out", "skipped", "skipped"]
    assert [case[0].get("message") for case in cases[2:]] == ["suppressed by a comment", "in the baseline"]
    assert cases[0].attrib == {
        "classname": "shop/jobs.py",
        "name": "CL201 job-without-close at shop/jobs.py:5",
        "file": "shop/jobs.py",
        "line": "5",
    }
    assert "shop/settings.py:12: CONN_MAX_AGE 600 s\n/etc/my.cnf:3: wait_timeout 10 s\n" in (cases[0][0].text or "")


def test_junit_follows_fail_on() -> None:
    assert suite_of(result(finding(severity="info")), VIEW._replace(floor="info")).get("failures") == "1"
    assert suite_of(result(finding(severity="warning")), VIEW._replace(floor="error")).get("failures") == "0"


def test_junit_without_findings_has_one_case_that_passes() -> None:
    (case,) = suite_of(result()).findall("testcase")
    assert (case.get("name"), len(case)) == ("no findings", 0)


def test_junit_of_a_run_that_is_not_complete() -> None:
    (error,) = suite_of(result(errors=('db: "refused" <here>',))).findall("testcase/error")
    assert error.get("message") == 'db: "refused" <here>'


def test_junit_of_text_that_xml_has_no_form_for() -> None:
    suite = suite_of(result(finding(Place(Span('a&<".py', 1), "x\x00\x1b]]>")), notes=("a\x08b",)))
    assert suite[0].get("file") == 'a&<".py'
    assert "x\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}]]>" in (suite[0][0].text or "")


# --- Markdown ----------------------------------------------------------------------------------


def test_markdown() -> None:
    out = markdown.render(result(finding(JOB, AGE), SUPPRESSED, notes=("a note",)), VIEW)
    assert (
        out
        == """\
### conn-lint: 1 error in 1 file; 1 suppressed

> a note

**error CL201** job-without-close in `shop/jobs.py:5`

send() uses the database, and nothing closes: 100% sure

- `shop/jobs.py:5` this job
- `shop/settings.py:12` CONN_MAX_AGE 600 s
- settings: `shop.settings`
- help: close it
"""
    )


def test_markdown_has_no_effect_of_the_linted_code() -> None:
    out = markdown.render(result(finding(Place(Span("a`b.py", 1), "@admin <img> __init__ *x* [y](z) #1"))), VIEW)
    assert "- `a'b.py:1` @\N{ZERO WIDTH SPACE}admin \\<img\\> \\_\\_init\\_\\_ \\*x\\* \\[y\\](z) \\#1\n" in out


def test_markdown_fits_a_comment() -> None:
    out = markdown.render(result(*[finding()] * 1000), VIEW)
    assert len(out) < 65_536
    shown = out.count("**error CL201**")
    assert shown > 100
    assert out.endswith(f"\nand {1000 - shown} more, too many for one comment\n")


# --- more and less -----------------------------------------------------------------------------


def test_verbose_says_what_was_read_and_what_is_not_shown() -> None:
    out = text.render(result(SUPPRESSED, KNOWN), View(verbose=True))
    assert "settings read: none\n" in out
    assert "suppressed: shop/jobs.py:5: CL201 send() uses" in out
    assert "in the baseline: shop/jobs.py:5: CL201 send() uses" in out


def test_quiet_has_no_summary() -> None:
    assert text.render(result(), View(quiet=True)) == ""
    assert concise.render(result(), View(quiet=True)) == ""
    assert github.render(result(), View(quiet=True)) == ""
