"""What Python's own types refuse: operators they do not have, more arguments than a function takes."""

from __future__ import annotations

import pytest

from conn_lint.model import Unknown
from tests.settings.conftest import Reader, said

HEAD = (
    "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}\nDB = DATABASES['default']\n"
)

REFUSED = """
d = {'a': 1}; d += {'b': 2}
{} + []
{'a': 1} - {'a': 1}
5 + [1]
[1] + None
(lambda: 1) + 2
len([], [])
dict({}, {})
int('5', 10, 10)
abs(1, 2)
[].append(1, 2)
{}.get('a', 1, 2)
{}.get([], 1)
{'a': 1}.pop([], 1)
'a'.upper(1)
""".strip().splitlines()

ALLOWED = """
l = [1]; l += {'b': 2}
{'a': 1} | {'b': 2}
2 * [1]
{1} - {2}
{}.pop([], 1)
{}.get('a', 1)
dict({}, a=1)
print(1, 2, 3)
max(1, 2, 3, 4)
'a'.format(1, 2, 3)
""".strip().splitlines()


@pytest.mark.parametrize("line", REFUSED + ALLOWED)
def test_a_type_error_is_raised_where_python_raises_it(read: Reader, line: str) -> None:
    handled = f"try:\n    {line}\nexcept TypeError:\n    DB['CONN_MAX_AGE'] = 5\n"
    age = said(read(HEAD + handled).databases["default"].conn_max_age)
    names: dict[str, dict[str, dict[str, object]]] = {}
    exec(HEAD + handled, {}, names)  # Python's own answer; every line is written above
    assert age == names["DATABASES"]["default"]["CONN_MAX_AGE"]
    assert (age == 5) == (line in REFUSED)


@pytest.mark.parametrize(
    ("expression", "why"),
    [
        ("[1] @ thing", "the operator @ is not evaluated"),
        ("parser.items()", "parser.items() cannot be followed"),
        ("slice(1) + 2", "slice() cannot be followed"),
    ],
)
def test_a_reason_names_what_cannot_be_followed(read: Reader, expression: str, why: str) -> None:
    text = f"""
from configparser import ConfigParser
parser = ConfigParser()
parser.read('/etc/shop.ini')
thing = [1]
DATABASES = {{'default': {{'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': {expression}}}}}
"""
    value = read(text).databases["default"].conn_max_age
    assert isinstance(value, Unknown)
    assert why in value.why
