"""Settings beside DATABASES: those that verdicts ask for are evaluated, and no others."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import conn_lint
from conn_lint.settings.readout import NAMES
from tests.settings.conftest import Open, Reader, said

PACKAGE = Path(conn_lint.__file__).parent


def asked() -> set[str]:
    """Every name of a setting that is written down where deployments are looked at."""
    found: set[str] = set()
    for folder in ("workers", "rules"):
        for path in (PACKAGE / folder).rglob("*.py"):
            text = path.read_text()
            if ".names" not in text and "frameworks.settings import" not in text:
                continue
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.Call):
                    words = [each.value for each in node.args if isinstance(each, ast.Constant)]
                    called = ast.unparse(node.func)
                    if called.endswith("deployment.names.get") or called in ("known", "whenever"):
                        found.update(word for word in words if isinstance(word, str))
                if isinstance(node, ast.Compare) and ast.unparse(node.comparators[0]) == "each.names":
                    found.add(ast.literal_eval(node.left))
                if (
                    isinstance(node, ast.For)
                    and isinstance(node.iter, ast.Tuple)
                    and "deployment.names.get(" in ast.unparse(node)
                ):
                    found.update(ast.literal_eval(node.iter))
    return found


def test_what_is_asked_for_is_evaluated_and_nothing_else() -> None:
    assert asked() == NAMES


def test_a_setting_beside_the_databases(read: Reader) -> None:
    deployment = read("DATABASES = {}\nDEBUG = True\nCELERY_DB_REUSE_MAX = 5\nCELERY_TIMEZONE = 'UTC'\n")
    assert {name: said(value) for name, value in deployment.names.items()} == {"DEBUG": True, "CELERY_DB_REUSE_MAX": 5}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AGE = 5 if isinstance(NAME, basestring) else 7", {5, 7}),
        ("AGE = int(unicode(NAME))", Open()),
        ("try:\n    text = basestring\nexcept NameError:\n    text = str\nAGE = 5 if isinstance(NAME, text) else 7", 5),
        ("NOTHING = object()\nAGE = 5 if NAME is NOTHING else 7", 7),
        ("NOTHING = object()\nAGE = 5 if {}.get('x', NOTHING) is NOTHING else 7", 5),
        ("import sys\nAGE = 5 if 'test' in sys.argv[1:] else 7", 7),
        ("import sys\nAGE = 5 if sys.argv[1:][0] == sys.argv[0] else 7", {5, 7}),
    ],
)
def test_names_of_python_itself(read: Reader, text: str, expected: object) -> None:
    body = f"NAME = 'shop'\n{text}\nDATABASES = {{'default': {{'CONN_MAX_AGE': AGE}}}}\n"
    assert said(read(body).databases["default"].conn_max_age) == expected


@pytest.mark.parametrize("beside", ["def double(age):\n        return 2 * age", "double = lambda age: 2 * age", "pass"])
def test_a_method_by_another_name_changes_its_object(read: Reader, beside: str) -> None:
    """As does one named in a block that defines functions, too."""
    text = "DATABASES = {'default': {'CONN_MAX_AGE': 60}}\n"
    text += f"if True:\n    change = DATABASES['default'].update\n    {beside}\n    change(CONN_MAX_AGE=2)\n"
    assert said(read(text).databases["default"].conn_max_age) == 2
