"""Decisions of marking: steps, tolerance, rounds, what counts, and times."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.quizzes.service.marking import rules

NOW = datetime(2026, 11, 18, tzinfo=UTC)
POINTS = st.tuples(st.floats(0, 3), st.floats(0, 2)).map(lambda both: (both,))


@pytest.mark.parametrize(
    ("most", "steps"),
    [
        (2, (0, 0.5, 1, 1.5, 2)),
        (0.3, (0, 0.3)),
        (6, (0, 1, 2, 3, 4, 5, 6)),
        (7.5, (0, 1, 2, 3, 4, 5, 6, 7, 7.5)),
        (40, ()),
    ],
)
def test_a_criterion_offers_steps_up_to_its_most(most, steps):
    assert rules.steps(most) == steps


@pytest.mark.parametrize(
    ("points", "is_fitting"),
    [
        (((3, 2),), True),
        (((0, 0),), True),
        (((3,),), False),
        (((3, 2), (1,)), False),
        (((3.5, 0),), False),
        (((-1, 0),), False),
        (((float("nan"), 0),), False),
        (((float("inf"), 0),), False),
        ((), False),
    ],
)
def test_points_fit_a_rubric_or_do_not(points, is_fitting):
    assert rules.fits(points, ((3, 2),)) is is_fitting


@pytest.mark.parametrize(
    ("first", "second", "is_apart"),
    [(0.5, 0.5, False), (0.4, 0.6, False), (0.6, 0.4, False), (0.3, 0.51, True), (0, 1, True)],
)
def test_up_to_the_tolerance_marks_agree(first, second, is_apart):
    assert rules.differ(first, second) is is_apart


@pytest.mark.parametrize(
    ("round_", "markers", "shares", "stage"),
    [
        ("first", 1, [0.5], "done"),
        ("first", 2, [0.5], "second"),
        ("second", 2, [0.5, 0.6], "done"),
        ("second", 2, [0.5, 0.9], "adjudication"),
        ("adjudication", 2, [0.5, 0.9], "done"),
    ],
)
def test_a_text_goes_from_round_to_round(round_, markers, shares, stage):
    assert rules.next_stage(round_, markers, shares) == stage


def test_the_mean_counts_unless_somebody_decided():
    first, second, third = ((1.0, 2.0),), ((2.0, 1.0),), ((0.0, 0.0),)
    assert rules.final_points({"first": first}) == first
    assert rules.final_points({"first": first, "second": second}) == ((1.5, 1.5),)
    assert rules.final_points({"first": first, "second": second, "adjudication": third}) == third
    with pytest.raises(ValueError, match="nobody"):
        rules.final_points({})


@given(POINTS, POINTS)
def test_the_mean_lies_between_the_marks_and_fits(first, second):
    mean = rules.final_points({"first": first, "second": second})
    assert rules.fits(mean, ((3, 2),))
    shares = sorted(rules.share(each, ((3, 2),)) for each in (first, second))
    assert shares[0] - 1e-9 <= rules.share(mean, ((3, 2),)) <= shares[1] + 1e-9


def test_a_text_is_kept_for_half_an_hour():
    assert not rules.is_held(None, NOW)
    assert rules.is_held(NOW, NOW + timedelta(minutes=29))
    assert not rules.is_held(NOW, NOW + timedelta(minutes=30))


def test_an_appeal_has_its_days_from_the_last_moment_on():
    assert rules.appeal_until(None, None) is None
    later = NOW + timedelta(days=3)
    assert rules.appeal_until(NOW, None, later) == later + timedelta(days=rules.APPEAL_DAYS)
