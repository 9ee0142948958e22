"""Sums of a simulation: who gains, what is worth cheating, and what is never shown."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace
from datetime import timedelta

import pytest

from quizapp.points import rules
from quizapp.points.service.simulating import (
    Sums,
    guess_worth,
    guessed,
    places_moved,
    share_of,
    shown,
    simulate,
)
from tests.points.test_replaying import HOUSE, MONDAY, line

DOUBLE = replace(
    HOUSE,
    version=2,
    rules=tuple(
        replace(rule, points=2, day_limit=10) if rule.activity == "daily_correct" else rule
        for rule in HOUSE.rules
    ),
)


def run(lines, new=DOUBLE, **more):
    wanted = {
        "groups": lambda one: {"activity": one.activity, "team": str(one.unit_id)},
        "members": {1: 8, 2: 20},
        "counts_in_score": lambda one: one.day > MONDAY,
        **more,
    }
    return simulate(lines, HOUSE, new, **wanted)


def ledger(people: int, days: int = 1):
    """Yield a perfect set and its end for each person and day, in the order of the key."""
    number = 0
    for person in range(people):
        for step in range(days):
            for activity, quantity in (("daily_correct", 5), ("daily_finished", 1)):
                number += 1
                yield line(
                    number,
                    activity,
                    quantity,
                    beneficiary=f"u:{person}",
                    unit_id=person % 2 + 1,
                    day=MONDAY + timedelta(days=step),
                )


def test_points_are_summed_by_group_and_people_counted_once():
    outcome = run(ledger(6, days=2))
    assert outcome.all == Sums(now=72, new=132, people=6)
    assert outcome.cuts["activity"]["daily_correct"] == Sums(60, 120, 6)
    assert outcome.cuts["team"]["1"] == Sums(36, 66, 3)
    assert outcome.teams == {1: [18, 33], 2: [18, 33]}


def test_what_a_team_earns_as_a_whole_counts_its_members():
    outcome = run([line(1, "preshift_answered", 1, beneficiary="t:2", unit_id=2)])
    assert outcome.all.people == 20


@pytest.mark.parametrize(
    ("activity", "quantity", "amount", "hundredths"),
    [
        ("daily_correct", 4, 4, 100),  # a quarter of four answers
        ("daily_correct", 5, 1, 100),  # never more than the entry came to
        ("daily_finished", 1, 1, 100),
        ("quiz_passed", 1, 5, 10),
        ("item_contributed", 1, 3, 0),
        ("preshift_answered", 1, 1, 100),
        ("unheard_of", 1, 1, 0),
    ],
)
def test_what_can_be_had_without_learning(activity, quantity, amount, hundredths):
    assert guessed(line(1, activity, quantity), guess_worth(HOUSE), amount) == hundredths


def test_worth_cheating_is_a_share_of_all_points():
    outcome = run(ledger(5))
    now, new = (
        share_of(part, whole) for part, whole in zip(outcome.guessed, outcome.ruled, strict=True)
    )
    assert now == round(100 * (5 * 0.25 + 1) / 6)
    assert new == round(100 * (10 * 0.25 + 1) / 11)
    assert share_of(0, 0) is None


def test_a_correction_by_hand_is_nobodys_guess():
    outcome = run([line(1, amount=4, by_hand=True)])
    assert (outcome.guessed, outcome.ruled) == ([0, 0], [0, 0])
    assert outcome.all == Sums(4, 4, 1)


def test_a_group_of_fewer_than_five_hides_behind_the_smallest_other():
    groups = {"a": Sums(10, 20, 4), "b": Sums(30, 30, 5), "c": Sums(50, 40, 9)}
    assert shown(groups) == ({"c": groups["c"]}, Sums(40, 50, 5))


def test_groups_that_are_large_enough_are_all_shown():
    groups = {"b": Sums(30, 30, 5), "c": Sums(50, 40, 9)}
    assert shown(groups) == (groups, None)


def test_nothing_is_shown_where_no_group_has_five():
    assert shown({"a": Sums(10, 20, 4), "b": Sums(1, 1, 4)}) == ({}, None)


def test_teams_move_inside_their_bracket():
    teams = {1: [100, 50], 2: [80, 90], 3: [60, 60], 4: [500, 1], 9: [900, 0]}
    members = {1: 10, 2: 10, 3: 10, 4: 30, 9: 4}
    member_days = {unit_id: 28 * number for unit_id, number in members.items()}
    moved = places_moved(teams, members, member_days)
    assert moved[rules.SMALL] == {"few": 1, "one": 2}
    assert moved[rules.MIDDLE] == {"none": 1}
    assert set(moved) == {rules.SMALL, rules.MIDDLE}


def test_memory_does_not_grow_with_the_ledger():
    def peak(people: int) -> int:
        tracemalloc.start()
        run(ledger(people, days=14))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(5)
    assert peak(200) < 2 * peak(20) + 50_000
