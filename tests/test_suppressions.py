"""Suppression comments: where they are found, and which are none."""

from __future__ import annotations

import pytest

from conn_lint.model import Span
from conn_lint.suppressions import directives


def words(path: str, text: str) -> list[tuple[int, tuple[str, ...]]]:
    return [(each.span.line, each.words) for each in directives(path, text.encode())]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x = 1  # conn-lint: ignore[CL201]", ("CL201",)),
        ("x = 1  # conn-lint: ignore[CL201] the broker pings", ("CL201",)),
        ("x = 1  # conn-lint:ignore[CL201]", ("CL201",)),
        ("x = 1  #conn-lint:  ignore [CL201,  job-without-close]", ("CL201", "job-without-close")),
        ("x = 1  # noqa: E501 # conn-lint: ignore[CL201]", ("CL201",)),
        ("x = 1  # conn-lint: ignore", ()),
        ("x = 1  # conn-lint: ignore[]", ()),
        ("x = 1  # conn-lint: ignore[,]", ()),
    ],
)
def test_python_comments(text: str, found: tuple[str, ...]) -> None:
    assert words("a.py", f"\n{text}\n") == [(2, found)]


@pytest.mark.parametrize(
    "text",
    [
        "x = '# conn-lint: ignore[CL201]'",
        'def f():\n    """Write `# conn-lint: ignore[CL201]` to hide it."""',
        "x = 1  # conn-lint: ignored[CL201]",
        "x = 1  # conn-lint ignore[CL201]",
        "x = 1  # see conn-lint: ignore it",
        "conn_lint = 1",
        "",
    ],
)
def test_what_is_no_suppression_in_python(text: str) -> None:
    assert words("a.py", text) == []


def test_the_span_is_that_of_the_comment() -> None:
    (found,) = directives("a.py", b"x = 1  # conn-lint: ignore[CL201] why\n")
    assert found.span == Span("a.py", 1, 8, 1, 34)


def test_python_that_has_no_tokens_is_read_by_lines() -> None:
    assert words("a.py", "x = (\n# conn-lint: ignore[CL001]\n") == [(2, ("CL001",))]


@pytest.mark.parametrize("path", ["my.cnf", "pyproject.toml", "compose.yml", "Procfile"])
def test_other_files_are_read_by_lines(path: str) -> None:
    assert words(path, "a\nwait_timeout = 10  # conn-lint: ignore[CL101] x\n") == [(2, ("CL101",))]


def test_bytes_that_are_not_utf_8() -> None:
    (found,) = directives("my.cnf", b"# caf\xe9\nwait_timeout = 1 # conn-lint: ignore[CL101]\n")
    assert found.span.line == 2
