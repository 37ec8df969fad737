from __future__ import annotations

from conn_lint.workers.pausing import Pausing
from conn_lint.workers.symbols import FunctionSymbol

A, B, C, D = (FunctionSymbol("a.py", name) for name in "abcd")


def test_a_pause_is_below_whoever_leads_to_it() -> None:
    pausing = Pausing()
    pausing.enter(A)
    pausing.enter(B)
    pausing.enter(C)
    pausing.note()
    pausing.leave()
    pausing.leave()
    pausing.enter(D)
    pausing.leave()
    pausing.leave()
    assert [each in pausing.leading() for each in (A, B, C, D)] == [True, True, True, False]


def test_what_was_followed_before_leads_on() -> None:
    pausing = Pausing()
    pausing.enter(B)
    pausing.note()
    pausing.leave()
    pausing.enter(A)
    pausing.enter(B)
    pausing.leave()
    pausing.leave()
    assert A in pausing.leading()


def test_functions_that_call_each_other() -> None:
    pausing = Pausing()
    pausing.enter(A)
    pausing.enter(B)
    pausing.enter(A)
    pausing.leave()
    pausing.leave()
    assert pausing.leading().isdisjoint([A, B])
    pausing.note()
    assert B in pausing.leading()


def test_a_pause_outside_functions_belongs_to_none() -> None:
    pausing = Pausing()
    pausing.note()
    assert A not in pausing.leading()
