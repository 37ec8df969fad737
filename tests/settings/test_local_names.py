"""Names that a function binds are its own, before it binds them too."""

from __future__ import annotations

import pytest

from tests.settings.conftest import Reader, said

DATABASES = "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'CONN_MAX_AGE': AGE}}\n"

LOCAL = {
    "assigned later": "    B = A\n    A = 5\n    return B",
    "assigned from itself": "    A = [A]\n    return A",
    "augmented": "    A += 1\n    return A",
    "annotated": "    B = A\n    A: int\n    return B",
    "a loop": "    B = A\n    for A, C in ():\n        pass\n    return B",
    "a walrus in a comprehension": "    B = A\n    [A := n for n in ()]\n    return B",
    "an import": "    B = A\n    import A.b\n    return B",
    "a manager": "    B = A\n    with open(B) as (A, *C):\n        pass\n    return B",
    "a caught exception": "    B = A\n    try:\n        pass\n    except ValueError as A:\n        pass\n    return B",
    "a capture": "    B = A\n    match B:\n        case [{'x': 1, **A}]:\n            pass\n    return B",
    "a function": "    B = A\n    def A(): pass\n    return B",
    "deleted": "    A = 5\n    del A\n    return A",
    "a walrus in a lambda": "    return (lambda: (A := A))()",
    "read by a function inside": "    def inner():\n        return A\n    B = inner()\n    A = 5\n    return B",
}


@pytest.mark.parametrize("body", LOCAL.values(), ids=LOCAL)
def test_a_name_that_a_function_binds_is_its_own_from_the_start(read: Reader, body: str) -> None:
    text = f"A = 60\ndef age():\n{body}\ntry:\n    AGE = age()\nexcept NameError:\n    AGE = 7\n"
    assert said(read(f"{text}{DATABASES}").databases["default"].conn_max_age) == 7


@pytest.mark.parametrize(
    "body",
    [
        "    global A\n    A += 1\n    return A",
        "    [A for A in ()]\n    return A + 1",
        "    A.b = 1\n    return A + 1",
    ],
)
def test_a_name_that_a_function_does_not_bind(read: Reader, body: str) -> None:
    text = f"A = 60\ndef age():\n{body}\ntry:\n    AGE = age()\nexcept AttributeError:\n    AGE = 61\n"
    assert said(read(f"{text}{DATABASES}").databases["default"].conn_max_age) == 61
