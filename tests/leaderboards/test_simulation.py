"""Does the size of a team decide its place? Seasons are simulated in which nobody is better.

In every season 24 teams stand in one bracket: eight of its smallest size, eight of a middle one,
eight of its largest. Everybody's points come from one and the same distribution, whatever the
team, so a third of the places at the top, and a third of those at the bottom, belongs to each size.

The statistic is Pearson's chi-square over the places taken by the three sizes, with two degrees of
freedom: sum((observed - expected)^2 / expected). The threshold 13.82 is its 99.9 % point. 250
seasons with a fixed seed give about 750 places; a size that took 40 % of them instead of 33 % would
be beyond the threshold. The scores come from the very functions that the boards use.
"""

from __future__ import annotations

import random
from collections import Counter

import pytest

from quizapp.points import rules

SEASONS = 250
TEAMS_OF_A_SIZE = 8
PLACES = 3
THRESHOLD = 13.82

SIZES = {rules.SMALL: (5, 10, 15), rules.MIDDLE: (16, 28, 40), rules.LARGE: (41, 75, 120)}
MIXED = (8, 30, 120)


def points_of_people(draw: random.Random, number: int = 400) -> list[int]:
    """Return 28 days' points of many people: some answer daily, some seldom, a few never."""
    eagerness = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)
    return [
        sum(draw.randint(2, 6) for _day in range(28) if draw.random() < often)
        for often in draw.choices(eagerness, k=number)
    ]


def season(draw: random.Random, people: list[int], sizes: tuple[int, ...], k: int) -> dict:
    """Play a season and return the score of every team, by (size, number)."""
    teams = {
        (size, number): rules.TeamSum(0, sum(draw.choices(people, k=size)), 28 * size)
        for size in sizes
        for number in range(TEAMS_OF_A_SIZE)
    }
    mean = rules.bracket_mean(list(teams.values()))
    return {
        name: rules.shrunken_mean(team.points, team.member_days, mean, k)
        for name, team in teams.items()
    }


def places(sizes: tuple[int, ...], k: int) -> tuple[Counter, Counter]:
    """Return how many of the first and of the last three places each size took in all seasons."""
    draw = random.Random(20261122)
    people = points_of_people(draw)
    top: Counter = Counter(dict.fromkeys(sizes, 0))
    bottom: Counter = Counter(dict.fromkeys(sizes, 0))
    for _season in range(SEASONS):
        scores = season(draw, people, sizes, k)
        for ends, sign in ((top, 1), (bottom, -1)):
            ranks = rules.ranks([(name, sign * score) for name, score in scores.items()])
            ends.update(size for (size, _number), rank in ranks.items() if rank <= PLACES)
    return top, bottom


def chi_square(counts: Counter) -> float:
    """Return Pearson's statistic against equal shares."""
    expected = counts.total() / len(counts)
    return sum((observed - expected) ** 2 / expected for observed in counts.values())


@pytest.mark.parametrize("bracket", SIZES)
def test_size_gives_no_advantage_inside_a_bracket(bracket):
    top, bottom = places(SIZES[bracket], rules.SHRINKAGE[bracket])
    assert chi_square(top) < THRESHOLD, dict(top)
    assert chi_square(bottom) < THRESHOLD, dict(bottom)


@pytest.mark.parametrize("bracket", SIZES)
def test_the_plain_mean_is_unfair_and_found_out(bracket):
    top, bottom = places(SIZES[bracket], 0)
    small, _middle, large = SIZES[bracket]
    assert chi_square(top) > THRESHOLD
    assert chi_square(bottom) > THRESHOLD
    assert top[small] > top[large]


def test_one_small_constant_over_all_sizes_is_unfair_and_found_out():
    top, bottom = places(MIXED, 8)
    assert chi_square(top) > THRESHOLD
    assert chi_square(bottom) > THRESHOLD
    assert top[8] > 3 * top[120]


def test_the_simulated_sizes_are_the_ends_of_their_brackets():
    for bracket, sizes in SIZES.items():
        assert {rules.bracket_of(size) for size in sizes} == {bracket}
        assert rules.bracket_of(sizes[0] - 1) != bracket
    assert rules.bracket_of(SIZES[rules.SMALL][-1] + 1) == rules.MIDDLE
    assert rules.bracket_of(SIZES[rules.MIDDLE][-1] + 1) == rules.LARGE
