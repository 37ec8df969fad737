"""``configparser``: several files, what the code changes, and files that the tree does not have."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = """
import os
from configparser import ConfigParser
HERE = os.path.dirname(__file__)
P = ConfigParser()
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
"""
FILES = {"one.ini": "[db]\nage = 5\nUser = me\n", "two.ini": "[db]\nage = 6\n[cache]\nage = 7\n"}


def age_of(read: Reader, text: str) -> object:
    return said(read(HEAD + text, FILES).databases["default"].conn_max_age)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("P.read([HERE + '/one.ini', HERE + '/two.ini'])\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')", 6),
        ("P.read_file(open(HERE + '/one.ini'))\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')", 5),
        ("P.read_dict({'db': {'age': 8}})\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')", 8),
        ("P.read(HERE + '/one.ini')\nP.set('db', 'age', '9')\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')", 9),
        ("P.add_section('db')\nP.set('db', 'age', '9')\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')", 9),
        ("P.read(HERE + '/one.ini')\nDB['CONN_MAX_AGE'] = int(dict(P.items('db'))['age'])", 5),
        ("P.read(HERE + '/one.ini')\nDB['CONN_MAX_AGE'] = int({**P['db']}['age'])", 5),
        ("P.read(HERE + '/one.ini')\nDB['CONN_MAX_AGE'] = sorted(k for k, v in P['db'].items())[0]", "age"),
        ("P.optionxform = str\nP.read(HERE + '/one.ini')\nDB['CONN_MAX_AGE'] = sorted(P.options('db'))[0]", "User"),
        ("P.read(HERE + '/one.ini')\nDB['CONN_MAX_AGE'] = sorted(P.options('db'))[0]", "age"),
        ("try:\n    P['db']\nexcept KeyError:\n    DB['CONN_MAX_AGE'] = 3", 3),
        ("P.read(HERE + '/one.ini')\nif 'age' in P['db'] and 'x' not in P['db']: DB['CONN_MAX_AGE'] = 3", 3),
    ],
)
def test_what_the_files_and_the_code_say(read: Reader, text: str, age: object) -> None:
    assert age_of(read, text) == age


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("P.read('/etc/shop.ini')\nDB['CONN_MAX_AGE'] = P.getint('db', 'age', fallback=7)", Open(default=7)),
        ("P.read('/etc/shop.ini')\nif P.has_section('db'): DB['CONN_MAX_AGE'] = P.get('db', 'age')", Open(default=60)),
        (
            "P.read([HERE + '/one.ini', '/etc/shop.ini'])\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')",
            Open(default=5),
        ),
        ("P.read('/etc/shop.ini')\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')", Open()),
    ],
)
def test_a_file_that_is_not_there_holds_nothing_by_default(read: Reader, text: str, age: object) -> None:
    assert age_of(read, text) == age


@pytest.mark.parametrize(
    "text",
    [
        "P.read(HERE + '/one.ini')\nif os.environ.get('X'): P.set('db', 'age', '9')",
        "P.read(HERE + '/one.ini')\nP['db']['age'] = '9'",
        "P.read(HERE + '/one.ini')\nP.set('db', 'age', os.environ['X'])",
        "P.read(HERE + '/one.ini')\nP['db'].setdefault('age', '9')",
        "P.read(os.environ['X'])",
    ],
)
def test_what_is_changed_out_of_sight_is_unknown(read: Reader, text: str) -> None:
    assert isinstance(age_of(read, f"{text}\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')"), Open)
