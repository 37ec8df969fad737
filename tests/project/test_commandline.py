"""The words of a command line: its program and its options."""

from __future__ import annotations

import pytest

from conn_lint.project.commandline import option, options, program_of

_VALUED = {"-w": "workers", "--workers": "workers"}


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("gunicorn -w 4", ("gunicorn", ("-w", "4"))),
        ("/venv/bin/gunicorn -w 4", ("gunicorn", ("-w", "4"))),
        ("poetry run gunicorn", ("gunicorn", ())),
        ("gosu gunicorn gunicorn -w 4", ("gunicorn", ("-w", "4"))),
        ("python manage.py runserver", ("", ())),
    ],
)
def test_the_program_and_its_words(line: str, found: tuple[str, tuple[str, ...]]) -> None:
    assert program_of(tuple(line.split()), ("gunicorn", "uwsgi")) == found


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("-w 4 --preload site.wsgi", [("workers", "4"), ("preload", "true"), ("", "site.wsgi")]),
        ("-w4 -w=5", [("workers", "4"), ("workers", "5")]),
        ("--workers=4 --workers 5", [("workers", "4"), ("workers", "5")]),
        ("--workers", [("workers", "")]),
        ("--log -x", [("", "--log"), ("", "-x")]),
        ("--wide 3", [("", "--wide"), ("", "3")]),
    ],
)
def test_options_in_every_spelling(line: str, found: list[tuple[str, str]]) -> None:
    assert list(options(tuple(line.split()), _VALUED, {"--preload": "preload"})) == found


def test_the_last_value_of_an_option_counts() -> None:
    assert option(("-w", "2", "--workers=3"), "-w", "--workers") == "3"
    assert option(("--threads", "2"), "-w", "--workers") == ""
