"""Boards stand still before a ceremony: pages, walls, lines and rankings; points go on."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from quizapp.boards.service import walls
from quizapp.core import clock
from quizapp.core.audit import AuditRow
from quizapp.core.db import db as database
from quizapp.core.forms import Refusal
from quizapp.leaderboards import service
from quizapp.leaderboards.models import Freeze, FrozenStanding, Standing
from quizapp.leaderboards.service import rankings
from quizapp.org import service as org
from quizapp.points import service as points
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import finished_set, open_season, settle_boards
from tests.factories.teams import teams


@pytest.fixture
def board(world: people.World) -> people.World:
    """The cast in a season in which Bob has finished a set, with two more teams."""
    teams(world.organisation, world.workshop, [6, 7])
    open_season(world.organisation)
    finished_set(people.viewer(world.people["bob"]))
    settle_boards()
    return world


def dana(world: people.World):
    return people.viewer(world.people["dana"])


def seen(world: people.World) -> str:
    """Return everything that readers see of the boards."""
    bob = people.viewer(world.people["bob"])
    parts = (
        service.get_board(bob),
        service.team_line(bob),
        service.get_workshop_board(world.organisation, world.workshop),
        service.get_workshop_teams(bob),
        service.get_company_board(bob),
        walls.wall_state(world.organisation, world.workshop),
    )
    return repr(parts)


def test_everything_stands_still_and_points_go_on(board):
    service.freeze_boards(dana(board))
    before = seen(board)
    finished_set(people.viewer(board.people["alice"]))
    settle_boards()
    assert seen(board) == before
    today = org.today(board.organisation)
    assert points.sum_of_person(board.people["alice"], today, today) > 0


@pytest.mark.parametrize("has_ranking", [True, False])
def test_the_reveal_shows_what_came_meanwhile(board, has_ranking):
    before = service.team_line(people.viewer(board.people["bob"])).score
    service.freeze_boards(dana(board))
    finished_set(people.viewer(board.people["alice"]))
    settle_boards()
    if has_ranking:
        service.keep_rankings()
    assert service.get_board(people.viewer(board.people["bob"])).own.score == before
    service.reveal_boards(dana(board))
    if has_ranking:
        service.keep_rankings()
    found = service.get_board(people.viewer(board.people["bob"]))
    assert found.own.score > before
    assert found.frozen_at is None
    assert not database.session.scalars(select(FrozenStanding)).all()


def test_a_frozen_board_has_a_ranking_of_its_own(board):
    service.keep_rankings()
    service.freeze_boards(dana(board))
    assert service.keep_rankings() == 1
    finished_set(people.viewer(board.people["alice"]))
    settle_boards()
    assert service.keep_rankings() == 0
    shown = service.shown_boards(board.organisation)
    asked = {"bracket": None, "own_id": board.team, "today": org.today(board.organisation)}
    kept = rankings.read_slice(shown, **asked)
    assert kept
    assert (
        kept.own.score == database.session.get(FrozenStanding, (shown.freeze_id, board.team)).score
    )
    live = database.session.scalars(select(Standing).where(Standing.unit_id == board.team)).one()
    assert live.score > kept.own.score


def test_the_version_moves_with_freeze_and_reveal_and_not_between(board):
    versions = [service.board_state(board.organisation)[1]]
    service.freeze_boards(dana(board))
    versions.append(service.board_state(board.organisation)[1])
    finished_set(people.viewer(board.people["alice"]))
    settle_boards()
    assert service.board_state(board.organisation)[1] == versions[-1]
    service.reveal_boards(dana(board))
    versions.append(service.board_state(board.organisation)[1])
    assert versions == sorted(set(versions))


def test_a_set_says_nothing_of_the_score_meanwhile(board):
    service.freeze_boards(dana(board))
    bob = people.viewer(board.people["bob"])
    found = service.get_effect(bob, board.team, org.today(board.organisation), 5)
    assert (found.before, found.after, found.is_pending) == (None, None, False)


def test_a_reveal_comes_at_its_moment(board):
    service.freeze_boards(dana(board), NOW + timedelta(hours=2))
    with clock.frozen(NOW + timedelta(hours=1)):
        assert service.reveal_on_time() == 0
    with clock.frozen(NOW + timedelta(hours=2)):
        assert service.reveal_on_time() == 1
        assert service.shown_boards(board.organisation).freeze_id is None
        assert service.reveal_on_time() == 0


def test_a_moment_can_be_set_later_and_taken_away(board):
    service.freeze_boards(dana(board))
    service.schedule_reveal(dana(board), NOW + timedelta(hours=3))
    assert service.shown_boards(board.organisation).reveals_at == NOW + timedelta(hours=3)
    service.schedule_reveal(dana(board), None)
    assert service.shown_boards(board.organisation).reveals_at is None


def test_what_cannot_be_is_refused(board):
    with pytest.raises(Refusal):
        service.reveal_boards(dana(board))
    with pytest.raises(Refusal):
        service.freeze_boards(dana(board), NOW - timedelta(minutes=1))
    with pytest.raises(Refusal):
        service.freeze_boards(dana(board), NOW + timedelta(days=40))
    service.freeze_boards(dana(board))
    with pytest.raises(Refusal):
        service.freeze_boards(dana(board))
    assert len(database.session.scalars(select(Freeze)).all()) == 1
    with pytest.raises(Refusal):  # another company has no boards, and none of this one
        service.reveal_boards(people.viewer(board.people["carol"]))


def test_every_act_is_written_to_the_log(board):
    service.freeze_boards(dana(board), NOW + timedelta(hours=2))
    service.schedule_reveal(dana(board), None)
    service.reveal_boards(dana(board))
    rows = database.session.scalars(
        select(AuditRow).where(AuditRow.action.like("leaderboards.%")).order_by(AuditRow.id)
    ).all()
    assert [row.action.removeprefix("leaderboards.") for row in rows] == [
        "boards_frozen",
        "reveal_scheduled",
        "boards_revealed",
    ]
    assert {row.actor_id for row in rows} == {board.people["dana"]}
    assert json.loads(rows[0].facts)["reveals_at"].startswith("2026-11-18T04:30")


def test_the_page_says_that_the_boards_stand_still(board, as_person):
    browser = as_person("dana")
    browser.get("/team/desk")
    assert browser.post("/team/desk/freeze", {"reveals_at": "2026-11-18T15:00"}).status_code == 303
    text = as_person("bob").get("/team").text
    assert "榜单已定格于今天 10:30，揭晓时间今天 15:00" in text
    assert "立即揭晓" in browser.get("/team/desk").text
    assert browser.post("/team/desk/reveal").status_code == 303
    assert "榜单已定格" not in as_person("bob").get("/team").text


@pytest.mark.parametrize("typed", ["gestern", "2026-11-01T08:00", "2027-11-01T08:00"])
def test_a_moment_that_cannot_be_changes_nothing(board, as_person, typed):
    browser = as_person("dana")
    answer = browser.post("/team/desk/freeze", {"reveals_at": typed})
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert service.shown_boards(board.organisation).freeze_id is None
