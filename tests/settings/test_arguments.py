"""Calls that nobody would write, of everything that is modelled: an answer, whatever is given."""

from __future__ import annotations

import importlib
from datetime import timedelta
from pathlib import PurePath

import pytest

from conn_lint.settings import libraries
from tests.settings.conftest import Reader

GIVEN = (
    *("", "1", "'a'", "None", "unknown", "DATABASES", "[1, 2]", "('a', 1)", "lambda x: x", "x=1", "1, 'a'"),
    *("'a', 1, 2", "DATABASES, 'default'", "*unknown", "**unknown", "either, either", "b'x'", "{1}", "-1, 1.5"),
    *("'%d'", "int", "default=[]", "'X', default=5, cast=int", "'', None, None"),
)
HEAD = (
    "import os\nunknown = os.environ.get('X')\neither = 5 if os.environ.get('Y') else [unknown]\n"
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}\n"
)
FILES = sorted(set(libraries.FILES.values()))
OBJECTS: dict[str, object] = {
    "'abc'": "abc",
    "[3, 4]": [3, 4],
    "{3, 4}": {3, 4},
    "{'a': 1}": {"a": 1},
    "pathlib.Path('a/b')": PurePath("a/b"),
    "datetime.timedelta(seconds=5)": timedelta(seconds=5),
}


def text_of(imports: str, functions: list[str]) -> str:
    tries = [
        f"try:\n    result = {function}({given})\nexcept Exception:\n    pass\nelse:\n    DATABASES['a'] = result\n"
        for function in functions
        for given in GIVEN
    ]
    return HEAD + imports + "".join(tries)


@pytest.mark.parametrize("file", FILES)
def test_a_modelled_function_takes_anything(read: Reader, file: str) -> None:
    models = importlib.import_module(f"conn_lint.settings.libraries.{file}")
    for name in getattr(models, "MODELS", {}):
        module = name.rpartition(".")[0]
        imports = f"import {module}\n" if module != "builtins" else ""
        deployment = read(text_of(imports, [name.removeprefix("builtins.")]))
        assert "default" in deployment.databases or deployment.open


@pytest.mark.parametrize("written", OBJECTS)
def test_a_method_takes_anything(read: Reader, written: str) -> None:
    methods = [name for name in dir(OBJECTS[written]) if not name.startswith("__")]
    for method in methods:
        assert "default" in read(text_of("import datetime, pathlib\n", [f"{written}.{method}"])).databases
