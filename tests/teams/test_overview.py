"""What the page of a team counts: sums, from five people on, up to yesterday."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from quizapp.core import clock
from quizapp.core.db import db
from quizapp.core.events import Rewardable
from quizapp.leaderboards import service as leaderboards
from quizapp.org import service as org
from quizapp.points import service as points
from quizapp.teams import service
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import finished_set, open_season, settle_boards
from tests.factories.teams import join, members_of, teams

TODAY = date(2026, 11, 18)  # a Wednesday


def earn(person_ids, unit_id: int, day: date, amount: int = 5) -> None:
    """Let people have answered so many questions rightly on a day."""
    for person_id in person_ids:
        points.award(
            Rewardable(
                user_id=person_id,
                activity="daily_correct",
                source=f"test:{person_id}:{day}",
                quantity=amount,
                occurred_on=day,
                unit_id=unit_id,
            )
        )
    settle_boards()


def overview(viewer):
    """Return the numbers of somebody's own team."""
    return service.get_overview(viewer, service.get_own_team(viewer))


def test_a_team_sees_its_place_and_the_way_to_the_next(world, season, alice):
    other = next(unit for unit in org.list_units(world.organisation) if unit.name == "班001")
    earn(members_of(other.id), other.id, TODAY)
    earn(members_of(world.team)[:2], world.team, TODAY)
    found = overview(alice)
    assert found.place.rank == 2
    assert found.way.rank == 1
    assert found.way.gap == found.place.next_score - found.place.score
    assert found.way.sets > 0
    assert found.way.is_for_each == (found.way.sets <= 8)


def test_the_sets_that_are_named_do_bring_the_next_place(world, season, alice):
    other = next(unit for unit in org.list_units(world.organisation) if unit.name == "班002")
    earn(members_of(other.id)[:6], other.id, TODAY)
    earn(members_of(world.team)[:2], world.team, TODAY)
    before = overview(alice)
    needed = before.way.sets
    rest = members_of(world.team)[2:]
    assert needed <= len(rest)
    earn(rest[:needed], world.team, TODAY)  # five points each: a usual set
    assert overview(alice).place.rank <= before.way.rank


def test_the_first_has_no_way_to_go(world, season, alice):
    earn(members_of(world.team)[:6], world.team, TODAY)
    assert overview(alice).way is None


def test_people_are_counted_up_to_yesterday_only(world, season):
    big = teams(world.organisation, world.workshop, [14])[0]
    open_season(world.organisation)
    viewer = people.viewer(members_of(big)[0])
    earn(members_of(big)[:6], big, TODAY)
    assert overview(viewer).earners is None
    with clock.frozen(NOW + timedelta(days=1)):
        found = overview(viewer).earners
        assert (found.people.number, found.people.is_at_least) == (6, False)
        assert not found.is_last_week


def test_on_monday_it_is_last_week_that_is_told(world, season):
    big = teams(world.organisation, world.workshop, [14])[0]
    open_season(world.organisation)
    viewer = people.viewer(members_of(big)[0])
    earn(members_of(big)[:7], big, TODAY)
    with clock.frozen(NOW + timedelta(days=5)):
        settle_boards()
        found = overview(viewer).earners
        assert found.is_last_week
        assert found.people.number == 7


@pytest.mark.parametrize("number", [1, 4, 8])
def test_nothing_is_told_of_few_nor_of_nearly_all_of_a_small_team(world, season, alice, number):
    earn(members_of(world.team)[:number], world.team, TODAY - timedelta(days=1))
    assert overview(alice).earners is None


@pytest.mark.parametrize("number", [10, 13, 14])
def test_near_the_whole_one_cannot_tell_whether_anybody_is_missing(world, season, number):
    big = teams(world.organisation, world.workshop, [14])[0]
    open_season(world.organisation)
    viewer = people.viewer(members_of(big)[0])
    earn(members_of(big)[:number], big, TODAY - timedelta(days=1))
    found = overview(viewer).earners
    assert (found.people.number, found.people.is_at_least) == (9, True)


def test_a_number_does_not_move_within_a_day(world, season):
    big = teams(world.organisation, world.workshop, [14])[0]
    open_season(world.organisation)
    viewer = people.viewer(members_of(big)[0])
    earn(members_of(big)[:6], big, TODAY - timedelta(days=1))
    assert overview(viewer).earners.people.number == 6
    earn(members_of(big)[6:8], big, TODAY - timedelta(days=1))  # a phone that was offline
    assert overview(viewer).earners.people.number == 6


def test_weeks_are_bars_and_active_weeks_only_grow(world, season, alice):
    earn(members_of(world.team)[:3], world.team, TODAY - timedelta(days=6))
    earn(members_of(world.team)[:3], world.team, TODAY)
    found = overview(alice)
    assert [week.monday for week in found.weeks] == [date(2026, 11, 9), date(2026, 11, 16)]
    assert [week.points for week in found.weeks] == [15, 15]
    assert found.active_weeks == 2
    assert found.season_weeks == 5
    assert found.season_points == 30
    with clock.frozen(NOW + timedelta(days=7)):
        settle_boards()
        assert overview(alice).active_weeks == 2


def test_ones_own_weeks_are_those_of_the_ledger(world, season, bob):
    finished_set(bob)
    place = service.get_own_team(bob).place
    assert service.own_active_weeks(bob, place) == 1


def test_a_team_of_four_sees_the_row_it_counts_in(world):
    small = teams(world.organisation, world.workshop, [4])[0]
    join(world.organisation, [world.workshop] * 2)
    open_season(world.organisation)
    viewer = people.viewer(members_of(small)[0])
    earn(members_of(small)[:1], small, TODAY)
    team = service.get_own_team(viewer)
    assert team.is_merged
    assert team.place.unit_id == world.workshop
    assert team.place.members == 6
    assert set(team.place.unit_ids) == {small, world.workshop}


def test_without_a_season_there_are_no_numbers(world, alice):
    team = service.get_own_team(alice)
    assert team.place is None
    assert service.get_overview(alice, team).weeks == []


@pytest.mark.parametrize("method", ["best_k", "total"])
def test_another_method_has_another_way(world, alice, method):
    other = teams(world.organisation, world.workshop, [6])[0]
    season_id = points.set_season(
        None,
        world.organisation,
        name="十一月",
        starts_on=TODAY - timedelta(days=7),
        ends_on=TODAY + timedelta(days=20),
        method=method,
    )
    settle_boards()
    earn(members_of(other)[:4], other, TODAY)
    earn(members_of(world.team)[:1], world.team, TODAY, 1)
    assert season_id
    way = overview(alice).way
    if method == "total":
        assert way.gap == 19
        assert way.sets == 4
    else:
        assert way.sets is None


def test_a_page_of_ten_thousand_people_asks_as_often_as_one_of_eight(
    world, season, alice, count_statements
):
    def asked(viewer) -> int:
        team = service.get_own_team(viewer)
        service.get_overview(viewer, team)  # the number of people is kept for the day
        db.session.expire_all()
        with count_statements() as seen:
            service.get_overview(viewer, service.get_own_team(viewer))
            service.list_goals(viewer, team.place)
        return len(seen)

    small = asked(alice)
    big = teams(world.organisation, world.workshop, [300])[0]
    open_season(world.organisation)
    earn(members_of(big)[:40], big, TODAY)
    assert asked(people.viewer(members_of(big)[0])) <= small + 1
    assert small <= 14


def test_others_teams_are_not_there(world, season, alice, dana, charlie, team_id):
    assert service.get_team(alice, team_id)
    assert service.get_team(dana, team_id)
    with pytest.raises(LookupError):
        service.get_team(charlie, team_id)
    other = next(unit for unit in org.list_units(world.organisation) if unit.name == "班001")
    with pytest.raises(LookupError):
        service.get_team(alice, other.public_id)


def test_teams_are_chosen_by_name_and_never_by_score(world, season, dana, alice):
    names = [team.name for team in service.list_teams(dana).teams]
    assert names == ["焊装一班", "班001", "班002"]
    assert [team.name for team in service.list_teams(dana, "002").teams] == ["班002"]
    assert [team.name for team in service.list_teams(dana, "焊装车间").teams] == names
    assert [team.name for team in service.list_teams(alice).teams] == ["焊装一班"]


def test_boards_know_the_place_of_a_row_with_all_of_its_units(world, season):
    assert leaderboards.find_place(world.organisation, world.team).unit_ids == (world.team,)
    assert leaderboards.find_place(world.other_organisation, world.team) is None
