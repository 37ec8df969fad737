"""Keys that Django does not read where they stand."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Reader, said

FOUND = {
    "misspelt": ("DATABASES = {'default': {\n    'CON_MAX_AGE': 60}}", "CON_MAX_AGE", "CONN_MAX_AGE", "misspelt", 2),
    "swapped": ("DATABASES = {'default': {'CONN_MAX_AEG': 60}}", "CONN_MAX_AEG", "CONN_MAX_AGE", "misspelt", 1),
    "without a line": ("DATABASES = {'default': {'CONN_MAXAGE': 60}}", "CONN_MAXAGE", "CONN_MAX_AGE", "misspelt", 1),
    "health check": (
        "DATABASES = {'default': {'CONN_HEALTH_CHECK': True}}",
        "CONN_HEALTH_CHECK",
        "CONN_HEALTH_CHECKS",
        "misspelt",
        1,
    ),
    "lower case": ("DATABASES = {'default': {'conn_max_age': 60}}", "conn_max_age", "CONN_MAX_AGE", "case", 1),
    "in OPTIONS": (
        "DATABASES = {'default': {\n  'OPTIONS': {\n    'CONN_MAX_AGE': 60}}}",
        "CONN_MAX_AGE",
        "CONN_MAX_AGE",
        "in-options",
        3,
    ),
    "in OPTIONS by assignment": (
        "DATABASES = {'default': {'OPTIONS': {}}}\nDATABASES['default']['OPTIONS']['conn_max_age'] = 6",
        "conn_max_age",
        "CONN_MAX_AGE",
        "in-options",
        2,
    ),
    "by mutation": (
        "DATABASES = {'default': {}}\nDATABASES['default'].update(\n    CONN_MAX_AGES=60)",
        "CONN_MAX_AGES",
        "CONN_MAX_AGE",
        "misspelt",
        2,
    ),
    "at module level": (
        "DATABASES = {'default': {}}\nCONN_MAX_AGE = 60",
        "CONN_MAX_AGE",
        "CONN_MAX_AGE",
        "module-level",
        2,
    ),
    "beside the aliases": (
        "DATABASES = {'default': {},\n'OPTIONS': {'init_command': ''}}",
        "OPTIONS",
        "OPTIONS",
        "beside-alias",
        2,
    ),
    "an age beside the aliases": (
        "DATABASES = {'default': {},\n'CONN_MAX_AGE': 60}",
        "CONN_MAX_AGE",
        "CONN_MAX_AGE",
        "beside-alias",
        2,
    ),
}

FOUND |= {
    name: (f"DATABASES = {{'default': {{'{name}': 60}}}}", name, meant, "misspelt", 1)
    for name, meant in [
        ("MAX_CONN_AGE", "CONN_MAX_AGE"),
        ("CONNECTION_MAX_AGE", "CONN_MAX_AGE"),
        ("connection_health_checks", "CONN_HEALTH_CHECKS"),
        ("HEALTH_CHECKS", "CONN_HEALTH_CHECKS"),
    ]
}
FOUND |= {
    "pool": ("DATABASES = {'default': {'OPTIONS':\n{'pool': True}}}", "pool", "", "pool-in-options", 2),
    "a pool by dict()": ("DATABASES = {'default': dict(POOL_RECYCLE=1)}", "POOL_RECYCLE", "", "pool-beside-engine", 1),
    "a pool in a loop": (
        "DATABASES = {'default': {'OPTIONS': {}}}\nfor db in DATABASES.values():\n  db['OPTIONS']['pool_size'] = 5",
        "pool_size",
        "",
        "pool-in-options",
        3,
    ),
    "a pool's options": (
        "DATABASES = {'default': {\n'POOL_OPTIONS': {}}}",
        "POOL_OPTIONS",
        "",
        "pool-beside-engine",
        2,
    ),
}

FINE = {
    "every key of Django": (
        "DATABASES = {'default': {'ATOMIC_REQUESTS': 1, 'AUTOCOMMIT': 1, 'CONN_HEALTH_CHECKS': 1, 'CONN_MAX_AGE': 1,"
        " 'DISABLE_SERVER_SIDE_CURSORS': 1, 'ENGINE': 1, 'HOST': 1, 'NAME': 1, 'OPTIONS': {}, 'PASSWORD': 1, 'PORT': 1,"
        " 'TEST': {}, 'TIME_ZONE': 1, 'USER': 1}}"
    ),
    "keys of others": "DATABASES = {'default': {'TEST_NAME': 'x', 'SCHEMAS': [], 'ROUTER': 1}}",
    "a key of the project's own": "DATABASES = {'default': {'SHARD_GROUP': 1, 'WEIGHT': 2}}",
    "other options": "DATABASES = {'default': {'OPTIONS': {'charset': 'utf8mb4', 'connect_timeout': 5}}}",
    "a module-level name that is used": "CONN_MAX_AGE = 60\nDATABASES = {'default': {'CONN_MAX_AGE': CONN_MAX_AGE}}",
    "a slip beside the right key": "DATABASES = {'default': {'CONN_MAX_AGE': 60, 'conn_max_age': 60}}",
    "a deleted slip": "DATABASES = {'default': {'conn_max_age': 60}}\ndel DATABASES['default']['conn_max_age']",
    "aliases of any name": "DATABASES = {'default': {}, 'options_db': {}, 'age': {}}",
}


@pytest.mark.parametrize(("text", "key", "meant", "kind", "line"), FOUND.values(), ids=FOUND)
def test_a_slip(read: Reader, text: str, key: str, meant: str, kind: str, line: int) -> None:
    deployment = read(text)
    slips = [*deployment.slips, *(slip for one in deployment.databases.values() for slip in one.slips)]
    assert [(slip.key, slip.meant, slip.kind, slip.place.line) for slip in slips] == [(key, meant, kind, line)]


@pytest.mark.parametrize("text", FINE.values(), ids=FINE)
def test_no_slip(read: Reader, text: str) -> None:
    deployment = read(text)
    assert not deployment.slips
    assert not any(one.slips for one in deployment.databases.values())


@pytest.mark.parametrize(
    "other",
    [
        {"base.py": "CONN_MAX_AGE = 60", "production.py": "from base import *\nAGES = {'CONN_MAX_AGE': CONN_MAX_AGE}"},
        {"base.py": "CONN_MAX_AGE = 60", "shop/pool.py": "age = settings.CONN_MAX_AGE"},
        {"base.py": "from ages import CONN_MAX_AGE", "ages.py": "CONN_MAX_AGE = 60"},
    ],
)
def test_a_name_at_module_level_that_another_file_uses(read: Reader, other: dict[str, str]) -> None:
    assert read("from base import *\nDATABASES = {'default': {}}", other).slips == ()


def test_a_name_at_module_level_that_another_file_only_sets(read: Reader) -> None:
    other = {"base.py": "CONN_MAX_AGE = 60", "local.py": "CONN_MAX_AGE = 5\nNAMES = ['CONN_MAX_AGE']"}
    (slip,) = read("from base import *\nDATABASES = {'default': {}}", other).slips
    assert str(slip.place) == "base.py:1"


def test_a_slip_leaves_the_default_in_force(read: Reader) -> None:
    assert said(read("DATABASES = {'default': {'CONN_MAXAGE': 60}}").databases["default"].conn_max_age) == 0
