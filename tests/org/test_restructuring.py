"""Units that merge, split, and are renamed: people move on a day, and history is kept."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.org import rules, service
from quizapp.org.models import Membership, Unit
from tests.factories import people
from tests.factories.teams import members_of, teams

TODAY = date(2026, 11, 18)
DAY = date(2026, 11, 10)


@pytest.fixture
def world(db, frozen) -> people.World:
    """The cast, at a fixed present."""
    return people.world()


@pytest.fixture
def other(world) -> int:
    """A second team of six in the workshop."""
    return teams(world.organisation, world.workshop, [6])[0]


def test_everybody_of_a_merged_unit_is_in_the_other_from_that_day_on(world, other):
    service.merge_units(world.people["dana"], other, into_id=world.team, on=DAY)
    for person in members_of(other):
        assert service.unit_on(person, DAY - timedelta(days=1)) == other
        assert service.unit_on(person, DAY) == world.team
    assert not database.session.get_one(Unit, other).is_active
    assert service.count_members(world.organisation, TODAY)[world.team] == 14
    assert service.successors(world.organisation, TODAY) == {other: world.team}
    assert service.successors(world.organisation, DAY - timedelta(days=1)) == {}


def test_who_joins_later_or_is_lent_moves_along(world, other):
    later = people.person(world.organisation, other, "后来", "9001", since=TODAY)
    lent = members_of(other)[0]
    database.session.query(Membership).filter_by(person_id=lent).update(
        {"ends_on": TODAY + timedelta(days=9)}
    )
    database.session.commit()
    service.merge_units(None, other, into_id=world.team, on=DAY)
    assert service.unit_on(later, TODAY) == world.team
    assert service.unit_on(later, TODAY - timedelta(days=1)) is None
    assert service.unit_on(lent, TODAY + timedelta(days=8)) == world.team
    assert service.unit_on(lent, TODAY + timedelta(days=9)) is None


def test_a_chain_of_mergers_ends_in_the_last_unit(world, other):
    third = teams(world.organisation, world.workshop, [5])[0]
    service.merge_units(None, third, into_id=other, on=DAY)
    service.merge_units(None, other, into_id=world.team, on=DAY)
    assert service.successors(world.organisation, TODAY) == {
        third: world.team,
        other: world.team,
    }


@pytest.mark.parametrize("days", [1, -32])
def test_a_merger_is_recorded_when_it_happens(world, other, days):
    with pytest.raises(Refusal) as refused:
        service.merge_units(None, other, into_id=world.team, on=TODAY + timedelta(days=days))
    assert refused.value.field == "since"


def test_units_that_do_not_fit_are_not_merged(world, other):
    for unit, into in (
        (other, other),
        (other, world.workshop),
        (other, world.other_team),
        (world.workshop, world.plant),
    ):
        with pytest.raises(Refusal):
            service.merge_units(None, unit, into_id=into, on=DAY)
    service.merge_units(None, other, into_id=world.team, on=DAY)
    with pytest.raises(Refusal):
        service.merge_units(None, other, into_id=world.team, on=DAY)


def test_a_workshop_with_open_teams_is_not_merged(world):
    second = people.unit(world.organisation, world.plant, rules.WORKSHOP, "总装车间", "A12")
    with pytest.raises(Refusal):
        service.merge_units(None, world.workshop, into_id=second, on=DAY)


def test_chosen_people_move_into_the_new_unit(world, other):
    chosen = members_of(other)[:2]
    new = service.split_unit(
        world.people["dana"], other, name="新班", code="N1", people=chosen, on=DAY
    )
    assert [service.unit_on(person, DAY) for person in members_of(other)] == [new] * 2 + [other] * 4
    line = service.list_history(new)[0]
    assert (line.change, line.changed_on, line.other) == ("split", DAY, "班001")


def test_nobody_everybody_and_strangers_do_not_split_a_unit(world, other):
    for chosen in ([], members_of(other), [world.people["bob"]]):
        with pytest.raises(Refusal) as refused:
            service.split_unit(None, other, name="新班", code="N1", people=chosen, on=DAY)
        assert refused.value.field == "people"
    with pytest.raises(Refusal):
        service.split_unit(
            None, other, name="新班", code="A111", people=members_of(other)[:1], on=DAY
        )


def test_history_tells_old_names_places_and_mergers(world, other):
    second = people.unit(world.organisation, world.plant, rules.WORKSHOP, "总装车间", "A12")
    service.change_unit(world.team, name="焊装甲班")
    service.change_unit(world.team, name="焊装甲班")
    service.move_unit(world.team, second)
    service.merge_units(None, other, into_id=world.team, on=DAY)
    lines = [(line.change, line.name, line.other) for line in service.list_history(world.team)]
    assert lines == [
        ("moved", "焊装甲班", "焊装车间"),
        ("renamed", "焊装一班", "焊装甲班"),
        ("merged", "班001", "焊装甲班"),
    ]


# -- secondments and absences


def test_who_is_lent_is_back_afterwards(world, other):
    bob = world.people["bob"]
    service.lend(bob, other, TODAY, TODAY + timedelta(days=10))
    assert service.unit_on(bob, TODAY - timedelta(days=1)) == world.team
    assert service.unit_on(bob, TODAY + timedelta(days=9)) == other
    assert service.unit_on(bob, TODAY + timedelta(days=10)) == world.team


def test_nobody_is_lent_to_where_they_are(world, other):
    bob = world.people["bob"]
    with pytest.raises(Refusal):
        service.lend(bob, world.team, TODAY, TODAY + timedelta(days=10))
    with pytest.raises(Refusal):
        service.lend(bob, other, date(2025, 1, 1), date(2025, 2, 1))
    service.leave_unit(bob, TODAY + timedelta(days=5))
    with pytest.raises(Refusal):
        service.lend(bob, other, TODAY, TODAY + timedelta(days=10))


def test_an_absence_that_was_taken_back_counts_again(world):
    bob = world.people["bob"]
    service.record_absence(bob, TODAY, TODAY + timedelta(days=5))
    assert service.covers_absence(bob, TODAY, TODAY + timedelta(days=5))
    assert not service.covers_absence(bob, TODAY, None)
    line = service.list_absences(world.organisation, TODAY, below="/", limit=5)[0]
    assert (line.person_id, line.since) == (bob, TODAY)
    service.remove_absence(line.id)
    service.remove_absence(line.id)
    assert service.count_eligible(world.organisation, TODAY)[world.team] == 8
    assert service.find_absence(line.id) is None
