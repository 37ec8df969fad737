"""Views of dicts and iterators: what they equal, what they take, in which order, and that an iterator gives once."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Open, Reader, said

HEAD = """
import os
A = os.environ.get('A')
DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': 60}}
DB = DATABASES['default']
D = {'k': 5, 'm': 7}
E = {'m': 7, 'k': 5}
L = [5, 7]
"""

VALUES = {
    "keys are compared as sets": ("D.keys() == E.keys()", True),
    "also with a set": ("D.keys() == {'m', 'k'}", True),
    "not with a list": ("D.keys() == ['k', 'm']", False),
    "values equal nothing but themselves": ("D.values() == D.values()", False),
    "keys are combined as sets": ("sorted(D.keys() - {'k'})", ["m"]),
    "also with a list": ("sorted(D.keys() & ['k', 'z'])", ["k"]),
    "a part of the keys": ("{'k'} < D.keys()", True),
    "the text of a view": ("str(D.keys())", Open()),
    "the text of a view in a text": ("f'{D.values()}'", Open()),
    "a key that cannot be one": ("[] in D.keys()", "TypeError"),
    "values are no list": ("D.values()[0]", "TypeError"),
    "an iterator is no list": ("iter(L) == L", False),
    "an iterator is true": ("5 if (n for n in ()) else 7", 5),
    "pairs of anything": ("list(zip(D, 'ab', L))[1][2]", 7),
    "numbers of keys": ("[n for n, key in enumerate(D, start=3) if key == 'm'][0]", 4),
    "an element of an iterator": ("7 in (n for n in L)", True),
    "arguments": ("max(*(n for n in L))", 7),
    "a number is not looped over": ("any(5)", "TypeError"),
    "a number is not looked into": ("5 in 5", "TypeError"),
    "a byte is no number of that size": ("-1 in b'y'", "ValueError"),
    "a number has no items": ("hasattr(5, 'items')", False),
    "nor another default": ("getattr(5, 'items', 7)", 7),
    "a dict has them": ("hasattr(D, 'items')", True),
    "a name that is a number": ("getattr(D, 5)", "TypeError"),
}

CODE = {
    "an iterator gives once": ("def two(it): return [*it, *it]\nDB['CONN_MAX_AGE'] = len(two(n for n in L))", Open()),
    "once to whoever is first": ("G = map(str, L)\nX = list(G)\nDB['CONN_MAX_AGE'] = len(list(G))", Open()),
    "it is made when it is taken": (
        "def last(it):\n    L.append(9)\n    return list(it)[-1]\nDB['CONN_MAX_AGE'] = last(n for n in L)",
        9,
    ),
    "no further than somebody asks": (
        "def put(n):\n    DB['CONN_MAX_AGE'] = n\n    return n\nfor one in (put(n) for n in L): break",
        5,
    ),
    "no further than the first that is true": (
        "def put(n):\n    DB['CONN_MAX_AGE'] = n\n    return n\nany(map(put, L))",
        5,
    ),
    "nor than the first that is false": (
        "def put(n):\n    DB['CONN_MAX_AGE'] = n\n    return n == 9\nall(put(n) for n in L)",
        5,
    ),
    "what comes behind cannot fail": (
        "try:\n    any(int(word) for word in ('1', 'x'))\nexcept ValueError:\n    DB['CONN_MAX_AGE'] = 7",
        60,
    ),
    "each element is made before its turn": (
        "R = []\ndef made(n):\n    R.append(n)\n    return n\nfor one in filter(made, L): R.append(0)\n"
        "DB['CONN_MAX_AGE'] = R[1]",
        0,
    ),
    "what a generator does behind the last turn": (
        "def made():\n    yield 1\n    DB['CONN_MAX_AGE'] = 5\nfor one in made():\n    if A: break",
        {5, 60},
    ),
    "what it does where it is taken to its end": (
        "def made():\n    yield 1\n    DB['CONN_MAX_AGE'] = 5\nfor one in made(): pass",
        5,
    ),
    "unpacked": (
        "def two(text):\n    a, b = map(int, text.split(','))\n    return b\nDB['CONN_MAX_AGE'] = two('5,7')",
        7,
    ),
    "what a branch adds comes where it adds it": (
        "T = {}\nif A: T['k'] = 1\nT['m'] = 2\nif not A: T['k'] = 3\nfor one in T.values(): DB['CONN_MAX_AGE'] = one",
        {2, 3},
    ),
    "a copy keeps it there": (
        "T = {}\nif A: T['k'] = 1\nT['m'] = 2\nif not A: T['k'] = 3\n"
        "for one in {**dict(T)}.copy().values(): DB['CONN_MAX_AGE'] = one",
        {2, 3},
    ),
    "two branches that add the same": (
        "T = {'a': 1}\nif A:\n    T['k'] = 1\n    T['m'] = 2\nelse:\n    T['k'] = 3\n    T['m'] = 2\n"
        "for one in T.values(): DB['CONN_MAX_AGE'] = one",
        2,
    ),
    "or the same in another order": (
        "T = {'a': 1}\nif A:\n    T['k'] = 1\n    T['m'] = 2\nelse:\n    T['m'] = 2\n    T['k'] = 3\n"
        "for one in T.values(): DB['CONN_MAX_AGE'] = one",
        {2, 3},
    ),
    "one that is taken out and put back": (
        "if A: D['k'] = D.pop('k')\nfor one in D.values(): DB['CONN_MAX_AGE'] = one",
        {5, 7},
    ),
    "one that is set again stays": ("D['k'] = 9\nfor one in D.values(): DB['CONN_MAX_AGE'] = one", 7),
}


@pytest.mark.parametrize("name", VALUES)
def test_values(read: Reader, name: str) -> None:
    expression, expected = VALUES[name]
    text = f"{HEAD}\ntry:\n    X = {expression}\nexcept TypeError:\n    X = 'TypeError'\n"
    text += "except ValueError:\n    X = 'ValueError'\nDB['CONN_MAX_AGE'] = X\n"
    assert said(read(text).databases["default"].conn_max_age) == expected


@pytest.mark.parametrize("name", CODE)
def test_code(read: Reader, name: str) -> None:
    text, expected = CODE[name]
    assert said(read(HEAD + text).databases["default"].conn_max_age) == expected
