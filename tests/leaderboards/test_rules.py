"""Seats, moves and places on a scale as pure functions."""

from __future__ import annotations

import random
import statistics
from collections import Counter
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.leaderboards import rules
from quizapp.leaderboards.rules import Sized, seats

WORKSHOP, A, B = 1, 2, 3


def under_a_workshop(direct: int, *teams: int) -> dict[int, int | None]:
    """Seat teams of these sizes below a workshop with ``direct`` people of its own."""
    below = [Sized(number, WORKSHOP, size) for number, size in enumerate(teams, start=2)]
    return seats([Sized(WORKSHOP, None, direct), *below])


def test_a_team_of_five_has_a_row_of_its_own():
    assert under_a_workshop(0, 5) == {WORKSHOP: None, A: A}


def test_a_team_of_four_is_merged_with_its_workshop():
    assert under_a_workshop(6, 4) == {WORKSHOP: WORKSHOP, A: WORKSHOP}


def test_small_teams_make_five_together():
    assert under_a_workshop(0, 2, 3) == {WORKSHOP: WORKSHOP, A: WORKSHOP, B: WORKSHOP}


def test_small_teams_and_the_workshops_own_people_make_five_together():
    assert under_a_workshop(1, 4, 30) == {WORKSHOP: WORKSHOP, A: WORKSHOP, B: B}


def test_a_large_team_does_not_help_a_small_one_to_a_row():
    assert under_a_workshop(0, 4, 30) == {WORKSHOP: None, A: None, B: B}


def test_a_unit_without_people_has_no_row():
    assert under_a_workshop(0, 0, 7) == {WORKSHOP: None, A: None, B: B}


def test_a_unit_without_people_is_not_merged():
    assert under_a_workshop(9, 0)[A] is None


def test_merging_goes_up_one_level_only():
    chain = [Sized(1, None, 30), Sized(2, 1, 1), Sized(3, 2, 2)]
    assert seats(chain) == {1: 1, 2: 1, 3: None}


def test_a_small_unit_that_small_ones_join_stands_by_itself():
    chain = [Sized(1, None, 3), Sized(2, 1, 2), Sized(3, 2, 4)]
    assert seats(chain) == {1: None, 2: 2, 3: 2}


def test_people_count_in_one_row_only():
    """A unit that has its own row does not lend its people to the unit above."""
    chain = [Sized(1, None, 1), Sized(2, 1, 4), Sized(3, 2, 3)]
    assert seats(chain) == {1: None, 2: 2, 3: 2}


def test_a_unit_whose_parent_is_unknown_stands_alone():
    assert seats([Sized(7, 99, 4), Sized(8, 99, 5)]) == {7: None, 8: 8}


def test_the_order_of_units_does_not_matter():
    chain = [Sized(1, None, 1), Sized(2, 1, 4), Sized(3, 2, 3), Sized(4, 1, 4), Sized(5, 1, 9)]
    assert seats(chain[::-1]) == seats(chain)


@st.composite
def trees(draw: st.DrawFn) -> list[Sized]:
    """Draw a tree of units of any sizes; a unit's parent comes before it."""
    sizes = draw(st.lists(st.integers(0, 9), min_size=1, max_size=14))
    return [
        Sized(number, draw(st.integers(1, number - 1)) if number > 1 else None, size)
        for number, size in enumerate(sizes, start=1)
    ]


@given(trees())
def test_no_row_ever_stands_for_fewer_than_five(units):
    placed = seats(units)
    people: Counter = Counter()
    for unit in units:
        people[placed[unit.id]] += unit.members
    del people[None]
    assert all(number >= rules.MIN_MEMBERS for number in people.values()), people


@given(trees())
def test_a_seat_is_the_units_own_or_the_one_above(units):
    placed = seats(units)
    assert all(placed[unit.id] in {unit.id, unit.parent_id, None} for unit in units)


@given(trees())
def test_whoever_is_enough_alone_is_never_merged(units):
    placed = seats(units)
    enough = [unit.id for unit in units if unit.members >= rules.MIN_MEMBERS]
    assert all(placed[unit_id] == unit_id for unit_id in enough)


@given(trees())
def test_a_row_that_others_join_is_its_own(units):
    placed = seats(units)
    for seat in set(placed.values()) - {None}:
        assert placed[seat] == seat


@pytest.mark.parametrize(("above", "gap"), [(120, 20), (100, 0), (None, None)])
def test_the_gap_is_what_draws_level(above, gap):
    assert rules.gap_to_next(100, above) == gap


@pytest.mark.parametrize(("rank", "before", "climbed"), [(2, 5, 3), (5, 2, -3), (1, None, None)])
def test_climbing_is_positive(rank, before, climbed):
    assert rules.move(rank, before) == climbed


@pytest.mark.parametrize(
    ("score", "low", "high", "position"),
    [(50, 0, 100, 50), (0, 0, 100, 0), (130, 0, 100, 100), (-5, 0, 100, 0), (7, 7, 7, 100)],
)
def test_a_scale_has_two_ends(score, low, high, position):
    assert rules.position_on_scale(score, low, high) == position


def test_a_small_and_a_large_team_are_as_likely_to_gain():
    """Noise of a stretch moves the smallest and the largest team of a bracket alike."""
    dice = random.Random("who gains")
    for low, high, shrinkage in ((5, 15, 9), (16, 40, 25), (41, 156, 80)):
        for days in (7, 14, 28):
            spread = {}
            for size in (low, high):
                scores = []
                for _run in range(400):
                    earned = round(dice.gauss(3 * size * days, (9 * size * days) ** 0.5))
                    scores.append(
                        rules.stretch_score(
                            max(0, earned),
                            size * days,
                            days=days,
                            mean=Fraction(84),
                            shrinkage=shrinkage,
                        )
                    )
                spread[size] = statistics.pstdev(scores)
            assert 0.8 < spread[low] / spread[high] < 1.25, (low, high, days, spread)


@pytest.mark.parametrize(
    ("elapsed", "days"), [(1, None), (13, None), (14, 7), (27, 7), (28, 14), (56, 28), (91, 28)]
)
def test_whole_weeks_are_compared_inside_the_season(elapsed, days):
    first = date(2026, 11, 1)
    until = first + timedelta(days=elapsed - 1)
    assert rules.comparison(first, until) == days
    if days:
        before, now = rules.stretches(until, days)
        assert (now[1], (now[1] - now[0]).days + 1) == (until, days)
        assert before[1] + timedelta(days=1) == now[0]
        assert before[0] >= first


def test_an_effort_closes_the_gap_it_is_told_for():
    """So many sets of the points of one bring the score by about the gap."""
    for gap in (1, 9, 40, 300):
        for members, shrinkage in ((8, 9), (28, 25), (90, 80)):
            told = rules.effort(
                gap, member_days=28 * members, members=members, shrinkage=shrinkage, points_of_set=5
            )
            assert told
            gained = Fraction(10 * 5 * told.colleagues, members + shrinkage)
            assert gained >= gap
            assert gained - Fraction(50, members + shrinkage) < gap
            assert (told.each - 1) * members < told.colleagues <= told.each * members
    assert rules.effort(0, member_days=28, members=5, shrinkage=9, points_of_set=5) is None


def test_stars_follow_from_the_points_of_a_set():
    assert rules.star_scores(6) == (480, 600, 720)
    assert [rules.stars(score, (480, 600, 720)) for score in (0, 479, 480, 700, 720)] == [
        0, 0, 1, 2, 3,
    ]  # fmt: skip
    assert rules.to_next_star(500, (480, 600, 720)) == 100
    assert rules.to_next_star(720, (480, 600, 720)) is None


@given(st.integers(0, 400), st.integers(1, 60), st.dates(date(2026, 1, 1), date(2027, 1, 1)))
def test_a_rotation_shows_everybody_in_turn(count, size, day):
    pages = max(1, -(-count // size))
    seen = {
        place
        for n in range(pages)
        for start in [rules.rotation(count, size, day + timedelta(days=n))]
        for place in range(start, min(count, start + size))
    }
    assert seen == set(range(count))
