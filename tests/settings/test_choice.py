"""The decision diagrams against truth tables."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from conn_lint.settings.choice import Choices
from conn_lint.settings.nodes import Guard, Node, larger, leaves, support
from conn_lint.settings.values import Const

COUNT = 4
WORLDS = list(itertools.product([False, True], repeat=COUNT))

formulas = st.recursive(
    st.one_of(st.booleans(), st.integers(0, COUNT - 1)),
    lambda inner: st.one_of(st.tuples(st.just("not"), inner), st.tuples(st.sampled_from(["and", "or"]), inner, inner)),
    max_leaves=8,
)


def fresh() -> tuple[Choices, list[Guard]]:
    choices = Choices()
    return choices, [choices.decide(number, (f"V{number}",), default=number % 2 == 0) for number in range(COUNT)]


def build(choices: Choices, variables: list[Guard], formula: Any) -> Guard:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, int):
        return variables[formula]
    if formula[0] == "not":
        return choices.negate(build(choices, variables, formula[1]))
    left, right = (build(choices, variables, part) for part in formula[1:])
    return choices.both(left, right) if formula[0] == "and" else choices.either(left, right)


def holds(formula: Any, world: tuple[bool, ...]) -> bool:
    if isinstance(formula, bool):
        return formula
    if isinstance(formula, int):
        return world[formula]
    if formula[0] == "not":
        return not holds(formula[1], world)
    left, right = (holds(part, world) for part in formula[1:])
    return (left and right) if formula[0] == "and" else (left or right)


def at(tree: Any, world: tuple[bool, ...]) -> Any:
    while isinstance(tree, Node):
        tree = tree.yes if world[tree.decision] else tree.no
    return tree


@given(formulas)
def test_a_guard_says_what_its_formula_says(formula: Any) -> None:
    choices, variables = fresh()
    guard = build(choices, variables, formula)
    assert all(at(guard, world) == holds(formula, world) for world in WORLDS)


@given(formulas, formulas)
def test_equal_formulas_are_one_object(one: Any, other: Any) -> None:
    choices, variables = fresh()
    same = all(holds(one, world) == holds(other, world) for world in WORLDS)
    assert (build(choices, variables, one) is build(choices, variables, other)) == same


@given(formulas, formulas)
def test_under_keeps_what_the_living_see(formula: Any, care: Any) -> None:
    choices, variables = fresh()
    tree = choices.ite(build(choices, variables, formula), Const(1), Const(2))
    small = choices.under(tree, build(choices, variables, care))
    assert all(at(small, world) is at(tree, world) for world in WORLDS if holds(care, world))


@given(formulas, formulas)
def test_disjoint_guards_have_no_world_in_common(one: Any, other: Any) -> None:
    choices, variables = fresh()
    guards = build(choices, variables, one), build(choices, variables, other)
    assert choices.disjoint(*guards) == (not any(holds(one, world) and holds(other, world) for world in WORLDS))
    assert choices.disjoint(*guards) == (choices.both(*guards) is False)


@given(formulas)
def test_what_has_nothing_to_do_with_the_living_stays_as_it_is(formula: Any) -> None:
    choices, variables = fresh()
    tree = choices.ite(build(choices, variables, formula), Const(1), Const(2))
    for number, variable in enumerate(variables):
        assert choices.under(tree, variable) is tree or support(tree) & 1 << number


@given(formulas, st.permutations(range(12)))
def test_a_tree_is_as_large_as_it_was_said_to_be_before(formula: Any, limits: list[int]) -> None:
    choices, variables = fresh()
    tree = choices.ite(build(choices, variables, formula), Const(1), Const(2))
    parts = [tree]
    for part in parts:
        if isinstance(part, Node):
            parts += [end for end in (part.yes, part.no) if end not in parts]
    assert all(larger(tree, limit) == (len(parts) > limit) for limit in limits if limit)


@given(formulas)
def test_the_cases_of_a_tree_part_the_worlds(formula: Any) -> None:
    choices, variables = fresh()
    tree = choices.ite(build(choices, variables, formula), Const("a"), Const("b"))
    for world in WORLDS:
        assert [leaf for leaf, guard in choices.cases(tree) if at(guard, world)] == [at(tree, world)]


@given(formulas)
def test_the_default_is_the_world_of_the_defaults(formula: Any) -> None:
    choices, variables = fresh()
    tree = choices.ite(build(choices, variables, formula), Const("a"), Const("b"))
    assert choices.by_default(tree, True) is at(tree, (True, False, True, False))


@given(formulas)
def test_an_abbreviation_keeps_default_and_variables(formula: Any) -> None:
    choices, variables = fresh()
    guard = build(choices, variables, formula)
    short = choices.abbreviated(guard, 3)
    assert choices.by_default(short, True) == at(guard, (True, False, True, False))
    assert set(choices.env_of(short)) == set(choices.env_of(guard))
    assert not larger(short, 3)


def test_a_value_that_is_alike_in_both_worlds_hangs_on_nothing() -> None:
    choices, variables = fresh()
    assert isinstance(choices.ite(variables[0], Const(60), Const(60)), Const)
    assert len(leaves(choices.ite(variables[0], Const(1), Const(True)))) == 2
    assert len(leaves(choices.ite(variables[0], Const(1), Const(1.0)))) == 2


def test_a_default_that_no_living_world_has() -> None:
    choices, variables = fresh()
    tree = choices.ite(variables[0], Const("a"), Const("b"))
    assert choices.by_default(tree, choices.negate(variables[0])) is None
