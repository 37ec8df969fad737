"""Configuration classes of every shape; every case was run with django-configurations 2.5.1."""

from __future__ import annotations

from pathlib import Path

import pytest

from conn_lint.model import Deployment
from conn_lint.settings import read_deployments
from tests.settings.conftest import Open, said, write

MYSQL = "django.db.backends.mysql"
HEAD = """
from configurations import Configuration, values

class Shared:
    CONN_AGE = values.IntegerValue(60)

class Asked(Shared, Configuration):
    DATABASES = {"default": {"ENGINE": "%s", "CONN_MAX_AGE": 1}}
"""
PROPERTY = """
    @property
    def DATABASES(self):
        return {"default": {"CONN_MAX_AGE": %s}}
"""
HOOK = """
    @classmethod
    def %s(cls):
        super().%s()
        cls.DATABASES["default"]["CONN_MAX_AGE"] = %s
"""

CASES: dict[str, tuple[str, object]] = {
    "a property that reads a value": (PROPERTY % "self.CONN_AGE", Open("DJANGO_CONN_AGE", default=60)),
    "an overridden value": (PROPERTY % "self.CONN_AGE" + "    CONN_AGE = 7\n", 7),
    "a list": (
        "    AGES = values.ListValue(['1', '2'])\n" + PROPERTY % "int(self.AGES[1])",
        Open("DJANGO_AGES", default=2),
    ),
    "a lambda as a property": (
        "    DATABASES = property(lambda self: {'default': {'CONN_MAX_AGE': self.CONN_AGE}})\n",
        Open("DJANGO_CONN_AGE", default=60),
    ),
    "a method": ("    def DATABASES(self):\n        return {'default': {'CONN_MAX_AGE': 5}}\n", 5),
    "pre_setup": (HOOK % ("pre_setup", "pre_setup", "33"), 33),
    "setup": (HOOK % ("setup", "setup", "cls.CONN_AGE"), Open("DJANGO_CONN_AGE", default=60)),
    "post_setup": (HOOK % ("post_setup", "post_setup", "44"), 44),
    "a value inside a dict": (
        "    DATABASES = {'default': {'CONN_MAX_AGE': values.IntegerValue(8, environ_name='A', environ_prefix='')}}\n",
        Open("A", default=8),
    ),
    "spread": (
        "    _one = {'CONN_MAX_AGE': values.IntegerValue(8, environ_name='A', environ_prefix=None)}\n"
        "    DATABASES = {'default': {**_one}}\n",
        Open("A", default=8),
    ),
    "a URL": ("    DATABASES = values.DatabaseURLValue('mysql://h/n', conn_max_age=5)\n", 5),
    "the query of a URL is no age": ("    DATABASES = values.DatabaseURLValue('mysql://h/n?conn_max_age=9')\n", 0),
}


def deployment(folder: Path, body: str, **env: str) -> Deployment:
    project = write(folder, {"settings.py": f"{HEAD % MYSQL}{body}"})
    (found,) = read_deployments(project, wanted=("settings.py::Asked",), env=env)
    return found


@pytest.mark.parametrize(("body", "age"), CASES.values(), ids=CASES)
def test_a_class(tmp_path: Path, body: str, age: object) -> None:
    assert said(deployment(tmp_path, body).databases["default"].conn_max_age) == age


@pytest.mark.parametrize(
    ("value", "env", "engine"),
    [
        ("'mysql://h/n'", {"DATABASE_URL": "sqlite:///x"}, "django.db.backends.sqlite3"),
        ("'mysql://h/n', environ_prefix='MY'", {"DATABASE_URL": "sqlite:///x"}, Open("MY_DATABASE_URL", default=MYSQL)),
        ("'mysql://h/n', environ=False", {"DATABASE_URL": "sqlite:///x"}, MYSQL),
        ("'mysql://h/n', environ_name='OTHER'", {}, Open("OTHER", default=MYSQL)),
    ],
)
def test_a_database_url(tmp_path: Path, value: str, env: dict[str, str], engine: object) -> None:
    body = f"    DATABASES = values.DatabaseURLValue({value})\n"
    assert said(deployment(tmp_path, body, **env).databases["default"].engine) == engine


def test_a_dotenv_file_named_by_the_class(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("DJANGO_CONN_AGE=70\n")
    body = "    import os\n    DOTENV = os.path.join(os.path.dirname(__file__), '.env')\n" + PROPERTY % "self.CONN_AGE"
    assert said(deployment(tmp_path, body).databases["default"].conn_max_age) == Open("DJANGO_CONN_AGE", default=70)


def test_what_django_has_by_default_is_there(tmp_path: Path) -> None:
    text = HEAD % MYSQL + "class Heir(Asked):\n    STORAGES = Asked.STORAGES | {}\n"
    (heir,) = read_deployments(write(tmp_path, {"settings.py": text}), wanted=("settings.py::Heir",))
    assert (heir.problems, said(heir.databases["default"].engine)) == ((), MYSQL)


def test_a_class_that_is_run_though_another_inherits_from_it(tmp_path: Path) -> None:
    text = HEAD % MYSQL + "class PreProduction(Asked):\n    pass\nclass Common(Asked):\n    pass\n"
    text += "class Production(Common):\n    pass\nclass Staging(Production):\n    pass\n"
    found = read_deployments(write(tmp_path, {"settings.py": text}))
    assert [each.class_name for each in found] == ["PreProduction", "Production", "Staging"]
