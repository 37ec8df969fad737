from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.project.versions import OPEN, Bounds, bounds, release, union

FOUR_TWO = Bounds(None, (4, 2), (4, 3))


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("==4.2.1", Bounds((4, 2, 1))),
        ("== 4.2.1 ", Bounds((4, 2, 1))),
        ("===4.2", Bounds((4, 2))),
        ("==4.2.*", FOUR_TWO),
        ("~=4.2.1", Bounds(None, (4, 2, 1), (4, 3))),
        ("~=4.2", Bounds(None, (4, 2), (5,))),
        (">=3.2,<5", Bounds(None, (3, 2), (5,))),
        (">=3.2, <5, <4.3, >=4", Bounds(None, (4,), (4, 3))),
        (">4.1", Bounds(None, (4, 1), None)),
        ("<=4.2", Bounds(None, None, (4, 2, 0, 1))),
        ("<=4.2.1", Bounds(None, None, (4, 2, 1, 1))),
        ("(>=4.2)", Bounds(None, (4, 2), None)),
        ("!=4.0", OPEN),
        ("", OPEN),
        ("*", OPEN),
        (">=5.0rc1,<6", Bounds(None, (5, 0), (6,))),
        ("==5.0a1", Bounds((5, 0))),
        ("==v4.2", Bounds((4, 2))),
        ("==4.2.1,!=4.2.0", Bounds((4, 2, 1))),
    ],
)
def test_pep_440(specifier: str, expected: Bounds) -> None:
    assert bounds(specifier) == expected


@pytest.mark.parametrize(
    ("specifier", "expected"),
    [
        ("^4.2", Bounds(None, (4, 2), (5,))),
        ("^0.3.1", Bounds(None, (0, 3, 1), (0, 4))),
        ("^0.0.3", Bounds(None, (0, 0, 3), (0, 0, 4))),
        ("^0", Bounds(None, (0,), (1,))),
        ("~4.2.1", Bounds(None, (4, 2, 1), (4, 3))),
        ("~4", Bounds(None, (4,), (5,))),
        ("4.2.1", Bounds((4, 2, 1))),
        ("4.2.*", FOUR_TWO),
        ("^3.2 || ^4.2", Bounds(None, (3, 2), (5,))),
    ],
)
def test_poetry(specifier: str, expected: Bounds) -> None:
    assert bounds(specifier) == expected


@pytest.mark.parametrize(("specifier", "expected"), [("4.2", FOUR_TWO), ("=4.2", FOUR_TWO), ("==4.2", Bounds((4, 2)))])
def test_a_prefix_in_conda_and_pipfile(specifier: str, expected: Bounds) -> None:
    assert bounds(specifier, bare="==*") == expected


@pytest.mark.parametrize(("text", "expected"), [("4.2.1", (4, 2, 1)), ("v5.0", (5, 0)), ("", None), ("main", None)])
def test_release(text: str, expected: tuple[int, ...] | None) -> None:
    assert release(text) == expected


def test_alternatives_widen() -> None:
    assert union([Bounds((1, 11)), Bounds((4, 2, 1))]) == Bounds(None, (1, 11), (4, 2, 1, 1))
    assert union([Bounds((4, 2)), OPEN]) == OPEN


VERSIONS = st.lists(st.integers(0, 12), min_size=1, max_size=4).map(tuple)
CLAUSES = st.tuples(st.sampled_from(("==", ">=", "<=", ">", "<", "~=", "!=")), VERSIONS)


@given(st.lists(CLAUSES, min_size=1, max_size=3), VERSIONS)
def test_bounds_admit_every_release_the_specifier_admits(
    clauses: list[tuple[str, tuple[int, ...]]], candidate: tuple[int, ...]
) -> None:
    from packaging.specifiers import SpecifierSet

    written = [
        operator + ".".join(map(str, (*version, 0) if operator == "~=" and len(version) == 1 else version))
        for operator, version in clauses
    ]
    if not SpecifierSet(",".join(written)).contains(".".join(map(str, candidate))):
        return
    said = bounds(",".join(written))
    release_ = bare(candidate)
    if said.pinned:
        assert release_ == bare(said.pinned)
    assert said.lowest is None or bare(said.lowest) <= release_
    assert said.below is None or release_ < bare(said.below)


def bare(version: tuple[int, ...]) -> tuple[int, ...]:
    while version and not version[-1]:
        version = version[:-1]
    return version
