"""How a name is written, and where its import goes."""

from __future__ import annotations

import ast
from textwrap import dedent

import pytest

from conn_lint.fixes.applying import edited
from conn_lint.fixes.document import Document
from conn_lint.fixes.names import Written, written
from conn_lint.model import Edit


def ask(text: str, *names: str, own: str = "shop") -> tuple[Written | None, str]:
    """What is asked for at the last statement of ``text``, and the text with the import that is made for it."""
    source = dedent(text)
    document = Document("a.py", source, ast.parse(source), frozenset(own.split()))
    last = document.tree.body[-1]
    while isinstance(last, ast.FunctionDef):
        last = last.body[-1]
    found = written(document, last, "django.db", names or ("close_old_connections",))
    return found, edited("a.py", source.encode(), list(found.edits) if found else []).decode()


def imported(text: str, *names: str) -> str:
    return ask(text, *names)[1]


def words(text: str, *names: str) -> tuple[str, ...]:
    found, after = ask(text, *names)
    assert found is not None
    assert after == dedent(text)
    return found.words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("from django.db import close_old_connections\nx()", "close_old_connections"),
        ("from django.db import close_old_connections as close\nx()", "close"),
        ("from django import db\nx()", "db.close_old_connections"),
        ("from django import db as database\nx()", "database.close_old_connections"),
        ("def f():\n    from django.db import close_old_connections as close\n    x()", "close"),
    ],
)
def test_what_is_imported_already_is_used(text: str, word: str) -> None:
    assert words(text) == (word,)


@pytest.mark.parametrize(
    "text",
    [
        "def close_old_connections():\n    pass\nx()",
        "def f(close_old_connections):\n    x()",
        "from shop import close_old_connections\nx()",
        "import a as close_old_connections\nx()",
        "for close_old_connections in a:\n    x()",
        "from django.db import close_old_connections\nclose_old_connections = None\nx()",
    ],
)
def test_a_name_that_is_something_else_is_not_written(text: str) -> None:
    assert ask(text)[0] is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("from django.db import connection", "from django.db import close_old_connections, connection"),
        ("from django.db import atomic", "from django.db import atomic, close_old_connections"),
        ("from django.db import z, b", "from django.db import z, b, close_old_connections"),
        (
            "from django.db import (\n    atomic,\n    connection,  # the first\n)",
            "from django.db import (\n    atomic,\n    close_old_connections,\n    connection,  # the first\n)",
        ),
        (
            "from django.db import (\n    atomic,\n    b,\n)",
            "from django.db import (\n    atomic,\n    b,\n    close_old_connections,\n)",
        ),
        (
            "from django.db import *",
            "from django.db import *\nfrom django.db import close_old_connections",
        ),
    ],
)
def test_an_import_of_the_module_is_extended(before: str, after: str) -> None:
    assert imported(f"{before}\nx()\n") == f"{after}\nx()\n"


def test_several_names_are_put_in_together() -> None:
    assert imported("from django.db import models\nx()\n", "connection", "close_old_connections") == (
        "from django.db import close_old_connections, connection, models\nx()\n"
    )


LINE = "from django.db import close_old_connections\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("x()\n", f"{LINE}\nx()\n"),
        ('"""What it does."""\nx()\n', f'"""What it does."""\n\n{LINE}x()\n'),
        ("#!/usr/bin/python\n# mine\nx()\n", f"#!/usr/bin/python\n# mine\n{LINE}\nx()\n"),
        ("import os\n\nx()\n", f"import os\n\n{LINE}\nx()\n"),
        ("import os\n\nimport celery\n\nx()\n", f"import os\n\nimport celery\n{LINE}\nx()\n"),
        ("from celery import a\nfrom rq import b\n", f"from celery import a\n{LINE}from rq import b\n"),
        (
            "from django.apps import a\nfrom django.http import b\n",
            f"from django.apps import a\n{LINE}from django.http import b\n",
        ),
        ("import os\n\nfrom shop import a\n", f"import os\n\n{LINE}\nfrom shop import a\n"),
        ("from . import a\n", f"{LINE}\nfrom . import a\n"),
        ("from __future__ import annotations\nx()\n", f"from __future__ import annotations\n\n{LINE}x()\n"),
    ],
)
def test_an_import_is_put_among_its_like(before: str, after: str) -> None:
    assert imported(before) == after


def test_an_import_in_a_branch_does_not_count() -> None:
    text = "try:\n    from django.db import close_old_connections\nexcept ImportError:\n    pass\nx()\n"
    assert imported(text) == f"{LINE}\n{text}"


def test_what_follows_on_the_line_keeps_an_import_out() -> None:
    assert ask("import celery; x()\n")[0] is None


def test_edits_are_those_of_the_file() -> None:
    found, _ = ask("from django.db import models\nx()\n")
    assert found is not None
    (edit,) = found.edits
    assert isinstance(edit, Edit)
    assert edit.span == ("a.py", 1, 23, 1, 23)
