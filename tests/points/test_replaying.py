"""A week paid by other rules: the same as the ledger pays, whatever comes in which order."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.points import rules
from quizapp.points.rules import Rule, RuleSet
from quizapp.points.service.replaying import (
    Line,
    effect_on_team,
    replay,
    try_week,
    weeks,
)

MONDAY = date(2026, 11, 16)
HOUSE = rules.RULE_SETS[0]
TIGHT = RuleSet(
    2,
    MONDAY,
    (Rule("daily_correct", 2, 4), Rule("quiz_passed", 5, 5, 5)),
    day_limit=6,
    week_limit=9,
)


def line(number: int, activity: str = "daily_correct", quantity: int = 5, **more) -> Line:
    about = {
        "id": number,
        "beneficiary": "u:1",
        "unit_id": 1,
        "day": MONDAY,
        "activity": activity,
        "quantity": quantity,
        "amount": 0,
        "reason": None,
    }
    return Line(**{**about, **more})


def test_limits_of_day_and_week_hold():
    week = [line(n, day=MONDAY + timedelta(days=n)) for n in range(4)]
    assert replay(week, TIGHT) == [4, 4, 1, 0]


def test_what_was_answered_too_fast_earns_nothing_by_other_rules_either():
    assert replay([line(1, reason="rapid"), line(2, reason="quiet"), line(3)], TIGHT) == [0, 0, 4]


def test_an_activity_without_a_rule_earns_nothing():
    assert replay([line(1, "report_accepted", 1)], TIGHT) == [0]


def test_what_was_corrected_by_hand_stays_and_counts_for_the_limits():
    week = [line(1, amount=8, by_hand=True), line(2, day=MONDAY + timedelta(days=1))]
    assert replay(week, TIGHT) == [8, 1]


def test_weeks_come_one_by_one_in_the_order_of_writing():
    late = line(9, day=MONDAY)
    lines = [late, line(3, day=MONDAY + timedelta(days=1)), line(4, day=MONDAY + timedelta(days=7))]
    other = line(5, beneficiary="u:2")
    assert [[one.id for one in week] for week in weeks([*lines, other])] == [[3, 9], [4], [5]]


ENTRIES = st.lists(
    st.tuples(st.sampled_from(rules.ACTIVITIES), st.integers(0, 6), st.integers(0, 6)), max_size=25
)


@given(ENTRIES)
def test_no_limit_is_ever_passed(entries):
    week = [
        line(n, activity, quantity, day=MONDAY + timedelta(days=day))
        for n, (activity, quantity, day) in enumerate(entries)
    ]
    paid = list(zip(week, replay(week, HOUSE), strict=True))
    assert sum(amount for _line, amount in paid) <= HOUSE.week_limit
    for rule in HOUSE.rules:
        own = [(one.day, amount) for one, amount in paid if one.activity == rule.activity]
        assert sum(amount for _day, amount in own) <= (rule.week_limit or HOUSE.week_limit)
        for day in {day for day, _amount in own}:
            assert sum(amount for on, amount in own if on == day) <= rule.day_limit
    for day in {one.day for one in week}:
        assert sum(amount for one, amount in paid if one.day == day) <= HOUSE.day_limit


ACTS = {
    "daily": {"daily_correct": 5, "daily_finished": 1},
    "quiz_passed": {"quiz_passed": 1},
    "report_accepted": {"report_accepted": 1},
}


def test_a_week_is_tried_out():
    tried = try_week(HOUSE, {"daily": 4, "quiz_passed": 1, "report_accepted": 1}, ACTS)
    assert [act.counted for act in tried.acts] == [24, 5, 2]
    assert (tried.gained, tried.counted) == (31, 31)


def test_an_activity_beyond_its_limit_says_so():
    tried = try_week(HOUSE, {"quiz_passed": 3}, ACTS)
    assert (tried.acts[1].gained, tried.acts[1].counted, tried.counted) == (15, 10, 10)


def test_the_overall_limits_take_what_is_too_much():
    tried = try_week(HOUSE, {"daily": 7, "quiz_passed": 2}, ACTS)
    assert (tried.gained, tried.counted) == (52, 40)


@pytest.mark.parametrize(
    ("points", "members", "gain"), [(40, 32, 7), (40, 20, 9), (40, 5, 29), (40, 4, None), (0, 9, 0)]
)
def test_one_persons_week_moves_a_team_a_little(points, members, gain):
    assert effect_on_team(points, members) == gain
