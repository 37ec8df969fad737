"""Files and modules that the tree does not have: what holds by default is what holds without them."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = """
import importlib, json, os
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
"""
PACK = {"pack/__init__.py": "", "pack/base.py": "AGE = 5"}


def age_of(read: Reader, text: str) -> object:
    return said(read(HEAD + text, PACK).databases["default"].conn_max_age)


def test_a_file_elsewhere_that_a_try_can_do_without(read: Reader) -> None:
    text = "try:\n    S = json.load(open({}))\nexcept {}:\n    S = {{}}\nDB['CONN_MAX_AGE'] = S.get('age', 5)\n"
    assert age_of(read, text.format("'/etc/shop.json'", "OSError")) == Open(default=5)
    assert age_of(read, text.format("os.environ.get('F', '/etc/shop.json')", "Exception")) == Open("F", default=5)
    assert age_of(read, text.format("'/etc/shop.json'", "ValueError")) == Open()
    assert age_of(read, "DB['CONN_MAX_AGE'] = json.load(open('/etc/shop.json')).get('age', 5)") == Open()


def test_a_secret_from_a_file_or_a_variable(read: Reader) -> None:
    text = """
def secret(name, default):
    try:
        return int(open('/run/secrets/' + name).read())
    except FileNotFoundError:
        return int(os.environ.get(name, default))
DB['CONN_MAX_AGE'] = secret('AGE', 5)
"""
    assert age_of(read, text) == Open("AGE", default=5)


@pytest.mark.parametrize(
    ("text", "age"),
    [
        ("DB['CONN_MAX_AGE'] = importlib.import_module(name='.base', package='pack').AGE", 5),
        ("DB['CONN_MAX_AGE'] = importlib.import_module('pack.base').AGE", 5),
        ("try:\n    importlib.import_module('.base')\nexcept TypeError:\n    DB['CONN_MAX_AGE'] = 3", 3),
        (
            "M = os.environ.get('M', 'pack.local')\n"
            "try:\n    globals().update(importlib.import_module(M).__dict__)\nexcept ImportError:\n    pass",
            Open("M", default=60),
        ),
        ("try:\n    importlib.import_module('pack.local')\nexcept ImportError:\n    DB['CONN_MAX_AGE'] = 3", 3),
    ],
)
def test_an_import_by_name(read: Reader, text: str, age: object) -> None:
    assert age_of(read, text) == age


def test_a_module_beside_the_one_that_imports_all_of_it(read: Reader) -> None:
    files = {"pack/__init__.py": "", "pack/base.py": "AGE = 5", "pack/celery.py": "AGE = 9"}
    text = "from pack.prod import *\nDATABASES = {'default': {'ENGINE': 'a.mysql', 'CONN_MAX_AGE': AGE}}"

    def age(prod: str) -> object:
        return said(read(text, {**files, "pack/prod.py": prod}).databases["default"].conn_max_age)

    assert age("from base import *") == 5
    assert age("AGE = 6\ntry:\n    from base import *\nexcept ImportError:\n    pass") == 6
    assert age("AGE = 6\nimport celery") == 6


def test_a_relative_path_is_meant_from_where_the_process_is_started(read: Reader) -> None:
    files = {"manage.py": "", "conf/shop.json": '{"age": 5}'}
    text = f"{HEAD}with open('conf/shop.json') as f: DB['CONN_MAX_AGE'] = json.load(f)['age']"
    assert said(read(text, files).databases["default"].conn_max_age) == 5
    assert said(read(text.replace("shop", "none"), files).databases["default"].conn_max_age) == Open()
    guarded = f"{HEAD}if os.path.exists('conf/shop.json'): DB['CONN_MAX_AGE'] = 5"
    assert said(read(guarded, files).databases["default"].conn_max_age) == {5, 60}
    either = f"{HEAD}try:\n    DB['CONN_MAX_AGE'] = json.load(open('conf/shop.json'))['age']\nexcept OSError:\n    pass"
    assert said(read(either, files).databases["default"].conn_max_age) == {5, 60}
