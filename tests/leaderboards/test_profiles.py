"""The light profile shows stars and no places, on every page and wall."""

from __future__ import annotations

import re

import pytest

from quizapp.core.forms import Refusal
from quizapp.leaderboards import service
from quizapp.leaderboards.service import ProfileChoice
from quizapp.org import service as org
from tests.factories import people
from tests.factories.season import finished_set, open_season, settle_boards
from tests.factories.teams import teams

LOW = (1, 2, 3)


@pytest.fixture
def board(world: people.World) -> people.World:
    """The cast in a season in which Bob has finished a set, with teams of all brackets."""
    teams(world.organisation, world.workshop, [6, 7, 20, 45])
    open_season(world.organisation)
    finished_set(people.viewer(world.people["bob"]))
    settle_boards()
    return world


def choose(world: people.World, **choice: object) -> None:
    """Choose a profile as Dana."""
    service.set_profile(people.viewer(world.people["dana"]), ProfileChoice(**choice))


def test_it_is_standard_unless_somebody_chose(board):
    profile = service.get_profile(board.organisation)
    assert (profile.profile, profile.is_default) == ("standard", True)
    assert profile.thresholds == (480, 600, 720)


def test_no_place_is_left_in_anything_a_reader_gets(board):
    choose(board, profile="light", has_leaders=True)
    bob = people.viewer(board.people["bob"])
    found = service.get_board(bob)
    wall = service.get_workshop_board(board.organisation, board.workshop)
    workshop = service.get_workshop_teams(bob)
    company = service.get_company_board(bob)
    rows = [*found.rows, *found.leaders, *wall.rows, *(row for row, *_next in wall.own)]
    rows += [row for _bracket, row in workshop.rows]
    rows += [row for group in company.groups for row in group.rows]
    assert {(row.rank, row.move, row.is_tied) for row in rows} == {(0, None, False)}
    assert all(row.stars is not None for row in rows)
    assert (found.next_rank, found.after_rank, found.effort) == (None, None, None)
    assert {(rank, gap) for _row, rank, gap in wall.own} == {(None, None)}
    line = service.team_line(bob)
    assert (line.rank, line.next_rank, line.gap, line.stars) == (None, None, None, 0)
    assert (wall.profile, wall.thresholds) == ("light", (480, 600, 720))


@pytest.mark.parametrize("has_ranking", [True, False])
def test_teams_stand_by_name_and_the_best_three_only_where_wanted(board, has_ranking):
    choose(board, profile="light", thresholds=LOW)
    if has_ranking:
        service.keep_rankings()
    found = service.get_board(people.viewer(board.people["bob"]))
    names = [row.name for row in found.rows]
    assert names == sorted(names)
    assert found.leaders == []
    choose(board, profile="light", thresholds=LOW, has_leaders=True)
    if has_ranking:
        service.keep_rankings()
    found = service.get_board(people.viewer(board.people["bob"]))
    assert found.leaders[0].unit_id == board.team
    assert 1 <= len(found.leaders) <= 3


def test_stars_have_thresholds_and_no_quota(board):
    choose(board, profile="light", thresholds=LOW)
    rows = service.get_board(people.viewer(board.people["bob"])).rows
    assert {row.stars for row in rows} == {3}


def test_pages_of_the_light_profile_name_no_place(board, as_person):
    choose(board, profile="light", has_leaders=True)
    for path in ("/team", "/team/workshop", "/team/company", "/team/improved", "/"):
        text = as_person("bob").get(path).text
        assert not re.search(r"第 ?\d+ ?名|并列第", text), path
        assert "board-row__rank" not in text, path
        assert "还差" not in text or "下一颗星" in text, path


def test_a_change_is_on_the_page_at_once(board, as_person):
    bob, dana = as_person("bob"), as_person("dana")
    assert "board-row__rank" in bob.get("/team").text
    form = {"profile": "light", "listing": "name", "one_star": "100", "two_stars": "200"}
    answer = dana.post("/team/desk/profile", form)
    assert answer.status_code == 422
    assert "三个都留空" in answer.text
    form["three_stars"] = "300"
    assert dana.post("/team/desk/profile", form).status_code == 303
    assert "100、200、300 分" in bob.get("/team").text


@pytest.mark.parametrize(
    "choice",
    [
        {"profile": "loud"},
        {"profile": "light", "listing": "score"},
        {"profile": "light", "thresholds": (1, 2)},
        {"profile": "light", "thresholds": (3, 2, 1)},
        {"profile": "light", "thresholds": (0, 2, 3)},
        {"profile": "light", "thresholds": (1, 2, 1_000_000)},
    ],
)
def test_what_is_no_profile_is_refused(board, choice):
    with pytest.raises(Refusal):
        choose(board, **choice)
    assert service.profile_of(board.organisation) == "standard"


def test_a_company_chooses_for_itself(board):
    choose(board, profile="light")
    assert service.profile_of(board.other_organisation) == "standard"


@pytest.mark.parametrize("has_ranking", [True, False])
def test_a_long_list_rotates_by_days(board, has_ranking):
    teams(board.organisation, board.workshop, [5] * 70)
    service.rebuild()
    choose(board, profile="light", listing="rotate")
    if has_ranking:
        service.keep_rankings()
    found = service.get_board(people.viewer(board.people["bob"]))
    day = org.today(board.organisation).toordinal()
    assert len(found.rows) == (50 if day % 2 == 0 else 23)
    assert found.own
