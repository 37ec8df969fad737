"""Code too deep for libcst is told apart before it is parsed; code that is only long is not."""

from __future__ import annotations

import pytest

from conn_lint.project.nesting import nests_too_deeply
from conn_lint.project.source import parse_text
from conn_lint.project.tree import Unreadable

DEEP = {
    "attributes": "x" + ".a" * 20_000,
    "calls": "x" + "()" * 9_000,
    "subscripts": "x" + "[0]" * 9_000,
    "a sum": " + ".join(["1"] * 9_000),
    "and": " and ".join(["1"] * 9_000),
    "ternaries": " if x else ".join(["1"] * 9_000),
    "not": "not " * 9_000 + "1",
    "lambdas": "lambda: " * 9_000 + "1",
    "brackets": "[" * 9_000 + "]" * 9_000,
    "brackets that are never closed": "(" * 9_000,
}
LONG = {
    "a dict": "{" + ", ".join(f"'{n}': {n}" for n in range(3_000)) + "}",
    "nested lists": "[" * 150 + "1" + "]" * 150,
    "a sum": " + ".join(["1"] * 900),
    "a comparison": " < ".join(["1"] * 3_000),
    "a text on many lines": "(\n" + "'a'\n" * 2_000 + ")",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_too_deep(text: str) -> None:
    assert nests_too_deeply(f"A = {text}\n")
    with pytest.raises(Unreadable) as caught:
        parse_text("a.py", f"A = {text}\n")
    assert caught.value.problem.reason == "cannot be parsed: nested too deeply"


def test_branches_without_end() -> None:
    assert nests_too_deeply("if x:\n    pass\n" + "elif x:\n    pass\n" * 9_000)
    assert nests_too_deeply("import a" + ".a" * 9_000)


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_only_long(text: str) -> None:
    assert not nests_too_deeply(f"A = {text}\n")
    assert parse_text("a.py", f"A = {text}\n").module.body
