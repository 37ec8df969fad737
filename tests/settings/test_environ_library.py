"""django-environ: values that refer to other variables, files in their place, casts of the project's own."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

DATABASES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': AGE}}\n"


def age_of(read: Reader, expression: str, **env: str) -> object:
    text = f"import environ\nenv = environ.Env()\n{expression}\n{DATABASES}"
    databases = read(text, **env).databases
    return said(databases["default"].conn_max_age)


@pytest.mark.parametrize(
    ("expression", "env", "age"),
    [
        ("AGE = env.int('A')", {"A": "$B", "B": "7"}, 7),
        ("AGE = env('A')", {"A": "$B", "B": "7"}, "7"),
        ("AGE = env('A')", {"A": "$B", "B": "$C", "C": "x"}, "x"),
        ("AGE = env.int('A', 5)", {"A": "$B"}, Open("B", default=5)),
        ("AGE = env('A', default='$B')", {"B": "9"}, Open("A", default="9")),
        ("AGE = env('A')", {"A": "B"}, "B"),
    ],
)
def test_a_value_may_refer_to_another_variable(read: Reader, expression: str, env: dict[str, str], age: object) -> None:
    assert age_of(read, expression, **env) == age


def test_variables_that_refer_to_each_other_cannot_be_read(read: Reader) -> None:
    text = f"import environ\nAGE = environ.Env()('A')\n{DATABASES}"
    (problem,) = read(text, A="$B", B="$A").problems
    assert "RecursionError" in problem.reason


def test_a_file_may_stand_in_the_place_of_a_variable(read: Reader) -> None:
    assert age_of(read, "AGE = environ.FileAwareEnv().int('A', 5)") == Open("A", "A_FILE", default=5)
    assert age_of(read, "AGE = environ.FileAwareEnv().int('A', 5)", A="6", A_FILE="/run/a") == Open("A_FILE")
    assert age_of(read, "AGE = environ.FileAwareEnv().int('A', 5)", A="6") == 6
    assert age_of(read, "AGE = environ.Env().int('A', 5)", A="6", A_FILE="/run/a") == 6


def test_attributes_of_either_class_decide(read: Reader) -> None:
    of_files = "environ.FileAwareEnv.prefix = 'X_'\nAGE = environ.FileAwareEnv().int('A', 5)"
    assert age_of(read, of_files, A="6") == Open()
    assert age_of(read, "environ.FileAwareEnv.prefix = 'X_'\nAGE = environ.Env().int('A', 5)", A="6") == 6


def test_a_cast_of_the_projects_own(read: Reader) -> None:
    expression = "AGE = environ.Env(A=(lambda text: int(text) * 2, 4), B=False)('A')"
    assert age_of(read, expression) == Open("A", default=4)
    assert age_of(read, expression, A="6") == Open()
