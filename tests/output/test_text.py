"""The report for people, letter by letter."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from conn_lint.excerpts import Excerpts
from conn_lint.model import Django, Facts, Finding, Place, Result, Severity, Span
from conn_lint.output import concise, text
from conn_lint.output.counts import summary
from conn_lint.output.view import View

FACTS = Facts("/", Django(None), {}, (), (), (), (), (), assume_mysql=False)

SETTINGS = """\
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.mysql",
        "PASSWORD": "hunter2", "CONN_MAX_AGE": 600,  # ten minutes
    }
}
"""
JOBS = """\
from django_rq import job


@job
def send(pk):
    report = Report.objects.get(pk=pk)
    report.send()
"""


def finding(
    *places: Place, severity: Severity = "error", suppressed: bool = False, message: str = "it goes away"
) -> Finding:
    return Finding(
        code="CL201",
        name="job-without-close",
        severity=severity,
        confidence="certain",
        message=message,
        help="close it",
        places=places,
        settings_modules=("shop.settings",),
        aliases=("default",),
        suppressed=suppressed,
    )


def report(tmp_path: Path, *findings: Finding, view: View = View(), notes: tuple[str, ...] = ()) -> str:  # noqa: B008
    (tmp_path / "settings.py").write_text(SETTINGS)
    (tmp_path / "jobs.py").write_text(JOBS)
    result = Result(findings, (), FACTS._replace(notes=notes))
    return text.render(result, view._replace(lines=Excerpts(str(tmp_path)).line))


JOB = Place(Span("jobs.py", 5, 1, 7, 18), "this job")
ORM = Place(Span("jobs.py", 6, 14, 6, 39), "queries here")
AGE = Place(Span("settings.py", 4, 32, 4, 51), "looked at by nobody")


def test_several_places_over_several_files(tmp_path: Path) -> None:
    assert report(tmp_path, finding(JOB, ORM, AGE)) == dedent(
        """\
        error[CL201] job-without-close: it goes away
         --> jobs.py:5:1
          |
        5 | def send(pk):
          | ^^^^^^^^^^^^^ this job
        6 |     report = Report.objects.get(pk=pk)
          |              ------------------------- queries here
         ::: settings.py:4:32
          |
        4 |         "PASSWORD": "*******", "CONN_MAX_AGE": 600,  # ten minutes
          |                                ------------------- looked at by nobody
          = settings: shop.settings
          = help: close it

        1 error in 1 file
        """
    )


def test_lines_apart_two_places_on_a_line_and_none_to_show(tmp_path: Path) -> None:
    first = Place(Span("jobs.py", 1, 1), "imported")
    second = Place(Span("jobs.py", 6, 5, 6, 11), "kept")
    live = Place(Span("db.example.org:3306", 12), "wait_timeout 10 s")
    assert report(tmp_path, finding(ORM, second, first, live, severity="warning")) == dedent(
        """\
        warning[CL201] job-without-close: it goes away
          --> jobs.py:6:14
           |
         1 | from django_rq import job
           | ------------------------- imported
        ...
         6 |     report = Report.objects.get(pk=pk)
           |     ------ kept
           |              ^^^^^^^^^^^^^^^^^^^^^^^^^ queries here
          ::: db.example.org:3306:12:1
           |
           | = wait_timeout 10 s
           = settings: shop.settings
           = help: close it

        1 warning in 1 file
        """
    )


def test_nothing_found(tmp_path: Path) -> None:
    assert report(tmp_path) == "no findings\n"


def test_notes_stand_before_the_summary(tmp_path: Path) -> None:
    assert report(tmp_path, notes=("nothing to judge",)) == "note: nothing to judge\n\nno findings\n"


def test_suppressed_findings_are_counted_only(tmp_path: Path) -> None:
    assert report(tmp_path, finding(JOB, suppressed=True)) == "no findings; 1 suppressed\n"


def test_colours_paint_and_change_no_letter(tmp_path: Path) -> None:
    import re

    plain = report(tmp_path, finding(JOB, ORM, AGE))
    coloured = report(tmp_path, finding(JOB, ORM, AGE), view=View(colour=True))
    assert coloured != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_paths_lead_from_the_working_directory(tmp_path: Path) -> None:
    out = report(tmp_path, finding(JOB, Place(Span("/etc/my.cnf", 1), "here")), view=View(prefix="../shop"))
    assert " --> ../shop/jobs.py:5:1\n" in out
    assert " ::: /etc/my.cnf:1:1\n" in out


def test_control_characters_are_not_handed_to_the_terminal(tmp_path: Path) -> None:
    out = report(tmp_path, finding(JOB, message="evil\x1b[2Jname"))
    assert "\x1b" not in out


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("x = [" + "1, " * 500 + "close_old_connections()]\n")
    out = report(tmp_path, finding(Place(Span("long.py", 1, 1506, 1, 1529), "here")))
    assert "close_old_connections()]\n" in out
    assert max(map(len, out.splitlines())) < 200
    source, marks = (line for line in out.splitlines() if "close_old" in line or "^^^" in line)
    assert marks.index("^") == source.index("close_old")


def test_wide_characters_are_counted_as_the_terminal_shows_them(tmp_path: Path) -> None:
    (tmp_path / "wide.py").write_text('f("日本", close())\n')
    out = report(tmp_path, finding(Place(Span("wide.py", 1, 9, 1, 16), "here")))
    assert '1 | f("日本", close())\n  |           ^^^^^^^ here\n' in out


def test_a_tab_is_one_column(tmp_path: Path) -> None:
    (tmp_path / "tab.py").write_text("\tclose()\n")
    out = report(tmp_path, finding(Place(Span("tab.py", 1, 2, 1, 9), "here")))
    assert "1 |  close()\n  |  ^^^^^^^ here\n" in out


def test_the_summary_counts() -> None:
    findings = (
        finding(JOB),
        finding(ORM),
        finding(AGE, severity="warning"),
        finding(AGE, severity="info"),
        finding(AGE, suppressed=True),
    )
    assert summary(Result(findings, (), FACTS)) == "2 errors, 1 warning, 1 info in 2 files; 1 suppressed"


def test_concise() -> None:
    result = Result((finding(JOB, ORM), finding(AGE, suppressed=True)), (), FACTS._replace(notes=("a note",)))
    assert concise.render(result, View()) == "jobs.py:5:1: CL201 error it goes away\nnote: a note\n"
    assert concise.render(result, View(prefix="app")).startswith("app/jobs.py:5:1: ")
