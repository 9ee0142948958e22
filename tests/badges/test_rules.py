"""What earns a badge, what it is called, and what a credential may become."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.badges import rules
from quizapp.badges.rules import ACTIVITY, MASTERY, REVOKED, SEASON, SUSPENDED, VALID, WEEKS, Rule

MASTERED = Rule(MASTERY, 20, topic_id=7, topic_name="动火作业")


@pytest.mark.parametrize(
    ("rule", "value", "reached", "left"),
    [
        (MASTERED, 19, False, 1),
        (MASTERED, 20, True, 0),
        (MASTERED, 25, True, 0),
        (Rule(ACTIVITY, 3, activity="report_accepted"), 0, False, 3),
        (Rule(ACTIVITY, 3, activity="report_accepted"), 3, True, 0),
        (Rule(WEEKS, 10), 9, False, 1),
        (Rule(SEASON, 3), 0, False, None),
        (Rule(SEASON, 3), 1, True, None),
        (Rule(SEASON, 3), 3, True, None),
        (Rule(SEASON, 1), 2, False, None),
    ],
)
def test_a_rule_is_reached_or_something_is_missing(rule, value, reached, left):
    assert rules.is_reached(rule, value) is reached
    assert rules.missing(rule, value) == left


@given(st.integers(1, 500), st.integers(0, 1000))
def test_nearness_and_what_is_missing_say_the_same(number, value):
    rule = Rule(WEEKS, number)
    assert 0 <= rules.nearness(rule, value) <= 1
    assert (rules.missing(rule, value) == 0) is rules.is_reached(rule, value)
    assert (rules.nearness(rule, value) == 1) is rules.is_reached(rule, value)


def test_nobody_is_half_way_to_a_place():
    assert rules.nearness(Rule(SEASON, 3), 2) == 0


@pytest.mark.parametrize(
    ("rule", "is_sound"),
    [
        (MASTERED, True),
        (Rule(MASTERY, 4, topic_id=7), False),
        (Rule(MASTERY, 20), False),
        (Rule(MASTERY, 501, topic_id=7), False),
        (Rule(ACTIVITY, 1, activity="session_hosted"), True),
        (Rule(ACTIVITY, 1, activity="signed_in"), False),
        (Rule(ACTIVITY, 0, activity="report_accepted"), False),
        (Rule(SEASON, 3), True),
        (Rule(SEASON, 4), False),
        (Rule(SEASON, 0), False),
        (Rule(WEEKS, 1), True),
        (Rule(WEEKS, 0), False),
        (Rule("virtue", 1), False),
    ],
)
def test_rules_that_nobody_should_earn_by_are_not_sound(rule, is_sound):
    assert rules.is_sound(rule) is is_sound


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("忠诚卫士", "忠诚"),
        ("忠 诚·卫士", "忠诚"),
        ("ＬＯＹＡＬ员工", "loyal"),
        ("Loyalty", "loyal"),
        ("动火安全·通晓", None),
        ("", None),
    ],
)
def test_names_of_virtue_are_found_however_they_are_spelled(name, found):
    assert rules.refused_word(name, ["忠诚", "loyal", ""]) == found


def test_revoked_is_the_end():
    states = (VALID, SUSPENDED, REVOKED)
    allowed = {(a, b) for a in states for b in states if rules.may_follow(a, b)}
    assert allowed == {
        (VALID, SUSPENDED),
        (VALID, REVOKED),
        (SUSPENDED, VALID),
        (SUSPENDED, REVOKED),
    }


@pytest.mark.parametrize(("number", "shown"), [(0, None), (4, None), (5, 5), (300, 300)])
def test_numbers_of_a_few_people_are_not_told(number, shown):
    assert rules.shown_count(number) == shown


def test_no_activity_is_for_being_there():
    assert not {"signed_in", "shared", "liked"} & rules.ACTIVITIES.keys()
