"""Keys of which no more is known than how they begin: databases that a loop makes beside those that have names."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Reader, said

HEAD = """
import os
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}, 'shard_0': {'CONN_MAX_AGE': 60}}
"""


@pytest.mark.parametrize("key", ["f'shard_{name}'", "'shard_%s' % name", "'shard_' + name", "'shard_{}'.format(name)"])
def test_other_databases_stay_as_they_are(read: Reader, key: str) -> None:
    loop = f"for name in os.environ['NAMES'].split(','): DATABASES[{key}] = {{'CONN_MAX_AGE': 5}}"
    deployment = read(HEAD + loop)
    assert deployment.open
    assert said(deployment.databases["default"].conn_max_age) == 60
    assert said(deployment.databases["shard_0"].conn_max_age) != 60


@pytest.mark.parametrize("key", ["name", "name + '_shard'", "f'{name}_shard'", "'%s_shard' % name", "f'd{name}'"])
def test_any_may_be_meant(read: Reader, key: str) -> None:
    loop = f"for name in os.environ['NAMES'].split(','): DATABASES[{key}] = {{'CONN_MAX_AGE': 5}}"
    assert said(read(HEAD + loop).databases["default"].conn_max_age) != 60


def test_a_key_that_begins_in_one_of_several_ways(read: Reader) -> None:
    text = "START = os.getenv('START') and 'sh' or 'sc'\nDATABASES[START + os.environ['NAME']] = {'CONN_MAX_AGE': 5}"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 60
    other = text.replace("'sc'", "'de'")
    assert said(read(HEAD + other).databases["default"].conn_max_age) != 60


def test_what_is_read_under_such_a_key(read: Reader) -> None:
    text = "T = {'a_1': 5, 'b_1': 60}\nDATABASES['default']['CONN_MAX_AGE'] = T['a_' + os.environ['NAME']]"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 5
    whole = text.replace("'a_' + ", "")
    assert said(read(HEAD + whole).databases["default"].conn_max_age) != 5
