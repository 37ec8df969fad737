"""Paths of path.py, Unipath and django-environ."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = """
import os
from environ import Env, Path as EnvironPath
from path import Path as PyPath
from unipath import Path as UniPath
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
"""
FILES = {"conf/more.py": "DB['CONN_MAX_AGE'] = 4", ".env": "AGE=7"}


@pytest.mark.parametrize(
    "path",
    [
        "PyPath(__file__).abspath().dirname() / 'conf' / 'more.py'",
        "PyPath(__file__).absolute().parent.joinpath('conf', 'more.py')",
        "os.path.join(PyPath(__file__).dirname(), 'conf/more.py')",
        "PyPath(__file__).parent + '/conf/more.py'",
        "UniPath(__file__).ancestor(1).child('conf', 'more.py')",
        "UniPath(UniPath(__file__).absolute().parent, 'conf', 'more.py')",
        "(EnvironPath(__file__) - 1)('conf/more.py')",
        "(EnvironPath(__file__) - 1).path('conf') + 'more.py'",
        "os.path.join(str(EnvironPath(__file__) - 1), 'conf', 'more.py')",
        "os.path.join(EnvironPath(__file__) - 1, 'conf', 'more.py')",
    ],
)
def test_a_file_is_found_by_any_of_them(read: Reader, path: str) -> None:
    database = read(f"{HEAD}exec(open({path}).read())", FILES).databases["default"]
    assert said(database.conn_max_age) == 4


@pytest.mark.parametrize(
    ("test", "age"),
    [
        ("(PyPath(__file__).parent / 'conf').isdir()", 5),
        ("(PyPath(__file__).parent / 'none').exists()", 60),
        ("UniPath(__file__).parent.child('conf', 'more.py').isfile()", 5),
        ("UniPath(__file__).stem == 'settings' and UniPath(__file__).ext == '.py'", 5),
        ("PyPath(__file__).name.upper() == 'SETTINGS.PY'", 5),
    ],
)
def test_what_they_tell(read: Reader, test: str, age: int) -> None:
    database = read(f"{HEAD}if {test}: DB['CONN_MAX_AGE'] = 5", FILES).databases["default"]
    assert said(database.conn_max_age) == age


@pytest.mark.parametrize("path", ["ROOT('.env')", "str(ROOT.path('.env'))", "ROOT.file('.env')"])
def test_an_env_file_by_its_path(read: Reader, path: str) -> None:
    text = f"{HEAD}ROOT = EnvironPath(__file__) - 1\nEnv.read_env({path})\nDB['CONN_MAX_AGE'] = Env().int('AGE', 5)"
    assert said(read(text, FILES).databases["default"].conn_max_age) == Open("AGE", default=7)
    assert said(read(text.replace(".env", ".none")).databases["default"].conn_max_age) == Open("AGE", default=5)


def test_what_is_relative_to_the_working_folder_is_unknown(read: Reader) -> None:
    text = f"{HEAD}DB['CONN_MAX_AGE'] = len(PyPath('conf').abspath())"
    assert said(read(text, FILES).databases["default"].conn_max_age) == Open()
