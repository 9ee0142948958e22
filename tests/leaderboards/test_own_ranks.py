"""One's own place: for who asks, from numbers without names, seen by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import inspect, select

from quizapp.core import clock
from quizapp.core.db import db as database
from quizapp.leaderboards import service
from quizapp.leaderboards.models import OwnRank, PointCount
from quizapp.leaderboards.rules import top_share
from tests.conftest import NOW
from tests.factories import people
from tests.factories.season import open_season, settle_boards
from tests.leaderboards.test_kinds import TODAY, earn


@pytest.fixture
def board(world: people.World) -> people.World:
    """The cast in a season, its team with points of yesterday."""
    open_season(world.organisation)
    return world


def bob(world: people.World):
    return people.viewer(world.people["bob"])


def counted(world: people.World, amount: int) -> None:
    """Give the team points yesterday and count the night."""
    earn(world.team, amount, TODAY - timedelta(days=1))
    settle_boards()
    service.count_by_day()


def test_it_is_off_and_nothing_is_worked_out_for_who_did_not_ask(board, count_statements):
    counted(board, 40)
    viewer = bob(board)
    with count_statements() as seen:
        found = service.get_own_rank(viewer)
    assert (found.is_asked, found.share, found.points) == (False, None, None)
    assert len(seen) == 1


def test_who_asks_is_told_a_coarse_share(board, as_person):
    counted(board, 38)  # seven people with five points and one with three
    browser = as_person("bob")
    assert "约前" not in browser.get("/team/own").text
    assert browser.post("/team/own", {"asked": "1"}).status_code == 303
    assert "本季您的积分在全公司约前 20 %" in browser.get("/team/own").text
    browser.post("/team/own", {"asked": "0"})
    assert "约前" not in browser.get("/team/own").text
    assert database.session.scalars(select(OwnRank)).all() == []


def test_nothing_is_told_below_five_people(board):
    counted(board, 20)  # four people
    service.ask_own_rank(bob(board), is_asked=True)
    found = service.get_own_rank(bob(board))
    assert (found.share, found.is_enough) == (None, False)


def test_today_waits_for_the_night(board):
    service.ask_own_rank(bob(board), is_asked=True)
    assert service.get_own_rank(bob(board)).until is None
    counted(board, 40)
    before = service.get_own_rank(bob(board))
    earn(board.team, 40, TODAY)
    assert service.get_own_rank(bob(board)) == before
    with clock.frozen(NOW + timedelta(days=1)):
        service.count_by_day()
        assert service.get_own_rank(bob(board)).points > before.points


def test_the_table_names_nobody(board):
    counted(board, 40)
    columns = {
        column["name"] for column in inspect(database.engine).get_columns(PointCount.__tablename__)
    }
    assert columns == {"season_id", "points", "people", "until"}
    assert sum(row.people for row in database.session.scalars(select(PointCount))) == 8


def test_a_wish_is_its_persons_own(board, as_person):
    counted(board, 40)
    as_person("bob").post("/team/own", {"asked": "1"})
    assert 'aria-checked="false"' in as_person("alice").get("/team/own").text
    assert 'aria-checked="false"' in as_person("charlie").get("/team/own").text


@pytest.mark.parametrize(
    ("above", "people", "share"),
    [
        (0, 4, None),
        (0, 5, 20),
        (0, 1000, 1),
        (19, 1000, 2),
        (300, 1000, 40),
        (899, 1000, 90),
        (900, 1000, None),
        (999_999, 1_000_000, None),
        (5, 5, None),
    ],
)
def test_shares_are_coarse_and_never_the_end(above, people, share):
    assert top_share(above, people) == share
