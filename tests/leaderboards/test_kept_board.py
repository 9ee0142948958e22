"""The board page is drawn once for a team and kept until the boards move; nobody must notice."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from redis.exceptions import ConnectionError as StoreAway

from quizapp.leaderboards import service
from quizapp.org import service as org
from tests.browser_client import Browser
from tests.factories import people
from tests.factories.season import finished_set, open_season, settle_boards
from tests.factories.teams import members_of, teams


@pytest.fixture
def board(world: people.World) -> people.World:
    """The cast in a season in which Bob has finished a set, with two more teams."""
    teams(world.organisation, world.workshop, [6, 7])
    open_season(world.organisation)
    finished_set(people.viewer(world.people["bob"]))
    settle_boards()
    return world


def main_of(browser: Browser, path: str = "/team") -> str:
    """Return what stands between ``<main>`` and its end."""
    response = browser.get(path)
    assert response.status_code == 200
    found = re.search(r"<main.*</main>", response.text, re.DOTALL)
    assert found
    return found[0]


def test_a_kept_board_is_byte_for_byte_the_drawn_one(app: Flask, board, as_person):
    bob = as_person("bob")
    drawn = main_of(bob)
    assert main_of(bob) == drawn
    app.extensions["zhixing_store"].client.flushdb()
    assert main_of(bob) == drawn


def test_the_whole_page_is_there_and_nothing_of_its_making(board, as_person):
    text = as_person("bob").get("/team").text
    assert "<!--" not in text
    assert text.count("<main") == 1
    assert text.rstrip().endswith("</html>")


def test_a_kept_board_takes_three_statements(board, as_person, count_statements):
    bob = as_person("bob")
    main_of(bob)
    with count_statements() as seen:
        main_of(bob)
    assert len(seen) == 3, seen


def test_colleagues_share_a_board_and_other_teams_do_not(app: Flask, board, as_person):
    other = next(unit for unit in org.list_units(board.organisation) if unit.name == "班001")
    stranger = Browser(app).sign_in(members_of(other.id)[0])
    ours, theirs = main_of(as_person("bob")), main_of(stranger)
    assert main_of(as_person("alice")) == ours
    assert ours != theirs
    assert ours.count("board-row--me") == theirs.count("board-row--me") == 1


def test_another_company_sees_nothing_of_it(board, as_person):
    main_of(as_person("bob"))
    assert "焊装一班" not in main_of(as_person("charlie"))


def test_new_points_show_at_once(board, as_person):
    bob = as_person("bob")
    before = main_of(bob)
    finished_set(people.viewer(board.people["alice"]))
    assert main_of(bob) == before  # the boards have not moved yet
    settle_boards()
    assert main_of(bob) != before


def test_each_language_has_its_own(board, as_person):
    bob = as_person("bob")
    chinese = main_of(bob)
    bob.post("/locale", {"locale": "en"})
    assert "5 to 15 people" in main_of(bob)
    bob.post("/locale", {"locale": "zh_CN"})
    assert main_of(bob) == chinese


@pytest.mark.parametrize("asked", ["small", "middle", "large", "nonsense", "small:7:x", ""])
def test_a_bracket_that_is_not_there_shows_ones_own(board, as_person, asked):
    bob = as_person("bob")
    assert main_of(bob, f"/team?bracket={asked}") == main_of(bob)


def test_without_the_store_the_board_is_drawn_for_everybody(
    app: Flask, board, as_person, monkeypatch
):
    bob = as_person("bob")
    drawn = main_of(bob)

    def away(*_arguments: object, **_options: object) -> None:
        raise StoreAway("no route")

    client = app.extensions["zhixing_store"].client
    monkeypatch.setattr(client, "get", away)
    monkeypatch.setattr(client, "set", away)
    assert main_of(bob) == drawn


@pytest.mark.parametrize("which", ["team", "workshop"])
def test_a_new_name_is_on_the_board_with_its_next_version(board, as_person, which):
    bob = as_person("bob")
    assert "新名称" not in main_of(bob)
    state = service.board_state(board.organisation)
    org.change_unit(getattr(board, which), name="新名称")
    settle_boards()
    assert "新名称" in main_of(bob)
    assert service.board_state(board.organisation)[1] == state[1] + 1


def test_a_unit_that_no_board_shows_moves_none(board):
    state = service.board_state(board.organisation)
    org.change_unit(board.other_team, name="新名称")
    org.add_unit(board.organisation, board.workshop, kind="team", name="空班", code="A119")
    settle_boards()
    assert service.board_state(board.organisation) == state
