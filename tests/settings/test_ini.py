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


@pytest.mark.parametrize("module", ["configparser", "six.moves.configparser", "backports.configparser", "ConfigParser"])
def test_the_names_it_goes_by(read: Reader, module: str) -> None:
    text = f"from {module} import RawConfigParser\nQ = RawConfigParser()\nQ.read(HERE + '/one.ini')\n"
    assert age_of(read, text + "DB['CONN_MAX_AGE'] = Q.getint('db', 'age')") == 5


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("P.has_option('none', 'base')", False),
        ("P.get('none', 'base', fallback='f')", "f"),
        ("P.has_option('DEFAULT', 'base')", True),
        ("P['db'].get('base')", "6"),
        ("'|'.join(P['db'].keys())", "age|base"),
        ("'|'.join(name for name, _ in P.items('db'))", "base|age"),
        ("'|'.join(P.sections())", "db"),
    ],
)
def test_the_section_of_defaults(read: Reader, question: str, answer: object) -> None:
    text = "P.read_dict({'DEFAULT': {'base': 6}, 'db': {'age': 5}})\n"
    assert age_of(read, f"{text}DB['CONN_MAX_AGE'] = {question}") == answer
    failing = "try:\n    P.options('DEFAULT')\nexcept Exception:\n    DB['CONN_MAX_AGE'] = 3"
    assert age_of(read, text + failing) == 3


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


def test_what_is_read_and_set_in_some_worlds_only(read: Reader) -> None:
    get = "\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')"
    assert age_of(read, "P.read(HERE + '/one.ini')\nif os.environ.get('X'): P.set('db', 'age', '9')" + get) == {5, 9}
    text = "if os.environ.get('X'):\n    P.read(HERE + '/one.ini')\nelse:\n    P.read(HERE + '/two.ini')"
    assert age_of(read, text + get) == {5, 6}
    either = "P.read(HERE + '/one.ini')\nif os.environ.get('F'):\n    P.read_file(open(os.environ['F']))"
    assert age_of(read, either + get) == Open("F", default=5)
    layers = """
P.read_dict({'db': {'age': '1', 'name': 'n'}})
P.read('/etc/shop.ini')
P.read_dict({'db': {key: value for key, value in {'age': os.getenv('AGE')}.items() if value is not None}})
"""
    assert age_of(read, layers + get) == Open("AGE", default=1)
    assert age_of(read, layers + "DB['CONN_MAX_AGE'] = P.get('db', 'name')") == Open(default="n")


def test_references_in_values(read: Reader) -> None:
    lines = ("[DEFAULT]", "base = 6", "[db]", "age = %(base)s0", "odd = 5%%", "bad = %(none)s")
    text = f"P.read_string({chr(10).join(lines)!r})\n"
    assert age_of(read, text + "DB['CONN_MAX_AGE'] = P.getint('db', 'age')") == 60
    assert age_of(read, text + "DB['CONN_MAX_AGE'] = P.get('db', 'odd')") == "5%"
    assert age_of(read, text + "DB['CONN_MAX_AGE'] = P.get('db', 'age', raw=True)") == "%(base)s0"
    assert age_of(read, text + "try:\n    P.get('db', 'bad')\nexcept Exception:\n    DB['CONN_MAX_AGE'] = 3") == 3


@pytest.mark.parametrize(
    "text",
    [
        "from elsewhere import load\nP.read(HERE + '/one.ini')\nload(P)",
        "P.read(HERE + '/one.ini')\nP['db']['age'] = '9'",
        "P.read(HERE + '/one.ini')\nP.set('db', 'age', os.environ['X'])",
        "P.read(HERE + '/one.ini')\nP['db'].setdefault('age', '9')",
        "P.read(os.environ['X'])",
    ],
)
def test_what_is_changed_out_of_sight_is_unknown(read: Reader, text: str) -> None:
    assert isinstance(age_of(read, f"{text}\nDB['CONN_MAX_AGE'] = P.getint('db', 'age')"), Open)
