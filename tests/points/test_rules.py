"""The rules of the game as pure functions."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.points import rules
from quizapp.points.rules import Earned, Rule, RuleSet, TeamSum

OPEN_ENDED = RuleSet(
    version=7,
    since=date(2026, 1, 1),
    rules=(Rule("reading", points=3, day_limit=9, week_limit=10),),
    day_limit=12,
    week_limit=40,
)
TODAY = rules.in_force(rules.RULE_SETS, date(2026, 11, 18))


def test_what_is_achieved_is_granted():
    assert rules.grant(TODAY, "daily_correct", 4, Earned()) == (4, None)


def test_points_are_paid_for_each_time():
    assert rules.grant(OPEN_ENDED, "reading", 2, Earned()) == (6, None)


def test_an_activity_without_a_rule_earns_nothing():
    assert rules.grant(TODAY, "logging_in", 1, Earned()) == (0, "unknown")


@pytest.mark.parametrize("note", ["rapid", "quiet"])
def test_a_note_forbids_and_is_the_reason(note):
    assert rules.grant(TODAY, "daily_correct", 5, Earned(), note=note) == (0, note)


@pytest.mark.parametrize("quantity", [0, -1])
def test_nothing_achieved_is_no_cap(quantity):
    assert rules.grant(TODAY, "daily_correct", quantity, Earned()) == (0, "none")


@pytest.mark.parametrize(
    ("earned", "room"),
    [
        (Earned(activity_day=7), 2),
        (Earned(activity_week=6), 4),
        (Earned(day=11), 1),
        (Earned(week=35), 5),
        (Earned(activity_day=7, activity_week=9, day=7, week=39), 1),
        (Earned(activity_day=9), 0),
        (Earned(activity_day=12, day=20, week=50), 0),  # an older rule allowed more
    ],
)
def test_the_narrowest_limit_decides(earned, room):
    assert rules.grant(OPEN_ENDED, "reading", 2, earned) == (room, "cap")


def test_an_activity_without_a_week_limit_is_held_by_the_others():
    assert rules.grant(TODAY, "daily_correct", 5, Earned(activity_week=30, week=30)) == (5, None)
    assert rules.grant(TODAY, "daily_correct", 5, Earned(activity_week=37, week=37)) == (3, "cap")


def test_filling_a_limit_exactly_is_not_a_cap():
    assert rules.grant(TODAY, "daily_correct", 5, Earned(day=7, week=35)) == (5, None)


amounts = st.integers(0, 60)
earnings = st.builds(Earned, amounts, amounts, amounts, amounts)


@given(earnings, st.integers(-3, 50), st.sampled_from(["", "rapid"]))
def test_a_grant_never_exceeds_any_room(earned, quantity, note):
    rule = OPEN_ENDED.rules[0]
    amount, reason = rules.grant(OPEN_ENDED, "reading", quantity, earned, note=note)
    assert 0 <= amount <= max(0, rule.points * quantity)
    assert amount <= max(0, rule.day_limit - earned.activity_day)
    assert amount <= max(0, rule.week_limit - earned.activity_week)
    assert amount <= max(0, OPEN_ENDED.day_limit - earned.day)
    assert amount <= max(0, OPEN_ENDED.week_limit - earned.week)
    assert amount or reason


@given(earnings, st.integers(1, 50))
def test_room_that_is_there_is_given(earned, quantity):
    amount, reason = rules.grant(OPEN_ENDED, "reading", quantity, earned)
    rooms = (9 - earned.activity_day, 10 - earned.activity_week, 12 - earned.day, 40 - earned.week)
    assert amount == max(0, min(3 * quantity, *rooms))
    assert reason == (None if amount == 3 * quantity else "cap")


def test_an_earlier_day_keeps_the_first_rules():
    assert rules.in_force(rules.RULE_SETS, date(2020, 1, 1)) is rules.RULE_SETS[0]


def test_a_day_has_the_newest_rules_that_began():
    later = RuleSet(version=2, since=date(2026, 12, 1), rules=(), day_limit=1, week_limit=1)
    both = (*rules.RULE_SETS, later)
    assert rules.in_force(both, date(2026, 11, 30)).version == 1
    assert rules.in_force(both, date(2026, 12, 1)).version == 2


def test_a_daily_set_cannot_break_a_limit_of_its_day():
    daily = [rule for rule in TODAY.rules if rule.activity.startswith("daily_")]
    assert daily
    assert sum(rule.points * rule.day_limit for rule in daily) <= TODAY.day_limit


@pytest.mark.parametrize(
    ("members", "bracket"),
    [
        (0, None),
        (4, None),
        (5, "small"),
        (15, "small"),
        (16, "middle"),
        (40, "middle"),
        (41, "large"),
        (120, "large"),
    ],
)
def test_brackets_go_by_size(members, bracket):
    assert rules.bracket_of(members) == bracket


def test_every_bracket_has_its_shrinkage_about_the_root_of_its_sizes():
    assert rules.SHRINKAGE == {"small": 9, "middle": 25, "large": 80}


def test_the_window_is_28_days_with_today():
    first, last = rules.window(date(2026, 1, 1), date(2026, 11, 18))
    assert (first, last) == (date(2026, 10, 22), date(2026, 11, 18))
    assert (last - first).days + 1 == 28


def test_the_window_begins_no_earlier_than_the_season():
    assert rules.window(date(2026, 11, 16), date(2026, 11, 18))[0] == date(2026, 11, 16)


def test_the_mean_is_points_per_28_member_days():
    teams = [TeamSum(1, 10, 28), TeamSum(2, 20, 56)]
    assert rules.bracket_mean(teams) == 10


def test_a_bracket_without_members_has_the_mean_nought():
    assert rules.bracket_mean([]) == 0
    assert rules.bracket_mean([TeamSum(1, 3, 0)]) == 0


def test_the_score_is_the_formula_and_nothing_else():
    # n = 8 members for 28 days, (100 + 9 * 10) / (8 + 9) = 11.176...
    assert rules.shrunken_mean(100, 8 * 28, Fraction(10), 9) == 112


def test_half_a_point_is_rounded_up():
    # 10 * (points + 1 * 0) / (n + 1) with n = 3: 2.5 a point.
    assert rules.shrunken_mean(1, 3 * 28, Fraction(0), 1) == 3
    assert rules.shrunken_mean(3, 3 * 28, Fraction(0), 1) == 8


def test_a_score_that_a_float_gets_wrong_is_exact():
    points, member_days, mean = 2, 164, Fraction(28 * 43, 315)
    in_floats = 10 * ((points + 9 * float(mean)) / (member_days / 28 + 9))
    assert math.floor(in_floats + 0.5) == 24
    assert rules.shrunken_mean(points, member_days, mean, 9) == 25


def test_a_team_without_anything_has_the_score_of_the_mean():
    assert rules.shrunken_mean(0, 0, Fraction(7, 2), 9) == 35


@given(
    st.integers(0, 5000),
    st.integers(1, 500),
    st.integers(0, 4000),
    st.fractions(0, 200, max_denominator=5000),
    st.sampled_from([9, 25, 80]),
)
def test_more_points_never_lower_a_score(points, more, member_days, mean, shrinkage):
    less = rules.shrunken_mean(points, member_days, mean, shrinkage)
    assert rules.shrunken_mean(points + more, member_days, mean, shrinkage) >= less


@given(st.integers(0, 5000), st.integers(1, 4000), st.fractions(0, 200, max_denominator=999))
def test_a_score_lies_between_the_own_rate_and_the_mean(points, member_days, mean):
    own = Fraction(28 * points, member_days)
    score = rules.shrunken_mean(points, member_days, mean, 25)
    assert 10 * min(own, mean) - Fraction(1, 2) <= score <= 10 * max(own, mean) + Fraction(1, 2)


def test_ties_share_a_rank_and_the_next_is_skipped():
    assert rules.ranks([(1, 90), (2, 80), (3, 80), (4, 70)]) == {1: 1, 2: 2, 3: 2, 4: 4}


def test_all_equal_are_all_first():
    assert set(rules.ranks([(unit, 5) for unit in range(6)]).values()) == {1}


def test_nobody_has_no_rank():
    assert rules.ranks([]) == {}


teams = st.lists(
    st.builds(TeamSum, st.integers(1, 10_000), st.integers(0, 500), st.integers(0, 2000)),
    unique_by=lambda team: team.unit_id,
    max_size=12,
)


def board(listed: list[TeamSum]) -> dict[int, tuple[int, int]]:
    """Return score and rank of every team, by unit."""
    mean = rules.bracket_mean(listed)
    scores = {t.unit_id: rules.shrunken_mean(t.points, t.member_days, mean, 9) for t in listed}
    placed = rules.ranks(list(scores.items()))
    return {unit: (scores[unit], placed[unit]) for unit in scores}


@given(teams, st.randoms(use_true_random=False))
def test_the_order_of_teams_does_not_matter(listed, shuffler):
    mixed = list(listed)
    shuffler.shuffle(mixed)
    assert board(mixed) == board(listed)


@given(teams)
def test_a_rank_is_one_more_than_the_teams_above(listed):
    placed = board(listed)
    for score, rank in placed.values():
        assert rank == 1 + sum(other > score for other, _rank in placed.values())


def test_a_rule_set_knows_its_rules():
    assert TODAY.rule("daily_finished").points == 1
    assert TODAY.rule("likes") is None


def test_a_season_is_at_most_a_quarter():
    assert timedelta(days=rules.SEASON_MAX_DAYS) == timedelta(weeks=13)


DRAFT = RuleSet(
    version=2,
    since=date(2026, 12, 1),
    rules=(rules.Rule("daily_correct", 1, 5), rules.Rule("quiz_passed", 5, 10, 10)),
    day_limit=12,
    week_limit=40,
)


def test_sound_rules_have_no_problem():
    assert rules.problems_of(DRAFT) == {}
    assert rules.problems_of(rules.RULE_SETS[0]) == {}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"day_limit": 0}, {"day_limit": "range", "daily_correct.day_limit": "above_all"}),
        ({"day_limit": 31}, {"day_limit": "range"}),
        ({"week_limit": 101}, {"week_limit": "range"}),
        ({"week_limit": 11}, {"week_limit": "week_below_day"}),
    ],
)
def test_limits_over_everything_are_in_range(changes, problem):
    assert problem.items() <= rules.problems_of(replace(DRAFT, **changes)).items()


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (rules.Rule("kindness", 1, 5), {"kindness.points": "unknown"}),
        (rules.Rule("daily_correct", 11, 12), {"daily_correct.points": "range"}),
        (rules.Rule("daily_correct", -1, 5), {"daily_correct.points": "range"}),
        (rules.Rule("daily_correct", 3, 2), {"daily_correct.day_limit": "below_once"}),
        (rules.Rule("daily_correct", 3, 13), {"daily_correct.day_limit": "above_all"}),
        (rules.Rule("daily_correct", 3, 3, 2), {"daily_correct.week_limit": "below_once"}),
        (rules.Rule("daily_correct", 3, 3, 41), {"daily_correct.week_limit": "above_all"}),
    ],
)
def test_a_rule_that_makes_no_sense_is_named(rule, problem):
    assert rules.problems_of(replace(DRAFT, rules=(rule,))) == problem


def test_every_activity_of_the_house_is_known():
    assert [rule.activity for rule in rules.RULE_SETS[0].rules] == list(rules.ACTIVITIES)


def test_the_room_of_a_line_is_the_narrowest_limit():
    rule_set = rules.RULE_SETS[0]
    assert rules.room_of(rule_set, "daily_correct", Earned()) == 5
    assert rules.room_of(rule_set, "daily_correct", Earned(3, 3, 3, 3)) == 2
    assert rules.room_of(rule_set, "daily_correct", Earned(0, 0, 11, 11)) == 1
    assert rules.room_of(rule_set, "daily_correct", Earned(0, 0, 0, 38)) == 2
    assert rules.room_of(rule_set, "quiz_passed", Earned(0, 8, 0, 8)) == 2
    assert rules.room_of(rule_set, "daily_correct", Earned(9, 9, 9, 9)) == 0


def test_there_is_no_room_where_a_rule_gives_nothing():
    free = rules.RuleSet(2, date(2026, 2, 1), (rules.Rule("daily_finished", 0, 5),), 12, 40)
    assert rules.room_of(free, "daily_finished", Earned()) == 0
    assert rules.room_of(free, "signing_in", Earned()) == 0


def test_a_line_is_taken_out_of_what_was_earned():
    assert Earned(5, 9, 7, 20).without(4) == Earned(1, 5, 3, 16)
