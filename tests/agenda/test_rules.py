"""How many tasks a week, for whom, and where a task stands."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.agenda import rules
from quizapp.agenda.rules import Audience, Place

PLANT, SHOP, TEAM, OTHER = "/1/2/", "/1/2/3/", "/1/2/3/4/", "/1/2/3/5/"


def units(*paths):
    """Return an audience of units."""
    return Audience(frozenset(paths))


def named(**people):
    """Return an audience of people: number and the path of their unit."""
    return Audience(people={int(name[1:]): path for name, path in people.items()})


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (units(TEAM), units(TEAM), True),
        (units(PLANT), units(TEAM), True),
        (units(TEAM), units(OTHER), False),
        (units(SHOP), named(p7=TEAM), True),
        (units(OTHER), named(p7=TEAM), False),
        (named(p7=TEAM), named(p7=TEAM), True),
        (named(p7=TEAM), named(p8=TEAM), False),
        (units("/1/2/"), units("/1/22/"), False),
    ],
)
def test_audiences_meet_by_the_tree(one, other, expected):
    assert rules.meets(one, other) is rules.meets(other, one) is expected


def test_units_above_and_below_count_together():
    there = [units(PLANT), units(TEAM)]
    assert rules.overburdened(units(SHOP), there) == {Place(TEAM): 2}
    assert rules.overburdened(units(OTHER), there) == {}
    assert rules.overburdened(units(TEAM), there) == {Place(TEAM): 2}


def test_a_person_counts_what_the_unit_has():
    there = [units(SHOP), named(p7=TEAM)]
    assert rules.overburdened(named(p7=TEAM), there) == {Place(TEAM, 7): 2}
    assert rules.overburdened(named(p8=TEAM), there) == {}
    assert rules.overburdened(units(TEAM), there) == {Place(TEAM, 7): 2}


def test_one_task_for_two_units_of_a_path_is_one_task():
    assert rules.overburdened(units(TEAM), [units(PLANT, SHOP)]) == {}


# --- the guard holds whatever the order -----------------------------------------------------------

TREE = ["/1/"] + [f"/1/{a}/" for a in (2, 3)]
TREE += [f"/1/{a}/{a}{b}/" for a in (2, 3) for b in (4, 5)]
LEAVES = TREE[3:]
PEOPLE = {number: LEAVES[number % len(LEAVES)] for number in range(101, 109)}

audiences = st.one_of(
    st.frozensets(st.sampled_from(TREE), min_size=1, max_size=3).map(Audience),
    st.sets(st.sampled_from(sorted(PEOPLE)), min_size=1, max_size=3).map(
        lambda chosen: Audience(people={number: PEOPLE[number] for number in chosen})
    ),
)
steps = st.lists(st.one_of(audiences, st.integers(0, 9)), max_size=25)


def load_of(person, tasks):
    """Return how many tasks a person has, counted one by one."""
    path = PEOPLE[person]
    return sum(
        person in task.people or any(path.startswith(unit) for unit in task.units) for task in tasks
    )


@given(steps)
def test_nobody_ever_has_more_than_two_tasks_a_week(script):
    """Assign where the guard lets, withdraw in any order: no person is ever above the limit."""
    tasks: list[Audience] = []
    for step in script:
        if isinstance(step, int):
            if tasks:
                tasks.pop(step % len(tasks))
        elif not rules.overburdened(step, tasks):
            tasks.append(step)
        assert max(load_of(person, tasks) for person in PEOPLE) <= rules.WEEK_LIMIT


@given(audiences, st.lists(audiences, max_size=5))
def test_the_guard_refuses_nothing_that_hurts_nobody_in_the_tree(new, tasks):
    """What is refused would be too much for somebody at a place that a task names."""
    for place, load in rules.overburdened(new, tasks).items():
        assert load == rules.load_at(place, tasks) >= rules.WEEK_LIMIT
        assert rules.load_at(place, [new]) == 1


# --- states, days, counts -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "open"),
        ({"is_done": True, "is_open": False}, "done"),
        ({"is_aside": True}, "aside"),
        ({"is_aside": True, "is_statutory": True}, "open"),
        ({"is_open": False}, "past"),
        ({"is_open": False, "opens_later": True}, "later"),
        ({"is_aside": True, "is_open": False}, "past"),
    ],
)
def test_where_a_task_stands(facts, expected):
    ordinary = {
        "is_done": False,
        "is_aside": False,
        "is_open": True,
        "opens_later": False,
        "is_statutory": False,
    }
    assert rules.state_of(**(ordinary | facts)) == expected


@pytest.mark.parametrize(("done", "shown"), [(0, None), (4, None), (5, 5), (80, 80)])
def test_nothing_is_told_of_fewer_than_five(done, shown):
    assert rules.count_shown(done) == shown


def test_later_weeks_keep_the_weekday_and_the_end():
    days = rules.later_weeks(date(2026, 11, 26), date(2026, 12, 11))
    assert days == [date(2026, 12, 3), date(2026, 12, 10)]
    assert len(rules.later_weeks(date(2026, 11, 26), None)) == rules.WEEKS_LOOKED_AT
