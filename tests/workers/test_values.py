"""Values of different kinds are different, whatever they hold: they are keys of what is known about a call."""

from __future__ import annotations

from itertools import combinations

import pytest

from conn_lint.workers import values as v
from conn_lint.workers.symbols import ClassSymbol

CLASS = ClassSymbol("a.py", "A")
PAIRS = [
    *combinations((v.Anything(False), v.Const(False), v.Const(None), v.Connection(None)), 2),
    *combinations((v.Anything(True), v.Const(True)), 2),
    *combinations((v.Cls(CLASS), v.Obj(CLASS)), 2),
    *combinations((v.Connections(), v.Model(), v.Items(())), 2),
    *combinations((v.Const("x"), v.Later("x"), v.Connection("x")), 2),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=repr)
def test_kinds_are_told_apart(one: v.Val, other: v.Val) -> None:
    assert one != other
    assert not one == other  # noqa: SIM201
    assert len({one, other}) == 2


@pytest.mark.parametrize("value", dict.fromkeys(value for pair in PAIRS for value in pair), ids=repr)
def test_equal_values_are_one(value: v.Val) -> None:
    again = type(value)(*value)
    assert value == again
    assert len({value, again}) == 1
