"""``DjangoDynaconf`` over files and variables; every case was run with dynaconf 3.3.5 and Django 5.2."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from conn_lint.model import Deployment, Known, Unknown, Value
from conn_lint.settings import read_deployments
from tests.settings.conftest import write

SETTINGS = """
DATABASES = {
    "default": {"ENGINE": "mysql", "CONN_MAX_AGE": 10, "OPTIONS": {"charset": "utf8"}},
    "other": {"ENGINE": "y"},
}
import dynaconf
settings = dynaconf.DjangoDynaconf(__name__%s)
"""
LAYERS = (
    "[default]\nDATABASES__default__CONN_MAX_AGE = 60\n[development]\nDATABASES__default__CONN_MAX_AGE = 61\n"
    "[production]\nDATABASES__default__CONN_MAX_AGE = 62\n[global]\ndatabases__other__CONN_MAX_AGE = 3\n"
)
TOML = "[default]\nDATABASES__default__CONN_MAX_AGE = %d\n"

CASES: dict[str, tuple[dict[str, str], dict[str, str], dict[str, tuple[object, object]]]] = {
    "no file": ({}, {}, {"default": ("mysql", 10), "other": ("y", 0)}),
    "a dict replaces": (
        {"settings.toml": '[default.DATABASES.default]\nENGINE = "z"\nCONN_MAX_AGE = 60\n'},
        {},
        {"default": ("z", 60)},
    ),
    "a dict is merged": (
        {"settings.toml": "[default]\nDATABASES = {dynaconf_merge = true, default = {CONN_MAX_AGE = 60}}\n"},
        {},
        {"default": ("mysql", 60), "other": ("y", 0)},
    ),
    "inner merge": (
        {"settings.toml": "[default.DATABASES.default]\nCONN_MAX_AGE = 60\ndynaconf_merge = true\n"},
        {},
        {"default": (None, 60)},
    ),
    "double underscores": ({"settings.toml": TOML % 60}, {}, {"default": ("mysql", 60), "other": ("y", 0)}),
    "layers": ({"settings.toml": LAYERS}, {}, {"default": ("mysql", 61), "other": ("y", 3)}),
    "another layer": (
        {"settings.toml": LAYERS},
        {"DJANGO_ENV": "Production"},
        {"default": ("mysql", 62), "other": ("y", 3)},
    ),
    "above, and secrets": (
        {
            "../settings.yaml": "default:\n  databases:\n    default:\n      CONN_MAX_AGE: 70\n",
            ".secrets.toml": '[default]\nDATABASES__default__ENGINE = "secret"\n',
        },
        {},
        {"default": ("secret", 70)},
    ),
    "the nearest": (
        {"../settings.toml": TOML % 60, "settings.toml": TOML % 61},
        {},
        {"default": ("mysql", 61), "other": ("y", 0)},
    ),
    "a config folder": ({"config/settings.toml": TOML % 60}, {}, {"default": ("mysql", 60), "other": ("y", 0)}),
    "a local file": (
        {"settings.local.toml": TOML % 44, "settings.toml": TOML % 45},
        {},
        {"default": ("mysql", 44), "other": ("y", 0)},
    ),
    "keys in lower case": (
        {"settings.toml": "[default]\ndatabases__default__conn_max_age = 60\n"},
        {},
        {"default": ("mysql", 60), "other": ("y", 0)},
    ),
    "a cast": (
        {"settings.toml": '[default]\nDATABASES__default__CONN_MAX_AGE = "@int 60"\n'},
        {},
        {"default": ("mysql", 60), "other": ("y", 0)},
    ),
    "json": (
        {"settings.json": '{"default": {"DATABASES": {"default": {"CONN_MAX_AGE": 5}}}}'},
        {},
        {"default": (None, 5)},
    ),
    "outside a section": ({"settings.toml": "DATABASES__default__CONN_MAX_AGE = 60\n"}, {}, {"default": ("mysql", 10)}),
    "a variable": (
        {},
        {"DJANGO_DATABASES__default__CONN_MAX_AGE": "90"},
        {"default": ("mysql", 90), "other": ("y", 0)},
    ),
    "a variable that is text": (
        {},
        {"DJANGO_DATABASES__default__CONN_MAX_AGE": '"90"'},
        {"default": ("mysql", "90"), "other": ("y", 0)},
    ),
    "a .env file": (
        {"../.env": "DJANGO_DATABASES__default__CONN_MAX_AGE=33\n"},
        {},
        {"default": ("mysql", 33), "other": ("y", 0)},
    ),
}


def deployment(folder: Path, files: dict[str, str], env: dict[str, str], options: str = "") -> Deployment:
    placed = {str(Path("proj", path)).replace("proj/../", ""): text for path, text in files.items()}
    project = write(folder, {**placed, "proj/settings.py": SETTINGS % options})
    (found,) = read_deployments(project, wanted=("proj/settings.py",), env=env)
    return found


def by_default(value: Value) -> Any:
    assert isinstance(value, (Known, Unknown))
    if isinstance(value, Known):
        return value.value
    assert value.default is not None, value.why
    return value.default.value


@pytest.mark.parametrize(("files", "env", "truth"), CASES.values(), ids=CASES)
def test_as_dynaconf_does_it(
    tmp_path: Path, files: dict[str, str], env: dict[str, str], truth: dict[str, tuple[object, object]]
) -> None:
    databases = deployment(tmp_path, files, env).databases
    for alias, (engine, age) in truth.items():
        assert (by_default(databases[alias].engine), by_default(databases[alias].conn_max_age)) == (engine, age)


@pytest.mark.parametrize(
    ("files", "env", "options"),
    [
        ({"settings.ini": "[default]\nAGE = 7\n"}, {}, ""),
        ({"dynaconf_hooks.py": ""}, {}, ""),
        ({}, {"DJANGO_DATABASES": "{}"}, ""),
        ({}, {}, ", post_hooks=[print]"),
        ({}, {}, ", settings_files=['/etc/shop/settings.py']"),
    ],
)
def test_what_is_not_followed_is_unknown(
    tmp_path: Path, files: dict[str, str], env: dict[str, str], options: str
) -> None:
    found = deployment(tmp_path, files, env, options)
    assert found.open
    assert not any(isinstance(one.conn_max_age, Known) for one in found.databases.values())


def test_the_variable_that_overrides_is_named(tmp_path: Path) -> None:
    age = deployment(tmp_path, {}, {}).databases["default"].conn_max_age
    assert isinstance(age, Unknown)
    assert age.env == ("DJANGO_DATABASES__default__CONN_MAX_AGE",)
