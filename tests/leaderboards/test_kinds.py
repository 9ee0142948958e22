"""Boards of a workshop, of the company, of those that improved, and of campaigns."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.core.events import Rewardable
from quizapp.core.forms import Refusal
from quizapp.leaderboards import service
from quizapp.leaderboards.models import CampaignStanding, Improvement
from quizapp.leaderboards.service import CampaignDraft
from quizapp.org import service as org
from quizapp.points import service as points
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import open_season, settle_boards
from tests.factories.teams import members_of, teams

TODAY = date(2026, 11, 18)


def earn(unit_id: int, amount: int, day: date) -> None:
    """Give members of a unit points on a day, five each until they are given out."""
    for place, person in enumerate(members_of(unit_id)):
        part = min(5, amount - 5 * place)
        if part > 0:
            points.award(
                Rewardable(
                    user_id=person,
                    activity="daily_correct",
                    source=f"kinds:{unit_id}:{day}:{person}",
                    quantity=part,
                    occurred_on=day,
                    unit_id=unit_id,
                )
            )


@pytest.fixture
def board(world: people.World) -> people.World:
    """The cast with teams of all brackets in two workshops, in a season of three weeks."""
    teams(world.organisation, world.workshop, [6, 20], name="丙")
    other = people.unit(world.organisation, world.plant, "workshop", "涂装车间", "A14")
    teams(world.organisation, other, [7, 45, 4], name="涂")
    open_season(world.organisation, age_days=20, days=60)
    return world


def bob(world: people.World):
    return people.viewer(world.people["bob"])


def unit_named(world: people.World, name: str) -> int:
    return next(unit.id for unit in org.list_units(world.organisation) if unit.name == name)


# -- workshop and company


def test_a_workshops_teams_stand_by_name_with_their_own_brackets(board):
    earn(unit_named(board, "丙002"), 60, TODAY)
    settle_boards()
    found = service.get_workshop_teams(bob(board))
    assert found.name == "焊装车间"
    names = [row.name for _bracket, row in found.rows]
    assert names == sorted(names)
    assert {row.name: bracket for bracket, row in found.rows} == {
        "丙001": "small",
        "丙002": "middle",
        "焊装一班": "small",
    }


def test_the_company_board_has_the_first_places_of_each_bracket(board):
    found = service.get_company_board(bob(board))
    assert [group.bracket for group in found.groups] == ["small", "middle", "large"]
    assert all(len(group.rows) <= 5 for group in found.groups)
    assert [scope.key for scope in found.scopes] == ["", "plant"]


def test_a_plant_shows_its_own_teams_with_their_places_in_the_company(board):
    plant = people.unit(board.organisation, _root(board), "plant", "二厂", "A2")
    workshop = people.unit(board.organisation, plant, "workshop", "三车间", "A21")
    far = teams(board.organisation, workshop, [8], name="远")[0]
    earn(far, 40, TODAY)
    settle_boards()
    service.rebuild()
    found = service.get_company_board(bob(board), "plant")
    rows = next(group.rows for group in found.groups if group.bracket == "small")
    assert far not in {row.unit_id for row in rows}
    assert min(row.rank for row in rows) == 2


def _root(world: people.World) -> int:
    return org.find_unit_by_code(world.organisation, "A").id


def test_no_board_has_a_row_below_five_people(board):
    small = unit_named(board, "涂003")
    earn(small, 10, TODAY)
    settle_boards()
    viewer = bob(board)
    boards = [service.get_board(viewer, bracket) for bracket in ("small", "middle", "large")]
    rows = [row for found in boards for row in found.rows]
    rows += [row for group in service.get_company_board(viewer).groups for row in group.rows]
    rows += [row for _bracket, row in service.get_workshop_teams(viewer).rows]
    assert all(row.members >= 5 for row in rows)
    assert small not in {row.unit_id for row in rows}


# -- improvements


def test_only_gains_are_listed_and_losses_are_written_nowhere(board):
    rising, falling = unit_named(board, "丙001"), board.team
    for back in range(7, 1, -1):
        earn(rising, 25, TODAY - timedelta(days=back - 1))
        earn(falling, 25, TODAY - timedelta(days=back + 6))
    settle_boards()
    assert service.count_improvements(service.shown_boards(board.organisation).season, TODAY)
    found = service.get_improved(bob(board))
    assert found.days == 7
    assert found.rows[0].unit_id == rising
    written = set(database.session.scalars(select(Improvement.unit_id)))
    assert falling not in written
    assert all(row.gain > 0 for row in database.session.scalars(select(Improvement)))


def test_improvements_are_counted_once_a_day_and_not_while_boards_stand_still(board):
    assert service.count_by_day() >= 1
    assert service.count_by_day() == 0
    with clock.frozen(NOW + timedelta(days=1)):
        service.freeze_boards(people.viewer(board.people["dana"]))
        before = service.compared_until(bob(board))
        service.count_by_day()
        assert service.compared_until(bob(board)) == before


def test_a_young_season_says_when_the_list_begins(world, as_person):
    teams(world.organisation, world.workshop, [6])
    open_season(world.organisation, age_days=3)
    assert service.count_by_day() == 0
    found = service.get_improved(bob(world))
    assert (found.days, found.rows, found.starts_on) == (None, [], date(2026, 11, 29))
    assert "11月29日起开榜" in as_person("bob").get("/team/improved").text


# -- campaigns


def draft(title: str = "安全月", **more: object) -> CampaignDraft:
    """Return a campaign that began two days ago and lasts a fortnight."""
    given = {"starts_on": TODAY - timedelta(days=2), "ends_on": TODAY + timedelta(days=11)} | more
    return CampaignDraft(title, **given)


def opened(world: people.World, **more: object) -> str:
    """Open a campaign as Dana and count its board."""
    name = service.open_campaign(people.viewer(world.people["dana"]), draft(**more))
    service.count_campaigns(world.organisation)
    return name


def test_a_campaign_counts_its_own_days_only(board):
    earn(board.team, 40, TODAY - timedelta(days=5))  # before it began
    earn(unit_named(board, "丙001"), 20, TODAY)
    settle_boards()
    found = service.get_campaign_board(bob(board), opened(board))
    assert found.rows[0].name == "丙001"
    assert found.own.rank > 1
    assert all(row.members >= 5 for row in found.rows)


def test_a_campaign_of_a_unit_has_its_teams_only(board):
    workshop = next(u for u in org.list_units(board.organisation) if u.name == "涂装车间")
    name = opened(board, units=(workshop.public_id,))
    found = service.get_campaign_board(bob(board), name)
    assert found.brackets == ("small", "large")
    assert found.own is None


def test_a_campaign_without_a_season_is_counted_from_the_ledger(world):
    rival = teams(world.organisation, world.workshop, [6])[0]
    earn(rival, 20, TODAY)
    found = service.get_campaign_board(bob(world), opened(world))
    assert found.rows[0].unit_id == rival


def test_a_campaign_is_equal_from_days_and_from_the_ledger(board):
    earn(board.team, 30, TODAY - timedelta(days=1))
    settle_boards()
    name = opened(board)
    before = repr(service.get_campaign_board(bob(board), name).rows)
    database.session.execute(CampaignStanding.__table__.delete())
    database.session.commit()
    service.count_campaigns(board.organisation)
    assert repr(service.get_campaign_board(bob(board), name).rows) == before


def test_a_campaign_ends_with_its_last_day_and_is_final_after_late_answers(board):
    name = opened(board, ends_on=TODAY)
    with clock.frozen(NOW + timedelta(days=1)):
        earn(board.team, 40, TODAY + timedelta(days=1))
        settle_boards()
        service.count_campaigns(board.organisation)
        found = service.get_campaign_board(bob(board), name)
        assert (found.campaign.state, found.campaign.is_final) == ("over", False)
        assert found.own.score == 0
    with clock.frozen(NOW + timedelta(days=4)):
        service.count_campaigns(board.organisation)
        assert service.get_campaign(bob(board), name).is_final
        assert service.count_campaigns(board.organisation) == 0


def test_a_campaign_stands_still_with_the_boards(board):
    name = opened(board)
    service.freeze_boards(people.viewer(board.people["dana"]))
    earn(board.team, 20, TODAY)
    settle_boards()
    assert service.count_campaigns(board.organisation) == 0
    assert service.get_campaign_board(bob(board), name).own.score == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": "  "},
        {"ends_on": TODAY - timedelta(days=3)},
        {"starts_on": TODAY - timedelta(days=9), "ends_on": TODAY - timedelta(days=1)},
        {"ends_on": TODAY + timedelta(days=100)},
        {"starts_on": TODAY + timedelta(days=400), "ends_on": TODAY + timedelta(days=401)},
        {"units": ("nothing",)},
    ],
)
def test_a_campaign_that_cannot_be_is_refused(board, wrong):
    with pytest.raises(Refusal):
        service.open_campaign(people.viewer(board.people["dana"]), draft(**wrong))
    assert service.list_campaigns(bob(board)) == []


def test_a_campaign_is_ended_or_taken_away(board):
    dana = people.viewer(board.people["dana"])
    running, coming = opened(board), opened(board, starts_on=TODAY + timedelta(days=3))
    service.end_campaign(dana, running)
    service.end_campaign(dana, coming)
    assert [(one.public_id, one.ends_on) for one in service.list_campaigns(dana)] == [
        (running, TODAY)
    ]


def test_another_company_sees_no_campaign(board, as_person):
    name = opened(board)
    assert as_person("bob").get(f"/team/campaigns/{name}").status_code == 200
    assert as_person("charlie").get(f"/team/campaigns/{name}").status_code == 404
    assert "安全月" not in as_person("charlie").get("/team/campaigns").text
    assert as_person("carol").post(f"/team/desk/campaigns/{name}/end").status_code == 404


def test_the_desk_opens_a_campaign_and_says_what_is_wrong(board, as_person):
    dana = as_person("dana")
    form = {"title": "节能周", "starts_on": "2026-11-18", "ends_on": "2026-11-10"}
    refused = dana.post("/team/desk/campaigns", form)
    assert refused.status_code == 422
    assert "节能周" in refused.text
    assert dana.post("/team/desk/campaigns", form | {"ends_on": "2026-11-24"}).status_code == 303
    assert "节能周" in as_person("bob").get("/team/campaigns").text


# -- pages


@pytest.mark.parametrize("path", ["/team/workshop", "/team/company", "/team/improved"])
def test_pages_take_as_many_statements_for_many_teams(board, as_person, count_statements, path):
    browser = as_person("bob")

    def statements() -> int:
        service.rebuild()
        with count_statements() as seen:
            assert browser.get(path).status_code == 200
        return len(seen)

    few = statements()
    teams(board.organisation, board.workshop, [6] * 40)
    assert statements() == few
    assert few <= 16


def test_the_distance_is_told_in_colleagues(board, as_person):
    earn(unit_named(board, "丙001"), 30, TODAY)
    earn(board.team, 10, TODAY)
    settle_boards()
    found = service.get_board(bob(board))
    assert found.next_rank == 1
    assert found.effort.colleagues >= 1
    text = as_person("bob").get("/team").text
    assert "距第 1 名还差" in text
    assert "今日 5 题" in text


def test_the_first_place_is_told_its_lead(board, as_person):
    earn(board.team, 30, TODAY)
    settle_boards()
    assert "与第 2 名相距" in as_person("bob").get("/team").text
