"""The evaluator against Python itself: whatever a program makes of DATABASES lies inside what is said of it."""

from __future__ import annotations

import os
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.settings.grammar import TEXTS, VARIABLES
from tests.settings.oracle import Package, Trial, shrunk
from tests.settings.programs import random_package

PROGRAMS = int(os.environ.get("CONN_LINT_PROGRAMS", "2000"))
BATCH = 20
"""Settings modules per package: they share its base, which is then parsed once."""
PARTS = 5
"""How many tests share the programs, for runs on several processors."""


def random_trial(rng: random.Random) -> Trial:
    def some() -> dict[str, str]:
        return {name: rng.choice(TEXTS) for name in VARIABLES if rng.random() < 0.4}

    return Trial(some() if rng.random() < 0.3 else {}, [some() for _ in range(3)], rng.choice((2_000, 20_000, 20_000)))


@pytest.mark.usefixtures("untraced")
@pytest.mark.filterwarnings("ignore::SyntaxWarning")
@pytest.mark.parametrize("part", range(PARTS))
@settings(
    max_examples=max(PROGRAMS // (BATCH * PARTS), 1),
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
)
@given(st.integers(0, 2**64))
def test_the_truth_lies_inside_the_answer(part: int, seed: int) -> None:
    judge(random.Random(seed))


def judge(rng: random.Random) -> None:
    files = random_package(rng, BATCH)
    package = Package(files)
    for number in range(BATCH):
        leaf, trial = f"leaf{number}", random_trial(rng)
        if package.objection(leaf, trial):
            small = shrunk(files, leaf, trial)
            programs = "\n".join(f"# {name}\n{text}" for name, text in small.items() if text.strip())
            raise AssertionError(f"{Package(small).objection(leaf, trial)}\n{trial}\n{programs}")
