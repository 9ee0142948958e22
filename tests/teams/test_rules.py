"""Numbers, weeks, goals: decisions as pure functions."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.points.rules import RULE_SETS, SHRINKAGE, TeamSum, bracket_mean, shrunken_mean
from quizapp.teams import rules
from quizapp.teams.rules import People, Week, shown_people

MONDAY = date(2026, 11, 16)


# --- the way to the next place --------------------------------------------------------------------


def level(own: TeamSum, above: TeamSum, whole: TeamSum, k: int, points: int) -> bool:
    """Tell whether so many points bring a team level, by the formula of the score."""
    mean = bracket_mean([TeamSum(0, whole.points + points, whole.member_days)])
    return shrunken_mean(own.points + points, own.member_days, mean, k) >= shrunken_mean(
        above.points, above.member_days, mean, k
    )


sizes = st.integers(5, 120)


@given(sizes, sizes, st.integers(0, 60), st.integers(0, 60), st.sampled_from(list(SHRINKAGE)))
def test_the_missing_points_are_enough_and_one_less_is_not(mine, theirs, rate, more, bracket):
    own = TeamSum(1, mine * rate, mine * 28)
    above = TeamSum(2, theirs * (rate + more), theirs * 28)
    rest = TeamSum(3, 200 * 30, 200 * 28)
    whole = TeamSum(
        0, own.points + above.points + rest.points, own.member_days + above.member_days + 200 * 28
    )
    k = SHRINKAGE[bracket]
    missing = rules.points_missing(own, above, whole, k)
    assert missing is not None
    assert level(own, above, whole, k, missing)
    if missing > 1:
        assert not level(own, above, whole, k, missing - 1)


def test_a_gap_of_six_in_a_team_of_thirty_two_is_about_six_sets():
    """The sentence of the mock-up: 6 points of the score are about 6 colleagues' daily sets."""
    own, above = TeamSum(1, 2784, 32 * 28), TeamSum(2, 2812, 32 * 28)
    whole = TeamSum(0, 12 * 2784, 12 * 32 * 28)
    missing = rules.points_missing(own, above, whole, SHRINKAGE["middle"])
    assert missing is not None
    assert rules.sets_needed(missing, rules.usual_set(RULE_SETS[-1])) in (5, 6)


def test_no_sensible_number_is_none():
    nobody = TeamSum(1, 0, 0)
    whole = TeamSum(0, 10**9, 28 * 10**6)
    assert rules.points_missing(nobody, TeamSum(2, 10**9, 28), whole, 9) is None


def test_a_usual_set_is_finished_with_four_of_five_right():
    assert rules.usual_set(RULE_SETS[-1]) == 5


@pytest.mark.parametrize(
    ("points", "a_set", "sets"), [(1, 5, 1), (5, 5, 1), (6, 5, 2), (9, 0, None)]
)
def test_sets_are_rounded_up(points, a_set, sets):
    assert rules.sets_needed(points, a_set) == sets


# --- numbers of people ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "members", "shown"),
    [
        (4, 30, None),  # fewer than five were counted
        (5, 30, People(5, False)),
        (25, 30, People(25, False)),  # five were not
        (26, 30, People(25, True)),
        (30, 30, People(25, True)),  # and it is not told whether anybody is missing
        (5, 9, None),
        (9, 9, None),
        (5, 10, People(5, False)),
        (10, 10, People(5, True)),
        (0, 0, None),
    ],
)
def test_people_are_told_from_five_on_both_sides(number, members, shown):
    assert shown_people(number, members) == shown


@given(st.integers(0, 200), st.integers(0, 200))
def test_no_number_tells_of_fewer_than_five(number, members):
    shown = shown_people(min(number, members), members)
    if shown is not None:
        assert shown.number >= 5
        assert members - shown.number >= 5


@given(st.integers(5, 200))
def test_near_the_whole_all_numbers_look_the_same(members):
    near = {shown_people(number, members) for number in range(max(5, members - 4), members + 1)}
    assert len(near) == 1


# --- weeks ----------------------------------------------------------------------------------------


def test_days_become_weeks():
    days = [(MONDAY + timedelta(days=n), 10, 8) for n in (-1, 0, 1)]
    assert rules.weeks_of(days) == [
        Week(MONDAY - timedelta(days=7), 10, 8, 1),
        Week(MONDAY, 20, 16, 2),
    ]


def test_a_week_is_points_a_person_times_ten_however_many_days_it_has():
    assert Week(MONDAY, points=56, member_days=56, days=7).per_person == 70
    assert Week(MONDAY, points=56, member_days=16, days=2).per_person == 70
    assert Week(MONDAY, 0, 0, 0).per_person == 0


def test_a_quiet_week_costs_nothing():
    weeks = rules.weeks_of([(MONDAY, 5, 8), (MONDAY + timedelta(days=7), 0, 8)])
    assert rules.active_weeks(weeks) == 1


@pytest.mark.parametrize(("days", "weeks"), [(0, 1), (6, 1), (7, 2), (27, 4)])
def test_weeks_between_days(days, weeks):
    assert rules.weeks_between(MONDAY, MONDAY + timedelta(days=days)) == weeks


# --- goals ----------------------------------------------------------------------------------------


@given(st.integers(0, 5000), st.integers(1, 1000))
def test_graduations_are_all_full_only_when_a_goal_is_met(value, target):
    full, total = rules.steps(value, target)
    assert 0 <= full <= total <= 20
    assert (full == total) == (value >= target)


def test_a_goal_is_open_until_its_last_day():
    assert rules.is_open(None, MONDAY, MONDAY)
    assert not rules.is_open(None, MONDAY, MONDAY + timedelta(days=1))
    assert not rules.is_open(MONDAY, MONDAY, MONDAY)


def test_a_goal_is_celebrated_for_two_weeks():
    assert rules.is_fresh(MONDAY, MONDAY + timedelta(days=13))
    assert not rules.is_fresh(MONDAY, MONDAY + timedelta(days=14))
    assert not rules.is_fresh(None, MONDAY)


def test_what_can_be_reached():
    last = MONDAY + timedelta(days=27)
    assert rules.most_target("weeks", MONDAY, last, 3) == 4
    assert rules.most_target("preshift", MONDAY, last, 3) == 12
    assert rules.most_target("points", MONDAY, last, 3) == rules.MOST_TARGET


def test_reported_thanks_go_back_to_whom_they_were_for():
    assert rules.after_report(7) == rules.PRIVATE
    assert rules.after_report(None) == rules.SHARED
