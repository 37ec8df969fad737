"""Stretches of a path joined."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.model import Span
from conn_lint.workers.paths import CLOSE, CLOSE_OLD, NONE, UNBOUNDED, Stretch, Wait, join

AT = Span("a.py", 1)


@pytest.mark.parametrize(
    ("first", "then", "whole"),
    [
        (Stretch(), Stretch(), (NONE, None, NONE)),
        (Stretch(CLOSE_OLD), Stretch(), (CLOSE_OLD, None, NONE)),
        (Stretch(), Stretch(CLOSE), (CLOSE, None, NONE)),
        (Stretch(CLOSE), Stretch(CLOSE_OLD), (CLOSE, None, NONE)),
        (Stretch(CLOSE_OLD), Stretch(CLOSE), (CLOSE, None, NONE)),
        (Stretch(CLOSE), Stretch(NONE, Wait(5, AT)), (CLOSE, 5, NONE)),
        (Stretch(NONE, Wait(5, AT)), Stretch(CLOSE), (NONE, 5, CLOSE)),
        (Stretch(NONE, Wait(5, AT), CLOSE_OLD), Stretch(CLOSE), (NONE, 5, CLOSE)),
        (Stretch(NONE, Wait(5, AT)), Stretch(NONE, Wait(9, AT)), (NONE, 9, NONE)),
        (Stretch(NONE, Wait(9, AT)), Stretch(NONE, Wait(5, AT)), (NONE, 9, NONE)),
        (Stretch(NONE, Wait(5, AT), CLOSE), Stretch(NONE, Wait(9, AT)), (CLOSE, 9, NONE)),
        (Stretch(NONE, Wait(5, AT)), Stretch(CLOSE, Wait(9, AT)), (CLOSE, 9, NONE)),
        (Stretch(NONE, Wait(5, AT)), Stretch(NONE, Wait(9, AT), CLOSE_OLD), (NONE, 9, CLOSE_OLD)),
        (Stretch(NONE, Wait(9, AT), CLOSE_OLD), Stretch(NONE, Wait(5, AT)), (CLOSE_OLD, 9, CLOSE_OLD, 5)),
        (Stretch(NONE, Wait(9, AT)), Stretch(CLOSE, Wait(5, AT), CLOSE_OLD), (CLOSE, 9, CLOSE, 5)),
        (Stretch(NONE, Wait(9, AT)), Stretch(CLOSE_OLD, Wait(5, AT), CLOSE), (CLOSE_OLD, 9, CLOSE)),
        (Stretch(NONE, Wait(UNBOUNDED, AT), CLOSE), Stretch(NONE, Wait(UNBOUNDED, AT)), (CLOSE, UNBOUNDED, NONE)),
    ],
)
def test_stretches_joined(first: Stretch, then: Stretch, whole: tuple[float | None, ...]) -> None:
    assert join(first, then).key == whole


stretches = st.builds(
    lambda before, seconds, after: Stretch(before, Wait(seconds, AT), after) if seconds else Stretch(before),
    st.sampled_from((NONE, CLOSE_OLD, CLOSE)),
    st.sampled_from((0, 5, 9, UNBOUNDED)),
    st.sampled_from((NONE, CLOSE_OLD, CLOSE)),
)


@given(stretches, stretches, stretches)
def test_joining_is_associative(a: Stretch, b: Stretch, c: Stretch) -> None:
    assert join(join(a, b), c).key == join(a, join(b, c)).key


@given(stretches)
def test_nothing_joined_changes_nothing(stretch: Stretch) -> None:
    assert join(stretch, Stretch()).key == stretch.key == join(Stretch(), stretch).key
