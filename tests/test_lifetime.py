"""judge() against a simulator of Django's connection handling and of the server's idle timeout.

The simulator knows nothing of the table: it keeps one connection, two clocks and the flags of Django's
BaseDatabaseWrapper, and runs units of work one after another.
"""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conn_lint.lifetime import Policy, assess, judge
from conn_lint.model import (
    CLEANUPS,
    Cleanup,
    Database,
    Django,
    IdleLimit,
    Known,
    OneOf,
    Requirement,
    Session,
    Span,
    Unknown,
    Value,
)


class Server:
    """Drops a session that has been idle for longer than ``timeout`` seconds."""

    def __init__(self, timeout: float) -> None:
        self.timeout = timeout

    def has_dropped(self, idle_since: float, now: float) -> bool:
        return now - idle_since > self.timeout


class Wrapper:
    """What django.db.backends.base.BaseDatabaseWrapper keeps about its connection, by its own names."""

    def __init__(self, server: Server, policy: Policy) -> None:
        self.server = server
        self.policy = policy
        self.open = False
        self.close_at: float | None = None
        self.used_at = 0.0
        self.errors_occurred = False
        self.health_check_done = False

    def query(self, now: float) -> bool:
        """Run one query; False when it fails with 2006."""
        self.close_if_health_check_failed(now)
        if not self.open:
            self.connect(now)
        if self.server.has_dropped(self.used_at, now):
            self.errors_occurred = True
            return False
        self.used_at = now
        return True

    def connect(self, now: float) -> None:
        self.open = True
        self.close_at = None if self.policy.max_age is None else now + self.policy.max_age
        self.used_at = now
        self.errors_occurred = False
        self.health_check_done = True

    def close(self) -> None:
        self.open = False

    def is_usable(self, now: float) -> bool:
        if self.server.has_dropped(self.used_at, now):
            return False
        self.used_at = now
        return True

    def close_if_health_check_failed(self, now: float) -> None:
        if self.open and self.policy.health_checks and not self.health_check_done:
            if not self.is_usable(now):
                self.close()
            self.health_check_done = True

    def close_if_unusable_or_obsolete(self, now: float) -> None:
        if not self.open:
            return
        self.health_check_done = False
        if self.errors_occurred:
            if self.is_usable(now):
                self.errors_occurred = False
                self.health_check_done = True
            else:
                self.close()
                return
        if self.close_at is not None and now >= self.close_at:
            self.close()

    def clean_up(self, how: Cleanup, now: float) -> None:
        if how == "close":
            self.close()
        elif how == "close_old":
            self.close_if_unusable_or_obsolete(now)


def outcomes(policy: Policy, start: Cleanup, end: Cleanup, idle_limit: float, gaps: list[float]) -> list[bool]:
    """Whether each unit worked: one before the first gap, one after each. A unit takes no time."""
    wrapper = Wrapper(Server(idle_limit), policy)
    now, worked = 0.0, []
    for gap in [0.0, *gaps]:
        now += gap
        wrapper.clean_up(start, now)
        worked.append(wrapper.query(now))
        wrapper.clean_up(end, now)
    return worked


seconds = st.integers(1, 60).map(float)
ages = st.none() | st.integers(-2, 90).map(float)
policies = st.builds(Policy, ages, st.booleans())
cleanups = st.sampled_from(CLEANUPS)


@given(policies, cleanups, cleanups, seconds, st.lists(st.integers(0, 120).map(float), max_size=8))
def test_what_is_called_safe_never_fails(
    policy: Policy, start: Cleanup, end: Cleanup, idle_limit: float, gaps: list[float]
) -> None:
    if judge(policy, start=start, end=end, gap=None, idle_limit=idle_limit) == "safe":
        assert all(outcomes(policy, start, end, idle_limit, gaps))


@given(policies, cleanups, cleanups, seconds, seconds, st.data())
def test_a_bounded_gap_that_is_called_safe_never_fails(
    policy: Policy, start: Cleanup, end: Cleanup, idle_limit: float, bound: float, data: st.DataObject
) -> None:
    gaps = data.draw(st.lists(st.floats(0, bound), max_size=8))
    if judge(policy, start=start, end=end, gap=bound, idle_limit=idle_limit) == "safe":
        assert all(outcomes(policy, start, end, idle_limit, gaps))


@given(policies, seconds, st.lists(st.integers(0, 120).map(float), min_size=1, max_size=6))
def test_without_any_close_the_first_long_gap_ends_it_for_good(
    policy: Policy, idle_limit: float, later: list[float]
) -> None:
    assert judge(policy, start="none", end="none", gap=None, idle_limit=idle_limit) == "goes-away"
    worked = outcomes(policy, "none", "none", idle_limit, [idle_limit + 1, *later])
    assert worked == [True] + [False] * (len(later) + 1)


@given(policies, cleanups, cleanups, seconds)
def test_what_goes_away_fails_after_a_gap_longer_than_the_limit(
    policy: Policy, start: Cleanup, end: Cleanup, idle_limit: float
) -> None:
    if judge(policy, start=start, end=end, gap=None, idle_limit=idle_limit) == "goes-away":
        for gap in (idle_limit + 1, idle_limit * 10, idle_limit * 1000):
            assert outcomes(policy, start, end, idle_limit, [gap]) == [True, False]


@given(policies, cleanups, cleanups, seconds)
def test_what_goes_away_once_fails_between_limit_and_age_and_recovers(
    policy: Policy, start: Cleanup, end: Cleanup, idle_limit: float
) -> None:
    if judge(policy, start=start, end=end, gap=None, idle_limit=idle_limit) == "goes-away-once":
        age = idle_limit * 1000 if policy.max_age is None else policy.max_age
        gap = (idle_limit + age) / 2
        assert outcomes(policy, start, end, idle_limit, [gap, 0.0, 0.0]) == [True, False, True, True]


@given(policies, cleanups, cleanups, seconds, seconds)
def test_a_bounded_gap_that_is_not_safe_can_fail(
    policy: Policy, start: Cleanup, end: Cleanup, idle_limit: float, bound: float
) -> None:
    if bound <= idle_limit:
        return
    verdict = judge(policy, start=start, end=end, gap=bound, idle_limit=idle_limit)
    age = policy.max_age
    if verdict == "goes-away":
        assert not all(outcomes(policy, start, end, idle_limit, [bound]))
    elif verdict == "goes-away-once":
        # the age counts from connect: the shortest gap above the limit is the one that hits
        gap = idle_limit + min(bound - idle_limit, (age or bound * 2) - idle_limit) / 2
        assert not all(outcomes(policy, start, end, idle_limit, [gap]))


@pytest.mark.parametrize(
    ("max_age", "health_checks", "start", "end", "verdict"),
    [
        # DESIGN section 1, row by row, with wait_timeout 3 as it was measured
        (0, False, "none", "none", "goes-away"),
        (None, True, "none", "none", "goes-away"),
        (0, False, "close_old", "none", "safe"),
        (0, False, "none", "close_old", "safe"),
        (-1, False, "none", "close_old", "safe"),
        (1, False, "close_old", "none", "safe"),
        (3, False, "close_old", "none", "safe"),
        (1, False, "none", "close_old", "goes-away"),
        (60, False, "close_old", "none", "goes-away-once"),
        (60, False, "none", "close_old", "goes-away-once"),
        (None, False, "close_old", "close_old", "goes-away-once"),
        (60, True, "close_old", "none", "safe"),
        (None, True, "none", "close_old", "safe"),
        (None, False, "close", "none", "safe"),
        (None, False, "none", "close", "safe"),
    ],
)
def test_the_measured_rows(
    max_age: float | None, health_checks: bool, start: Cleanup, end: Cleanup, verdict: str
) -> None:
    assert judge(Policy(max_age, health_checks), start=start, end=end, gap=None, idle_limit=3) == verdict


@pytest.mark.parametrize(
    ("max_age", "health_checks", "delay", "verdict"),
    [
        (60, False, 599, "safe"),
        (60, False, 600, "goes-away"),
        (60, True, 600, "safe"),
        (0, False, 600, "safe"),
        (None, False, 600, "goes-away-once"),
    ],
)
def test_a_wait_between_the_close_and_the_query(
    max_age: float | None, health_checks: bool, delay: float, verdict: str
) -> None:
    policy = Policy(max_age, health_checks)
    assert judge(policy, start="close_old", end="none", gap=None, idle_limit=600, delay=delay) == verdict


NOWHERE = Span("settings.py", 1)
DJANGO = Django(None)
OFF = Known(value=False)


def session(age: Value, checks: Value = OFF, limit: float | None = 10) -> Session:
    unknown = Unknown("not read")
    database = Database(
        "default", unknown, age, checks, unknown, unknown, {}, unknown, unknown, mysql=True, place=NOWHERE
    )
    return Session("settings", database, IdleLimit(limit, "", None, assumed=False), counts=True)


def verdict_of(each: Session, start: Cleanup = "close_old", end: Cleanup = "close_old", django: Django = DJANGO) -> str:
    return assess(each, django, start=start, end=end).verdict


def pinned(*version: int) -> Django:
    return Django(Requirement("django", version, None, None, NOWHERE))


def test_any_bad_branch_is_bad_and_only_its_age_is_named() -> None:
    result = assess(session(OneOf((Known(0), Known(600)))), DJANGO, start="close_old", end="close_old")
    assert result.verdict == "goes-away-once"
    assert [known.value for known in result.ages] == [600]
    assert result.certain


def test_age_and_checks_by_branch_are_not_certain() -> None:
    each = session(OneOf((Known(0), Known(None))), OneOf((Known(False), Known(True))))
    result = assess(each, DJANGO, start="close_old", end="close_old")
    assert (result.verdict, result.certain) == ("goes-away-once", False)


def test_an_age_that_takes_a_variable_is_not_certain() -> None:
    each = session(OneOf((Known(0), Known(None)), ("PERSISTENT",), Known(0)))
    result = assess(each, DJANGO, start="close_old", end="close_old")
    assert (result.verdict, result.certain) == ("goes-away-once", False)


def test_an_age_that_needs_no_variable_is_certain() -> None:
    each = session(OneOf((Known(0), Known(None)), ("PERSISTENT",), Known(None)))
    assert assess(each, DJANGO, start="close_old", end="close_old").certain


@pytest.mark.parametrize(("default", "verdict"), [(True, "safe"), (False, "goes-away-once")])
def test_health_checks_are_judged_by_their_default(default: bool, verdict: str) -> None:
    checks = OneOf((Known(value=True), Known(value=False)), ("CHECKS",), Known(default))
    assert verdict_of(session(Known(None), checks)) == verdict


def test_a_default_is_judged() -> None:
    assert verdict_of(session(Unknown("env", ("AGE",), Known(5)))) == "safe"
    assert verdict_of(session(Unknown("env", ("AGE",), Known(600)))) == "goes-away-once"


def test_without_a_default_the_verdict_is_unknown() -> None:
    assert verdict_of(session(Unknown("env", ("AGE",)))) == "unknown"


def test_an_unknown_age_does_not_matter_without_a_close() -> None:
    assert verdict_of(session(Unknown("env")), "none", "none") == "goes-away"


def test_an_unknown_age_does_not_matter_with_a_real_close() -> None:
    assert verdict_of(session(Unknown("env")), "close", "none") == "safe"


def test_an_unknown_age_does_not_matter_with_health_checks() -> None:
    assert verdict_of(session(Unknown("env"), Known(True))) == "safe"


def test_a_bad_value_on_a_seen_branch_is_bad_though_others_are_unknown() -> None:
    assert verdict_of(session(Unknown("branch", possible=(Known(600),)))) == "goes-away-once"


def test_a_good_value_on_a_seen_branch_leaves_it_unknown() -> None:
    assert verdict_of(session(Unknown("branch", possible=(Known(0),)))) == "unknown"


def test_an_unknown_limit_matters_only_for_an_age() -> None:
    assert verdict_of(session(Known(0), limit=None)) == "safe"
    assert verdict_of(session(Known(600), limit=None)) == "unknown"
    assert verdict_of(session(Known(None), limit=None)) == "goes-away-once"
    assert verdict_of(session(Known(600), limit=None), "none", "none") == "goes-away"


@pytest.mark.parametrize(("version", "verdict"), [((4, 0), "goes-away-once"), ((4, 1), "safe"), ((5, 2), "safe")])
def test_health_checks_exist_since_django_4_1(version: tuple[int, ...], verdict: str) -> None:
    assert verdict_of(session(Known(None), Known(True)), django=pinned(*version)) == verdict


def test_a_string_switches_health_checks_on() -> None:
    assert verdict_of(session(Known(None), Known("False"))) == "safe"


def test_django_before_1_6_closes_after_every_request() -> None:
    assert verdict_of(session(Known(None)), django=pinned(1, 5, 12)) == "safe"


@pytest.mark.parametrize("age", [float("inf"), float("nan"), None])
def test_an_age_that_never_comes(age: float | None) -> None:
    assert verdict_of(session(Known(age))) == "goes-away-once"


@pytest.mark.parametrize("age", ["600", [600], object()])
def test_an_age_that_no_connection_survives_is_not_judged(age: object) -> None:
    assert verdict_of(session(Known(age))) == "unknown"


def test_true_is_one_second() -> None:
    assert verdict_of(session(Known(True), limit=1)) == "safe"
    assert verdict_of(session(Known(2), limit=1)) == "goes-away-once"


@pytest.mark.parametrize(("start", "end"), list(product(CLEANUPS, CLEANUPS)))
def test_known_values_give_the_verdict_of_the_table(start: Cleanup, end: Cleanup) -> None:
    for age in (0, 5, 10, 11, None):
        expected = judge(Policy(age, False), start=start, end=end, gap=None, idle_limit=10)
        assert verdict_of(session(Known(age)), start, end) == expected
