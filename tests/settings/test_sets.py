"""Sets: equal elements are one, the order is anybody's, and what cannot be hashed is no element and no key."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = """
import os
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
V = os.environ.get('V')
"""

CASES = {
    "equal elements are one": ("DB['CONN_MAX_AGE'] = len({1, 1, True, 2})", 2),
    "those of a comprehension": ("DB['CONN_MAX_AGE'] = len({n % 2 for n in range(5)})", 2),
    "those of an update": ("X = {1, 2}\nX.update([2, 3], {3, 4})\nDB['CONN_MAX_AGE'] = len(X)", 4),
    "perhaps equal": ("DB['CONN_MAX_AGE'] = len({V, '5'})", {1, 2}),
    "sorted": ("DB['CONN_MAX_AGE'] = sorted({3, 1, 2, 1})[1]", 2),
    "sorted the other way": ("DB['CONN_MAX_AGE'] = sorted({3, 1, 2}, reverse=True)[0]", 3),
    "sorted a way that is none": (
        "try:\n    X = sorted([1], reverse='yes')\nexcept TypeError:\n    DB['CONN_MAX_AGE'] = 5",
        5,
    ),
    "the largest": ("DB['CONN_MAX_AGE'] = max({5, 60})", 60),
    "any may be first": ("DB['CONN_MAX_AGE'] = list({'a', 'b'})[0]", {"a", "b"}),
    "any may be unpacked first": ("a, b = {'a', 'b'}\nDB['CONN_MAX_AGE'] = a", {"a", "b"}),
    "any may be last in a loop": ("for one in {5, 60}: DB['CONN_MAX_AGE'] = one", {5, 60}),
    "a loop that does the same for each": (
        "for name in {'default', 'x'}:\n    DATABASES[name] = {'CONN_MAX_AGE': 5}",
        5,
    ),
    "a frozenset is no set": ("DB['CONN_MAX_AGE'] = isinstance(frozenset(), set)", False),
    "a frozenset is written as one": ("DB['CONN_MAX_AGE'] = repr(frozenset([1]))", "frozenset({1})"),
    "what is not in it cannot be removed": (
        "try:\n    {1}.remove(2)\nexcept KeyError:\n    DB['CONN_MAX_AGE'] = 5",
        5,
    ),
    "a set is looked for as a frozenset": ("DB['CONN_MAX_AGE'] = {1} in {frozenset([1])}", True),
    "as text": ("DB['CONN_MAX_AGE'] = ','.join({'a', 'b'})", Open()),
    "many elements": ("DB['CONN_MAX_AGE'] = list({'a', 'b', 'c', 'd'})[0]", Open()),
    "|= changes it in place": ("X = {1}\nY = X\nX |= {2}\nDB['CONN_MAX_AGE'] = len(Y)", 2),
    "-= likewise": ("X = {1, 2}\nY = X\nX -= {2}\nDB['CONN_MAX_AGE'] = len(Y)", 1),
    "*= of a list likewise": ("X = [1]\nY = X\nX *= 2\nDB['CONN_MAX_AGE'] = len(Y)", 2),
    "a frozenset is a key": ("X = {frozenset([1, 2]): 5}\nDB['CONN_MAX_AGE'] = X[frozenset([2, 1])]", 5),
    "cleared": ("X = {1}\nX.clear()\nDB['CONN_MAX_AGE'] = len(X)", 0),
}


@pytest.mark.parametrize(("text", "expected"), CASES.values(), ids=CASES)
def test_a_set(read: Reader, text: str, expected: object) -> None:
    assert said(read(HEAD + text).databases["default"].conn_max_age) == expected


NO_KEYS = {
    "a dict as a key": "{DB: 1}",
    "a key of a comprehension": "{{}: n for n in [1]}",
    "a key that is set": "DB.__setitem__([], 1)",
    "a key that is looked up": "DB.get({})",
    "a key that is looked for": "DB in {1: 2}",
    "a key of a tuple": "{}.setdefault((1, []), 2)",
    "an element of a display": "{DB, 1}",
    "an element that is added": "set().add([])",
    "an element of a comprehension": "{DB for n in [1]}",
    "an element that is looked for": "DB in {1, 2}",
}


@pytest.mark.parametrize("expression", NO_KEYS.values(), ids=NO_KEYS)
def test_what_cannot_be_hashed(read: Reader, expression: str) -> None:
    text = f"try:\n    {expression}\n    DB['CONN_MAX_AGE'] = 1\nexcept TypeError:\n    DB['CONN_MAX_AGE'] = 2"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 2


def test_a_key_that_is_deleted_must_be_hashable(read: Reader) -> None:
    text = "try:\n    del DB[{}]\nexcept TypeError:\n    DB['CONN_MAX_AGE'] = 2"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 2


@pytest.mark.parametrize("call", ["(1,).append(2)", "(1,).clear()", "{1}.reverse()", "[1].add(2)"])
def test_a_method_of_another_kind_of_sequence(read: Reader, call: str) -> None:
    text = f"try:\n    {call}\nexcept AttributeError:\n    DB['CONN_MAX_AGE'] = 2"
    assert said(read(HEAD + text).databases["default"].conn_max_age) == 2
